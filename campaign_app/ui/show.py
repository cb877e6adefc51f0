"""Numbers, money, times and phones as the window shows them, in one way everywhere.

Dates are of the window's language (`languages.Languages` sets it): in Chinese 2026-11-27, as this trade writes them;
in English 27 Nov 2026, which nobody reads as another day. Files that leave the window have the former in either.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QCollator, QDate, QLocale

from campaign_app.domain.team import Person
from campaign_app.services.window import BEIJING
from campaign_app.words import Words

NOTHING: Final = "–"
# of fields in which somebody types a day, as Qt wants it: no form of names can be typed through by numbers
DAY_FIELD: Final = "yyyy-MM-dd"
MOMENT_FIELD: Final = f"{DAY_FIELD} HH:mm"
_BY_NUMBERS: Final = (QLocale.Language.Chinese, QLocale.Language.C)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """As a Chinese dictionary has them, by pinyin; in either language, for the names are Chinese."""
    return tuple(sorted(names, key=QCollator(QLocale("zh_CN")).sortKey))


def count(number: int) -> str:
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """With one digit behind the point; never 0.0 % for somebody, never 100.0 % for not quite all."""
    if whole <= 0:
        return "–"
    percent = part * 100 / whole
    if part and percent < 0.05:
        return "<0.1%"
    if part < whole and percent >= 99.95:
        return ">99.9%"
    return f"{percent:.1f}%"


def money(cents: int) -> str:
    return f"¥{Decimal(cents) / 100:,.2f}"


def moment(at: datetime | None, *, seconds: bool = False) -> str:
    """In the civil time of China; "–" where there is none."""
    return NOTHING if at is None else f"{day(at)} {clock(at, seconds=seconds)}"


def short(at: datetime | None, now: datetime) -> str:
    """Month, day and time; the year only where it is another than this one."""
    if at is None:
        return NOTHING
    this_year = at.astimezone(BEIJING).year == now.astimezone(BEIJING).year
    return f"{month_day(at)} {clock(at)}" if this_year else day(at)


def day(at: date | datetime | None) -> str:
    """Of a moment the day in China."""
    return NOTHING if at is None else _day(_local(at), "%Y-%m-%d", "d MMM yyyy")


def month_day(at: date | datetime) -> str:
    """Where the year is plain."""
    return _day(_local(at), "%m-%d", "d MMM")


def month(at: datetime) -> str:
    """Within a sentence, as `11` of 11月 or `Nov`."""
    local = _local(at)
    return str(local.month) if _by_numbers() else QLocale().toString(QDate(local.year, local.month, 1), "MMM")


def clock(at: datetime | None, *, seconds: bool = False) -> str:
    if at is None:
        return NOTHING
    return at.astimezone(BEIJING).strftime("%H:%M:%S" if seconds else "%H:%M")


def elsewhere() -> bool:
    """Whether the clock of this computer shows another time than Beijing's, which is the one all pages show."""
    return timedelta(seconds=time.localtime().tm_gmtoff) != BEIJING.utcoffset(None)


def exported(at: datetime | None) -> str:
    """For files, which other programs read and sort: the same in every language."""
    return NOTHING if at is None else at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def exported_day(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d")


def stamp(at: datetime) -> str:
    """For the name of a file."""
    return at.astimezone(BEIJING).strftime("%Y%m%d")


def _local(at: date | datetime) -> date:
    return at.astimezone(BEIJING).date() if isinstance(at, datetime) else at


def _day(at: date, by_numbers: str, by_name: str) -> str:
    if _by_numbers():
        return at.strftime(by_numbers)
    return QLocale().toString(QDate(at.year, at.month, at.day), by_name)


def _by_numbers() -> bool:
    return QLocale().language() in _BY_NUMBERS


def ago(at: datetime, now: datetime) -> tuple[int, str]:
    """How long ago, as (number, unit): unit is minute, hour or day."""
    seconds = max(0, int((now.astimezone(UTC) - at.astimezone(UTC)).total_seconds()))
    if seconds < 3_600:
        return seconds // 60, "minute"
    return (seconds // 3_600, "hour") if seconds < 86_400 else (seconds // 86_400, "day")


def rest(seconds: float) -> str:
    """Time left as m:ss or h:mm:ss."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def who(words: Words, person: Person) -> str:
    """A team's login and what it is for; "" in a workspace of one computer."""
    if not person.login:
        return ""
    return f"{person.login} · {words.roles(sorted(person.roles))}"
