"""Chapters of the self-check report: signatures, opt-outs, complaints, what is put right, rules, peaks."""

from __future__ import annotations

from collections import Counter

from campaign_app.domain.complaint import Source
from campaign_app.domain.consent import Reason
from campaign_app.domain.peak import PlanState, Result
from campaign_app.domain.self_check import BEIJING, PauseRow
from campaign_app.services.case_timers import shipped
from campaign_app.services.self_check_gathered import DEFAULTS, Counts, Gathered
from campaign_app.services.self_check_grids import Row, Title, board_grid, plain_grid, share, speed_grid, times, words
from campaign_app.services.self_check_numbers import Chapter, Delays, Grid, Label, Line, Number, names_of


def signatures(gathered: Gathered) -> Chapter:
    rows = gathered.facts.signatures()
    last = gathered.period.last.isoformat()
    over = [row for row in rows if row.valid_until and row.valid_until < last]
    states = Counter((row.status, bool(row.campaigns)) for row in rows)
    scopes = Counter[str]()
    for row in rows:
        scopes.update(row.scopes.split("、") if row.scopes else ("none",))
    by_state = plain_grid(
        Title("E1", "signatures", "signature_state"),
        ("signatures", "in_use"),
        (
            Row(Label(line, "signature_status"), line, (states[line, False] + states[line, True], states[line, True]))
            for line in sorted({status for status, _ in states})
        ),
    )
    by_scope = plain_grid(
        Title("E2", "signatures", "scope"),
        ("signatures",),
        (Row(Label(line, "report" if line == "none" else "purpose"), line, (scopes[line],)) for line in sorted(scopes)),
    )
    key = (
        Number("E.signatures", len(rows), "signatures"),
        Number("E.in_use", sum(bool(row.campaigns) for row in rows), "signatures"),
        Number("E.expired", len(over), "signatures"),
        Number("E.ports", len({row.port for row in rows if row.port}), "signatures"),
    )
    return Chapter("E", key, (by_state, by_scope))


def opt_outs(gathered: Gathered) -> Chapter:
    facts = gathered.facts
    received = Counts()
    for row in facts.opt_outs():
        received["received", gathered.board(row.campaign_id)] += 1
    here = Delays((row.received_at, row.stored_at) for row in facts.opt_outs())
    states = Counter((row.account_id, row.state) for row in facts.told())
    told = Delays((row.since, row.settled_at) for row in facts.told() if row.settled_at and row.state == "told")
    by_board = board_grid(
        Title("F1", "opt_outs", "opt_outs"), gathered, received, words("report", ("received",)), unassigned=True
    )
    speed = speed_grid(
        Title("F2", "opt_outs", "speed"), (("in_force", here, "opt_outs"), ("platform_told", told, "told"))
    )
    names = names_of(facts.shops())
    outbox = plain_grid(
        Title("F3", "told", "shop"),
        ("told", "waiting", "refused"),
        (
            Row(
                Label(names.get(shop, str(shop))),
                str(shop),
                (states[shop, "told"], states[shop, "waiting"], states[shop, "refused"] + states[shop, "untellable"]),
            )
            for shop in sorted({shop for shop, _ in states})
        ),
    )
    marks = plain_grid(
        Title("F4", "marks", "marks"),
        ("marks",),
        (
            Row(Label(f"{row.kind}:{row.source}", "mark"), f"{row.kind}-{row.source}", (row.marks,))
            for row in facts.marks()
        ),
    )
    late = Counter(row.kind for row in facts.late())
    key = (
        Number("F.received", len(here), "opt_outs"),
        times("F", here, "opt_outs")[1],
        Number("F.late", late["opt_out"], "late"),
        Number("F.waiting", sum(count for (_, state), count in states.items() if state == "waiting"), "told"),
    )
    return Chapter("F", key, (by_board, speed, outbox, marks))


def complaints(gathered: Gathered) -> Chapter:
    """Answered in time or not by the timers as they are today; a draft's figures, which the program says."""
    facts, timers = gathered.facts, shipped()
    counts, sources = Counts(), Counts()
    for row in facts.complaints():
        board = gathered.board(row.campaign_id)
        due = timers.answered_until(row.received_at)
        late = (row.answered_at.astimezone(BEIJING).date() if row.answered_at else gathered.today) > due
        standing = ("answered_late" if late else "answered_in_time") if row.answered_at else "unanswered"
        for line in ("received", standing, *(("overdue",) if late and not row.answered_at else ())):
            counts[line, board] += 1
        sources[row.source, board] += 1
    taken = Delays((row.received_at, row.stored_at) for row in facts.complaints())
    answered = Delays((row.received_at, row.answered_at) for row in facts.complaints() if row.answered_at)
    lines = ("received", "answered_in_time", "answered_late", "unanswered", "overdue")
    by_board = board_grid(
        Title("G1", "complaints", "complaints"), gathered, counts, words("report", lines), unassigned=True
    )
    by_source = board_grid(
        Title("G3", "complaints", "source"),
        gathered,
        sources,
        words("complaint_source", (source.value for source in Source if gathered.all_of(sources, source))),
        unassigned=True,
    )
    speed = speed_grid(
        Title("G2", "complaints", "speed"),
        (("taken_in", taken, "complaints"), ("answered_after", answered, "complaints")),
    )
    sent, all_of_them = gathered.all_of(gathered.outcomes, "submitted"), len(taken)
    key = (
        Number("G.received", all_of_them, "complaints"),
        share("G.per_10k", all_of_them, sent, "complaints", 10_000, "per_10k"),
        Number("G.unanswered", all_of_them - len(answered), "complaints"),
        Number("G.overdue", gathered.all_of(counts, "overdue"), "complaints"),
        Number("G.late", sum(row.kind == "complaint" for row in facts.late()), "late"),
    )
    return Chapter("G", key, (by_board, by_source, speed))


