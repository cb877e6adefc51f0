"""When messages may leave: 08:00 to 22:00 Beijing time, for the last message as for the first (rule TIM-001)."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from typing import Final

from campaign_app.domain.errors import NotAllowed

# one civil zone without daylight saving since 1992; a fixed offset needs no tz database on Windows
BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
OPENS: Final = time(8, 0)
CLOSES: Final = time(22, 0)


def closing_time(send_at: datetime, opens: time = OPENS, closes: time = CLOSES) -> datetime:
    """The end of the window that `send_at` lies in; raises NotAllowed("quiet_hours") if it lies in none.

    The merchant's own hours can only make the window narrower.
    """
    local, last = send_at.astimezone(BEIJING), min(closes, CLOSES)
    if not max(opens, OPENS) <= local.time() < last:
        raise NotAllowed("quiet_hours", "Marketing messages leave between 08:00 and 22:00 Beijing time")
    return datetime.combine(local.date(), last, BEIJING).astimezone(send_at.tzinfo)


def next_opening(now: datetime) -> datetime:
    """When a message without a plan of its own could leave at the earliest: now by day, else the next 08:00."""
    local = now.astimezone(BEIJING)
    if OPENS <= local.time() < CLOSES:
        return now
    day = local.date() + timedelta(days=local.time() >= CLOSES)
    return datetime.combine(day, OPENS, BEIJING).astimezone(now.tzinfo)
