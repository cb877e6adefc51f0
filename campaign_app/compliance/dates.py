"""The days that a text names, as far as a message about an offer needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

_DAY: Final = re.compile(
    r"(?<!\d)(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})(?:日|号|(?!\d))"
    r"|(?<![\d.])(?:(20\d\d)[./-])?(\d{1,2})[./-](\d{1,2})(?=(?:\s*(?:日|号))?\s*(?:\d{1,2}[点:]\d{0,2}\s*)?(?:前|止|截止|结束|到期|24点))"
    r"|(?<!\d)(?:本月|当月)?(\d{1,2})(?:日|号)(?!\w*楼)"
)
# what begins or is delivered on a day does not end on it
_BEGINS: Final = re.compile(
    r"\s*(?:\d{1,2}(?:点|时|:\d\d)(?:\d{1,2}分)?)?\s*(?:起|开始|开抢|开售|开启|开幕|开业|开奖|开门|上架|上新|上线|发货|送达|到货|恢复|涨价|后|至|到|-|~|—|、|和|及)"
)
_FAR_PAST: Final = timedelta(days=120)
PERIOD: Final = re.compile(
    r"\d{1,2}月\d{1,2}|\d{1,2}月(?:份|底|初|中)|(?<!\d)\d{1,2}[./]\d{1,2}(?:日|号|止|前|-|至|到|~)|\d{1,2}[日号](?:前|止|起|当天|到店|截止|至|到|-|晚|早|中)|"
    r"[本这下]周|周[1-6日末天]|星期[1-6日天]|今[日天晚早夜]|明[日天晚早]|后天|当[天日晚]|本月|月底|年底|即日起|截止|截至|有效期|\d+[天日]内|限时\d|\d+小时内|"
    r"活动期间?|节日?期间|假期|[1-9]小长假|元旦|春节|除夕|端午|中秋|国庆|5[1·]|双1[12]|双11|618|逢\w"
)


def last_day(plain: str, sent: date) -> date | None:
    """The last day that the text names as an end, or None if it names no day."""
    return max(_ends(plain, sent), default=None)


def _ends(plain: str, sent: date) -> Iterator[date]:
    for match in _DAY.finditer(plain):
        if _BEGINS.match(plain, match.end()):
            continue
        year, month, day = _numbers(match)
        found = _nearest(year, month, day, sent)
        if found is not None:
            yield found


def _numbers(match: re.Match[str]) -> tuple[int, int, int]:
    year, month, day = (match[1], match[2], match[3]) if match[2] else (match[4], match[5], match[6])
    return int(year or 0), int(month or 0), int(day or match[7])


def _nearest(year: int, month: int, day: int, sent: date) -> date | None:
    """The day meant: in the year named, else the next one that is not long past."""
    for candidate in [year] if year else [sent.year, sent.year + 1]:
        try:
            found = date(candidate, month or sent.month, day)
        except ValueError:
            return None
        if year or not month or found >= sent - _FAR_PAST:
            return found
    return None
