"""The chapters of the self-check report, each a function of what was gathered of the period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from campaign_app.domain.consent import DEFAULT_METHODS, ConsentMethod, ConsentStatus, Reason
from campaign_app.domain.message import Outcome
from campaign_app.domain.self_check import CampaignRow, Facts, Period
from campaign_app.services.self_check_numbers import (
    Chapter,
    Delays,
    Grid,
    Label,
    Line,
    Number,
    Unit,
    boards_of,
    names_of,
)

_TOTAL: Final = Label("total", "report")
_UNASSIGNED: Final = "unassigned"
_LEFT: Final = (Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.FAILED, Outcome.REJECTED, Outcome.UNKNOWN)
_DEFAULTS: Final = frozenset(method.value for method in DEFAULT_METHODS)
Counts = Counter[tuple[str, str]]  # (line, board)


class Gathered:
    """The rows that several chapters count."""

    def __init__(self, facts: Facts, period: Period) -> None:
        self.facts, self.period = facts, period

    @cached_property
    def campaigns(self) -> Mapping[int, CampaignRow]:
        return {row.campaign_id: row for row in self.facts.campaigns()}

    @cached_property
    def boards(self) -> tuple[str, ...]:
        return boards_of(tuple(self.campaigns.values()))

    def board(self, campaign_id: int | None) -> str:
        found = self.campaigns.get(campaign_id or 0)
        return _UNASSIGNED if found is None else found.purpose

    @cached_property
    def outcomes(self) -> Counts:
        found = Counts()
        for row in self.facts.outcomes():
            board = self.board(row.campaign_id)
            found[row.outcome or "no_outcome", board] += row.messages
            found["claimed", board] += row.messages
            if row.outcome != Outcome.WITHHELD:
                found["submitted", board] += row.messages
        return found

    @cached_property
    def reasons(self) -> Counts:
        found = Counts()
        for row in self.facts.reasons():
            found[row.reason or "unscreened", self.board(row.campaign_id)] += row.people
        return found

    def all_of(self, counts: Counts, line: str) -> int:
        return sum(count for (each, _), count in counts.items() if each == line)


@dataclass(frozen=True, slots=True)
class _Making:
    """A grid whose columns are the boards and all of them together."""

    gathered: Gathered
    id: str
    query: str
    head: str
    table: str  # of the words of its lines; "" where they speak for themselves
    unassigned: bool = False

    def grid(self, counts: Counts, lines: Iterable[str], names: Mapping[str, str] | None = None) -> Grid:
        boards = (*self.gathered.boards, *((_UNASSIGNED,) if self.unassigned else ()))
        columns = tuple(Label(board, "report" if board == _UNASSIGNED else "purpose") for board in boards)
        return Grid(
            self.id,
            self.query,
            self.head,
            (*columns, _TOTAL),
            tuple(
                Line(
                    Label((names or {}).get(line, line), "" if names else self.table),
                    (
                        *(self._number(line, board, counts[line, board]) for board in boards),
                        self._number(line, "total", sum(counts[line, board] for board in boards)),
                    ),
                )
                for line in lines
            ),
        )

    def _number(self, line: str, column: str, value: int) -> Number:
        return Number(f"{self.id}.{line}.{column}", value, self.query)


def _plain(
    grid_id: str, query: str, head: str, columns: tuple[str, ...], lines: Iterable[tuple[Label, str, tuple[int, ...]]]
) -> Grid:
    made = tuple(
        Line(
            label,
            tuple(Number(f"{grid_id}.{code}.{name}", each, query) for name, each in zip(columns, values, strict=True)),
        )
        for label, code, values in lines
    )
    return Grid(grid_id, query, head, tuple(Label(name, "report") for name in columns), made)


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
    by_shop = _plain(
        "A1", "shops", "shop", ("customers", "confirmed_now", "sent"),
        ((Label(f"{s.label}（{s.entity}）"), str(s.account_id), (s.customers, answered[s.account_id], s.sent))
         for s in shops),
    )  # fmt: skip
    by_issuer = _plain(
        "A2", "shops", "issuer", ("shops", "customers"),
        ((Label(f"{named[uscc]}（{uscc}）"), uscc, (sum(s.issuer_uscc == uscc for s in shops), count))
         for uscc, count in sorted(issuers.items())),
    )  # fmt: skip
    return Chapter("A", key, (by_shop, by_issuer))


def sending(gathered: Gathered) -> Chapter:
    counts = Counts(gathered.outcomes)
    for campaign in gathered.campaigns.values():
        counts["campaigns", campaign.purpose] += 1
    lines = ("campaigns", "claimed", Outcome.WITHHELD.value, "submitted", *(each.value for each in _LEFT[:-1]))
    made = _Making(gathered, "B1", "outcomes", "messages", "report").grid(counts, (*lines, "unknown", "no_outcome"))
    months = Counts()
    for row in gathered.facts.batches():
        months[row.month, gathered.board(row.campaign_id)] += row.messages
    by_month = _Making(gathered, "B2", "batches", "month", "").grid(months, gathered.period.months)
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
        _share("B.delivered_share", delivered, sent, "outcomes", 100, "percent"),
    )
    return Chapter("B", key, (made, by_month))


def _share(number_id: str, part: int, whole: int, query: str, times: int, unit: Unit) -> Number:
    value = None if whole == 0 else part * times / whole
    return Number(number_id, value, query, unit, "" if whole else "nothing_sent")


def audience(gathered: Gathered) -> Chapter:
    reasons = gathered.reasons
    known = [reason.value for reason in Reason]
    lines = [line for line in (*known, *sorted({line for line, _ in reasons} - {*known})) if any(
        reasons[line, board] for board in gathered.boards)]  # fmt: skip
    funnel = _Making(gathered, "C1", "reasons", "reason", "reason").grid(reasons, lines)
    methods, issuers = Counts(), Counts()
    for ground in gathered.facts.grounds():
        methods[ground.method, gathered.board(ground.campaign_id)] += ground.messages
        issuers[ground.issuer_uscc, gathered.board(ground.campaign_id)] += ground.messages
    named = {shop.issuer_uscc: f"{shop.issuer}（{shop.issuer_uscc}）" for shop in gathered.facts.shops()}
    used = [method.value for method in ConsentMethod if gathered.all_of(methods, method)]
    by_method = _Making(gathered, "C2", "grounds", "method", "consent_method").grid(methods, used)
    by_issuer = _Making(gathered, "C3", "grounds", "issuer", "").grid(
        issuers, sorted({line for line, _ in issuers}), {uscc: named.get(uscc, uscc) for uscc, _ in issuers}
    )
    status, now = Counter[str](), Counter[str]()
    for row in gathered.facts.consents():
        status[row.status or "not_asked"] += row.people
        now[row.method or "not_asked"] += row.people
    states = [each.value for each in ConsentStatus]
    today = _plain(
        "C4", "consents", "state_now", ("people",),
        ((Label(line, "report" if line == "not_asked" else "consent_status"), line, (status[line],))
         for line in (*states, "not_asked")),
    )  # fmt: skip
    ways = _plain(
        "C5", "consents", "method_now", ("people",),
        ((Label(line, "report" if line == "not_asked" else "consent_method"), line, (now[line],))
         for line in (*(each.value for each in ConsentMethod), "not_asked")),
    )  # fmt: skip
    key = (
        Number("C.screened", sum(reasons.values()), "reasons"),
        Number("C.allowed", gathered.all_of(reasons, "ok"), "reasons"),
        Number("C.default_removed", gathered.all_of(reasons, Reason.DEFAULT_CONSENT.value), "reasons"),
        Number("C.default_sent", sum(gathered.all_of(methods, each) for each in _DEFAULTS), "grounds"),
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
    blocked = _Making(gathered, "D1", "stops", "rule", "").grid(stops, rules, {rule: rule for rule in rules})
    warnings = _plain(
        "D2", "warnings", "rule", ("campaigns", "confirmed", "unconfirmed"),
        ((Label(rule), rule, (count, confirmed[rule], count - confirmed[rule]))
         for rule, count in sorted(warned.items())),
    )  # fmt: skip
    clean = len(gathered.campaigns.keys() - kept - hit)
    key = (
        Number("D.clean", clean, "warnings"),
        Number("D.warned", len(hit), "warnings"),
        Number("D.stopped", len(kept), "stops"),
        Number("D.content", gathered.all_of(gathered.reasons, Reason.CONTENT.value), "reasons"),
    )
    return Chapter("D", key, (blocked, warnings))


def signatures(gathered: Gathered) -> Chapter:
    rows = gathered.facts.signatures()
    last = gathered.period.last.isoformat()
    over = [row for row in rows if row.valid_until and row.valid_until < last]
    states = Counter((row.status, bool(row.campaigns)) for row in rows)
    scopes = Counter[str]()
    for row in rows:
        scopes.update(row.scopes.split("、") if row.scopes else ("none",))
    by_state = _plain(
        "E1", "signatures", "signature_state", ("signatures", "in_use"),
        ((Label(line, "signature_status"), line, (states[line, False] + states[line, True], states[line, True]))
         for line in sorted({status for status, _ in states})),
    )  # fmt: skip
    by_scope = _plain(
        "E2", "signatures", "scope", ("signatures",),
        ((Label(line, "report" if line == "none" else "purpose"), line, (scopes[line],)) for line in sorted(scopes)),
    )  # fmt: skip
    key = (
        Number("E.signatures", len(rows), "signatures"),
        Number("E.in_use", sum(bool(row.campaigns) for row in rows), "signatures"),
        Number("E.expired", len(over), "signatures"),
        Number("E.ports", len({row.port for row in rows if row.port}), "signatures"),
    )
    return Chapter("E", key, (by_state, by_scope))


def _times(number_id: str, delays: Delays, query: str) -> tuple[Number, ...]:
    why = "" if len(delays) else "none_in_period"
    parts = (("median", 0.5), ("p95", 0.95), ("slowest", 1.0))
    return tuple(Number(f"{number_id}.{name}", delays.at(part), query, "seconds", why) for name, part in parts)


def opt_outs(gathered: Gathered) -> Chapter:
    facts = gathered.facts
    received = Counts()
    for row in facts.opt_outs():
        received["received", gathered.board(row.campaign_id)] += 1
    here = Delays((row.received_at, row.stored_at) for row in facts.opt_outs())
    states = Counter((row.account_id, row.state) for row in facts.told())
    told = Delays((row.since, row.settled_at) for row in facts.told() if row.settled_at and row.state == "told")
    by_board = _Making(gathered, "F1", "opt_outs", "opt_outs", "report", unassigned=True).grid(received, ("received",))
    speed = Grid(
        "F2", "opt_outs", "speed", tuple(Label(each, "report") for each in ("cases", "median", "p95", "slowest")),
        (
            Line(Label("in_force", "report"),
                 (Number("F2.in_force.cases", len(here), "opt_outs"), *_times("F2.in_force", here, "opt_outs"))),
            Line(Label("platform_told", "report"),
                 (Number("F2.platform_told.cases", len(told), "told"), *_times("F2.platform_told", told, "told"))),
        ),
    )  # fmt: skip
    names = names_of(facts.shops())
    outbox = _plain(
        "F3", "told", "shop", ("told", "waiting", "refused"),
        ((Label(names.get(shop, str(shop))), str(shop), (
            states[shop, "told"], states[shop, "waiting"], states[shop, "refused"] + states[shop, "untellable"]))
         for shop in sorted({shop for shop, _ in states})),
    )  # fmt: skip
    marks = _plain(
        "F4", "marks", "marks", ("marks",),
        ((Label(f"{row.kind}:{row.source}", "mark"), f"{row.kind}-{row.source}", (row.marks,))
         for row in facts.marks()),
    )  # fmt: skip
    late = Counter(row.kind for row in facts.late())
    key = (
        Number("F.received", len(here), "opt_outs"),
        _times("F", here, "opt_outs")[1],
        Number("F.late", late["opt_out"], "late"),
        Number("F.waiting", sum(count for (_, state), count in states.items() if state == "waiting"), "told"),
    )
    return Chapter("F", key, (by_board, speed, outbox, marks))


def complaints(gathered: Gathered) -> Chapter:
    facts = gathered.facts
    counts = Counts()
    for row in facts.complaints():
        counts["received", gathered.board(row.campaign_id)] += 1
        if facts.answers:
            counts["answered" if row.answered_at else "unanswered", gathered.board(row.campaign_id)] += 1
    taken = Delays((row.received_at, row.stored_at) for row in facts.complaints())
    answered = Delays((row.received_at, row.answered_at) for row in facts.complaints() if row.answered_at)
    lines = ("received", "answered", "unanswered") if facts.answers else ("received",)
    by_board = _Making(gathered, "G1", "complaints", "complaints", "report", unassigned=True).grid(counts, lines)
    sent, all_of_them = gathered.all_of(gathered.outcomes, "submitted"), len(taken)
    unknown = "" if facts.answers else "answers_not_kept"
    speed = Grid(
        "G2", "complaints", "speed", tuple(Label(each, "report") for each in ("cases", "median", "p95", "slowest")),
        (
            Line(Label("taken_in", "report"),
                 (Number("G2.taken_in.cases", all_of_them, "complaints"), *_times("G2.taken_in", taken, "complaints"))),
            Line(Label("answered_after", "report"), (
                Number("G2.answered_after.cases", len(answered) if facts.answers else None, "complaints", why=unknown),
                *(Number(each.id, each.value, each.query, each.unit, unknown or each.why)
                  for each in _times("G2.answered_after", answered, "complaints")))),
        ),
    )  # fmt: skip
    key = (
        Number("G.received", all_of_them, "complaints"),
        _share("G.per_10k", all_of_them, sent, "complaints", 10_000, "per_10k"),
        Number("G.unanswered", all_of_them - len(answered) if facts.answers else None, "complaints", why=unknown),
        Number("G.late", sum(row.kind == "complaint" for row in facts.late()), "late"),
    )
    return Chapter("G", key, (by_board, speed))


def fixes(gathered: Gathered) -> Chapter:
    facts = gathered.facts
    removed = gathered.all_of(gathered.reasons, Reason.DEFAULT_CONSENT.value)
    sent_by_default = sum(row.messages for row in facts.grounds() if row.method in _DEFAULTS)
    told = Counter(row.state for row in facts.told())
    warned = facts.warnings()
    confirmed = sum(bool(row.confirmed_by) for row in warned)
    used = [row for row in facts.signatures() if row.campaigns]
    bad = sum(row.status != "approved" or row.filed is not True for row in used)
    late = len(facts.late())
    tasks = facts.tasks()
    done = None if tasks is None else sum(task.done for task in tasks)
    lines: list[tuple[str, str, tuple[int | None, int | None, int | None]]] = [
        ("fix_default", "reasons", (removed + sent_by_default, removed, sent_by_default)),
        ("fix_opt_out", "told", (told.total(), told["told"], told.total() - told["told"])),
        ("fix_late", "late", (late, 0, late)),
        ("fix_warning", "warnings", (len(warned), confirmed, len(warned) - confirmed)),
        ("fix_signature", "signatures", (len(used), len(used) - bad, bad)),
        ("fix_task", "tasks", (None, None, None) if tasks is None or done is None else
            (len(tasks), done, len(tasks) - done)),
    ]  # fmt: skip
    columns = ("found", "done", "open")
    made = Grid(
        "H1", "reasons", "fix", tuple(Label(each, "report") for each in columns),
        tuple(
            Line(Label(code, "report"), tuple(
                Number(f"H1.{code}.{column}", value, query, why="" if value is not None else "tasks_not_kept")
                for column, value in zip(columns, values, strict=True)))
            for code, query, values in lines
        ),
    )  # fmt: skip
    return Chapter("H", (), (made,))


def rules(gathered: Gathered) -> Chapter:
    versions = Counter(campaign.rule_packs for campaign in gathered.campaigns.values())
    made = _plain(
        "I1", "campaigns", "rule_packs", ("campaigns",),
        ((Label(version or "none", "" if version else "report"), version or "none", (count,))
         for version, count in sorted(versions.items())),
    )  # fmt: skip
    return Chapter("I", (), (made,))


CHAPTERS: Final[tuple[Callable[[Gathered], Chapter], ...]] = (
    scope, sending, audience, wording, signatures, opt_outs, complaints, fixes, rules,
)  # fmt: skip
