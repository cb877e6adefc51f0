"""The nine rules of `docs/adapters.md`, asked of every adapter over real HTTP: see `tests.helpers.platform_cases`.

Whether somebody is confirmed is what the gate says, not a status: nobody passes by an answer that was spoilt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.consent.gate import Refusal
from campaign_app.domain.consent import ConsentStatus, CustomerRef, Reason, SuppressionKind
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.domain.ports import PlatformClient
from campaign_app.platforms import adapter_for
from campaign_app.platforms.adapter import OWN
from tests.helpers.behind import ASKED, Behind, Started, standing_behind, starting
from tests.helpers.connected import clock
from tests.helpers.platform_cases import OpenEnd, PlatformCase, Spoilt, cases
from tests.helpers.tampering import BROKEN, Seen, Spoil, untouched

pytestmark = pytest.mark.keeps_threads
CASES = cases()


def _can(case: PlatformCase, capability: str) -> bool:
    return bool(getattr(adapter_for(case.name).capabilities, capability))


def _each(capability: str = "") -> list[Any]:
    return [pytest.param(case, id=case.name) for case in CASES if not capability or _can(case, capability)]


def _each_of(name: str) -> list[Any]:
    """Every case with one of its spoilt answers."""
    return [pytest.param(case, one, id=f"{case.name}: {one.name}") for case in CASES for one in getattr(case, name)]


_USED: dict[str, list[str]] = {}


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    with starting() as start:
        yield start


@pytest.fixture
def behind(case: PlatformCase, started: Started) -> Iterator[Behind]:
    with standing_behind(case, started(case), _USED.setdefault(case.name, [])) as client:
        yield client


# --- before anything is spoilt ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", _each())
def test_a_good_connection_is_good(behind: Behind) -> None:
    report = behind.client.check_connection()
    assert (report.ok, report.problem) == (True, "")
    assert report.simulated


@pytest.mark.parametrize("case", _each())
def test_the_client_can_what_its_adapter_says(behind: Behind) -> None:
    assert behind.client.capabilities() == adapter_for(behind.case.name).capabilities


@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_those_who_agreed_pass(behind: Behind) -> None:
    assert len(behind.running.confirmed) >= 20
    facts = behind.ask(behind.refs())
    assert [fact.status for fact in facts.values()] == [ConsentStatus.CONFIRMED] * ASKED
    assert all(map(behind.passes, facts.values()))


@pytest.mark.parametrize("case", _each())
def test_everybody_else_does_not_pass(behind: Behind) -> None:
    refused = behind.refused()
    assert refused
    facts = behind.ask(list(refused))
    assert {ref: fact.status for ref, fact in facts.items()} == refused
    assert not any(map(behind.passes, facts.values()))


@pytest.mark.parametrize("case", [c for c in _each() if not _can(c.values[0], "consent_lookup")])
def test_a_platform_without_consents_confirms_nobody(behind: Behind) -> None:
    assert not behind.running.confirmed
    facts = behind.ask(list(behind.refused()))
    assert ConsentStatus.CONFIRMED not in {fact.status for fact in facts.values()}
    unknown = {ref.ref: fact.note for ref, fact in facts.items() if fact.status is ConsentStatus.UNKNOWN}
    assert unknown == {ref: behind.running.vetoed.get(ref, "no_consent_api") for ref in unknown}
    assert behind.silent()


# --- rule 1: whatever goes wrong confirms nobody ---------------------------------------------------------------------


@pytest.mark.parametrize("spoil", [pytest.param(spoil, id=name) for name, spoil in BROKEN.items()])
@pytest.mark.parametrize("case", _each())
def test_trouble_confirms_nobody(behind: Behind, spoil: Spoil) -> None:
    behind.proxy.spoil = spoil
    behind.asks_in_vain(behind.refs())


@pytest.mark.parametrize("name", ["500", "503", "429", "cut", "no answer"])
@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_trouble_that_passes_can_be_tried_again(behind: Behind, name: str) -> None:
    behind.proxy.spoil = BROKEN[name]
    with pytest.raises(RemoteUnavailable) as info:
        behind.client.consents(behind.refs())
    assert not isinstance(info.value, OutcomeUnknown)
    behind.proxy.spoil = untouched
    assert all(map(behind.passes, behind.ask(behind.refs()).values()))


@pytest.mark.parametrize("name", ["401", "403", "redirect"])
@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_a_refused_account_is_said_to_be_one(behind: Behind, name: str) -> None:
    behind.proxy.spoil = BROKEN[name]
    with pytest.raises(RemoteRefused) as info:
        behind.client.consents(behind.refs())
    assert info.value.account_wide


@pytest.mark.parametrize(("case", "spoilt"), _each_of("spoilt"))
def test_a_spoilt_answer_confirms_nobody_whom_it_is_about(behind: Behind, spoilt: Spoilt) -> None:
    refs = behind.refs()
    if spoilt.before is not None:
        refs = refs[:1]
        behind.used.append(refs[0].ref)
        spoilt.before(behind.running, refs[0].ref)
    behind.proxy.spoil = spoilt.spoil
    behind.asks_in_vain(refs, about=1 if spoilt.first_only else len(refs))


@pytest.mark.parametrize("case", _each())
def test_strangers_and_odd_refs_are_answered_and_do_not_pass(behind: Behind) -> None:
    account = behind.running.account.id
    odd = [CustomerRef(account, ref) for ref in ("", "nobody", "x" * 500, "a\x00b", "’; --", "顾客")]
    stranger = [CustomerRef(account + 1, ref.ref) for ref in behind.refs(1)]
    facts = behind.ask([*odd, *stranger])
    assert not any(map(behind.passes, facts.values()))
    assert facts[stranger[0]].status is ConsentStatus.UNKNOWN


@pytest.mark.parametrize("case", _each())
def test_nobody_is_asked_about_nobody(behind: Behind) -> None:
    assert behind.ask([]) == {}
    assert not behind.proxy.seen


@pytest.mark.parametrize("case", _each())
def test_more_than_one_answer_holds_are_all_answered(behind: Behind) -> None:
    account = behind.running.account.id
    refs = [*behind.refs(), *(CustomerRef(account, f"n{at}") for at in range(behind.case.strangers)), *behind.refs()]
    facts = behind.ask(refs)
    assert not any(behind.passes(facts[ref]) for ref in refs[ASKED:-ASKED])
    assert all(behind.passes(facts[ref]) for ref in behind.refs()) is _can(behind.case, "consent_lookup")


# --- rule 2: the end of a list is what the platform calls its end ----------------------------------------------------


def _listed(client: PlatformClient, listing: str, cursor: str) -> Page[Any]:
    return client.customers(cursor, None) if listing == "customers" else client.consent_changes(cursor)


@pytest.mark.parametrize("case", _each("customers"))
def test_everybody_is_listed(behind: Behind) -> None:
    found: list[PlatformCustomer] = []
    page: Page[PlatformCustomer] = Page((), "", more=True)
    while page.more:
        page = behind.client.customers(page.next_cursor, None)
        found += page.items
    assert len({customer.ref for customer in found}) == behind.running.people


@pytest.mark.parametrize(("case", "end"), _each_of("open_ends"))
def test_a_list_that_does_not_say_so_has_not_ended(behind: Behind, end: OpenEnd) -> None:
    behind.proxy.spoil = end.spoil
    try:
        page = _listed(behind.client, end.listing, "")
    except RemoteError:
        return
    assert page.more


@pytest.mark.parametrize("name", list(BROKEN))
@pytest.mark.parametrize("case", _each("customers"))
def test_trouble_ends_no_list(behind: Behind, name: str) -> None:
    behind.proxy.spoil = BROKEN[name]
    for listing in ("customers", "consent_changes"):
        if _can(behind.case, listing):
            with pytest.raises(RemoteError):
                _listed(behind.client, listing, "")


@pytest.mark.parametrize("case", _each())
def test_a_list_is_broken_on_purpose_where_there_is_one(case: PlatformCase) -> None:
    listings = {name for name in ("customers", "consent_changes") if _can(case, name)}
    assert {end.listing for end in case.open_ends} == listings


# --- rule 3: facts say when they were checked, and grow old ----------------------------------------------------------


@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_a_fact_is_of_now_and_does_not_stay_so(behind: Behind) -> None:
    asked_at = clock()
    for fact in behind.ask(behind.refs()).values():
        assert fact.checked_at is not None
        assert abs(fact.checked_at - asked_at) < timedelta(minutes=1)
        assert behind.judge(fact, later=timedelta(hours=25)) == Refusal(1, Reason.STALE)


# --- rule 4: what was said here beats what the platform says ---------------------------------------------------------


@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_a_refusal_here_beats_a_confirmation_there(behind: Behind) -> None:
    (fact,) = behind.ask(behind.refs(1)).values()
    for kind in SuppressionKind:
        assert isinstance(behind.judge(fact, suppressions=[kind]), Refusal)


@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_a_withdrawal_there_is_seen_at_once(behind: Behind) -> None:
    (ref,) = behind.refs(1)
    behind.used.append(ref.ref)
    assert behind.running.withdraw is not None
    assert behind.passes(behind.ask([ref])[ref])
    behind.running.withdraw(ref.ref)
    fact = behind.ask([ref])[ref]
    assert (fact.status, behind.passes(fact)) == (ConsentStatus.WITHDRAWN, False)


@pytest.mark.parametrize("case", _each("opt_out_write"))
def test_an_opt_out_is_written_back(behind: Behind) -> None:
    (ref,) = behind.refs(1)
    behind.used.append(ref.ref)
    behind.client.write_opt_out(ref, "reply", clock())
    behind.client.write_opt_out(ref, "reply", clock())
    assert not behind.passes(behind.ask([ref])[ref])


# --- rule 5: see the cases' answers without a date or with one of tomorrow -------------------------------------------


@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_dates_are_spoilt_on_purpose(case: PlatformCase) -> None:
    assert sum(spoilt.rule == 5 for spoilt in case.spoilt) >= 2
    assert sum(spoilt.rule == 1 for spoilt in case.spoilt) >= 4


# --- rule 6: numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", _each("customers"))
def test_numbers_come_only_from_a_platform_that_hands_them_out_and_are_never_shown(behind: Behind) -> None:
    phones = [c.phone for c in behind.client.customers("", None).items if c.phone is not None]
    capabilities = adapter_for(behind.case.name).capabilities
    assert bool(phones) is (capabilities.phones and not capabilities.virtual_numbers)
    assert not any(phone.digits in f"{phone!r}{phone}" for phone in phones)


# --- rule 7: a simulator's word is marked, and never reaches a real sender -------------------------------------------


@pytest.mark.parametrize("case", _each("consent_lookup"))
def test_what_is_simulated_reaches_no_real_sender(behind: Behind) -> None:
    account = behind.running.account
    for fact in behind.ask(behind.refs()).values():
        assert fact.evidence is not None
        assert fact.evidence.simulated
        assert (fact.evidence.platform, fact.evidence.issuer_uscc) == (account.platform, account.issuer_uscc)
        assert fact.entity_uscc == account.entity_uscc != account.issuer_uscc
        assert fact.evidence.leaf
        assert not behind.passes(fact, simulated_sender=False)


# --- rule 8: no opt-in is ever written -------------------------------------------------------------------------------

PORT = {
    "capabilities", "check_connection", "customers", "consents", "consent_changes", "write_opt_out", "signatures",
    "redacted", "close", "template", "templates",
}  # fmt: skip


@pytest.mark.parametrize("case", _each())
def test_nothing_that_is_ever_asked_is_an_opt_in(behind: Behind) -> None:
    assert {name for name in dir(behind.client) if not name.startswith("_")} <= PORT
    behind.client.check_connection()
    behind.ask(behind.refs())
    for capability, ask in _everything(behind).items():
        if _can(behind.case, capability):
            ask()
    assert not re.search(behind.case.opt_in, behind.proxy.asked)


def _everything(behind: Behind) -> dict[str, Callable[[], object]]:
    (ref,) = behind.refs(1)
    behind.used.append(ref.ref)
    return {
        "customers": lambda: behind.client.customers("", clock() - timedelta(days=1)),
        "consent_changes": lambda: behind.client.consent_changes(""),
        "signatures": behind.client.signatures,
        "opt_out_write": lambda: behind.client.write_opt_out(ref, "reply", clock()),
    }


@pytest.mark.parametrize("case", _each())
def test_what_is_not_offered_is_refused_before_anything_is_asked(behind: Behind) -> None:
    for capability, ask in _everything(behind).items():
        if not _can(behind.case, capability):
            with pytest.raises(RemoteRefused) as info:
                ask()
            assert info.value.code == "not_offered"
    assert not behind.proxy.seen or all(_can(behind.case, name) for name in _everything(behind))


# --- rule 9: a version that is not pinned is none --------------------------------------------------------------------


@pytest.mark.parametrize("case", _each())
def test_another_version_is_refused(behind: Behind) -> None:
    if behind.case.other_version is None:
        assert behind.case.unversioned, "say why no answer names its version"
        return
    behind.proxy.spoil = behind.case.other_version
    try:
        problem = behind.client.check_connection().problem
    except RemoteRefused as refused:
        problem = refused.code
    assert problem == "schema_drift"


# --- the proxy itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in _each() if case.values[0].http])
def test_what_is_spoilt_was_asked(behind: Behind) -> None:
    def count(seen: Seen) -> Seen:
        counted.append(seen.path)
        return seen

    counted: list[str] = []
    behind.proxy.spoil = count
    behind.client.check_connection()
    assert counted


def test_every_adapter_of_ours_is_held_to_the_rules() -> None:
    assert {case.name for case in CASES} == set(OWN)
