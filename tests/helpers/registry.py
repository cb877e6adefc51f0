"""A consent registry in memory that signs what it answers, and can be told to answer something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.domain.customer import Account
from campaign_app.transport.receipts import MerkleTree, b64u, jwk_of, leaf_hash, sign_receipt
from campaign_app.transport.wire import ReceiptClaims

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
ISSUER, ENTITY, STRANGER = "91310000MA0MN0001J", "91330100MA0MN00023", "91330100MA0MN00036"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ROGUE = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
CLIENT_SEED = b64u(bytes(range(2, 34)))
JWKS = {"keys": [jwk_of(KEY.public_key(), "k1")]}
ACCOUNT = Account(
    7, "consent_api", "店", "http://127.0.0.1:9", ENTITY, ISSUER, "登记处", "shop-1", simulated=True,
    pinned_keys=json.dumps(JWKS),
)  # fmt: skip

Json = dict[str, Any]


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def confirmed(ref: str, **facts: Any) -> Json:
    """The fields of a leaf that confirms, but for `facts`."""
    return {
        "iss": ISSUER,
        "aud": ENTITY,
        "ref": ref,
        "channel": "sms",
        "purposes": ["retail"],
        "status": "confirmed",
        "method": "double_opt_in",
        "obtained_at": "2026-05-01T00:00:00Z",
        "expires_at": None,
        "withdrawn_at": None,
        "max_per_month": None,
        "checked_at": "2026-11-01T01:59:00Z",
        "simulated": True,
        **facts,
    }


@dataclass(frozen=True)
class Page:
    """An answer page on its way: leaves and claims are still unsigned, `answers` and `receipt` are not there yet."""

    leaves: list[Any]
    claims: Json
    key: Ed25519PrivateKey = KEY
    kid: str = "k1"

    def signed(self) -> Json:
        """Leaves are texts, or become canonical JSON."""
        texts = [leaf if isinstance(leaf, str) else canonical(leaf) for leaf in self.leaves]
        tree = MerkleTree([leaf_hash(text) for text in texts])
        claims = ReceiptClaims(**{"root": b64u(tree.root), "size": len(texts), **self.claims})
        answers = [
            {"ref": _ref(text), "leaf": text, "index": index, "path": path}
            for index, (text, path) in enumerate(zip(texts, tree.paths_b64u(), strict=True))
        ]
        receipt = sign_receipt(claims, self.key, self.kid)
        return {"request_id": self.claims["request_id"], "answers": answers, "receipt": receipt}


def _ref(text: str) -> str:
    try:
        return str(json.loads(text)["ref"])
    except (ValueError, KeyError, TypeError):
        return "?"


@dataclass
class Registry:
    """Called with a look-up's request, answers it. `truth` overrides leaves; `before` and `after` the signing spoil."""

    truth: dict[str, Json] = field(default_factory=dict)
    before: Callable[[Page], Page] = lambda page: page
    after: Callable[[Json], Any] = lambda page: page
    pages: list[Json] = field(default_factory=list)

    def __call__(self, request: requests.PreparedRequest) -> Any:
        asked = json.loads(request.body or b"{}")
        page = self.page(asked["refs"], asked["nonce"])
        self.pages.append(page)
        return self.after(json.loads(json.dumps(page)))

    def page(self, refs: list[str], nonce: str) -> Json:
        claims = {
            "iss": ISSUER, "aud": ENTITY, "nonce": nonce, "request_id": f"q{len(self.pages)}",
            "iat": int(NOW.timestamp()), "simulated": True,
        }  # fmt: skip
        return self.before(Page([confirmed(ref, **self.truth.get(ref, {})) for ref in refs], claims)).signed()


def leaf(**facts: Any) -> Callable[[Page], Page]:
    """Spoils the first leaf before it is signed; a value `...` takes the field away."""

    def spoil(page: Page) -> Page:
        first = {name: value for name, value in {**page.leaves[0], **facts}.items() if value is not ...}
        return replace(page, leaves=[first, *page.leaves[1:]])

    return spoil


def claims(**facts: Any) -> Callable[[Page], Page]:
    return lambda page: replace(page, claims={**page.claims, **facts})


def answer(**fields: Any) -> Callable[[Json], Json]:
    """Spoils the first answer after it was signed; a value `...` takes the field away."""

    def spoil(page: Json) -> Json:
        first = {name: value for name, value in {**page["answers"][0], **fields}.items() if value is not ...}
        return {**page, "answers": [first, *page["answers"][1:]]}

    return spoil
