"""Until when the shops' authorisations hold: what a person typed, else what the platform is known to give at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.platform import Offer
from campaign_app.services.window import BEIJING

AUTHORISED_UNTIL: Final = "authorised_until"
WARNED_BEFORE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Expiry:
    """`what`: authorisation, the token or key that a person has to get anew at the platform by then."""

    account_id: int
    what: str
    at: datetime


def ends(accounts: Iterable[Account]) -> tuple[Expiry, ...]:
    """Of every connected account of which it is known, the soonest first."""
    found = [Expiry(a.id, "authorisation", at) for a in accounts if a.state == "connected" and (at := _end(a))]
    return tuple(sorted(found, key=lambda expiry: (expiry.at, expiry.account_id)))


def expiring(accounts: Iterable[Account], now: datetime) -> tuple[Expiry, ...]:
    """Those that end within two weeks or have ended."""
    return tuple(expiry for expiry in ends(accounts) if expiry.at <= now + WARNED_BEFORE)


def with_end(options: Mapping[str, str], offer: Offer, now: datetime) -> Mapping[str, str]:
    """The options of an account that is connected now. Raises SettingsError for a date that is none."""
    written = options.get(AUTHORISED_UNTIL, "")
    if written:
        return {**options, AUTHORISED_UNTIL: _day(written).isoformat()}
    days = next((each.days for each in offer.fields if each.name == AUTHORISED_UNTIL), 0)
    if not days:
        return options
    return {**options, AUTHORISED_UNTIL: (now.astimezone(BEIJING).date() + timedelta(days=days)).isoformat()}


def _end(account: Account) -> datetime | None:
    written = account.options.get(AUTHORISED_UNTIL, "")
    if not written:
        return None
    # a day of a platform's console is one in Beijing, and over at its end
    return datetime.combine(_day(written) + timedelta(days=1), time(), BEIJING).astimezone(UTC)


def _day(written: str) -> date:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = date.max
    if not date.min < found < date.max:
        raise SettingsError("bad_date", "A date is written as 2026-11-26", field=AUTHORISED_UNTIL)
    return found
