"""Numbers, money, times and phones as the window shows them, in one way everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from campaign_app.domain.team import Person
from campaign_app.services.window import BEIJING
from campaign_app.words import Words


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
    if at is None:
        return "–"
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def short(at: datetime | None, now: datetime) -> str:
    """Month, day and time; the year only where it is another than this one."""
    if at is None:
        return "–"
    local = at.astimezone(BEIJING)
    return local.strftime("%m-%d %H:%M" if local.year == now.astimezone(BEIJING).year else "%Y-%m-%d")


def day(at: datetime | None) -> str:
    return "–" if at is None else at.astimezone(BEIJING).strftime("%Y-%m-%d")


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
