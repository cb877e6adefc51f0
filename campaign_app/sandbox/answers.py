"""Answer pages of consents/lookup, written as text: a page of 1,000 is built in a few milliseconds.

The leaf text is what `transport.receipts.leaf_text` would write; a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.sandbox.config import ENTITY, ISSUER, RECEIPT_KID
from campaign_app.sandbox.people import iso
from campaign_app.sandbox.truth import Truth
from campaign_app.transport.receipts import MerkleTree, b64u, sign_receipt, utc_text
from campaign_app.transport.wire import ReceiptClaims

_ISS: Final = quoted(ISSUER.uscc)


@dataclass(frozen=True, slots=True)
class Asked:
    """A look-up: who asked what when, and the key that its receipt is signed with."""

    nonce: str
    request_id: str
    at: datetime
    key: Ed25519PrivateKey
    kid: str = RECEIPT_KID


def lookup_page(asked: Asked, refs: Sequence[str], truths: Sequence[Truth]) -> bytes:
    """The JSON text of a `wire.LookupPage`; without any ref the receipt is over one leaf that nobody gets to see."""
    checked = quoted(utc_text(asked.at) or "")
    leaves = [leaf(ref, truth, checked) for ref, truth in zip(refs, truths, strict=True)]
    tree = MerkleTree([sha256(b"\x00" + text.encode()).digest() for text in leaves or [""]])
    answers = ",".join(
        f'{{"ref":{quoted(ref)},"leaf":{quoted(text)},"index":{index},"path":{_list(path)}}}'
        for index, (ref, text, path) in enumerate(zip(refs, leaves, tree.paths_b64u(), strict=False))
    )
    receipt = _receipt(asked, tree)
    return f'{{"request_id":{quoted(asked.request_id)},"answers":[{answers}],"receipt":"{receipt}"}}'.encode()


def leaf(ref: str, truth: Truth, checked: str) -> str:
    """Canonical JSON of a `wire.Leaf`: keys sorted, no spaces, nothing escaped that need not be."""
    return (
        f'{{"aud":{quoted(truth.entity)},"channel":{quoted(truth.channel)},"checked_at":{checked},'
        f'"expires_at":{_time(truth.expires_at)},"iss":{_ISS},"max_per_month":{_number(truth.max_per_month)},'
        f'"method":{quoted(truth.method)},"obtained_at":{_time(truth.obtained_at)},'
        f'"purposes":{_purposes(truth.purposes)},"ref":{quoted(ref)},"simulated":true,'
        f'"status":{quoted(truth.status)},"withdrawn_at":{_time(truth.withdrawn_at)}}}'
    )


def _receipt(asked: Asked, tree: MerkleTree) -> str:
    claims = ReceiptClaims(
        iss=ISSUER.uscc,
        aud=ENTITY.uscc,
        root=b64u(tree.root),
        size=tree.size,
        nonce=asked.nonce,
        request_id=asked.request_id,
        iat=int(asked.at.timestamp()),
        simulated=True,
    )
    return sign_receipt(claims, asked.key, asked.kid)


def _time(seconds: int | None) -> str:
    return "null" if seconds is None else f'"{iso(seconds)}"'


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _list(path: Sequence[str]) -> str:
    return '["' + '","'.join(path) + '"]' if path else "[]"


def _purposes(purposes: tuple[str, ...]) -> str:
    return json.dumps(purposes, ensure_ascii=False, separators=(",", ":"))
