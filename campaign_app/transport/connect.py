"""The signed session of an account, from what the workspace keeps of it."""

from __future__ import annotations

from collections.abc import Callable

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.transport.receipts import unb64u
from campaign_app.transport.session import SignedSession
from campaign_app.transport.signing import RequestSigner


def session_for(
    account: Account, private_key: str, clock: Clock, *, wait: Callable[[float], object] | None = None
) -> SignedSession:
    """`private_key` is the 32-byte Ed25519 seed in base64url. Raises SettingsError for a bad key or address."""
    return SignedSession(account.base_url, signer_of(account.key_id, private_key), clock, wait=wait)


def signer_of(key_id: str, private_key: str) -> RequestSigner:
    """Raises SettingsError for what is no key."""
    signer = _signer(key_id, private_key.strip())
    if signer is None:  # outside of the handler: what it caught may quote the key
        raise SettingsError("bad_private_key", "The private key is not an Ed25519 key in base64url")
    return signer


def _signer(key_id: str, private_key: str) -> RequestSigner | None:
    try:
        return RequestSigner(key_id, unb64u(private_key.rstrip("=")))
    except ValueError:
        return None
