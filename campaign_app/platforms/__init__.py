"""Clients of the platforms whose APIs say who consented, who may not be reached, or whose signatures are filed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock, PlatformClient
from campaign_app.platforms.adapter import Parts, adapter_for, names

__all__ = ["Parts", "adapter_for", "client_for", "names", "read_credentials", "write_credentials"]


def client_for(
    account: Account,
    secret: str,
    clock: Clock,
    *,
    wait: Callable[[float], object] | None = None,
    keep: Callable[[str], None] | None = None,
    pin: Callable[[str], None] | None = None,
) -> PlatformClient:
    """A client for the account's platform. Raises SettingsError for an unknown platform, a bad key or a bad address.

    `secret` is what the workspace keeps for the account: the private key of a Platform Consent API, for every other
    platform a JSON object of its secret fields. `keep` stores a changed one, `pin` rotated keys (`adapter.Parts`).
    """
    found = adapter_for(account.platform)
    single = account.platform == "consent_api"
    credentials = {"private_key": secret} if single else read_credentials(secret)
    store = None if keep is None else lambda changed: keep(write_credentials(changed))
    return found.client(Parts(account, credentials, clock, wait, store, pin))


def read_credentials(secret: str) -> Mapping[str, str]:
    """Raises SettingsError, without the secret in it."""
    try:
        found = json.loads(secret)
    except ValueError:
        found = None
    if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
        return found
    raise SettingsError("bad_credentials", "The account's credentials cannot be read: connect it again")


def write_credentials(credentials: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(credentials.items())), ensure_ascii=False)
