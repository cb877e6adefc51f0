"""Every check of an adapter, by rule. Whether somebody is confirmed is what the gate says, not a status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from campaign_app.conformance.adapters import asked, people, sound, trouble
from campaign_app.conformance.adapters.behind import Behind, standing_behind
from campaign_app.conformance.adapters.cases import PlatformCase, Running
from campaign_app.conformance.adapters.tampering import BROKEN
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock
from campaign_app.platforms import adapter_for

Ask = Callable[[Behind], None]


@dataclass(frozen=True, slots=True)
class Check:
    """`rule`: its number in `docs/adapters.md`, 0 for what has to hold before anything is spoilt."""

    rule: int
    name: str
    ask: Ask

    def __str__(self) -> str:
        return f"{self.rule} {self.name}"


def checks(case: PlatformCase) -> tuple[Check, ...]:
    """All that can be asked of this adapter."""
    offers = adapter_for(case.name).capabilities
    rules = (_sound, _trouble, _spoilt, _ends, _facts, _written, _versions)
    return tuple(check for rule in rules for check in rule(case, offers))


def hold(
    case: PlatformCase, running: Running, check: Check, *, clock: Clock, wait: Callable[[float], object] | None = None
) -> None:
    """Asks one check of the adapter's client, behind a proxy of its own. Raises Broken.

    Where the client waits before it asks (again), so does the check, ten seconds at most; `wait` replaces that.
    """
    with standing_behind(case, running, clock, wait) as behind:
        check.ask(behind)


def _sound(case: PlatformCase, offers: Capabilities) -> Iterator[Check]:
    yield Check(0, "a good connection is good", sound.a_good_connection_is_good)
    yield Check(0, "the client can what its adapter says", sound.the_client_can_what_its_adapter_says)
    yield Check(0, "everybody else does not pass", sound.everybody_else_does_not_pass)
    if offers.consent_lookup:
        yield Check(0, "those who agreed pass", sound.those_who_agreed_pass)
    else:
        yield Check(0, "without consents nobody is confirmed", sound.without_consents_nobody_is_confirmed)
    if case.http:
        yield Check(0, "what is spoilt was asked", sound.what_is_spoilt_was_asked)
    if offers.customers:
        yield Check(0, "everybody is listed", sound.everybody_is_listed)


def _trouble(case: PlatformCase, offers: Capabilities) -> Iterator[Check]:
    if case.http:  # what speaks no HTTP cannot be spoilt
        for name, spoil in BROKEN.items():
            yield Check(1, f"trouble: {name}", partial(trouble.ends_no_call_well, spoil=spoil))
    if offers.consent_lookup:
        for name in ("500", "503", "429", "cut", "no answer"):
            yield Check(1, f"trouble that passes: {name}", partial(trouble.can_be_tried_again, name=name))
        for name in ("401", "403", "redirect"):
            yield Check(1, f"a refused account: {name}", partial(trouble.refuses_the_account, name=name))


def _spoilt(case: PlatformCase, offers: Capabilities) -> Iterator[Check]:
    for one in case.spoilt:
        yield Check(one.rule, f"spoilt: {one.name}", partial(trouble.spoilt_confirms_nobody, spoilt=one))
    yield Check(1, "strangers and odd refs do not pass", people.strangers_and_odd_refs_do_not_pass)
    yield Check(1, "nobody is asked about nobody", people.nobody_is_asked_about_nobody)
    yield Check(1, "more than one answer holds are answered", people.more_than_one_answer_holds_are_answered)
    if offers.consent_lookup:
        yield Check(5, "dates are spoilt on purpose", trouble.dates_are_spoilt_on_purpose)
    elif offers.vetoes:
        yield Check(1, "vetoes are spoilt on purpose", trouble.vetoes_are_spoilt_on_purpose)


def _ends(case: PlatformCase, offers: Capabilities) -> Iterator[Check]:
    yield Check(2, "lists are broken on purpose", trouble.lists_are_broken_on_purpose)
    for end in case.open_ends:
        name = f"no end: {end.listing}, {end.name}"
        yield Check(2, name, partial(trouble.a_list_that_does_not_say_so_has_not_ended, end=end))
    if offers.customers:
        yield Check(6, "numbers are handed out as said, and never shown", people.numbers_are_as_said)


def _facts(_case: PlatformCase, offers: Capabilities) -> Iterator[Check]:
    if offers.consent_lookup:
        yield Check(3, "a fact is of now and does not stay so", people.a_fact_is_of_now)
        yield Check(4, "a grant keeps the time at which it was given", people.a_grant_keeps_its_time)
        yield Check(4, "a withdrawal there is seen at once", people.a_withdrawal_is_seen_at_once)
        yield Check(7, "what is simulated reaches no real sender", people.simulated_reaches_no_real_sender)
    if offers.consent_lookup or offers.vetoes:
        yield Check(3, "a fact says where it comes from", people.a_fact_says_where_it_comes_from)
    if offers.opt_out_write:
        yield Check(4, "an opt-out is written back", people.an_opt_out_is_written_back)


def _written(_case: PlatformCase, _offers: Capabilities) -> Iterator[Check]:
    yield Check(8, "nothing that is ever asked is an opt-in", asked.nothing_is_an_opt_in)
    yield Check(8, "what is not offered is refused unasked", asked.what_is_not_offered_is_refused)


def _versions(case: PlatformCase, _offers: Capabilities) -> Iterator[Check]:
    yield Check(9, "a version is looked at", asked.a_version_is_looked_at)
    if case.other_version is not None:
        yield Check(9, "an answer of another version is refused", asked.another_version_is_refused)
    if case.unpinned is not None:
        yield Check(9, "a version that is not pinned is not asked for", asked.an_unpinned_version_is_refused)
    if case.drifted is not None:
        yield Check(9, "an answer of another shape is refused", asked.another_shape_is_refused)