def fixes(gathered: Gathered) -> Chapter:
    facts = gathered.facts
    removed = gathered.all_of(gathered.reasons, Reason.DEFAULT_CONSENT.value)
    sent_by_default = sum(row.messages for row in facts.grounds() if row.method in DEFAULTS)
    told = Counter(row.state for row in facts.told())
    warned = facts.warnings()
    confirmed = sum(bool(row.confirmed_by) for row in warned)
    used = [row for row in facts.signatures() if row.campaigns]
    bad = sum(row.status != "approved" or row.filed is not True for row in used)
    late = len(facts.late())
    tasks = facts.tasks()
    done = sum(task.done for task in tasks)
    waiting = sum(row.answered_at is None for row in facts.complaints())
    complained = sum(1 for _ in facts.complaints())
    lines: list[tuple[str, str, tuple[int, int, int]]] = [
        ("fix_default", "reasons", (removed + sent_by_default, removed, sent_by_default)),
        ("fix_opt_out", "told", (told.total(), told["told"], told.total() - told["told"])),
        ("fix_late", "late", (late, 0, late)),
        ("fix_warning", "warnings", (len(warned), confirmed, len(warned) - confirmed)),
        ("fix_signature", "signatures", (len(used), len(used) - bad, bad)),
        ("fix_complaint", "complaints", (complained, complained - waiting, waiting)),
        ("fix_task", "tasks", (len(tasks), done, len(tasks) - done)),
    ]
    made = plain_grid(
        Title("H1", "reasons", "fix"),
        ("found", "done", "open"),
        (Row(Label(code, "report"), code, values, query) for code, query, values in lines),
    )
    return Chapter("H", (), (made,))


def rules(gathered: Gathered) -> Chapter:
    versions = Counter(campaign.rule_packs for campaign in gathered.campaigns.values())
    made = plain_grid(
        Title("I1", "campaigns", "rule_packs"),
        ("campaigns",),
        (
            Row(Label(version or "none", "" if version else "report"), version or "none", (count,))
            for version, count in sorted(versions.items())
        ),
    )
    return Chapter("I", (), (made,))


def peaks(gathered: Gathered) -> Chapter:
    plans, pauses = gathered.facts.peaks(), gathered.facts.pauses()
    told = Counter((row.result, row.drill) for row in pauses)
    slowest = max((row.seconds for row in pauses if row.drill and row.seconds is not None), default=None)
    by_plan = Grid(
        "J1", "peaks", "peak", (Label("left_open", "report"), Label("duty", "report")),
        tuple(
            Line(Label(f"{row.name}（{row.first} — {row.last}）"), (
                Number(f"J1.{row.plan_id}.open", row.open, "peaks", why="peak_draft" if row.open is None else ""),
                Number(f"J1.{row.plan_id}.duty", row.duty, "peaks")))
            for row in plans
        ),
    )  # fmt: skip
    results = plain_grid(
        Title("J4", "pauses", "peak_result"),
        ("drills", "in_earnest"),
        (
            Row(Label(each.value, "peak_result"), each.value, (told[each, True], told[each, False]))
            for each in Result
            if told[each, True] + told[each, False]
        ),
    )
    key = (
        Number("J.plans", len(plans), "peaks"),
        Number("J.ready", sum(row.state != PlanState.DRAFT for row in plans), "peaks"),
        Number("J.open", sum(row.open or 0 for row in plans), "peaks"),
        Number("J.drills", told[Result.STOPPED, True] + told[Result.OVER, True], "pauses"),
        Number("J.slowest", slowest, "pauses", "seconds", "" if slowest is not None else "none_in_period"),
        Number("J.over", told[Result.OVER, True] + told[Result.OVER, False], "pauses"),
    )
    drilled = _stops("J2", [row for row in pauses if row.drill])
    return Chapter("J", key, (by_plan, drilled, _stops("J3", [row for row in pauses if not row.drill]), results))


def _stops(grid_id: str, pauses: list[PauseRow]) -> Grid:
    """Each time that everything was paused, and what it took; what is not known says why by what it came to."""
    return Grid(
        grid_id, "pauses", "pause", tuple(Label(each, "report") for each in ("campaigns", "to_stop", "after_command")),
        tuple(
            Line(Label(f"#{row.pause_id} {row.plan}"), (
                Number(f"{grid_id}.{row.pause_id}.campaigns", row.campaigns, "pauses"),
                Number(f"{grid_id}.{row.pause_id}.to_stop", row.seconds, "pauses", "seconds", _unknown(row)),
                Number(f"{grid_id}.{row.pause_id}.after_command", row.messages, "pauses", why=_unknown(row))))
            for row in pauses
        ),
    )  # fmt: skip


def _unknown(row: PauseRow) -> str:
    if row.seconds is not None:
        return ""
    return "pause_nothing" if row.result == Result.NOTHING else "pause_unsettled"
