"""Look-ups: one answer for everybody who was asked, each proven by the page's receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from campaign_app.conformance.asking import Asking, whole
from campaign_app.conformance.checking import Checks, Failed, expect
from campaign_app.domain.consent import Channel, ConsentMethod, ConsentStatus
from campaign_app.platforms.leaves import Odd, read_leaf
from campaign_app.transport.receipts import ALGORITHM, ReceiptRefused, leaf_hash, unb64u, verify_inclusion
from campaign_app.transport.wire import LOOKUP_MAX, ReceiptClaims

LOOKING: Final = Checks()
LOOKUP: Final = "/v1/consents/lookup"
_FRESH: Final = timedelta(minutes=10)
_SOME: Final = 5


@dataclass(frozen=True)
class Page:
    """A look-up as it was asked and answered."""

    refs: list[str]
    nonce: str
    body: dict[str, Any]

    @property
    def answers(self) -> list[dict[str, Any]]:
        rows = self.body.get("answers")
        expect(isinstance(rows, list) and all(isinstance(row, dict) for row in rows), "answers is no list of objects")
        assert isinstance(rows, list)
        return rows

    def leaf_of(self, ref: str) -> dict[str, Any]:
        for row in self.answers:
            if row.get("ref") == ref:
                return dict(json.loads(row["leaf"]))
        raise Failed("the reference was not answered")


def page(asking: Asking, refs: list[str]) -> Page:
    answer, nonce = asking.look_up(refs)
    body = whole(answer)
    expect(isinstance(body, dict), "the answer is no object")
    return Page(refs, nonce, body)


def some(asking: Asking) -> Page:
    """A few customers, a stranger, and one of them twice."""
    known = asking.refs[:_SOME]
    return page(asking, [*known, asking.stranger, *known[:1]])


@LOOKING.check("lookup.total")
def total(asking: Asking) -> str:
    found = some(asking)
    answered = [row.get("ref") for row in found.answers]
    wanted = set(found.refs)
    expect(set(answered) == wanted, f"{len(wanted)} asked, {len(wanted & set(answered))} of them answered")
    expect(len(answered) == len(wanted), f"{len(answered)} answers for {len(wanted)} distinct references")
    return f"{len(answered)} answers for {len(wanted)} distinct references"


@LOOKING.check("lookup.stranger")
def stranger(asking: Asking) -> str:
    status = page(asking, [asking.stranger]).leaf_of(asking.stranger).get("status")
    expect(status == "no_record", f"status {str(status)[:30]!r}")
    return "no_record"


@LOOKING.check("lookup.receipt")
def receipt(asking: Asking) -> str:
    found = some(asking)
    claims = _claims(asking, found)
    meta = asking.meta
    for name, said, wanted in (
        ("iss", claims.iss, meta.issuer.uscc),
        ("aud", claims.aud, meta.entity_uscc),
        ("nonce", claims.nonce, found.nonce),
        ("request_id", claims.request_id, found.body.get("request_id")),
        ("simulated", claims.simulated, meta.simulated),
        ("size", claims.size, len({str(row.get("leaf")) for row in found.answers})),
    ):
        expect(said == wanted, f"{name} is not what it should be")
    age = asking.probe.now() - datetime.fromtimestamp(claims.iat, UTC)
    expect(abs(age) <= _FRESH, f"iat is {age.total_seconds():.0f} s off")
    return f"alg {ALGORITHM}, {claims.size} leaves"


def _claims(asking: Asking, found: Page) -> ReceiptClaims:
    text = str(found.body.get("receipt", ""))
    try:
        headers = jws.extract_compact(text.encode()).headers()
    except (JoseError, ValueError):
        raise Failed("the receipt is no compact JWS") from None
    expect(headers.get("alg") == ALGORITHM, f"alg {str(headers.get('alg'))[:20]!r}")
    try:
        return asking.keys.verify(text)
    except ReceiptRefused as refused:
        raise Failed(f"{refused.code}: {refused}") from None


@LOOKING.check("lookup.paths")
def paths(asking: Asking) -> str:
    found = some(asking)
    claims = _claims(asking, found)
    for row in found.answers:
        expect(type(row.get("index")) is int and isinstance(row.get("leaf"), str), "index or leaf missing")
        try:
            nodes, root = [unb64u(node) for node in row["path"]], unb64u(claims.root)
        except (KeyError, TypeError, ValueError):
            raise Failed("path or root is no base64url without padding") from None
        proven = verify_inclusion(leaf_hash(row["leaf"]), row["index"], claims.size, nodes, root)
        expect(proven, f"the path of leaf {row['index']} of {claims.size} does not lead to the root")
    return f"{len(found.answers)} paths lead to the root"


@LOOKING.check("lookup.leaves")
def leaves(asking: Asking) -> str:
    found, now, words = some(asking), asking.probe.now(), set[str]()
    for row in found.answers:
        leaf = _leaf(row)
        expect(leaf["ref"] == row["ref"], "a leaf is about another reference than its answer")
        expect(leaf["iss"] == asking.meta.issuer.uscc, "a leaf's iss is not the issuer")
        expect(leaf["simulated"] is asking.meta.simulated, "a leaf's simulated is not that of /v1/meta")
        age = now - datetime.fromisoformat(leaf["checked_at"])
        expect(abs(age) <= _FRESH, f"checked_at is {age.total_seconds():.0f} s old: it is the time of this answer")
        words |= _words(leaf)
    return f"{len(found.answers)} leaves; words: {', '.join(sorted(words))}"


def _leaf(row: dict[str, Any]) -> dict[str, Any]:
    try:
        leaf = dict(read_leaf(str(row.get("leaf"))))
    except Odd:
        raise Failed("a leaf that is not the canonical JSON of all its fields") from None
    for name in ("obtained_at", "expires_at", "withdrawn_at", "checked_at"):
        if leaf[name] is not None or name == "checked_at":
            expect(str(leaf[name]).endswith("Z"), f"{name} does not end in Z")
            try:
                datetime.fromisoformat(leaf[name])
            except ValueError:
                raise Failed(f"{name} is no time") from None
    return leaf


def _words(leaf: dict[str, Any]) -> set[str]:
    for name, known in (("status", ConsentStatus), ("method", ConsentMethod), ("channel", Channel)):
        expect(leaf[name] in set(known), f"{name} {leaf[name][:30]!r} is no word of version 1")
    if leaf["status"] == ConsentStatus.CONFIRMED:
        expect(leaf["obtained_at"], "a confirmed consent without obtained_at")
    if leaf["status"] == ConsentStatus.WITHDRAWN:
        expect(leaf["withdrawn_at"], "a withdrawn consent without withdrawn_at")
    return {leaf["status"], leaf["method"]}


@LOOKING.check("lookup.most")
def most(asking: Asking) -> str:
    refs = asking.refs + [f"{asking.stranger}-{at}" for at in range(LOOKUP_MAX - len(asking.refs))]
    found = page(asking, refs)
    expect({row.get("ref") for row in found.answers} == set(refs), f"{len(found.answers)} answers for {LOOKUP_MAX}")
    return f"{LOOKUP_MAX} answered"


@LOOKING.check("lookup.too_many")
def too_many(asking: Asking) -> str:
    asked = {"refs": [f"{asking.stranger}-{at}" for at in range(LOOKUP_MAX + 1)], "nonce": "n" * 16}
    return asking.refused("lookup.too_many", asking.probe.ask("POST", LOOKUP, asked), 400, 413, 422)


@LOOKING.check("lookup.nobody")
def nobody(asking: Asking) -> str:
    asked = {"refs": [], "nonce": "n" * 16}
    return asking.refused("lookup.nobody", asking.probe.ask("POST", LOOKUP, asked), 400, 422)


@LOOKING.check("lookup.nonce")
def nonce(asking: Asking) -> str:
    asked = {"refs": [asking.stranger], "nonce": "short"}
    return asking.refused("lookup.nonce", asking.probe.ask("POST", LOOKUP, asked), 400, 422)
