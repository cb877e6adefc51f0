"""Real time and real waiting, for whoever hands them to the parts that take both as arguments."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from campaign_app.domain.ports import Clock


def system_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 the one place that hands out real time


def wait(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 the one place that hands out real time


def shifted_clock(offset: timedelta) -> Clock:
    """The clock of a demo, which plays by day even at night."""
    return lambda: system_clock() + offset
