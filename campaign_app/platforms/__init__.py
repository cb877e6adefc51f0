"""Clients of the platforms whose APIs say who consented, who may not be reached, or whose signatures are filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import Clock, PlatformClient
from campaign_app.platforms.adapter import Offers, Parts, adapter_for, names
from campaign_app.transport.credentials import read_credentials, write_credentials
from campaign_app.transport.kept import Kept, KeptSecret, SecretStore, Shared

__all__ = [
    "Kept", "Offers", "Parts", "SecretStore", "Shared", "adapter_for", "client_for", "client_of", "has_consents",
    "names", "read_credentials", "write_credentials",
]  # fmt: skip


def client_of(
    account: Account,
    secret: str,
    clock: Clock,
    *,
    secrets: SecretStore,
    account_of: Callable[[int], Account],
    pin_of: Callable[[int], Callable[[str, str], None]] | None = None,
    wait: Callable[[float], object] | None = None,
    shared: Shared | None = None,
) -> PlatformClient:
    """What answers for the account: its platform, with the Platform Consent API of its `consent_account_id` if it has

    one. Raises as `client_for` does, and NotAllowed where the endpoint is not connected or not the same entity's.
    """
    pin = None if pin_of is None or not account.id else pin_of(account.id)
    kept = KeptSecret(account.id, secrets, clock) if account.id else None
    native = client_for(account, secret, clock, wait=wait, kept=kept, pin=pin, shared=shared)
    if account.consent_account_id is None and has_consents(account):
        return native
    from campaign_app.platforms.endorsed import EndorsedPlatform, UnendorsedPlatform

    if account.consent_account_id is None:
        return UnendorsedPlatform(native, clock)
    endpoint = account_of(account.consent_account_id)
    if endpoint.platform != "consent_api" or account.entity_uscc not in ("", endpoint.entity_uscc):
        raise NotAllowed("consent_source", "That account cannot answer for this shop", account=endpoint.id)
    # facts and receipts are the shop's own
    pin = None if pin_of is None else pin_of(endpoint.id)
    theirs = client_for(replace(endpoint, id=account.id), secrets.get(endpoint.id), clock, wait=wait, pin=pin)
    return EndorsedPlatform(native, theirs, clock, (account.simulated, endpoint.simulated))


def has_consents(account: Account) -> bool:
    """Whether anybody can be asked who of the account's customers agreed: its platform, or an endpoint."""
    if account.consent_account_id is not None:
        return True
    try:
        return adapter_for(account.platform).capabilities.consent_lookup
    except SettingsError:  # its package is gone
        return False


def client_for(
    account: Account,
    secret: str,
    clock: Clock,
    *,
    wait: Callable[[float], object] | None = None,
    kept: Kept | None = None,
    pin: Callable[[str, str], None] | None = None,
    shared: Shared | None = None,
) -> PlatformClient:
    """A client for the account's platform. Raises SettingsError for an unknown platform, a bad key or a bad address.

    `secret` is what the workspace keeps for the account: the private key of a Platform Consent API, for every other
    platform a JSON object of its secret fields. `kept`, `pin` and `shared` are those of `adapter.Parts`.
    """
    found = adapter_for(account.platform)
    single = account.platform == "consent_api"
    credentials = {"private_key": secret} if single else read_credentials(secret)
    return found.client(Parts(account, credentials, clock, wait, kept, pin, shared or Shared()))
