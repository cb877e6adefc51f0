"""The client against the real sandbox, over real HTTP, with its faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.platforms.consent_api import ConsentApiPlatform
from campaign_app.transport.receipts import ReceiptVerifier
from tests.helpers.connected import Connected, clock, connect
from tests.helpers.receipts import proves
from tests.helpers.sandbox import SandboxProcess

PEOPLE = 1_500
LOOKUP = "/v1/consents/lookup"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=PEOPLE) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Iterator[Connected]:
    sandbox.faults("none", clear=True)
    connected = connect(sandbox)
    yield connected
    sandbox.faults("none", clear=True)
    connected.close()


@pytest.fixture(scope="module")
def refs(sandbox: SandboxProcess) -> list[str]:
    connected = connect(sandbox)
    found = [customer.ref for customer in connected.everybody()]
    connected.close()
    return found


def test_everybody_comes_in_once(shop: Connected, refs: list[str]) -> None:
    assert len(refs) == len(set(refs)) == PEOPLE * 4 // 5
    since = clock() - timedelta(days=30)
    page = shop.platform.customers("", since)
    assert 0 < len(page.items) < len(refs)
    assert all(customer.updated_at >= since - timedelta(seconds=1) for customer in page.items)


def test_everybody_has_one_proven_fact(shop: Connected, refs: list[str]) -> None:
    answers = shop.platform.consents([CustomerRef(shop.account.id, ref) for ref in refs])
    keys = ReceiptVerifier(shop.account.pinned_keys)
    kept = {receipt.receipt_id: receipt for receipt in answers.receipts}
    assert len(answers.facts) == len(refs)
    facts = list(answers.facts.values())
    proven = [fact for fact in facts if fact.evidence and fact.evidence.receipt_id in kept]
    assert proven == facts
    # each is proven by the whole receipt of its page
    assert all(f.evidence and proves(kept[f.evidence.receipt_id], f.evidence, keys) for f in facts[::10])
    shares = Counter(fact.status for fact in answers.facts.values())
    assert set(shares) == set(ConsentStatus)
    assert shares[ConsentStatus.CONFIRMED] > shares[ConsentStatus.DEFAULT] > shares[ConsentStatus.WITHDRAWN]


def test_a_ref_that_the_platform_never_gave_out(shop: Connected) -> None:
    assert shop.facts(["nobody"])["nobody"].status is ConsentStatus.NO_RECORD


def test_signatures(shop: Connected) -> None:
    found = shop.platform.signatures()
    assert {s.owner_uscc for s in found} == {shop.account.entity_uscc}
    assert any(s.carrier_filed for s in found)


def test_an_opt_out_comes_back_as_a_change(shop: Connected, refs: list[str]) -> None:
    ref = next(ref for ref, fact in shop.facts(refs).items() if fact.status is ConsentStatus.CONFIRMED)
    shop.platform.write_opt_out(CustomerRef(shop.account.id, ref), "退订", clock())
    assert ref in shop.platform.consent_changes("").items
    assert shop.facts([ref])[ref].status is ConsentStatus.WITHDRAWN
    with pytest.raises(RemoteRefused) as info:
        shop.platform.write_opt_out(CustomerRef(shop.account.id, "nobody"), "退订", clock())
    assert info.value.code == "opt_out_not_recorded"


PASSING = [
    *("throttle", "error500", "error503", "timeout_before", "timeout_after", "error500_after", "cut_body"),
    *("truncated_json", "slow_body", "clock_skew", "repeated_page", "reordered_page", "extra_ref"),
]


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_costs_nobody(
    fault: str, sandbox: SandboxProcess, shop: Connected, refs: list[str]
) -> None:
    good = {ref: fact.status for ref, fact in shop.facts(refs[:50]).items()}
    sandbox.faults(fault=fault, path=LOOKUP, seconds=0.1 if fault != "clock_skew" else 600)
    assert {ref: fact.status for ref, fact in shop.facts(refs[:50]).items()} == good


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        ("half_page", "missing"),
        ("missing_ref", "missing"),
        ("unknown_word", "unknown_word"),
        ("bad_receipt", "unproven"),
    ],
)
def test_a_lying_answer_confirms_nobody_it_should_not(
    fault: str, note: str, sandbox: SandboxProcess, shop: Connected, refs: list[str]
) -> None:
    good = shop.facts(refs[:50])
    sandbox.faults(fault=fault, path=LOOKUP)
    bad = shop.facts(refs[:50])
    assert note in {fact.note for fact in bad.values()}
    for ref, fact in bad.items():
        assert fact.status is ConsentStatus.UNKNOWN or fact.status is good[ref].status


@pytest.mark.parametrize("fault", ["error500", "timeout_before", "cut_body", "truncated_json", "throttle"])
def test_a_fault_that_stays_can_be_tried_again_later(
    fault: str, sandbox: SandboxProcess, shop: Connected, refs: list[str]
) -> None:
    sandbox.faults(fault=fault, path=LOOKUP, times=9, seconds=0.1)
    with pytest.raises(RemoteUnavailable):
        shop.facts(refs[:5])


def test_a_clock_that_stays_wrong_is_the_accounts_problem(sandbox: SandboxProcess, shop: Connected) -> None:
    sandbox.skew_clock(900)
    try:
        report = shop.platform.check_connection()
        assert (report.ok, report.problem) == (False, "clock_skew")
        with pytest.raises(RemoteRefused) as info:
            shop.platform.signatures()
        assert (info.value.code, info.value.account_wide) == ("clock_skew", True)
    finally:
        sandbox.skew_clock(0)


def test_a_circle_of_cursors_is_refused(sandbox: SandboxProcess, shop: Connected) -> None:
    sandbox.faults(fault="cursor_loop", path="/v1/customers", times=2)
    with pytest.raises(RemoteRefused) as info:
        shop.everybody()
    assert info.value.code == "cursor_loop"


@pytest.mark.parametrize("fault", ["half_page", "repeated_page", "reordered_page"])
def test_odd_pages_lose_nobody(fault: str, sandbox: SandboxProcess, shop: Connected, refs: list[str]) -> None:
    sandbox.faults(fault=fault, path="/v1/customers", times=2)
    assert {customer.ref for customer in shop.everybody()} == set(refs)


def test_a_hostile_platform_confirms_nobody_more(sandbox: SandboxProcess, shop: Connected, refs: list[str]) -> None:
    truth = {ref: fact.status for ref, fact in shop.facts(refs).items()}
    sandbox.faults("lying")
    seen: Counter[str] = Counter()
    for first in range(0, len(refs), 20):
        facts = shop.facts(refs[first : first + 20])
        seen.update(fact.note for fact in facts.values())
        assert all(f.status is ConsentStatus.UNKNOWN or f.status is truth[ref] for ref, f in facts.items())
    assert {"", "missing", "unproven", "unknown_word"} <= set(seen)


def test_the_key_of_the_other_shop_is_refused(sandbox: SandboxProcess, shop: Connected) -> None:
    other = connect(sandbox, 1)
    try:
        assert not {c.ref for c in other.everybody()} & {c.ref for c in shop.platform.customers("", None).items}
    finally:
        other.close()


def test_a_key_that_nobody_has_is_refused(sandbox: SandboxProcess, shop: Connected) -> None:
    from campaign_app.platforms import client_for

    stranger: ConsentApiPlatform = client_for(shop.account, sandbox.shops[1].private_key, clock)
    with pytest.raises(RemoteRefused) as info:
        stranger.signatures()
    stranger.close()
    assert (info.value.code, info.value.account_wide) == ("bad_signature", True)
