"""Who is asking: signatures are verified, and a nonce counts once."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.requests import Request

from campaign_app.sandbox.config import SandboxConfig, Shop, simulated_key
from campaign_app.sandbox.problems import Refused
from campaign_app.transport.signing import SignatureRefused, VerifiedRequest, verify_request
from campaign_app.transport.wire import CREATED_WINDOW_SECONDS

NONCES_MAX: Final = 1_000_000
_BUCKET_SECONDS: Final = 60


class Nonces:
    """Every nonce that could still be replayed, by the minute in which it was created; older ones are refused anyway.

    When `limit` of them are held nothing more is accepted: forgetting one early would be a replay let through.
    """

    def __init__(self, limit: int = NONCES_MAX) -> None:
        self._limit = limit
        self._buckets: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)

    def use(self, request: VerifiedRequest, now: datetime) -> None:
        """Raises Refused for a nonce that this key has used before."""
        self._forget(int(now.timestamp()) - CREATED_WINDOW_SECONDS)
        mark = request.key_id, request.nonce
        if any(mark in bucket for bucket in self._buckets.values()):
            raise Refused(401, "replayed", "this nonce was used before")
        if sum(map(len, self._buckets.values())) >= self._limit:
            raise Refused(503, "too_many_nonces", "too many requests within the replay window", retry_after=60)
        self._buckets[int(request.created.timestamp()) // _BUCKET_SECONDS].add(mark)

    def _forget(self, oldest: int) -> None:
        for minute in [m for m in self._buckets if (m + 1) * _BUCKET_SECONDS <= oldest]:
            del self._buckets[minute]


class Gatekeeper:
    """Knows the clients' public keys: one for each shop."""

    def __init__(self, config: SandboxConfig) -> None:
        self._shops = {shop.key_id: shop for shop in config.shops}
        self._keys = {key_id: simulated_key(config.seed, key_id).public_key() for key_id in self._shops}
        self._nonces = Nonces()

    def admit(self, request: Request, body: bytes, now: datetime) -> Shop:
        """The shop whose client signed the request. Raises Refused."""
        try:
            verified = verify_request(request.method, _url(request), _headers(request), body, self._key_for, now)
        except SignatureRefused as error:
            raise Refused(401, error.code, str(error)) from error
        self._nonces.use(verified, now)
        return self._shops[verified.key_id]

    def _key_for(self, key_id: str) -> Ed25519PublicKey | None:
        return self._keys.get(key_id)


def _url(request: Request) -> str:
    """As it came on the wire; the authority is not covered, a proxy may have changed it."""
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope["raw_path"].decode("latin-1")
    return f"http://platform.invalid{path}{'?' if query else ''}{query}"


def _headers(request: Request) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]]
