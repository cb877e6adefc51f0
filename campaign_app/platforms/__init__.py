"""Clients of the platforms whose APIs say who consented, who may not be reached, or whose signatures are filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import Clock, PlatformClient
from campaign_app.platforms.adapter import Offers, Parts, adapter_for, names
from campaign_app.transport.credentials import read_credentials, write_credentials

__all__ = [
    "Offers", "Parts", "SecretStore", "adapter_for", "client_for", "client_of", "has_consents", "names",
    "read_credentials",
    "write_credentials",
]  # fmt: skip


class SecretStore(Protocol):
    """The secret of an account by its id, as `services.accounts` names and keeps it."""

    def get(self, account_id: int) -> str:
        """Raises NotAllowed for an account that has none (any more)."""
        ...

    def replace(self, account_id: int, secret: str) -> None:
        """Keeps a changed one. Raises NotAllowed for an account that has none (any more)."""
        ...


def client_of(
    account: Account,
    secret: str,
    clock: Clock,
    *,
    secrets: SecretStore,
    account_of: Callable[[int], Account],
    pin_of: Callable[[int], Callable[[str], None]] | None = None,
    wait: Callable[[float], object] | None = None,
) -> PlatformClient:
    """What answers for the account: its platform, with the Platform Consent API of its `consent_account_id` if it has

    one. Raises as `client_for` does, and NotAllowed where the endpoint is not connected or not the same entity's.
    """
    kept = _kept(account, secret, clock, wait, secrets, pin_of) if account.id else None
    native = kept or client_for(account, secret, clock)
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


def _kept(
    account: Account,
    secret: str,
    clock: Clock,
    wait: Callable[[float], object] | None,
    secrets: SecretStore,
    pin_of: Callable[[int], Callable[[str], None]] | None,
) -> PlatformClient:
    """A client that may refresh its token: what it stores is there before it is used."""
    return client_for(
        account, secret, clock, wait=wait,
        keep=lambda changed: secrets.replace(account.id, changed), reread=lambda: secrets.get(account.id),
        pin=None if pin_of is None else pin_of(account.id),
    )  # fmt: skip


def client_for(
    account: Account,
    secret: str,
    clock: Clock,
    *,
    wait: Callable[[float], object] | None = None,
    keep: Callable[[str], None] | None = None,
    reread: Callable[[], str] | None = None,
    pin: Callable[[str], None] | None = None,
) -> PlatformClient:
    """A client for the account's platform. Raises SettingsError for an unknown platform, a bad key or a bad address.

    `secret` is what the workspace keeps for the account: the private key of a Platform Consent API, for every other
    platform a JSON object of its secret fields. `keep` stores a changed one, `reread` says what is stored by now, and
    `pin` stores rotated keys (`adapter.Parts`).
    """
    found = adapter_for(account.platform)
    single = account.platform == "consent_api"
    credentials = {"private_key": secret} if single else read_credentials(secret)
    store = None if keep is None else lambda changed: keep(write_credentials(changed))
    stored = None if reread is None else lambda: read_credentials(reread())
    return found.client(Parts(account, credentials, clock, wait, store, stored, pin))
