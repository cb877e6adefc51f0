"""The gate: the labelled cases, the seal, and that nobody passes who is not plainly confirmed."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.consent import Ask, ConfirmedRecipient, Person, Policy, Refusal, decide, judge
from campaign_app.consent.casefile import judge_case
from campaign_app.domain.consent import (
    EXPLICIT_METHODS,
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Reason,
    SuppressionKind,
)
from campaign_app.domain.phone import Phone, PlatformPhone

VECTORS = Path(__file__).parents[1] / "vectors" / "gate.jsonl"
CASES = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
ENTITY, OTHER, ISSUER = "91330100MA0000001X", "91330100MA0000002X", "91110000MA0000009X"


def evidence(**changes: Any) -> Evidence:
    base = Evidence(
        ISSUER, "consent_api", "1.0", simulated=False, request_id="r1", receipt_id="p1", leaf="{}", leaf_index=0
    )
    return dataclasses.replace(base, **changes)


def fact(**changes: Any) -> ConsentFact:
    base = ConsentFact(
        CustomerRef(1, "c1"), ConsentStatus.CONFIRMED, NOW, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS,
        frozenset({"retail"}), ENTITY, NOW - timedelta(days=90), None, None, None, NOW - timedelta(minutes=5),
        evidence(),
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def ask(**changes: Any) -> Ask:
    return dataclasses.replace(Ask(7, "retail", ENTITY, NOW, NOW, Policy()), **changes)


def reason_of(person: Person, question: Ask) -> Reason:
    decision = decide(person, question)
    return decision.reason if isinstance(decision, Refusal) else Reason.OK


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_labelled_case(case: dict[str, Any]) -> None:
    assert judge_case(case) == case["expect"]["reason"]


def test_a_confirmed_person_gets_a_sealed_recipient() -> None:
    phone = Phone("13800000001")
    got = decide(Person(5, 9, fact(), phone=phone), ask(needs_phone=True))
    assert isinstance(got, ConfirmedRecipient)
    assert (got.customer_id, got.fact_id, got.campaign_id, got.phone, got.simulated) == (5, 9, 7, phone, False)


def test_nobody_else_can_make_a_recipient() -> None:
    with pytest.raises(TypeError, match=r"only consent\.gate"):
        ConfirmedRecipient(1, 1, CustomerRef(1, "c"), 1, simulated=False, decided_at=NOW)
    sealed = decide(Person(5, 9, fact()), ask())
    assert isinstance(sealed, ConfirmedRecipient)
    with pytest.raises(TypeError):
        dataclasses.replace(sealed, customer_id=6)


@pytest.mark.parametrize(
    "changes",
    [{"evidence": None}, {"evidence": evidence(issuer_uscc=ENTITY)}, {"evidence": evidence(issuer_uscc="")}],
    ids=["nothing proven", "issued by the sender itself", "no issuer"],
)
def test_a_fact_without_another_entitys_evidence_confirms_nobody(changes: dict[str, Any]) -> None:
    assert reason_of(Person(1, 1, fact(**changes)), ask()) is Reason.UNKNOWN


def test_a_simulated_fact_is_for_a_simulated_sender_only() -> None:
    person = Person(1, 1, fact(evidence=evidence(simulated=True)))
    assert reason_of(person, ask()) is Reason.UNKNOWN
    assert reason_of(person, ask(simulated_sender=True)) is Reason.OK


def test_a_sender_that_needs_a_number_refuses_people_without_one() -> None:
    assert reason_of(Person(1, 1, fact()), ask(needs_phone=True)) is Reason.INVALID_PHONE
    assert reason_of(Person(1, 1, fact()), ask()) is Reason.OK


@pytest.mark.parametrize("phone", [None, Phone("13800000001")])
def test_a_sender_that_goes_by_sealed_numbers_needs_one_and_no_other(phone: Phone | None) -> None:
    sealed = PlatformPhone("~AgAAAAexample0sealed~1~")
    question = ask(needs_platform_phone=True)
    assert reason_of(Person(1, 1, fact(), phone=phone), question) is Reason.INVALID_PHONE
    got = decide(Person(1, 1, fact(), platform_phone=sealed), question)
    assert isinstance(got, ConfirmedRecipient)
    assert (got.platform_phone, got.phone, "example0" in f"{got!r}{got}") == (sealed, None, False)


def test_a_platforms_withdrawal_mark_outlives_a_confirmed_fact() -> None:
    person = Person(1, 1, fact(), suppressions={SuppressionKind.WITHDRAWN})
    assert reason_of(person, ask()) is Reason.WITHDRAWN


def test_age_is_judged_now_and_validity_when_the_message_leaves() -> None:
    tomorrow = ask(send_at=NOW + timedelta(hours=30))
    assert reason_of(Person(1, 1, fact()), tomorrow) is Reason.OK
    assert reason_of(Person(1, 1, fact(expires_at=NOW + timedelta(hours=20))), tomorrow) is Reason.EXPIRED


def test_a_small_clock_difference_is_allowed_where_the_policy_says_so() -> None:
    person = Person(1, 1, fact(checked_at=NOW + timedelta(seconds=20)))
    assert reason_of(person, ask()) is Reason.FUTURE_DATED
    assert reason_of(person, ask(policy=Policy(clock_skew=timedelta(seconds=60)))) is Reason.OK


times = st.one_of(st.none(), st.integers(-90 * 24, 60 * 24).map(lambda hours: NOW + timedelta(hours=hours)))
facts = st.builds(
    ConsentFact,
    ref=st.just(CustomerRef(1, "c1")),
    status=st.sampled_from(ConsentStatus),
    observed_at=st.just(NOW),
    method=st.sampled_from(ConsentMethod),
    channel=st.sampled_from(Channel),
    purposes=st.frozensets(st.sampled_from(["retail", "finance", "membership"])),
    entity_uscc=st.sampled_from([ENTITY, OTHER, ""]),
    obtained_at=times,
    expires_at=times,
    withdrawn_at=st.one_of(st.none(), st.none(), times),
    max_per_month=st.one_of(st.none(), st.integers(0, 4)),
    checked_at=st.one_of(times, st.just(NOW), st.just(NOW - timedelta(minutes=1_440))),
    evidence=st.one_of(
        st.none(), st.builds(evidence, issuer_uscc=st.sampled_from([ISSUER, ENTITY, ""]), simulated=st.booleans())
    ),
)
people = st.builds(
    Person,
    customer_id=st.just(1),
    fact_id=st.just(1),
    fact=st.one_of(st.none(), facts),
    suppressions=st.frozensets(st.sampled_from(SuppressionKind), max_size=1),
    phone=st.sampled_from([None, Phone("13800000001")]),
    sent_last_30_days=st.integers(0, 5),
    platform_phone=st.sampled_from([None, PlatformPhone("~AgAAAAexample0sealed~1~")]),
)
asks = st.builds(
    ask,
    purpose=st.sampled_from(["retail", "finance"]),
    send_at=st.sampled_from([NOW, NOW + timedelta(days=2)]),
    needs_phone=st.booleans(),
    needs_platform_phone=st.booleans(),
    simulated_sender=st.booleans(),
)


def may_receive(person: Person, question: Ask) -> bool:
    """The promise of the product in one expression, written apart from the gate."""
    f = person.fact
    if f is None or f.evidence is None or f.obtained_at is None or f.checked_at is None:
        return False
    return (
        not person.suppressions
        and (person.phone is not None or not question.needs_phone)
        and (person.platform_phone is not None or not question.needs_platform_phone)
        and f.status is ConsentStatus.CONFIRMED
        and f.method in EXPLICIT_METHODS
        and f.withdrawn_at is None
        and (f.expires_at is None or f.expires_at > question.send_at)
        and f.obtained_at <= question.now
        and timedelta(0) <= question.now - f.checked_at <= question.policy.max_consent_age
        and f.channel in (Channel.SMS, Channel.ANY)
        and f.entity_uscc == question.entity_uscc
        and question.purpose in f.purposes
        and (f.max_per_month is None or person.sent_last_30_days < f.max_per_month)
        and f.evidence.issuer_uscc not in ("", question.entity_uscc)
        and (question.simulated_sender or not f.evidence.simulated)
    )


@given(people, asks)
def test_passes_if_and_only_if_everything_holds(person: Person, question: Ask) -> None:
    assert isinstance(decide(person, question), ConfirmedRecipient) == may_receive(person, question)


@given(people, asks)
def test_a_refusal_has_a_reason_and_adding_a_suppression_never_helps(person: Person, question: Ask) -> None:
    assert judge(person, question) in set(Reason)
    for kind in SuppressionKind:
        worse = dataclasses.replace(person, suppressions={*person.suppressions, kind})
        assert isinstance(decide(worse, question), Refusal)


def a_case(**changes: Any) -> dict[str, Any]:
    case = json.loads(json.dumps(CASES[0]))
    for path, value in changes.items():
        target, *rest = path.split("__")
        holder = case
        if rest:
            holder, target = case[target], rest[0]
        if value is ...:
            del holder[target]
        else:
            holder[target] = value
    return case


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"consent__obtained_at": "2026-06-18T11:20:00"}, "unknown"),
        ({"consent__checked_at": None}, "unknown"),
        ({"consent__obtained_at": None}, "unknown"),
        ({"consent__purposes": ...}, "unknown"),
        ({"consent__purposes": "retail"}, "unknown"),
        ({"consent__purposes": [1]}, "unknown"),
        ({"consent__channel": "fax"}, "unknown"),
        ({"consent__status": "sure"}, "unknown"),
        ({"consent__status": "no_record"}, "unknown"),
        ({"consent__method": ["x"]}, "not_confirmed"),
        ({"consent__method": "telepathy"}, "not_confirmed"),
        ({"consent__method": ...}, "unknown"),
        ({"consent__max_per_month": True}, "unknown"),
        ({"consent__max_per_month": -1}, "unknown"),
        ({"consent__expires_at": "soon"}, "unknown"),
        ({"consent__expires_at": "0001-01-01T00:00:00+14:00"}, "unknown"),
        ({"consent__withdrawn_at": 5}, "unknown"),
        ({"consent__status": "declined", "consent__obtained_at": "x"}, "declined"),
        ({"consent__method": "pre_ticked", "consent__obtained_at": "x"}, "default_consent"),
        ({"consent": []}, "unknown"),
        ({"consent": ...}, "unknown"),
        ({"campaign": ...}, "unknown"),
        ({"campaign__send_at": None}, "unknown"),
        ({"campaign__channel": "any"}, "unknown"),
        ({"campaign__purpose": ""}, "unknown"),
        ({"max_consent_age_minutes": "1440"}, "unknown"),
        ({"max_consent_age_minutes": 10**30}, "ok"),
        ({"sent_last_30_days": ...}, "unknown"),
        ({"sent_last_7_days": ...}, "unknown"),
        ({"sent_last_7_days": -1}, "unknown"),
        ({"suppressed": "maybe"}, "unknown"),
        ({"suppressed": ...}, "unknown"),
        ({"suppressed": "minor", "campaign": None, "phone": 1}, "minor"),
        ({"phone": 13800000001}, "invalid_phone"),
        ({"phone": ...}, "invalid_phone"),
        ({"phone": "１３８ 0000 0001"}, "ok"),
    ],
)
def test_what_cannot_be_read_is_never_ok(changes: dict[str, Any], reason: str) -> None:
    assert judge_case(a_case(**changes)) == reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3),
    max_leaves=3,
)


@given(st.sampled_from(sorted(CASES[0]["consent"])), json_values)
def test_any_value_anywhere_is_answered(name: str, value: Any) -> None:
    assert judge_case(a_case(**{f"consent__{name}": value})) in set(Reason)
