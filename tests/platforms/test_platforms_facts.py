"""What becomes a fact, and what is asked for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.transport.receipts import ReceiptVerifier, jwk_of
from tests.helpers.receipts import proves
from tests.helpers.registry import (
    ACCOUNT,
    ENTITY,
    ISSUER,
    KEY,
    NOW,
    ROGUE,
    STRANGER,
    Page,
    Registry,
    canonical,
    confirmed,
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


def test_a_fact_says_what_the_leaf_says() -> None:
    truth = {
        "purposes": ["retail", "membership"],
        "channel": "any",
        "obtained_at": "2026-05-01T08:00:00.5+08:00",
        "expires_at": "2027-05-01T00:00:00Z",
        "withdrawn_at": "2026-10-01T00:00:00Z",
        "max_per_month": 4,
    }
    fact = ask(Registry({"c1": truth}))["c1"]
    assert fact == ConsentFact(
        ref=REFS[0],
        status=ConsentStatus.CONFIRMED,
        observed_at=NOW,
        method=ConsentMethod.DOUBLE_OPT_IN,
        channel=Channel.ANY,
        purposes=frozenset({"retail", "membership"}),
        entity_uscc=ENTITY,
        obtained_at=datetime(2026, 5, 1, 0, 0, 0, 500_000, tzinfo=UTC),
        expires_at=datetime(2027, 5, 1, tzinfo=UTC),
        withdrawn_at=datetime(2026, 10, 1, tzinfo=UTC),
        max_per_month=4,
        checked_at=datetime(2026, 11, 1, 1, 59, tzinfo=UTC),
        evidence=fact.evidence,
    )
    assert fact.evidence is not None
    assert (fact.evidence.issuer_uscc, fact.evidence.simulated, fact.evidence.request_id) == (ISSUER, True, "q0")
    assert fact.evidence.api_method == "POST /v1/consents/lookup"
    assert fact.evidence.leaf == canonical(confirmed("c1", **truth))


@pytest.mark.parametrize("status", list(ConsentStatus))
def test_every_word_of_the_contract_is_taken_over(status: ConsentStatus) -> None:
    fact = ask(Registry({"c1": {"status": status.value}}))["c1"]
    assert (fact.status, fact.note, fact.evidence is not None) == (status, "", True)


def test_a_method_or_channel_that_nobody_knows_is_unknown() -> None:
    fact = ask(Registry({"c1": {"method": "imported_list", "channel": "pigeon"}}))["c1"]
    assert (fact.method, fact.channel) == (ConsentMethod.UNKNOWN, Channel.UNKNOWN)


def test_a_consent_given_to_another_entity_stays_that_entitys() -> None:
    fact = ask(Registry({"c1": {"aud": STRANGER}}))["c1"]
    assert (fact.status, fact.entity_uscc) == (ConsentStatus.CONFIRMED, STRANGER)


def test_extra_answers_are_ignored() -> None:
    registry = Registry(before=lambda page: replace(page, leaves=[*page.leaves, confirmed("c9")]))
    assert set(ask(registry)) == {ref.ref for ref in REFS}


def test_order_and_repetition_do_not_matter() -> None:
    registry = Registry(
        before=lambda page: replace(page, leaves=[*page.leaves, page.leaves[0]]),
        after=lambda page: {**page, "answers": page["answers"][::-1]},
    )
    assert {fact.status for fact in ask(registry).values()} == {ConsentStatus.CONFIRMED}


def test_half_a_page_proves_its_half() -> None:
    facts = ask(Registry(after=lambda page: {**page, "answers": page["answers"][:2]}))
    assert [facts[r.ref].note for r in REFS] == ["", "", "missing", "missing"]


def test_every_look_up_has_a_nonce_of_its_own() -> None:
    replay = Replay(forever=Registry())
    asking = platform(replay)
    asking.consents(REFS)
    asking.consents(REFS)
    nonces = {body["nonce"] for body in replay.bodies}
    assert len(nonces) == 2
    assert min(map(len, nonces)) >= 16


def test_a_thousand_refs_a_look_up_and_nobody_twice() -> None:
    replay = Replay(forever=Registry())
    refs = [CustomerRef(ACCOUNT.id, f"n{at}") for at in range(1_500)]
    answers = platform(replay).consents([*refs, *refs])
    assert [len(body["refs"]) for body in replay.bodies] == [1_000, 500]
    assert (list(answers.facts), len(answers.receipts)) == (refs, 2)


@pytest.mark.parametrize("ref", ["", "x" * 201, "c\x00", "c\n1"])
def test_a_ref_that_cannot_be_asked_spoils_no_other(ref: str) -> None:
    odd, good = CustomerRef(ACCOUNT.id, ref), REFS[0]
    facts = platform(Replay(forever=Registry())).consents([odd, good]).facts
    assert (facts[odd].note, facts[good].status) == ("bad_ref", ConsentStatus.CONFIRMED)


@pytest.mark.parametrize(
    ("account", "note"),
    [
        (replace(ACCOUNT, pinned_keys=""), "unproven"),
        (replace(ACCOUNT, pinned_keys='{"keys": []}'), "unproven"),
        (replace(ACCOUNT, pinned_keys=json.dumps({"keys": [jwk_of(ROGUE.public_key(), "k1")]})), "unproven"),
        (replace(ACCOUNT, issuer_uscc=""), "other_issuer"),
        (replace(ACCOUNT, entity_uscc=ISSUER), "self_issued"),
        (replace(ACCOUNT, simulated=False), "simulation"),
    ],
)
def test_an_account_that_does_not_fit_confirms_nobody(account: Account, note: str) -> None:
    assert {fact.note for fact in ask(Registry(), account).values()} == {note}


def test_what_this_computer_signs_as_real_confirms_nobody() -> None:
    """However the account came to be stored as a real one."""

    def real(page: Page) -> Page:
        return replace(page, claims={**page.claims, "simulated": False})

    registry = Registry({ref.ref: {"simulated": False} for ref in REFS}, before=real)
    here = replace(ACCOUNT, simulated=False)
    assert {fact.note for fact in ask(registry, here).values()} == {"simulation"}
    there = replace(here, base_url="https://registry.example")
    assert {fact.status for fact in ask(registry, there).values()} == {ConsentStatus.CONFIRMED}


def test_keys_rotate_by_an_overlap() -> None:
    both = {"keys": [jwk_of(ROGUE.public_key(), "k0"), jwk_of(KEY.public_key(), "k1")]}
    facts = ask(Registry(), replace(ACCOUNT, pinned_keys=json.dumps(both)))
    assert {fact.status for fact in facts.values()} == {ConsentStatus.CONFIRMED}
