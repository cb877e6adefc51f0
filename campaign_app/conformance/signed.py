"""Requests that prove nothing are refused, before anything else is looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests import PreparedRequest

from campaign_app.conformance.asking import Asking
from campaign_app.conformance.checking import Checks, Failed
from campaign_app.conformance.probe import Seen
from campaign_app.transport.signing import RequestSigner
from campaign_app.transport.wire import CREATED_WINDOW_SECONDS

SIGNED: Final = Checks()
META: Final = "/v1/meta"
LOOKUP: Final = "/v1/consents/lookup"
_BEYOND: Final = timedelta(seconds=CREATED_WINDOW_SECONDS * 2)


@SIGNED.check("sign.missing")
def missing(asking: Asking) -> str:
    return asking.refused("sign.missing", asking.probe.ask("GET", META, signed=False), 401)


@SIGNED.check("sign.other_key")
def other_key(asking: Asking) -> str:
    """The right name, another key."""
    asking.need_meta()  # a server that refuses everything refuses nothing in particular
    forger = RequestSigner(asking.probe.key_id, Ed25519PrivateKey.generate())
    return asking.refused("sign.other_key", asking.probe.send(asking.probe.prepared("GET", META, signer=forger)), 401)


@SIGNED.check("sign.unknown_key")
def unknown_key(asking: Asking) -> str:
    stranger = RequestSigner("conformance-nobody", Ed25519PrivateKey.generate())
    sent = asking.probe.send(asking.probe.prepared("GET", META, signer=stranger))
    return asking.refused("sign.unknown_key", sent, 401)


def _moved(asking: Asking, to: str) -> Seen:
    """A signature that was made for /v1/meta."""

    def move(request: PreparedRequest) -> None:
        request.url = str(request.url).removesuffix(META) + to

    return asking.probe.changed("GET", META, None, move)


@SIGNED.check("sign.path")
def path(asking: Asking) -> str:
    return asking.refused("sign.path", _moved(asking, "/v1/signatures"), 401)


@SIGNED.check("sign.query")
def query(asking: Asking) -> str:
    return asking.refused("sign.query", _moved(asking, f"{META}?limit=5"), 401)


@SIGNED.check("sign.method")
def method(asking: Asking) -> str:
    def turn(request: PreparedRequest) -> None:
        request.method = "GET"

    return asking.refused("sign.method", asking.probe.changed("POST", META, None, turn), 401)


@SIGNED.check("sign.body")
def body(asking: Asking) -> str:
    """The body is another one than the digest that was signed."""

    def swap(request: PreparedRequest) -> None:
        request.prepare_body(b'{"refs":["another"],"nonce":"nnnnnnnnnnnnnnnn"}', None)

    asked = {"refs": [asking.stranger], "nonce": "n" * 16}
    return asking.refused("sign.body", asking.probe.changed("POST", LOOKUP, asked, swap), 401)


@SIGNED.check("sign.uncovered")
def uncovered(asking: Asking) -> str:
    """A signature that covers less than it has to."""

    def narrow(request: PreparedRequest) -> None:
        inputs = request.headers["Signature-Input"]
        request.headers["Signature-Input"] = str(inputs).replace(' "content-digest"', "")

    return asking.refused("sign.uncovered", asking.probe.changed("GET", META, None, narrow), 401)


@SIGNED.check("sign.nonce")
def nonce(asking: Asking) -> str:
    sent = asking.probe.send(asking.probe.prepared("GET", META, nonce="short"))
    return asking.refused("sign.nonce", sent, 401)


@SIGNED.check("sign.replay")
def replay(asking: Asking) -> str:
    request = asking.probe.prepared("GET", META)
    first = asking.probe.send(request)
    if first.status != 200:
        raise Failed(f"the first one was refused: {first.said()}")
    return asking.refused("sign.replay", asking.probe.send(request), 401, code="replayed")


@SIGNED.check("sign.old")
def old(asking: Asking) -> str:
    sent = asking.probe.send(asking.probe.prepared("GET", META, later=-_BEYOND))
    return asking.refused("sign.old", sent, 401, code="clock_skew")


@SIGNED.check("sign.future")
def future(asking: Asking) -> str:
    sent = asking.probe.send(asking.probe.prepared("GET", META, later=_BEYOND))
    return asking.refused("sign.future", sent, 401, code="clock_skew")
