"""How many consent answers a second the client proves: python -m benchmarks.client prints one JSON line.

`client` is the client's own share: a page of 1,000 answers that is ready in memory goes through all of `consents()`
(signing, HTTP library, JSON, receipt, tree, leaves, facts). `bare` does the least that proves anything: it parses the
page, verifies the receipt and rebuilds the tree; no client can be faster than that. Best of several rounds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic_core import from_json
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.platforms.consent_api import ConsentApiPlatform
from campaign_app.transport.receipts import (
    MerkleTree,
    ReceiptVerifier,
    b64u,
    jwk_of,
    leaf_hash,
    leaf_text,
    sign_receipt,
)
from campaign_app.transport.session import SignedSession
from campaign_app.transport.signing import RequestSigner
from campaign_app.transport.wire import Leaf, ReceiptClaims

REFS = 1_000
ROUNDS = 30
HOLES = 5
NONCE = "n" * 32
NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
ISSUER, ENTITY = "91310000MA0MN0001J", "91330100MA0MN00023"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = json.dumps({"keys": [jwk_of(KEY.public_key(), "k1")]})


class _Ready(HTTPAdapter):
    """Answers everything with the same bytes."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._body = body

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        return self.build_response(request, HTTPResponse(BytesIO(self._body), status=200, preload_content=False))


def page(holes: int = 0) -> bytes:
    """A signed page; `holes` answers of it are left out."""
    leaves = [_leaf(f"ou{at:09x}") for at in range(REFS)]
    tree = MerkleTree([leaf_hash(text) for text in leaves])
    claims = ReceiptClaims(
        iss=ISSUER, aud=ENTITY, root=b64u(tree.root), size=REFS, nonce=NONCE, request_id="q1",
        iat=int(NOW.timestamp()), simulated=True,
    )  # fmt: skip
    answers = [
        {"ref": f"ou{at:09x}", "leaf": text, "index": at, "path": path}
        for at, (text, path) in enumerate(zip(leaves, tree.paths_b64u(), strict=True))
    ]
    whole = {"request_id": "q1", "answers": answers[holes:], "receipt": sign_receipt(claims, KEY, "k1")}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _leaf(ref: str) -> str:
    return leaf_text(
        Leaf(
            iss=ISSUER, aud=ENTITY, ref=ref, channel="sms", purposes=["retail"], status="confirmed",
            method="double_opt_in", obtained_at=NOW, expires_at=None, withdrawn_at=None, max_per_month=None,
            checked_at=NOW, simulated=True,
        )
    )  # fmt: skip


def client(body: bytes, confirmed: int) -> Callable[[], None]:
    account = Account(1, "consent_api", "", "http://127.0.0.1:9", ENTITY, ISSUER, "", "k1", True, KEYS)
    session = SignedSession(account.base_url, RequestSigner("k1", KEY), lambda: NOW, adapter=_Ready(body))
    platform = ConsentApiPlatform(account, session, lambda: NOW, nonce=lambda: NONCE)
    refs = [CustomerRef(1, f"ou{at:09x}") for at in range(REFS)]

    def ask() -> None:
        facts = platform.consents(refs).facts
        assert sum(fact.status is ConsentStatus.CONFIRMED for fact in facts.values()) == confirmed

    return ask


def bare(body: bytes) -> Callable[[], None]:
    keys = ReceiptVerifier(KEYS)

    def ask() -> None:
        answers = from_json(body)
        claims = keys.verify(answers["receipt"])
        assert b64u(MerkleTree([leaf_hash(a["leaf"]) for a in answers["answers"]]).root) == claims.root

    return ask


def best(work: Callable[[], None]) -> float:
    """Answers a second."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return round(REFS / min(took))


def main() -> None:
    whole, holed = page(), page(HOLES)
    figures = {
        "client_answers_per_second": best(client(whole, REFS)),
        "client_holed_page_answers_per_second": best(client(holed, REFS - HOLES)),
        "bare_answers_per_second": best(bare(whole)),
        "page_bytes": len(whole),
        "target": 20_000,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
