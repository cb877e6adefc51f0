"""When messages may leave: 08:00 to 22:00 Beijing time, for the last message as for the first (rule TIM-001)."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final

from campaign_app.domain.errors import NotAllowed

# one civil zone without daylight saving since 1992; a fixed offset needs no tz database on Windows
BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
OPENS: Final = time(8, 0)
CLOSES: Final = time(22, 0)
DAY_BEGINS: Final = time(9, 0)


class Until(StrEnum):
    """When a provider takes messages again: within its hours, on the next day, in the next month."""

    HOURS = "hours"
    DAY = "day"
    MONTH = "month"


def closing_time(send_at: datetime, opens: time = OPENS, closes: time = CLOSES) -> datetime:
    """The end of the window that `send_at` lies in; raises NotAllowed("quiet_hours") if it lies in none.

    The merchant's own hours can only make the window narrower.
    """
    local, last = send_at.astimezone(BEIJING), min(closes, CLOSES)
    if not max(opens, OPENS) <= local.time() < last:
        raise NotAllowed("quiet_hours", "Marketing messages leave between 08:00 and 22:00 Beijing time")
    return datetime.combine(local.date(), last, BEIJING).astimezone(send_at.tzinfo)


def likely_time(now: datetime) -> datetime:
    """When a campaign without a plan would leave: now by day, else at nine in the morning.

    It is screened and approved at night as well; `schedule` asks the rules about the time that a person chose.
    """
    local = now.astimezone(BEIJING)
    if DAY_BEGINS <= local.time() < CLOSES:
        return now
    day = local.date() if local.time() < DAY_BEGINS else local.date() + timedelta(days=1)
    return datetime.combine(day, DAY_BEGINS, BEIJING).astimezone(now.tzinfo)


def next_opening(now: datetime, until: Until) -> datetime:
    """Eight in the morning of the day on which it may be tried again, in Beijing time."""
    local = now.astimezone(BEIJING)
    day = local.date()
    if until is Until.MONTH:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    elif until is Until.DAY or local.time() >= OPENS:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, BEIJING)
