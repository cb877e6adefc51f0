"""By which SMS provider a shop's messages leave, so that they are held to that provider's rules and caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from campaign_app.domain.audience import named_accounts
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account
from campaign_app.domain.ports import AccountStore
from campaign_app.services.profiles import PROVIDERS, Profile

# whoever is behind these does not say who they are: that a person tells, by entity
NAMELESS: Final = frozenset({"smpp", "kannel", "consent_api"})
# accounts without customers of their own
CARRYING_ONLY: Final = frozenset({*PROVIDERS, "smpp", "kannel"})


def nothing_told(_entity_uscc: str) -> Profile:
    return Profile()


def rules_for(platform: str, told: str) -> str:
    """Whose rules hold for messages by a platform; `told`: who is behind one that does not say, as the entity tells."""
    if platform in NAMELESS:
        return told
    return platform if platform in PROVIDERS else "generic"


class Carriers:
    """`profile` is what an entity tells of itself."""

    def __init__(self, accounts: AccountStore, profile: Callable[[str], Profile]) -> None:
        self._accounts = accounts
        self._profile = profile

    def provider(self, shop: Account) -> str:
        """By its name among the rules' profiles; "generic" where the rules know none."""
        return self.named(self._carrying(shop), shop.entity_uscc)

    def named(self, platform: str, entity_uscc: str) -> str:
        """As `provider`, of whatever account carries."""
        return rules_for(platform, self._profile(entity_uscc).provider if platform in NAMELESS else "")

    def providers(self, campaign: Campaign) -> tuple[str, ...]:
        """Of every connected shop whose customers it may reach; as the entity tells where there is none yet."""
        named = named_accounts(campaign.audience)
        shops = (
            account
            for account in self._accounts.accounts()
            if account.entity_uscc == campaign.entity_uscc
            and account.state == "connected"
            and account.platform not in CARRYING_ONLY
            and (named is None or account.id in named)
        )
        found = tuple(sorted(set(map(self.provider, shops))))
        return found or (self._profile(campaign.entity_uscc).provider,)

    def _carrying(self, shop: Account) -> str:
        if shop.sender_account_id is not None:
            return self._accounts.account(shop.sender_account_id).platform
        return shop.platform if shop.consent_account_id is None else "consent_api"
