"""Until when the shops' authorisations hold: what the platform said when it last renewed a token, else what a person

typed, else what the platform is known to give at most.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.platform import Offer
from campaign_app.services.window import BEIJING

AUTHORISED_UNTIL: Final = "authorised_until"
# among an account's secrets, beside the token that it is the end of: a token that is typed anew takes it along
TOLD_END: Final = "refresh_token_until"
WARNED_BEFORE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Expiry:
    """`what`: authorisation, the token or key that a person has to get anew at the platform by then."""

    account_id: int
    what: str
    at: datetime


def told_in(secret: str | None) -> datetime | None:
    """What the platform said of the refresh token among an account's secrets."""
    try:
        found = json.loads(secret or "{}")
        return datetime.fromisoformat(found[TOLD_END])
    except (ValueError, KeyError, TypeError):  # a bare key, or an account of before that was kept
        return None


def ends(
    accounts: Iterable[Account], told: Callable[[Account], datetime | None] = lambda _: None
) -> tuple[Expiry, ...]:
    """Of every connected account of which it is known, the soonest first. `told`: what its platform said of it."""
    connected = [account for account in accounts if account.state == "connected"]
    found = [Expiry(a.id, "authorisation", at) for a in connected if (at := told(a) or _end(a))]
    return tuple(sorted(found, key=lambda expiry: (expiry.at, expiry.account_id)))


def is_near(expiry: Expiry, now: datetime) -> bool:
    """Whether it ends within two weeks or has ended."""
    return expiry.at <= now + WARNED_BEFORE


def has_end(offer: Offer) -> bool:
    """Whether authorisations of this platform end by themselves, as far as is known."""
    return any(field.name == AUTHORISED_UNTIL for field in offer.fields)


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
