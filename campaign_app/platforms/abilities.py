"""What the checks before sending have to know of an account: who carries its messages, and who says who agreed."""

from __future__ import annotations

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.platform import hears_replies, is_carrier, sends_itself
from campaign_app.jobs.ports import Rate
from campaign_app.platforms import has_consents
from campaign_app.platforms.adapter import adapter_for
from campaign_app.services.situation import Abilities
from campaign_app.transport.rates import lowered


def abilities_of(account: Account) -> Abilities:
    """It sends by its platform, its sender account or its endpoint; an account at an SMS provider has no people.

    That nobody knows its platform shows when it is asked.
    """
    try:
        offers = adapter_for(account.platform).capabilities
    except SettingsError:
        return Abilities(sends=True, confirmed=has_consents(account))
    others = (account.consent_account_id, account.sender_account_id)
    own, carrier = sends_itself(offers, chosen=account.sender_account_id == account.id), is_carrier(offers)
    sends = own or any(other is not None for other in others)
    return Abilities(
        sends, carrier or has_consents(account), carrier, not own or hears_replies(offers, account.options),
        stated=own and offers.stated_templates, pace=_pace(account),
    )  # fmt: skip


def _pace(account: Account) -> float:
    """As `jobs.turns` keeps to it."""
    try:
        return Rate(account.id, lowered(account, 0)).pace
    except SettingsError:  # the sender says so as it is made
        return 0
