"""What the client of the Consent API makes of every kind of answer page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.platforms.consent_api import ConsentApiPlatform
from campaign_app.transport.receipts import ReceiptVerifier
from tests.helpers.conduct import PlatformConduct, Spoilt
from tests.helpers.receipts import proves
from tests.helpers.registry import (
    ACCOUNT,
    ENTITY,
    ROGUE,
    STRANGER,
    Json,
    Page,
    Registry,
    answer,
    canonical,
    claims,
    confirmed,
    leaf,
)
from tests.helpers.replay import Replay
from tests.helpers.replayed import platform

REFS = [CustomerRef(ACCOUNT.id, f"c{at}") for at in range(1, 5)]
KEYS = ReceiptVerifier(ACCOUNT.pinned_keys)


def ask(registry: Registry, account: Account = ACCOUNT) -> dict[str, ConsentFact]:
    answers = platform(Replay(forever=registry), account).consents(REFS)
    kept = {receipt.receipt_id: receipt for receipt in answers.receipts}
    for fact in answers.facts.values():
        if fact.evidence:
            assert proves(kept[fact.evidence.receipt_id], fact.evidence, KEYS)
    return {ref.ref: fact for ref, fact in answers.facts.items()}


def rogue(page: Page) -> Page:
    return replace(page, key=ROGUE)


def unpinned(page: Page) -> Page:
    return replace(page, key=ROGUE, kid="k2")


def other_receipt(page: Json) -> Json:
    """The receipt of an earlier look-up of the same refs by the same client."""
    earlier = Registry().page([r.ref for r in REFS], "another-nonce-1234")
    return {**page, "receipt": earlier["receipt"], "request_id": earlier["request_id"]}


def replayed(page: Json) -> Json:
    return Registry().page([r.ref for r in REFS], "another-nonce-1234")


def two_leaves(page: Page) -> Page:
    return replace(page, leaves=[*page.leaves, {**page.leaves[0], "purposes": ["finance"]}])


def swapped(page: Json) -> Json:
    """The leaves of two people in each other's place, each with its own sound proof."""
    first, second, *others = page["answers"]
    return {**page, "answers": [{**second, "ref": first["ref"]}, {**first, "ref": second["ref"]}, *others]}


def twice(page: Page) -> Page:
    """A leaf with a key twice: two readers, two consents."""
    text = canonical(page.leaves[0])
    return replace(page, leaves=['{"status":"declined",' + text[1:], *page.leaves[1:]])


def spaced(page: Page) -> Page:
    return replace(page, leaves=[json.dumps(page.leaves[0]), *page.leaves[1:]])


def instead(text: str) -> Callable[[Page], Page]:
    return lambda page: replace(page, leaves=[text, *page.leaves[1:]])


def edited(page: Json) -> Json:
    """The leaf says something better than what was signed."""
    first = page["answers"][0]
    return answer(leaf=first["leaf"].replace('"pending"', '"confirmed"'))(page)


def with_path(change: Callable[[list[str]], Any]) -> Callable[[Json], Json]:
    return lambda page: answer(path=change(page["answers"][0]["path"]))(page)


def without_ref(page: Json) -> Json:
    return {**page, "answers": page["answers"][1:]}


def contradiction(page: Json) -> Json:
    first = page["answers"][0]
    return {**page, "answers": [*page["answers"], {**first, "leaf": canonical(confirmed("c1", status="declined"))}]}


def broken_twin(page: Json) -> Json:
    return {**page, "answers": [*page["answers"], {"ref": "c1", "leaf": None}]}


