"""A sender account's rate as its gateway keeps to it: how large a batch may be, and how its requests are spaced.

All processes take turns by the workspace's bucket (`jobs.turns`); this spaces what leaves within one turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Final

from campaign_app.jobs.ports import BATCH, Rate
from campaign_app.transport.throttle import Throttle

# of the account's rate in one batch: nobody waits long for a turn, and the gate's word is fresh for the last of it
SECONDS_OF_RATE: Final = 2


def batch_of(rate: Rate | None, most: int = BATCH) -> int:
    return most if rate is None else max(1, min(most, int(rate.per_second * SECONDS_OF_RATE)))


def request_of(rate: Rate | None, most: int) -> int:
    """How many messages one request may hold, for they leave at once.

    With one request too many on either side of a second, that second still holds no more than the rate.
    """
    return most if rate is None else max(1, min(most, int(rate.per_second / 30)))


def spacing(rate: Rate | None) -> Callable[[int], object]:
    """Waits until so many messages may leave; threads may share it."""
    if rate is None:
        return lambda _: None
    return Throttle(rate.pace, monotonic=time.monotonic, wait=Event().wait).take


def rate_of(account_id: int, per_second: int) -> Rate | None:
    """`per_second` as `transport.rates.lowered` has it."""
    return Rate(account_id, per_second) if per_second else None
