"""Chapters of the self-check report: scope, sending, audiences and their consent, texts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from campaign_app.domain.consent import ConsentMethod, ConsentStatus, Reason
from campaign_app.domain.message import Outcome
from campaign_app.services.self_check_gathered import DEFAULTS, LEFT, Counts, Gathered
from campaign_app.services.self_check_grids import Row, Title, board_grid, own_words, plain_grid, share, words
from campaign_app.services.self_check_numbers import Chapter, Grid, Label, Number

NOT_ASKED: Final = "not_asked"


def scope(gathered: Gathered) -> Chapter:
    shops = gathered.facts.shops()
    confirmed = Counter[int]()
    for row in gathered.facts.consents():
        if row.status == ConsentStatus.CONFIRMED:
            confirmed[row.account_id] += row.people
    issuers = Counter[str]()
    for shop in shops:
        issuers[shop.issuer_uscc] += shop.customers
    named = {shop.issuer_uscc: shop.issuer or shop.issuer_uscc for shop in shops}
    key = (
        Number("A.entities", len({shop.entity_uscc for shop in shops}), "shops"),
        Number("A.shops", len(shops), "shops"),
        Number("A.issuers", len(issuers), "shops"),
        Number("A.customers", sum(shop.customers for shop in shops), "shops"),
    )
    by_shop = plain_grid(
        Title("A1", "shops", "shop"),
        ("customers", "confirmed_now", "sent"),
        (
            Row(Label(f"{s.label}（{s.entity}）"), str(s.account_id), (s.customers, confirmed[s.account_id], s.sent))
            for s in shops
        ),
    )
    by_issuer = plain_grid(
        Title("A2", "shops", "issuer"),
        ("shops", "customers"),
        (
            Row(Label(f"{named[uscc]}（{uscc}）"), uscc, (sum(s.issuer_uscc == uscc for s in shops), count))
            for uscc, count in sorted(issuers.items())
        ),
    )
    return Chapter("A", key, (by_shop, by_issuer))


def sending(gathered: Gathered) -> Chapter:
    counts = Counts(gathered.outcomes)
    for campaign in gathered.campaigns.values():
        counts["campaigns", campaign.purpose] += 1
    lines = ("campaigns", "claimed", Outcome.WITHHELD.value, "submitted", *(each.value for each in LEFT[:-1]))
    lines = (*lines, "unknown", "no_outcome")
    by_outcome = board_grid(Title("B1", "outcomes", "messages"), gathered, counts, words("report", lines))
    sent, delivered = (gathered.all_of(counts, line) for line in ("submitted", Outcome.DELIVERED.value))
    key = (
        Number("B.campaigns", len(gathered.campaigns), "campaigns"),
        Number("B.submitted", sent, "outcomes"),
        Number("B.delivered", delivered, "outcomes"),
        share("B.delivered_share", delivered, sent, "outcomes", 100, "percent"),
    )
    return Chapter("B", key, (by_outcome, _months(gathered)))


def _months(gathered: Gathered) -> Grid:
    """What was sent in each; of several a chart of the boards."""
    counts = Counts()
    for row in gathered.facts.batches():
        counts[row.month, gathered.board(row.campaign_id)] += row.messages
    grid = board_grid(Title("B2", "batches", "month"), gathered, counts, own_words(gathered.period.months))
    if len(grid.lines) < 2:
        return grid
    return replace(grid, chart="column", charted=tuple(range(len(gathered.boards))))


def audience(gathered: Gathered) -> Chapter:
    reasons, methods = gathered.reasons, _methods_sent(gathered)
    key = (
        Number("C.screened", sum(reasons.values()), "reasons"),
        Number("C.allowed", gathered.all_of(reasons, "ok"), "reasons"),
        Number("C.default_removed", gathered.all_of(reasons, Reason.DEFAULT_CONSENT.value), "reasons"),
        Number("C.default_sent", sum(gathered.all_of(methods, each) for each in DEFAULTS), "grounds"),
    )
    used = [method.value for method in ConsentMethod if gathered.all_of(methods, method)]
    by_method = board_grid(Title("C2", "grounds", "method"), gathered, methods, words("consent_method", used))
    return Chapter("C", key, (_funnel(gathered), by_method, _issuers(gathered), *_consents_now(gathered)))


def _funnel(gathered: Gathered) -> Grid:
    """Why people were let in or left out, in the gate's order, reasons of later versions behind; all as a chart."""
    reasons = gathered.reasons
    known = [reason.value for reason in Reason]
    of_later_versions = sorted({line for line, _ in reasons} - {*known})
    lines = [line for line in (*known, *of_later_versions) if any(reasons[line, board] for board in gathered.boards)]
    grid = board_grid(Title("C1", "reasons", "reason"), gathered, reasons, words("reason", lines))
    return replace(grid, chart="bar", charted=(len(grid.columns) - 1,)) if lines else grid


