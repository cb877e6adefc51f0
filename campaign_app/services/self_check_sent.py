"""Chapters of the self-check report: scope, sending, audiences and their consent, texts."""

from __future__ import annotations

from collections import Counter

from campaign_app.domain.consent import ConsentMethod, ConsentStatus, Reason
from campaign_app.domain.message import Outcome
from campaign_app.services.self_check_gathered import DEFAULTS, LEFT, Counts, Gathered, Making, plain_grid, share
from campaign_app.services.self_check_numbers import Chapter, Grid, Label, Number


def scope(gathered: Gathered) -> Chapter:
    shops = gathered.facts.shops()
    asked, answered = Counter[int](), Counter[int]()
    for row in gathered.facts.consents():
        asked[row.account_id] += row.people
        answered[row.account_id] += row.people if row.status == ConsentStatus.CONFIRMED else 0
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
        "A1", "shops", "shop", ("customers", "confirmed_now", "sent"),
        ((Label(f"{s.label}（{s.entity}）"), str(s.account_id), (s.customers, answered[s.account_id], s.sent))
         for s in shops),
    )  # fmt: skip
    by_issuer = plain_grid(
        "A2", "shops", "issuer", ("shops", "customers"),
        ((Label(f"{named[uscc]}（{uscc}）"), uscc, (sum(s.issuer_uscc == uscc for s in shops), count))
         for uscc, count in sorted(issuers.items())),
    )  # fmt: skip
    return Chapter("A", key, (by_shop, by_issuer))


def sending(gathered: Gathered) -> Chapter:
    counts = Counts(gathered.outcomes)
    for campaign in gathered.campaigns.values():
        counts["campaigns", campaign.purpose] += 1
    lines = ("campaigns", "claimed", Outcome.WITHHELD.value, "submitted", *(each.value for each in LEFT[:-1]))
    made = Making(gathered, "B1", "outcomes", "messages", "report").grid(counts, (*lines, "unknown", "no_outcome"))
    months = Counts()
    for row in gathered.facts.batches():
        months[row.month, gathered.board(row.campaign_id)] += row.messages
    by_month = Making(gathered, "B2", "batches", "month", "").grid(months, gathered.period.months)
    several = len(by_month.lines) > 1
    by_month = Grid(
        by_month.id, by_month.query, by_month.head, by_month.columns, by_month.lines,
        "column" if several else "", tuple(range(len(gathered.boards))) if several else (),
    )  # fmt: skip
    sent, delivered = (gathered.all_of(counts, line) for line in ("submitted", Outcome.DELIVERED.value))
    key = (
        Number("B.campaigns", len(gathered.campaigns), "campaigns"),
        Number("B.submitted", sent, "outcomes"),
        Number("B.delivered", delivered, "outcomes"),
        share("B.delivered_share", delivered, sent, "outcomes", 100, "percent"),
    )
    return Chapter("B", key, (made, by_month))


def audience(gathered: Gathered) -> Chapter:
    reasons = gathered.reasons
    known = [reason.value for reason in Reason]
    lines = [line for line in (*known, *sorted({line for line, _ in reasons} - {*known})) if any(
        reasons[line, board] for board in gathered.boards)]  # fmt: skip
    funnel = Making(gathered, "C1", "reasons", "reason", "reason").grid(reasons, lines)
    methods, issuers = Counts(), Counts()
    for ground in gathered.facts.grounds():
        methods[ground.method, gathered.board(ground.campaign_id)] += ground.messages
    for told in gathered.facts.issuers():
        issuers[told.issuer_uscc, gathered.board(told.campaign_id)] += told.messages
    named = {shop.issuer_uscc: f"{shop.issuer}（{shop.issuer_uscc}）" for shop in gathered.facts.shops()}
    used = [method.value for method in ConsentMethod if gathered.all_of(methods, method)]
    by_method = Making(gathered, "C2", "grounds", "method", "consent_method").grid(methods, used)
    by_issuer = Making(gathered, "C3", "issuers", "issuer", "").grid(
        issuers, sorted({line for line, _ in issuers}), {uscc: named.get(uscc, uscc) for uscc, _ in issuers}
    )
    status, now = Counter[str](), Counter[str]()
    for row in gathered.facts.consents():
        status[row.status or "not_asked"] += row.people
        now[row.method or "not_asked"] += row.people
    states = [each.value for each in ConsentStatus]
    today = plain_grid(
        "C4", "consents", "state_now", ("people",),
        ((Label(line, "report" if line == "not_asked" else "consent_status"), line, (status[line],))
         for line in (*states, "not_asked")),
    )  # fmt: skip
    ways = plain_grid(
        "C5", "consents", "method_now", ("people",),
        ((Label(line, "report" if line == "not_asked" else "consent_method"), line, (now[line],))
         for line in (*(each.value for each in ConsentMethod), "not_asked")),
    )  # fmt: skip
    key = (
        Number("C.screened", sum(reasons.values()), "reasons"),
        Number("C.allowed", gathered.all_of(reasons, "ok"), "reasons"),
        Number("C.default_removed", gathered.all_of(reasons, Reason.DEFAULT_CONSENT.value), "reasons"),
        Number("C.default_sent", sum(gathered.all_of(methods, each) for each in DEFAULTS), "grounds"),
    )
    charted = Grid(
        funnel.id, funnel.query, funnel.head, funnel.columns, funnel.lines, "bar", (len(funnel.columns) - 1,)
    )
    return Chapter("C", key, (charted if lines else funnel, by_method, by_issuer, today, ways))


def wording(gathered: Gathered) -> Chapter:
    stops, kept = Counts(), set[int]()
    for row in gathered.facts.stops():
        stops[row.rule, gathered.board(row.campaign_id)] += row.people
        kept.add(row.campaign_id)
    warned, confirmed = Counter[str](), Counter[str]()
    hit = set[int]()
    for warning in gathered.facts.warnings():
        warned[warning.rule] += 1
        confirmed[warning.rule] += bool(warning.confirmed_by)
        hit.add(warning.campaign_id)
    rules = sorted({rule for rule, _ in stops})
    blocked = Making(gathered, "D1", "stops", "rule", "").grid(stops, rules, {rule: rule for rule in rules})
    warnings = plain_grid(
        "D2", "warnings", "rule", ("campaigns", "confirmed", "unconfirmed"),
        ((Label(rule), rule, (count, confirmed[rule], count - confirmed[rule]))
         for rule, count in sorted(warned.items())),
    )  # fmt: skip
    checked, found = Counter[str](), Counter[str]()
    for wording_row in gathered.facts.wordings():
        checked[wording_row.kind] += 1
        found[wording_row.kind] += bool(wording_row.findings)
    wordings = plain_grid(
        "D3", "wordings", "wording", ("checked", "with_findings"),
        ((Label(kind, "wording_kind"), kind, (count, found[kind])) for kind, count in sorted(checked.items())),
    )  # fmt: skip
    clean = len(gathered.campaigns.keys() - kept - hit)
    key = (
        Number("D.clean", clean, "warnings"),
        Number("D.warned", len(hit), "warnings"),
        Number("D.stopped", len(kept), "stops"),
        Number("D.content", gathered.all_of(gathered.reasons, Reason.CONTENT.value), "reasons"),
    )
    return Chapter("D", key, (blocked, warnings, wordings))
