"""Senders: what takes messages over and tells what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.gateways.providers import BY_CHOICE, PROVIDERS, Connections, SenderParts, provider_of
from campaign_app.transport.credentials import read_credentials
from campaign_app.transport.kept import Kept, KeptSecret, SecretStore, Shared

if TYPE_CHECKING:
    from campaign_app.jobs.ports import Gateway

__all__ = ["Connections", "Means", "SenderParts", "gateway_for", "gateway_of", "has_sender", "provider_of"]


def _no_limit(platform: str) -> int:  # noqa: ARG001 - of none is one known
    """Messages a second that a provider takes; 0 where that is not known."""
    return 0


@dataclass(frozen=True, slots=True)
class Means:
    """What all senders of a process are made with.

    `limit_of`: messages a second that a provider takes, 0 where that is not known. `wait` replaces the waiting before a
    request is tried again. `shared`: what clients of the same platforms share.
    """

    connections: Connections | None = None
    limit_of: Callable[[str], int] = _no_limit
    wait: Callable[[float], object] | None = None
    shared: Shared = field(default_factory=Shared)


def has_sender(account: Account) -> bool:
    """Whether `gateway_of` finds anything to send with; asks for no secret, so it holds for a disconnected one too."""
    others = (account.sender_account_id, account.consent_account_id)
    return _is_sender(account) or any(other is not None for other in others)


def gateway_of(
    account: Account,
    secret: str,
    purpose: str,
    clock: Clock,
    *,
    secrets: SecretStore,
    account_of: Callable[[int], Account],
    means: Means,
) -> Gateway:
    """What sends for the account: its sender account, else itself, else the endpoint that confirms its consents.

    Raises NotAllowed for a sender account of another entity: a sub-let port.
    """
    own = _own(account, secret, purpose, clock, secrets, account_of, means)
    if account.sender_account_id is None:
        return own
    sender = account_of(account.sender_account_id)
    if sender.entity_uscc != account.entity_uscc:
        raise NotAllowed("sender_entity", "That account is another entity's", account=sender.id)
    from campaign_app.gateways.carried import CarriedGateway

    shops, theirs = replace(sender, id=account.id), secrets.get(sender.id)
    kept = KeptSecret(sender.id, secrets, clock)
    carrier = gateway_for(shops, theirs, purpose, clock, means, sender_id=sender.id, kept=kept)
    return CarriedGateway(own, carrier)


def _own(
    account: Account,
    secret: str,
    purpose: str,
    clock: Clock,
    secrets: SecretStore,
    account_of: Callable[[int], Account],
    means: Means,
) -> Gateway:
    if _is_sender(account):
        return gateway_for(account, secret, purpose, clock, means)
    if account.consent_account_id is None:
        from campaign_app.gateways.absent import NoSender

        return NoSender(account)
    endpoint = account_of(account.consent_account_id)
    return gateway_for(replace(endpoint, id=account.id), secrets.get(endpoint.id), purpose, clock, means)


def _is_sender(account: Account) -> bool:
    return account.platform == "consent_api" or account.platform in PROVIDERS.keys() - BY_CHOICE


def gateway_for(
    account: Account,
    secret: str,
    purpose: str,
    clock: Clock,
    means: Means,
    *,
    sender_id: int = 0,
    kept: Kept | None = None,
) -> Gateway:
    """A sender of the account, for messages of one purpose. Raises SettingsError as `platforms.client_for` does."""
    if account.platform in PROVIDERS:
        parts = SenderParts(
            account=account,
            credentials=read_credentials(secret),
            purpose=purpose,
            clock=clock,
            wait=means.wait,
            sender_id=sender_id or account.id,
            connections=means.connections,
            limit=means.limit_of(account.platform),
            kept=kept,
            shared=means.shared,
        )
        return provider_of(account.platform).gateway_for(parts)
    if account.platform != "consent_api":
        raise SettingsError("unknown_platform", "There is no sender for this platform")
    # requests takes 130 ms to import: not before somebody is connected
    from campaign_app.gateways.consent_api import ConsentApiGateway
    from campaign_app.transport.connect import session_for

    return ConsentApiGateway(account, session_for(account, secret, clock, wait=means.wait), purpose, clock)
