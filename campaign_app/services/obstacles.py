"""What accounts are known to stop every batch of their entity by, before one is tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from campaign_app.domain.customer import Account
from campaign_app.domain.ports import AccountStore
from campaign_app.services.expiry import Expiry
from campaign_app.services.situation import Check, Situation
from campaign_app.services.unread_replies import has_waiting
from campaign_app.services.window import BEIJING


def asked_of(shops: Iterable[Account], carriers: Mapping[int, Account]) -> tuple[Account, ...]:
    """The accounts that are asked before each batch: every connected shop of the entity, and who sends for it."""
    connected = [shop for shop in shops if shop.state == "connected"]
    found = {account.id: account for shop in connected for account in (shop, carriers.get(shop.id, shop))}
    return tuple(found.values())


def stuck(settings: AccountStore, asked: Iterable[Account]) -> tuple[str, ...]:
    """Those in whose queue a reply lies that nobody can read: as long as it does, nothing leaves."""
    return tuple(account.label for account in asked if has_waiting(settings, account.id))


def check_stuck(seen: Situation) -> tuple[Check, ...]:
    return (Check("stuck", "block", "replies_stuck", {"names": seen.stuck}),) if seen.stuck else ()


def ending(asked: Iterable[Account], ends: Iterable[Expiry]) -> dict[str, Expiry]:
    """By label when the authorisation of an account ends, where that is known."""
    labels = {account.id: account.label for account in asked}
    return {labels[end.account_id]: end for end in ends if end.account_id in labels}


def check_authorisation(seen: Situation) -> tuple[Check, ...]:
    """A date that a person typed, or that follows from the platform's longest, may be wrong: it blocks nothing."""
    over = {label: end.at for label, end in seen.ends.items() if end.at <= seen.leaves_at}
    names = tuple(f"{label}（{at.astimezone(BEIJING):%Y-%m-%d %H:%M}）" for label, at in over.items())
    return (Check("authorisation", "warn", "authorisation_ends", {"names": names}),) if names else ()
