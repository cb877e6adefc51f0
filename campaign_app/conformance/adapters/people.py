"""Rules 1, 3, 4, 6 and 7: what is said of people, of strangers and of numbers."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

from campaign_app.conformance.adapters.behind import ASKED, Behind, expect
from campaign_app.consent.gate import Refusal
from campaign_app.domain.consent import ConsentStatus, CustomerRef, Evidence, Reason

UNKNOWN = ConsentStatus.UNKNOWN
ODD = ("", "nobody", "x" * 500, "a\x00b", "’; --", "顾客")


def strangers_and_odd_refs_do_not_pass(behind: Behind) -> None:
    account = behind.running.account.id
    odd = [CustomerRef(account, ref) for ref in ODD]
    stranger = [CustomerRef(account + 1, ref.ref) for ref in behind.refs(1)]
    facts = behind.ask([*odd, *stranger])
    expect(not any(map(behind.confirms, facts.values())), "somebody passes whom nobody knows")
    expect(facts[stranger[0]].status is ConsentStatus.UNKNOWN, "another account's customer is not unknown")


def nobody_is_asked_about_nobody(behind: Behind) -> None:
    expect(behind.ask([]) == {}, "a fact about nobody")
    expect(not behind.proxy.seen, "the platform is asked about nobody")


def more_than_one_answer_holds_are_answered(behind: Behind) -> None:
    account = behind.running.account.id
    refs = [*behind.refs(), *(CustomerRef(account, f"n{at}") for at in range(behind.case.strangers)), *behind.refs()]
    facts = behind.ask(refs)
    expect(not any(behind.confirms(facts[ref]) for ref in refs[ASKED:-ASKED]), "a stranger passes")
    pass_all = all(behind.passes(facts[ref]) for ref in behind.refs())
    expect(pass_all is (behind.offers.consent_lookup or behind.offers.vetoes), "among many, those who agreed are lost")


def a_fact_is_of_now(behind: Behind) -> None:
    asked_at = behind.clock()
    for fact in behind.ask(behind.refs()).values():
        near = fact.checked_at is not None and abs(fact.checked_at - asked_at) < timedelta(minutes=1)
        expect(near, "a fact does not say when it was checked")
        expect(behind.judge(fact, later=timedelta(hours=25)) == Refusal(1, Reason.STALE), "a fact does not grow old")


def a_fact_says_where_it_comes_from(behind: Behind) -> None:
    """Everybody's of whom the platform said something, for or against them."""
    silent, looks_up = behind.silent(), behind.offers.consent_lookup
    against = [
        ref for ref, said in behind.refused().items() if ref not in silent and (said is not UNKNOWN or not looks_up)
    ]
    asked = [*(behind.refs() if looks_up else []), *against]
    asked_at = behind.clock()
    answers = behind.client.consents(asked)
    hashes = {f"sha256:{sha256(seen.body).hexdigest()}" for seen in behind.proxy.seen}
    kept = hashes | {receipt.receipt_id for receipt in answers.receipts}
    for ref in asked:
        fact = answers.facts[ref]
        expect(abs(fact.observed_at - asked_at) < timedelta(minutes=1), "a fact does not say when it was observed")
        lacking = ["evidence"] if fact.evidence is None else _lacking(fact.evidence, ref, looks_up=looks_up)
        expect(not lacking, f"the evidence of a fact ({fact.status}) lacks {lacking}")
        if fact.evidence is not None and behind.case.http:
            words = "`receipt_id` is neither a receipt that came along nor `sha256:` of the answer"
            expect(fact.evidence.receipt_id in kept, words)


def _lacking(evidence: Evidence, ref: CustomerRef, *, looks_up: bool) -> list[str]:
    """A platform without consents may have no id for what was asked, and words that name nobody."""
    wanted = {name: getattr(evidence, name) for name in ("platform", "api_version", "api_method", "receipt_id")}
    wanted |= {"leaf": _is_said(evidence.leaf), "simulated": evidence.simulated}
    if looks_up:
        wanted |= {"request_id": evidence.request_id, "leaf with the reference": ref.ref in evidence.leaf}
    return [name for name, found in wanted.items() if not found]


def _is_said(leaf: str) -> bool:
    """Whether a leaf is a JSON object with something in it."""
    try:
        words = json.loads(leaf)
    except ValueError:
        return False
    return isinstance(words, dict) and bool(words)


def a_grant_keeps_its_time(behind: Behind) -> None:
    """Only a grant later than an opt-out here may lift it: one that is dated when it is asked for would always be."""
    asked_at, refs = behind.clock(), behind.refs()
    first, second = behind.ask(refs), behind.ask(refs)
    for ref in refs:
        given = first[ref].obtained_at
        expect(given is not None and given < asked_at, "a grant is dated when it was asked for")
        expect(second[ref].obtained_at == given, "a grant has another date each time")


def a_withdrawal_is_seen_at_once(behind: Behind) -> None:
    ref = behind.use_up()
    withdraw = behind.running.withdraw
    expect(withdraw is not None, "the case has no `withdraw`")
    expect(behind.passes(behind.ask([ref])[ref]), "somebody who agreed does not pass")
    if withdraw is not None:
        withdraw(ref.ref)
    fact = behind.ask([ref])[ref]
    expect(fact.status is ConsentStatus.WITHDRAWN and not behind.passes(fact), f"it says {fact.status}")


def an_opt_out_is_written_back(behind: Behind) -> None:
    ref = behind.use_up()
    for _ in range(2):
        behind.client.write_opt_out(ref, "reply", behind.clock())
    fact, recorded = behind.ask([ref])[ref], behind.running.opted_out
    expect(not behind.confirms(fact), "who opted out still passes")
    if recorded is None:
        expect(fact.status is ConsentStatus.WITHDRAWN, f"who opted out is {fact.status}, and there is no `opted_out`")
    else:
        expect(recorded(ref.ref), "the platform does not know of the opt-out")


def numbers_are_as_said(behind: Behind) -> None:
    phones = [c.phone for c in behind.client.customers("", None).items if c.phone is not None]
    offers = behind.offers
    expect(bool(phones) is (offers.phones and not offers.virtual_numbers), "numbers come otherwise than it says")
    expect(not any(phone.digits in f"{phone!r}{phone}" for phone in phones), "a number is shown")


def simulated_reaches_no_real_sender(behind: Behind) -> None:
    account = behind.running.account
    for fact in behind.ask(behind.refs()).values():
        evidence = fact.evidence
        expect(evidence is not None and evidence.simulated and bool(evidence.leaf), "no evidence of a simulation")
        if evidence is not None:
            named = (evidence.platform, evidence.issuer_uscc) == (account.platform, account.issuer_uscc)
            expect(named, "the evidence names another platform or issuer")
        own = fact.entity_uscc == account.entity_uscc != account.issuer_uscc
        expect(own, "the consent is not the account's own entity's, or the merchant confirms itself")
        expect(not behind.passes(fact, simulated_sender=False), "it reaches a real sender")
