"""Before anything is spoilt: the simulator is whole, and the adapter does what it says."""

from __future__ import annotations

from campaign_app.conformance.adapters.behind import ASKED, Behind, expect
from campaign_app.conformance.adapters.tampering import Seen
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.message import Page

LEAST = 20  # people who agreed, so that enough are left for every check


def a_good_connection_is_good(behind: Behind) -> None:
    report = behind.client.check_connection()
    expect((report.ok, report.problem) == (True, ""), f"the connection is not good: {report.problem}")
    expect(report.simulated, "a server on this machine is simulated")


def the_client_can_what_its_adapter_says(behind: Behind) -> None:
    expect(behind.client.capabilities() == behind.offers, "the capabilities differ")


def those_who_agreed_pass(behind: Behind) -> None:
    expect(len(behind.running.confirmed) >= LEAST, f"{LEAST} people have to be confirmed")
    facts = behind.ask(behind.refs())
    said = [fact.status for fact in facts.values()]
    expect(said == [ConsentStatus.CONFIRMED] * ASKED, f"those who agreed are {said}")
    expect(all(map(behind.passes, facts.values())), "somebody who agreed does not pass the gate")


def everybody_else_does_not_pass(behind: Behind) -> None:
    refused = behind.refused()
    expect(bool(refused), "somebody has to be refused")
    facts = behind.ask(list(refused))
    wrong = {ref.ref: (fact.status, refused[ref]) for ref, fact in facts.items() if fact.status != refused[ref]}
    expect(not wrong, f"said and expected: {wrong}")
    passing = {ref for ref, fact in facts.items() if behind.passes(fact)}
    silent = set(behind.silent()) if behind.only_vetoes else set()
    expect(passing <= silent, f"somebody passes who must not: {passing - silent}")
    expect(passing == silent, f"a consent service is overruled by a platform that says nothing: {silent - passing}")


def without_consents_nobody_is_confirmed(behind: Behind) -> None:
    expect(not behind.running.confirmed, "an adapter without consents confirms nobody")
    facts = behind.ask(list(behind.refused()))
    expect(ConsentStatus.CONFIRMED not in {fact.status for fact in facts.values()}, "somebody is confirmed")
    unknown = {ref.ref: fact.note for ref, fact in facts.items() if fact.status is ConsentStatus.UNKNOWN}
    wanted = {ref: behind.running.vetoed.get(ref, "no_consent_api") for ref in unknown}
    expect(unknown == wanted, f"notes {unknown} instead of {wanted}")
    silent, vetoes = behind.silent(), behind.offers.vetoes
    expect(len(silent) >= (ASKED if vetoes else 1), "of somebody nothing at all has to be said")
    expect(not vetoes or len(silent) < len(facts), "somebody has to be vetoed")


def what_is_spoilt_was_asked(behind: Behind) -> None:
    def count(seen: Seen) -> Seen:
        counted.append(seen.path)
        return seen

    counted: list[str] = []
    behind.proxy.spoil = count
    behind.client.check_connection()
    expect(bool(counted), "the check of the connection does not go through the proxy")


def everybody_is_listed(behind: Behind) -> None:
    found: list[PlatformCustomer] = []
    page: Page[PlatformCustomer] = Page((), "", more=True)
    while page.more:
        page = behind.client.customers(page.next_cursor, None)
        found += page.items
    listed = len({customer.ref for customer in found})
    expect(listed == behind.running.people, f"{listed} people are listed")
