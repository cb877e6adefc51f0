"""Rules 1, 2 and 5: whatever goes wrong confirms nobody, ends no list and looks like no success."""

from __future__ import annotations

from typing import Any

from campaign_app.conformance.adapters.asked import calls
from campaign_app.conformance.adapters.behind import Behind, Broken, expect
from campaign_app.conformance.adapters.cases import OpenEnd, Spoilt
from campaign_app.conformance.adapters.tampering import BROKEN, Spoil, untouched
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Page


def ends_no_call_well(behind: Behind, *, spoil: Spoil) -> None:
    """Nobody is confirmed, and every call that is offered raises an error of ours, or is a report of what is wrong."""
    behind.proxy.spoil = spoil
    behind.asks_in_vain(behind.refs())
    every = calls(behind)
    if spoil is BROKEN["too large"]:  # seconds a call, and one limit for all
        every = {"check_connection": every["check_connection"]}
    for name, ask in every.items():
        try:
            answer: Any = ask()
        except RemoteError as error:
            expect("13800000001" not in f"{error!r}{error.facts}", f"{name}: the error shows what the platform said")
        else:
            bad = name == "check_connection" and not answer.ok and answer.problem
            expect(bool(bad), f"{name} takes it for a good answer")


def can_be_tried_again(behind: Behind, *, name: str) -> None:
    behind.proxy.spoil = BROKEN[name]
    error = _error(behind)
    expect(isinstance(error, RemoteUnavailable) and not isinstance(error, OutcomeUnknown), f"it raises {error!r}")
    behind.proxy.spoil = untouched
    expect(all(map(behind.passes, behind.ask(behind.refs()).values())), "it does not recover")


def refuses_the_account(behind: Behind, *, name: str) -> None:
    behind.proxy.spoil = BROKEN[name]
    error = _error(behind)
    expect(isinstance(error, RemoteRefused) and error.account_wide, f"it raises {error!r}")


def _error(behind: Behind) -> RemoteError:
    try:
        behind.client.consents(behind.refs())
    except RemoteError as error:
        return error
    raise Broken("no error is raised")


def spoilt_confirms_nobody(behind: Behind, *, spoilt: Spoilt) -> None:
    """Nobody whom the spoilt answer is about."""
    refs = behind.refs()
    if spoilt.before is not None:
        refs = refs[:1]
        behind.running.used.append(refs[0].ref)
        spoilt.before(behind.running, refs[0].ref)
    behind.proxy.spoil = spoilt.spoil
    behind.asks_in_vain(refs, about=1 if spoilt.first_only else len(refs))


def dates_are_spoilt_on_purpose(behind: Behind) -> None:
    rules = [spoilt.rule for spoilt in behind.case.spoilt]
    expect(rules.count(5) >= 2, "two answers have to be spoilt in their dates")
    expect(rules.count(1) >= 4, "four answers have to be spoilt otherwise")


def vetoes_are_spoilt_on_purpose(behind: Behind) -> None:
    expect(len(behind.case.spoilt) >= 4, "four answers have to be spoilt")


def lists_are_broken_on_purpose(behind: Behind) -> None:
    offers = behind.offers
    listings = {name for name in ("customers", "consent_changes") if getattr(offers, name)}
    spoilt = {end.listing for end in behind.case.open_ends}
    expect(spoilt == listings, f"lists {listings}, of which {spoilt} are broken")


def a_list_that_does_not_say_so_has_not_ended(behind: Behind, *, end: OpenEnd) -> None:
    behind.proxy.spoil = end.spoil
    client = behind.client
    try:
        page: Page[Any] = client.customers("", None) if end.listing == "customers" else client.consent_changes("")
    except RemoteError:
        return
    expect(page.more, "it takes the page for the last one")
