"""The days that a text names, as far as a message about an offer needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

_DAY: Final = re.compile(r"(?<!\d)(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})(?!\d)")
_DOTTED: Final = re.compile(
    r"(?<![\d.])(?:(20\d\d)[./-])?(\d{1,2})[./-](\d{1,2})"
    r"(?=\s*(?:日|号)?\s*(?:\d{1,2}[点:]\d{0,2}\s*)?(?:前|止|截止|结束|到期|24点))"
)
_DAY_ALONE: Final = re.compile(
    r"(?<!\d月)(?<![\d.])()()(\d{1,2})[日号](?!内|后|游|均|店|线|口|厅|馆|码|色|院|\w{0,3}楼)"
)
# what begins or is delivered on a day does not end on it
_BEGINS: Final = re.compile(
    r"[日号]?\s*(?:\d{1,2}(?:点|时|:\d\d)(?:\d{1,2}分)?)?\s*(?:起|开始|开抢|开售|开启|开幕|开业|开奖|开门|上架|上新|上线|发货|"
    r"送达|到货|恢复|涨价|后|至|到|-|~|—|、|和|及)"
)
# as English writes them, whatever the locale of the process
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FAR_PAST: Final = timedelta(days=120)
# over the plain text: anything that says when
PERIOD: Final = re.compile(
    r"\d{1,2}月(?:\d{1,2}|份|底|初|中)|(?<!\d)\d{1,2}[./]\d{1,2}(?:日|号|止|前|-|至|到|~)"
    r"|\d{1,2}[日号](?:前|止|起|当天|到店|截止|至|到|-|晚|早|中)|[本这下]周|周[1-6日末天]|星期[1-6日天]|今[日天晚早夜]|明[日天晚早]|后天"
    r"|当[天日晚]|本月|月底|年底|即日起|截止|截至|有效期|\d{1,3}[天日]内|限时\d|\d{1,3}小时内|活动期间?|节日?期间|假期|[1-9]小长假"
    r"|元旦|春节|除夕|端午|中秋|国庆|5[1·]|双1[12]|双11|618|逢\w"
)


class Day(NamedTuple):
    """A day as written; 0 for what is left out."""

    year: int
    month: int
    day: int


def days_in(plain: str) -> tuple[Day, ...]:
    """The days on which, by a folded clause, something may end."""
    matches = (match for form in (_DAY, _DOTTED, _DAY_ALONE) for match in form.finditer(plain))
    return tuple(Day(*(int(part or 0) for part in m.groups())) for m in matches if not _BEGINS.match(plain, m.end()))


def last_day(days: Iterable[Day], sent: date) -> date | None:
    """The last of them as seen from the day of sending, or None if there is none."""
    found = (_nearest(day.year, day.month, day.day, sent) for day in days)
    return max((day for day in found if day is not None), default=None)


def _nearest(year: int, month: int, day: int, sent: date) -> date | None:
    """The day meant: in the year named, else the next one that is not long past."""
    try:
        found = date(year or sent.year, month or sent.month, day)
        return found.replace(year=sent.year + 1) if not year and month and sent - found > _FAR_PAST else found
    except ValueError:
        return None


def in_english(day: date) -> str:
    """Day and month so that nobody reads another day."""
    return f"{day.day} {_MONTHS[day.month - 1]}"
