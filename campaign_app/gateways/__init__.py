"""Senders: what takes messages over and tells what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock

if TYPE_CHECKING:
    from campaign_app.gateways.consent_api import ConsentApiGateway

__all__ = ["gateway_for"]


def gateway_for(
    account: Account, private_key: str, purpose: str, clock: Clock, *, wait: Callable[[float], object] | None = None
) -> ConsentApiGateway:
    """A sender of the account, for messages of one purpose. Raises SettingsError as `platforms.client_for` does."""
    if account.platform != "consent_api":
        raise SettingsError("unknown_platform", "There is no sender for this platform")
    # requests takes 130 ms to import: not before somebody is connected
    from campaign_app.gateways.consent_api import ConsentApiGateway
    from campaign_app.transport.connect import session_for

    return ConsentApiGateway(account, session_for(account, private_key, clock, wait=wait), purpose, clock)
