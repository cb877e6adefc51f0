"""Signed requests of the Platform Consent API: RFC 9421 with Ed25519 over `wire.COVERED`, body digest by RFC 9530.

Canonicalisation is the library's; what is ours is the policy: which components must be covered, one algorithm, one tag,
a nonce, and a clock window judged by an injected clock. Replay is refused by whoever keeps the nonces (the server).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    VerifyResult,
)
from http_message_signatures.algorithms import ED25519

from campaign_app.transport.wire import COVERED, CREATED_WINDOW_SECONDS, SIGNATURE_TAG

if TYPE_CHECKING:
    from requests import PreparedRequest

NONCE_MIN: Final = 16
NONCE_MAX: Final = 200
LABEL: Final = "sig1"

KeyFor = Callable[[str], Ed25519PublicKey | None]
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class SignatureRefused(Exception):
    """A request that proves nothing. `code`: bad_signature, unknown_key or clock_skew."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """Who signed a request, and the nonce that the server has yet to look up."""

    key_id: str
    nonce: str
    created: datetime


class RequestSigner:
    """Signs requests with one client key."""

    def __init__(self, key_id: str, private_key: Ed25519PrivateKey | bytes) -> None:
        if isinstance(private_key, bytes):
            private_key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.key_id = key_id
        self._key = private_key
        self._signer = HTTPMessageSigner(signature_algorithm=ED25519)

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:
        """Sets Date, Content-Digest, Signature-Input and Signature, replacing what an earlier attempt set."""
        request.headers["Date"] = format_datetime(now.astimezone(UTC), usegmt=True)
        request.headers.pop("Content-Digest", None)
        prepared = self._signer.prepare(
            request,
            key_id=self.key_id,
            created=now,
            nonce=nonce,
            label=LABEL,
            tag=SIGNATURE_TAG,
            covered_component_ids=COVERED,
            body=_body_bytes(request.body),
        )
        # what the library's own `sign` adds is to build and compare everything once more, for signers far away
        signature = b64encode(self._key.sign(prepared.signature_base)).decode()
        request.headers["Signature-Input"] = f"{LABEL}={prepared.signature_params}"
        request.headers["Signature"] = f"{LABEL}=:{signature}:"


def verify_request(
    method: str, url: str, headers: Headers, body: bytes, key_for: KeyFor, now: datetime
) -> VerifiedRequest:
    """Raises SignatureRefused unless exactly one valid signature of our kind covers everything it has to.

    `headers` are all field lines in order; `url` is absolute with the path and query as they came on the wire.
    """
    message = _Message(method, url, _FieldLines(headers))
    verifier = _Verifier(key_for)
    try:
        results = verifier.verify(
            message, max_age=None, expect_tag=SIGNATURE_TAG, require_components=COVERED, body=body
        )
    except (InvalidSignature, HTTPMessageSignaturesException, UnicodeError) as error:
        raise SignatureRefused("bad_signature", str(error)) from error
    if len(results) != 1:
        raise SignatureRefused("bad_signature", "more than one signature carries our tag")
    return _judge(results[0], now)


def _judge(result: VerifyResult, now: datetime) -> VerifiedRequest:
    """What the library leaves to its caller: alg and nonce present, times within the window."""
    params = result.parameters
    nonce = result.nonce or ""
    if params.get("alg") != ED25519.algorithm_id:
        raise SignatureRefused("bad_signature", "the signature does not name its algorithm")
    if not NONCE_MIN <= len(nonce) <= NONCE_MAX:
        raise SignatureRefused("bad_signature", f"the nonce must have {NONCE_MIN} to {NONCE_MAX} characters")
    created = _moment(int(params["created"]))
    for at in (created, _http_date(result.covered_components['"date"'])):
        if abs((now - at).total_seconds()) > CREATED_WINDOW_SECONDS:
            raise SignatureRefused("clock_skew", f"created and Date must be within {CREATED_WINDOW_SECONDS} s of now")
    if "expires" in params and _moment(int(params["expires"])) < now:
        raise SignatureRefused("clock_skew", "the signature has expired")
    return VerifiedRequest(str(params["keyid"]), nonce, created)


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise SignatureRefused("clock_skew", "a time of the signature is out of range") from error


def _http_date(written: str) -> datetime:
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, OverflowError) as error:
        raise SignatureRefused("bad_signature", "Date is no HTTP date") from error
    if at.tzinfo is None:
        raise SignatureRefused("bad_signature", "Date has no zone")
    return at


def _body_bytes(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if not isinstance(body, bytes):
        raise TypeError("only a whole body can be signed")
    return body


class _Lookup(HTTPSignatureKeyResolver):
    def __init__(self, key_for: KeyFor) -> None:
        self._key_for = key_for

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return self._key_for(key_id)


class _Verifier(HTTPMessageVerifier):
    """Leaves times to `_judge`, which has the injected clock, and tells an unknown key from a bad signature."""

    def __init__(self, key_for: KeyFor) -> None:
        super().__init__(signature_algorithm=ED25519, key_resolver=_Lookup(key_for))
        self._key_for = key_for

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:  # noqa: ARG002
        if "created" not in sig_input.params:
            raise SignatureRefused("bad_signature", "the signature has no created time")
        key_id = sig_input.params.get("keyid")
        if isinstance(key_id, str) and self._key_for(key_id) is None:
            raise SignatureRefused("unknown_key", "no client has this key")


@dataclass(frozen=True, slots=True)
class _Message:
    method: str
    url: str
    headers: _FieldLines


class _FieldLines:
    """All field lines as the library wants them: `items()` with repeats, in order."""

    def __init__(self, headers: Headers) -> None:
        self._lines = tuple(headers.items() if isinstance(headers, Mapping) else headers)

    def items(self) -> tuple[tuple[str, str], ...]:
        return self._lines
