"""Receipts of consent answers: a JWS over the RFC 9162 Merkle root of the leaves of one answer page."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from itertools import pairwise
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from campaign_app.transport.wire import Leaf, ReceiptClaims

ALGORITHM: Final = "Ed25519"
RECEIPT_TYPE: Final = "consent-receipt+jwt"
HASH_SIZE: Final = 32
_B64U_HASH: Final = 43
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


class ReceiptRefused(Exception):
    """A receipt that proves nothing. `code`: bad_receipt, unknown_key or bad_keys."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Raises ValueError for anything but what `b64u` writes."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise ValueError("not canonical base64url")
    return data


def utc_text(at: datetime | None) -> str | None:
    """ISO 8601 with Z, as leaves hold times."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def leaf_text(leaf: Leaf) -> str:
    """The canonical JSON of a leaf: what is hashed, byte for byte."""
    data: dict[str, Any] = leaf.model_dump()
    for name in ("obtained_at", "expires_at", "withdrawn_at", "checked_at"):
        data[name] = utc_text(data[name])
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf_hash(leaf: str) -> bytes:
    return hashlib.sha256(b"\x00" + leaf.encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """The tree over some leaf hashes with all its levels kept, so that every path of a page costs one walk up.

    A last node without a sibling moves up as it is, which is RFC 9162's split at the largest power of two.
    """

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        if not leaf_hashes:
            raise ValueError("a receipt has at least one leaf")
        self._levels: list[Sequence[bytes]] = [leaf_hashes]
        while len(level := self._levels[-1]) > 1:
            above = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
            self._levels.append(above if len(level) % 2 == 0 else [*above, level[-1]])

    @property
    def size(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0]

    def path(self, index: int) -> list[bytes]:
        """Inclusion proof of one leaf, from the leaf upwards."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        path = []
        for level, _above in pairwise(self._levels):
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            index >>= 1
        return path

    def paths_b64u(self) -> list[list[str]]:
        """The proofs of all leaves, in base64url; each hash is encoded once, and a path ends as its parent's does."""
        paths: list[list[str]] = [[]]
        for level in reversed(self._levels[:-1]):
            nodes = _all_b64u(level)
            above, end = paths, len(nodes)
            paths = [[nodes[at ^ 1], *above[at >> 1]] if at ^ 1 < end else above[at >> 1] for at in range(end)]
        return paths


def _all_b64u(hashes: Sequence[bytes]) -> list[str]:
    """`b64u` of each, in one call: with a byte behind it every hash fills whole groups of four letters."""
    text = urlsafe_b64encode(b"\0".join(hashes) + b"\0").decode("ascii")
    return [text[at : at + _B64U_HASH] for at in range(0, len(text), _B64U_HASH + 1)]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2: whether the leaf hash stands at `index` of the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    at, last, seen = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            seen = _node(sibling, seen)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            seen = _node(seen, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and compare_digest(seen, root)


def jwk_of(key: Ed25519PublicKey, kid: str) -> dict[str, str]:
    """The public key as a JWK for a JWKS."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": ALGORITHM,
        "use": "sig",
        "kid": kid,
        "x": b64u(key.public_bytes_raw()),
    }


def sign_receipt(claims: ReceiptClaims, key: Ed25519PrivateKey, kid: str) -> str:
    """Compact JWS of the claims."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": RECEIPT_TYPE}
    payload = json.dumps(claims.model_dump(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    private = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": b64u(key.public_key().public_bytes_raw()),
            "d": b64u(key.private_bytes_raw()),
        }
    )
    return jws.serialize_compact(header, payload, private, algorithms=[ALGORITHM])


class ReceiptVerifier:
    """Verifies receipts with a pinned JWKS (a parsed object or its JSON text), imported once."""

    def __init__(self, jwks: Mapping[str, Any] | str) -> None:
        self._keys = _import(jwks)

    def verify(self, receipt: str) -> ReceiptClaims:
        """Raises ReceiptRefused unless a pinned key signed it with Ed25519 and its payload is a receipt's."""
        try:
            unproven = jws.extract_compact(receipt.encode())
            key = self._key(unproven.headers().get("kid"))
            proven = jws.deserialize_compact(receipt, key, algorithms=[ALGORITHM])
            if proven.headers().get("typ") != RECEIPT_TYPE:
                raise ReceiptRefused("bad_receipt", "the signed object is no consent receipt")
            return ReceiptClaims.model_validate_json(proven.payload, strict=True)
        except (JoseError, ValidationError, ValueError, TypeError) as error:
            raise ReceiptRefused("bad_receipt", type(error).__name__) from error

    def _key(self, kid: object) -> OKPKey:
        if not isinstance(kid, str) or kid not in self._keys:
            raise ReceiptRefused("unknown_key", "the receipt's key is not pinned")
        return self._keys[kid]


def _import(jwks: Mapping[str, Any] | str) -> dict[str, OKPKey]:
    """Ed25519 keys by kid; other keys are left out, so that an issuer may publish more than receipts need."""
    try:
        data = json.loads(jwks) if isinstance(jwks, str) else jwks
        ours = [k for k in data["keys"] if (k.get("kty"), k.get("crv")) == ("OKP", ALGORITHM)]
        found = {str(k["kid"]): OKPKey.import_key(k) for k in ours}
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReceiptRefused("bad_keys", "the key set cannot be read") from error
    if not found:
        raise ReceiptRefused("bad_keys", "the key set holds no Ed25519 key")
    return found