def _methods_sent(gathered: Gathered) -> Counts:
    """By which method the people of the messages had agreed."""
    methods = Counts()
    for ground in gathered.facts.grounds():
        methods[ground.method, gathered.board(ground.campaign_id)] += ground.messages
    return methods


def _issuers(gathered: Gathered) -> Grid:
    """Who had said that they agreed."""
    counts = Counts()
    for told in gathered.facts.issuers():
        counts[told.issuer_uscc, gathered.board(told.campaign_id)] += told.messages
    named = {shop.issuer_uscc: f"{shop.issuer}（{shop.issuer_uscc}）" for shop in gathered.facts.shops()}
    lines = {uscc: Label(named.get(uscc, uscc)) for uscc in sorted({uscc for uscc, _ in counts})}
    return board_grid(Title("C3", "issuers", "issuer"), gathered, counts, lines)


def _consents_now(gathered: Gathered) -> tuple[Grid, Grid]:
    """Of all customers, whether or not anything was sent to them."""
    states, methods = Counter[str](), Counter[str]()
    for row in gathered.facts.consents():
        states[row.status or NOT_ASKED] += row.people
        methods[row.method or NOT_ASKED] += row.people
    return (
        _people_grid(
            Title("C4", "consents", "state_now"),
            states,
            words("consent_status", [each.value for each in ConsentStatus]),
        ),
        _people_grid(
            Title("C5", "consents", "method_now"),
            methods,
            words("consent_method", [each.value for each in ConsentMethod]),
        ),
    )


def _people_grid(title: Title, people: Counter[str], lines: dict[str, Label]) -> Grid:
    every = {**lines, NOT_ASKED: Label(NOT_ASKED, "report")}
    return plain_grid(title, ("people",), (Row(label, line, (people[line],)) for line, label in every.items()))


def wording(gathered: Gathered) -> Chapter:
    stops = Counts()
    with_stops = set[int]()
    for row in gathered.facts.stops():
        stops[row.rule, gathered.board(row.campaign_id)] += row.people
        with_stops.add(row.campaign_id)
    with_warnings = {warning.campaign_id for warning in gathered.facts.warnings()}
    rules = own_words(sorted({rule for rule, _ in stops}))
    blocked = board_grid(Title("D1", "stops", "rule"), gathered, stops, rules)
    key = (
        Number("D.clean", len(gathered.campaigns.keys() - with_stops - with_warnings), "warnings"),
        Number("D.warned", len(with_warnings), "warnings"),
        Number("D.stopped", len(with_stops), "stops"),
        Number("D.content", gathered.all_of(gathered.reasons, Reason.CONTENT.value), "reasons"),
    )
    return Chapter("D", key, (blocked, _warnings(gathered), _wordings(gathered)))


def _warnings(gathered: Gathered) -> Grid:
    campaigns, confirmed = Counter[str](), Counter[str]()
    for warning in gathered.facts.warnings():
        campaigns[warning.rule] += 1
        confirmed[warning.rule] += bool(warning.confirmed_by)
    return plain_grid(
        Title("D2", "warnings", "rule"),
        ("campaigns", "confirmed", "unconfirmed"),
        (
            Row(Label(rule), rule, (count, confirmed[rule], count - confirmed[rule]))
            for rule, count in sorted(campaigns.items())
        ),
    )


def _wordings(gathered: Gathered) -> Grid:
    """The texts by which people are asked for their consent."""
    checked, found = Counter[str](), Counter[str]()
    for row in gathered.facts.wordings():
        checked[row.kind] += 1
        found[row.kind] += bool(row.findings)
    return plain_grid(
        Title("D3", "wordings", "wording"),
        ("checked", "with_findings"),
        (Row(Label(kind, "wording_kind"), kind, (count, found[kind])) for kind, count in sorted(checked.items())),
    )
