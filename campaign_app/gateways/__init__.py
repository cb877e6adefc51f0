"""Senders: what takes messages over and tells what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock

if TYPE_CHECKING:
    from campaign_app.gateways.consent_api import ConsentApiGateway
    from campaign_app.jobs.ports import Gateway

__all__ = ["gateway_for", "gateway_of", "has_sender"]


class _SecretStore(Protocol):
    def get(self, account_id: int) -> str:
        """Raises NotAllowed for an account that has none (any more)."""
        ...


def has_sender(account: Account) -> bool:
    """Whether `gateway_of` finds anything to send with; asks for no secret, so it holds for a disconnected one too."""
    return account.platform == "consent_api" or account.consent_account_id is not None


def gateway_of(
    account: Account,
    secret: str,
    purpose: str,
    clock: Clock,
    *,
    secrets: _SecretStore,
    account_of: Callable[[int], Account],
) -> Gateway:
    """What sends for the account: itself, else the endpoint that confirms its consents, else nothing."""
    if account.platform == "consent_api":
        return gateway_for(account, secret, purpose, clock)
    if account.consent_account_id is None:
        from campaign_app.gateways.absent import NoSender

        return NoSender(account)
    endpoint = account_of(account.consent_account_id)
    return gateway_for(replace(endpoint, id=account.id), secrets.get(endpoint.id), purpose, clock)


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
