"""By which accounts an entity's messages leave, and what else its accounts do for a campaign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from campaign_app.domain.customer import Account
from campaign_app.services.situation import Abilities


@dataclass(frozen=True, slots=True)
class Way:
    """A connected shop whose messages can leave, and the account that carries them: its own, or an SMS provider's."""

    shop: Account
    carrier: Account
    abilities: Abilities  # of the carrier

    @property
    def is_deaf(self) -> bool:
        """Nothing of what people answer comes in."""
        return not self.abilities.replies

    @property
    def is_stated(self) -> bool:
        """What it sends by is the word of whoever typed it in."""
        return self.abilities.stated


@dataclass(frozen=True, slots=True)
class Ways:
    """The accounts of one entity."""

    # those with customers, connected or not
    shops: tuple[Account, ...]
    # by shop the account at an SMS provider that carries its messages, where one does
    carriers: Mapping[int, Account]
    # the shops whose messages can leave, connected or not; and of the connected ones by whom
    senders: tuple[Account, ...]
    connected: tuple[Way, ...]
    # the connected shops whose messages cannot
    mute: tuple[Account, ...]
    # the connected shops for whose customers nobody is there to ask who agreed
    silent: tuple[Account, ...]
    # by account how many parts a second it hands over, where a limit is known
    paces: Mapping[int, float]


def ways_of(accounts: Iterable[Account], abilities_of: Callable[[Account], Abilities]) -> Ways:
    """Sorts the accounts of one entity."""
    known = {account.id: account for account in accounts}
    abilities = {account.id: abilities_of(account) for account in known.values()}
    shops = tuple(account for account in known.values() if not abilities[account.id].carrier)
    carriers = {shop.id: known[shop.sender_account_id] for shop in shops if shop.sender_account_id in known}
    connected = [shop for shop in shops if shop.state == "connected"]
    by = {shop.id: carriers.get(shop.id, shop) for shop in shops}
    return Ways(
        shops=shops,
        carriers=carriers,
        senders=tuple(shop for shop in shops if abilities[shop.id].sends),
        connected=tuple(Way(s, by[s.id], abilities[by[s.id].id]) for s in connected if abilities[s.id].sends),
        mute=tuple(shop for shop in connected if not abilities[shop.id].sends),
        silent=tuple(shop for shop in connected if not abilities[shop.id].confirmed),
        paces={account_id: able.pace for account_id, able in abilities.items() if able.pace},
    )
