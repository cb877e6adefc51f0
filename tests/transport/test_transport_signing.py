"""Signed requests: what a signature covers, what is refused and why."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519, HMAC_SHA256

from campaign_app.transport import wire
from campaign_app.transport.signing import RequestSigner, SignatureRefused, VerifiedRequest, verify_request

NOW = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
NONCE = "0123456789abcdefghij"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
URL = "https://platform.example/v1/consents/lookup?cursor=a%20b&limit=2"
BODY = '{"refs":["客1"]}'.encode()


@dataclass
class Sent:
    """A request as it reaches the server; tests spoil one field each."""

    method: str = "POST"
    url: str = URL
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = BODY

    def verify(self, now: datetime = NOW) -> VerifiedRequest:
        return verify_request(self.method, self.url, self.headers, self.body, key_for, now)

    def refusal(self, now: datetime = NOW) -> str:
        with pytest.raises(SignatureRefused) as caught:
            self.verify(now)
        return caught.value.code


class FarAway:
    """A created time beyond every calendar."""

    def timestamp(self) -> float:
        return 999_999_999_999_999


def key_for(key_id: str) -> object:
    return KEY.public_key() if key_id == "shop-1" else None


def signed(method: str = "POST", url: str = URL, body: bytes | None = BODY, key_id: str = "shop-1") -> Sent:
    request = requests.Request(method, url, data=body).prepare()
    RequestSigner(key_id, KEY).sign(request, now=NOW, nonce=NONCE)
    return Sent(method, url, dict(request.headers), body or b"")


def signed_otherwise(**changes: object) -> Sent:
    """Signed by the library with one thing different from what we demand."""
    request = requests.Request("POST", URL, data=BODY).prepare()
    request.headers["Date"] = str(changes.pop("date", "Sun, 01 Nov 2026 03:00:00 GMT"))
    options = {
        "key_id": "shop-1",
        "created": NOW,
        "nonce": NONCE,
        "tag": wire.SIGNATURE_TAG,
        "covered_component_ids": wire.COVERED,
        "body": BODY,
    }
    algorithm = changes.pop("algorithm", ED25519)
    keys = MappingKeyResolver(public_keys={}, private_keys={"shop-1": KEY if algorithm is ED25519 else b"k" * 32})
    signer = HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=keys)
    signer.sign(request, **{**options, **changes})
    return Sent("POST", URL, dict(request.headers), BODY)


def test_a_signed_request_tells_its_key_nonce_and_time() -> None:
    assert signed().verify() == VerifiedRequest("shop-1", NONCE, NOW)


def test_a_request_without_body_covers_the_empty_content() -> None:
    sent = signed("GET", "https://platform.example/v1/meta", None)
    empty = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    assert sent.headers["Content-Digest"] == f"sha-256=:{empty}:"
    assert sent.verify().key_id == "shop-1"


def test_the_signature_base_is_the_one_of_the_standard() -> None:
    """Written out by hand and verified with nothing but Ed25519."""
    sent = signed()
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    params = (
        '("@method" "@path" "@query" "date" "content-digest")'
        f';created=1793502000;keyid="shop-1";alg="ed25519";nonce="{NONCE}";tag="platform-consent-v1"'
    )
    base = (
        '"@method": POST\n'
        '"@path": /v1/consents/lookup\n'
        '"@query": ?cursor=a%20b&limit=2\n'
        '"date": Sun, 01 Nov 2026 03:00:00 GMT\n'
        f'"content-digest": sha-256=:{digest}:\n'
        f'"@signature-params": {params}'
    )
    assert sent.headers["Signature-Input"] == f"sig1={params}"
    signature = base64.b64decode(sent.headers["Signature"].removeprefix("sig1=:").removesuffix(":"))
    KEY.public_key().verify(signature, base.encode())


def test_the_published_ed25519_example_comes_out_of_the_library() -> None:
    """RFC 9421, appendix B.2.6, with the key of appendix B.1.4."""
    pem = (
        b"-----BEGIN PRIVATE KEY-----\n"
        b"MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"
        b"-----END PRIVATE KEY-----\n"
    )
    headers = {
        "Host": "example.com",
        "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type": "application/json",
        "Content-Length": "18",
    }
    message = SimpleNamespace(method="POST", url="https://example.com/foo?param=Value&Pet=dog", headers=headers)
    keys = MappingKeyResolver(public_keys={}, private_keys={"test-key-ed25519": load_pem_private_key(pem, None)})
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=keys).sign(
        message,
        key_id="test-key-ed25519",
        created=datetime.fromtimestamp(1618884473, UTC),
        label="sig-b26",
        include_alg=False,
        covered_component_ids=("date", "@method", "@path", "@authority", "content-type", "content-length"),
    )
    assert message.headers["Signature"] == (
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
    )


def test_signing_again_replaces_the_first_signature() -> None:
    request = requests.Request("POST", URL, data=BODY).prepare()
    signer = RequestSigner("shop-1", bytes(range(32)))
    signer.sign(request, now=NOW, nonce=NONCE)
    signer.sign(request, now=NOW + timedelta(seconds=9), nonce="another-nonce-123456")
    verified = verify_request("POST", URL, request.headers, BODY, key_for, NOW)
    assert verified.nonce == "another-nonce-123456"


def test_text_bodies_are_signed_as_utf8() -> None:
    request = requests.Request("POST", URL, data="客").prepare()
    RequestSigner("shop-1", KEY).sign(request, now=NOW, nonce=NONCE)
    assert verify_request("POST", URL, request.headers, "客".encode(), key_for, NOW)


def test_a_streamed_body_cannot_be_signed() -> None:
    request = requests.Request("POST", URL, data=iter([b"a"])).prepare()
    with pytest.raises(TypeError, match="whole body"):
        RequestSigner("shop-1", KEY).sign(request, now=NOW, nonce=NONCE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("method", "PUT"),
        ("url", URL.replace("lookup", "changes")),
        ("url", URL.replace("limit=2", "limit=3")),
        ("url", "https://platform.example/v1/consents/lookup"),
        ("body", BODY + b" "),
        ("body", b""),
    ],
)
def test_what_was_changed_on_the_way_is_refused(name: str, value: object) -> None:
    sent = signed()
    setattr(sent, name, value)
    assert sent.refusal() == "bad_signature"


@pytest.mark.parametrize("name", ["Date", "Content-Digest", "Signature-Input", "Signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    sent = signed()
    del sent.headers[name]
    assert sent.refusal() == "bad_signature"


@pytest.mark.parametrize("name", ["Date", "Content-Digest", "Signature-Input", "Signature"])
@pytest.mark.parametrize("value", ["", "x", 'sig1=("@method")', "sig1=:AAAA:", "客", "sig1=1, sig1=2"])
def test_a_malformed_header_is_refused(name: str, value: str) -> None:
    sent = signed()
    sent.headers[name] = value
    assert sent.refusal() == "bad_signature"


def test_a_digest_of_another_body_is_refused_even_if_signed() -> None:
    sent = signed()
    sent.body = b"other"
    digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    sent.headers["Content-Digest"] = f"sha-256=:{digest}:"
    assert sent.refusal() == "bad_signature"


@pytest.mark.parametrize("component", wire.COVERED)
def test_every_component_must_be_covered(component: str) -> None:
    covered = tuple(c for c in wire.COVERED if c != component)
    changes: dict[str, object] = {"covered_component_ids": covered}
    if component == "content-digest":
        changes["body"] = None
    assert signed_otherwise(**changes).refusal() == "bad_signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": None},
        {"tag": "another-protocol"},
        {"nonce": None},
        {"nonce": "short"},
        {"nonce": "n" * 201},
        {"include_alg": False},
        {"algorithm": HMAC_SHA256},
    ],
    ids=str,
)
def test_a_signature_of_another_kind_is_refused(changes: dict[str, object]) -> None:
    assert signed_otherwise(**changes).refusal() == "bad_signature"


def test_the_unchanged_options_of_these_tests_are_accepted() -> None:
    assert signed_otherwise().verify().key_id == "shop-1"


def test_two_signatures_with_our_tag_are_refused() -> None:
    sent, other = signed(), signed_otherwise(label="sig2")
    for name in ("Signature-Input", "Signature"):
        sent.headers[name] += ", " + other.headers[name]
    assert sent.refusal() == "bad_signature"


def test_a_key_nobody_has_is_named_as_such() -> None:
    assert signed(key_id="stranger").refusal() == "unknown_key"


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_the_clock_may_differ_by_five_minutes(seconds: int) -> None:
    assert signed().verify(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_beyond_five_minutes_it_is_refused(seconds: int) -> None:
    assert signed().refusal(NOW + timedelta(seconds=seconds)) == "clock_skew"


NO_DATES = (
    "yesterday",
    "2026-11-01T03:00:00Z",
    "Sun, 01 Nov 2026 03:00:00 -0000",
    "Sun, 01 Nov 99999999999 03:00:00 GMT",
)


@pytest.mark.parametrize("date", NO_DATES)
def test_a_signed_date_that_is_none_is_refused(date: str) -> None:
    assert signed_otherwise(date=date).refusal() == "bad_signature"


def test_a_signed_date_of_another_day_is_refused() -> None:
    assert signed_otherwise(date="Sat, 31 Oct 2026 03:00:00 GMT").refusal() == "clock_skew"


def test_a_signature_without_a_time_or_with_an_impossible_one_is_refused() -> None:
    sent = signed()
    sent.headers["Signature-Input"] = sent.headers["Signature-Input"].replace("created=1793502000;", "")
    assert sent.refusal() == "bad_signature"
    assert signed_otherwise(created=FarAway()).refusal() == "clock_skew"


def test_an_expired_signature_is_refused() -> None:
    assert signed_otherwise(expires=NOW + timedelta(seconds=5)).verify()
    assert signed_otherwise(expires=NOW - timedelta(seconds=5)).refusal() == "clock_skew"


def test_a_forged_signature_is_refused_before_its_clock_is_judged() -> None:
    sent = signed()
    sent.headers["Signature"] = "sig1=:" + base64.b64encode(bytes(64)).decode() + ":"
    assert sent.refusal(NOW + timedelta(days=1)) == "bad_signature"