# about a whole page
PAGES: list[tuple[str, str, Registry]] = [
    ("forged", "unproven", Registry(before=rogue)),
    ("unpinned key", "unpinned_key", Registry(before=unpinned)),
    ("no receipt", "unproven", Registry(after=lambda p: {**p, "receipt": ""})),
    ("rubbish receipt", "unproven", Registry(after=lambda p: {**p, "receipt": "a.b.c"})),
    ("huge receipt", "unproven", Registry(after=lambda p: {**p, "receipt": p["receipt"] + "A" * 20_000})),
    ("nested receipt", "unproven", Registry(after=lambda p: {**p, "receipt": "W1tb" * 1_000 + ".e30.AA"})),
    ("cut receipt", "unproven", Registry(after=lambda p: {**p, "receipt": p["receipt"][:-4]})),
    ("other issuer", "other_issuer", Registry(before=claims(iss=STRANGER))),
    ("issued by the shop", "self_issued", Registry(before=claims(iss=ENTITY))),
    ("for another entity", "other_entity", Registry(before=claims(aud=STRANGER))),
    ("replayed page", "replayed", Registry(after=replayed)),
    ("receipt of another page", "replayed", Registry(after=other_receipt)),
    ("other request", "other_request", Registry(after=lambda p: {**p, "request_id": "other"})),
    ("receipt not simulated", "simulation", Registry(before=claims(simulated=False))),
    ("size 0", "unproven", Registry(before=claims(size=0))),
    ("size huge", "unproven", Registry(before=claims(size=2**60))),
    ("root is none", "unproven", Registry(before=claims(root="not base64!"))),
    ("other size", "wrong_path", Registry(before=claims(size=9))),
    ("other root", "not_in_receipt", Registry(before=claims(root="A" * 43))),
    ("empty page", "missing", Registry(after=lambda p: {**p, "answers": []})),
    ("answers are no objects", "missing", Registry(after=lambda p: {**p, "answers": [None, 3, "c1", []]})),
]
# about the first ref only
ROWS: list[tuple[str, str, Registry]] = [
    ("missing ref", "missing", Registry(after=without_ref)),
    ("two leaves", "contradictory", Registry(before=two_leaves)),
    ("two answers", "contradictory", Registry(after=contradiction)),
    ("broken twin", "broken_row", Registry(after=broken_twin)),
    ("no leaf", "broken_row", Registry(after=answer(leaf=...))),
    ("leaf is an object", "broken_row", Registry(after=answer(leaf=confirmed("c1")))),
    ("index is text", "broken_row", Registry(after=answer(index="0"))),
    ("index is true", "broken_row", Registry(after=answer(index=True))),
    ("path is text", "broken_row", Registry(after=answer(path="abc"))),
    ("path holds numbers", "broken_row", Registry(after=answer(path=[1, 2]))),
    ("negative index", "wrong_index", Registry(after=answer(index=-1))),
    ("index behind the end", "wrong_index", Registry(after=answer(index=4))),
    ("index of another", "not_in_receipt", Registry(after=answer(index=1))),
    ("cut path", "wrong_path", Registry(after=with_path(lambda path: path[:-1]))),
    ("longer path", "wrong_path", Registry(after=with_path(lambda path: [*path, path[0]]))),
    ("reversed path", "wrong_path", Registry(after=with_path(lambda path: path[::-1]))),
    ("path is no base64url", "wrong_path", Registry(after=with_path(lambda path: ["!!", *path[1:]]))),
    ("edited leaf", "not_in_receipt", Registry({"c1": {"status": "pending"}}, after=edited)),
    ("leaf of another ref", "other_ref", Registry(before=leaf(ref="c9"), after=answer(ref="c1"))),
    ("leaf of another issuer", "other_issuer", Registry(before=leaf(iss=STRANGER))),
    ("leaf not simulated", "simulation", Registry(before=leaf(simulated=False))),
    ("key twice", "broken_leaf", Registry(before=twice, after=answer(ref="c1"))),
    ("not canonical", "broken_leaf", Registry(before=spaced)),
    ("no JSON", "broken_leaf", Registry(before=instead("{"), after=answer(ref="c1"))),
    ("no object", "broken_leaf", Registry(before=instead("[]"), after=answer(ref="c1"))),
    ("no method", "broken_leaf", Registry(before=leaf(method=...))),
    ("status is null", "broken_leaf", Registry(before=leaf(status=None))),
    ("purposes are text", "broken_leaf", Registry(before=leaf(purposes="retail"))),
    ("purposes hold null", "broken_leaf", Registry(before=leaf(purposes=["retail", None]))),
    ("limit is negative", "broken_leaf", Registry(before=leaf(max_per_month=-1))),
    ("limit is true", "broken_leaf", Registry(before=leaf(max_per_month=True))),
    ("simulated is 1", "broken_leaf", Registry(before=leaf(simulated=1))),
    ("naive date", "broken_date", Registry(before=leaf(checked_at="2026-11-01T01:59:00"))),
    ("date is none", "broken_date", Registry(before=leaf(obtained_at="yesterday"))),
    ("date is a number", "broken_date", Registry(before=leaf(obtained_at=1_793_000_000))),
    ("date out of range", "broken_date", Registry(before=leaf(expires_at="0001-01-01T00:00:00+14:00"))),
    ("date is absent", "broken_date", Registry(before=leaf(withdrawn_at=...))),
    ("never checked", "broken_date", Registry(before=leaf(checked_at=None))),
    ("unknown status", "unknown_word", Registry({"c1": {"status": "granted_v2"}})),
]  # fmt: skip


def spoilt(name: str, note: str, registry: Registry, *, others: bool) -> Spoilt:
    return Spoilt(name.replace(" ", "_"), lambda: registry, note, others)


class TestConsentApi(PlatformConduct):
    """The common conduct, with this API's own ways to go wrong."""

    REFS = REFS
    spoilt = (
        *(spoilt(*row, others=False) for row in PAGES),
        *(spoilt(*row, others=True) for row in ROWS),
    )

    @staticmethod
    def good() -> Registry:
        return Registry()

    @staticmethod
    def client(replay: Replay) -> ConsentApiPlatform:
        return platform(replay)


def test_swapped_leaves_confirm_neither() -> None:
    facts = ask(Registry(after=swapped))
    assert [facts[r.ref].note for r in REFS] == ["other_ref", "other_ref", "", ""]


def test_a_decoy_at_the_place_of_a_good_leaf_confirms_nobody() -> None:
    def decoy(page: Json) -> Json:
        first, *others = page["answers"]
        false = {**first, "leaf": first["leaf"].replace("pending", "confirmed")}
        return {**page, "answers": [{**first, "ref": "c9"}, *others, false]}

    facts = ask(Registry({"c1": {"status": "pending"}}, after=decoy))
    assert [facts[r.ref].note for r in REFS] == ["not_in_receipt", "", "", ""]
