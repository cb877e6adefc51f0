"""Look-backs in the store, on files and on a server: counts, groups, differences, tasks, and the chain of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
from storage_plans import Plans, grown
from storage_samples import NOW, Campaigning

from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.lookback import Found, Group, RunState, Scope, Wish
from campaign_app.domain.message import Outcome
from campaign_app.storage.workspace import Workspace

WHOLE = Scope(NOW - timedelta(days=9), NOW + timedelta(days=9))


@pytest.fixture
def plans(workspace: Workspace) -> Iterator[Plans]:
    with grown(workspace) as found:
        yield found


def found(ledger_id: int, reason: str = "rule", rules: str = "ABS-001", campaign_id: int = 1) -> Found:
    return Found(ledger_id, campaign_id, ledger_id, reason, "since", rules, "", 0, None, NOW)


def done(workspace: Workspace, *rows: Found, scope: Scope = WHOLE, ok: int = 0) -> int:
    store = workspace.lookbacks
    run = store.begin(scope, asked_by="王", at=NOW)
    assert store.keep(run.id, 0, 1, rows, ok, "v1")
    assert store.set_state(run.id, RunState.DONE, among=[RunState.RUNNING], actor="王", at=NOW)
    return run.id


def test_the_messages_of_a_window_are_those_that_were_taken_in_order(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 4)
    made = sending.claim(0, 1, 2)
    sending.settle(made, (0, Outcome.ACCEPTED), (1, Outcome.REJECTED), (2, Outcome.UNKNOWN))
    store = workspace.lookbacks
    run = store.begin(replace(WHOLE, campaigns=(sending.campaign_id,)), asked_by="王", at=NOW)
    assert store.count(run.id) == 3
    window = store.window(run.id, 5)
    assert [row.customer_id for row in window.rows] == [sending.ids["c0"], sending.ids["c2"]]
    assert (window.last, window.ended) == (made.id, True)
    assert {row.shop for row in window.rows} == {sending.account_id}
    first = window.rows[0]
    assert store.sent([first.ledger_id])[first.ledger_id] == (first.text, first.fact_id, sending.account_id)
    assert store.refused_before(first.person, first.sent_at) == (sending.campaign_id,)
    assert store.refused_before(first.person, first.sent_at - timedelta(seconds=1)) == ()
    assert store.first_sent() == first.sent_at


def test_nobody_who_writes_waits_for_a_run_to_be_counted(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 1)
    sending.claim(0)
    store, written = workspace.lookbacks, list[str]()
    run = store.begin(WHOLE, asked_by="王", at=NOW)

    def beside() -> None:
        workspace.accounts.set_setting("beside", "x")
        written.append("x")

    def during(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "count(*)" in statement:
            other = Thread(target=beside, daemon=True)
            other.start()
            other.join(30)

    sa.event.listen(workspace.database.engine, "before_cursor_execute", during)
    try:
        assert store.count(run.id) == 1
    finally:
        sa.event.remove(workspace.database.engine, "before_cursor_execute", during)
    assert written == ["x"]


def test_groups_and_counts_add_up_and_are_in_the_audit(workspace: Workspace) -> None:
    store = workspace.lookbacks
    run_id = done(workspace, found(1), found(2), found(3, "withdrawn", ""), ok=5)
    run = store.run(run_id)
    assert run.groups == (Group(1, "rule", "since", "ABS-001", 2), Group(1, "withdrawn", "since", "", 1))
    assert run.counts() == {"ok": 5, "finding": 2, "unlooked": 0, "since": 1}
    assert (run.state, run.rule_packs, run.looked) == (RunState.DONE, "v1", 8)
    ended, begun = workspace.audit.entries(limit=2)
    assert (begun.action, begun.facts["lookback"]) == ("lookback.started", run_id)
    assert ended.action == "lookback.done"
    assert {name: ended.facts[name] for name in ("looked", "ok", "finding", "since", "unlooked")} == {
        "looked": 8, "ok": 5, "finding": 2, "since": 1, "unlooked": 0
    }  # fmt: skip
    assert workspace.audit.verify() >= 2


def test_rows_are_read_by_group_and_by_page(workspace: Workspace) -> None:
    run_id = done(workspace, *(found(n) for n in range(1, 6)), found(9, "withdrawn", ""))
    store = workspace.lookbacks
    assert [row.ledger_id for row in store.found(run_id, None, 3, 2)] == [4, 5]
    group = ("withdrawn", "since", 1, "")
    assert [row.ledger_id for row in store.found(run_id, group, 0, 9)] == [9]


def test_the_difference_of_two_runs(workspace: Workspace) -> None:
    older = done(workspace, found(1), found(2), found(3, "withdrawn", ""))
    newer = done(workspace, found(2), found(3, "rule", "OPT-001"), found(4), scope=WHOLE)
    told = workspace.lookbacks.difference(older, newer)
    assert (told.new, told.gone, told.same) == (2, 2, 1)
    assert set(told.new_groups) == {Group(1, "rule", "since", "ABS-001", 1), Group(1, "rule", "since", "OPT-001", 1)}
    assert set(told.gone_groups) == {Group(1, "rule", "since", "ABS-001", 1), Group(1, "withdrawn", "since", "", 1)}


def test_only_what_both_looked_at_is_compared(workspace: Workspace) -> None:
    older = done(workspace, found(1), found(2, campaign_id=2))
    newer = done(workspace, found(2, campaign_id=2), scope=replace(WHOLE, campaigns=(2, 3)))
    assert workspace.lookbacks.difference(older, newer).same == 1
    assert workspace.lookbacks.difference(older, newer).gone == 0
    elsewhere = done(workspace, scope=replace(WHOLE, until=NOW))
    assert workspace.lookbacks.difference(newer, elsewhere).gone == 0


def test_a_run_that_is_not_there_or_not_in_that_state(workspace: Workspace) -> None:
    store = workspace.lookbacks
    with pytest.raises(NotFound):
        store.run(7)
    run_id = done(workspace)
    assert not store.set_state(run_id, RunState.PAUSED, among=[RunState.RUNNING], actor="王", at=NOW)
    assert store.running() == ()
    assert store.last_asked() == NOW
    running = store.begin(WHOLE, asked_by="王", at=NOW, by_clock=True)
    assert store.running() == (running.id,)
    assert [run.id for run in store.runs(9)] == [running.id, run_id]
    with pytest.raises(NotAllowed):
        store.begin(WHOLE, asked_by="李", at=NOW)


def test_tasks_stand_in_the_order_in_which_they_are_due(workspace: Workspace) -> None:
    store, run_id = workspace.lookbacks, done(workspace)
    whenever = store.add_task(run_id, Wish("问平台", "李"), actor="王", at=NOW)
    soon = store.add_task(run_id, Wish("改文案", "张", date(2026, 11, 20), 1, "rule", "ABS-001"), actor="王", at=NOW)
    assert [task.id for task in store.tasks(run_id)] == [soon.id, whenever.id]
    later = NOW + timedelta(hours=1)
    changed = store.change_task(soon.id, owner="赵", due=None, done=True, note="已改", actor="李", at=later)
    assert (changed.wish.owner, changed.wish.due, changed.done, changed.note) == ("赵", None, True, "已改")
    assert (changed.made_by, changed.changed_by, changed.changed_at) == (soon.made_by, changed.changed_by, later)
    assert [task.id for task in store.tasks()] == [whenever.id, soon.id]
    assert store.task(soon.id) == changed
    store.change_task(soon.id, owner="赵", due=None, done=True, note="再改", actor="李", at=later)
    store.change_task(soon.id, owner="赵", due=None, done=False, note="没改好", actor="李", at=later)
    actions = [entry.action.removeprefix("lookback.task_") for entry in reversed(workspace.audit.entries(limit=5))]
    assert actions == ["added", "added", "done", "changed", "opened"]
    with pytest.raises(NotFound):
        store.task(99)
    with pytest.raises(NotFound):
        store.add_task(99, Wish("a", "b"), actor="王", at=NOW)


def test_no_statement_reads_a_grown_table_whole(workspace: Workspace, plans: Plans) -> None:
    sending = Campaigning(workspace, 3)
    for seq in (0, 1):  # the first one's number follows that of the row that made the table grow, and may be 0
        sending.settle(sending.claim(seq), (seq, Outcome.ACCEPTED))
    store = workspace.lookbacks
    older = done(workspace, found(1))
    plans.clear()
    run = store.begin(WHOLE, asked_by="王", at=NOW)
    store.count(run.id)
    window = store.window(run.id, 10)
    store.refused_before(window.rows[0].person, NOW)
    store.keep(run.id, 0, window.last, [found(1)], 1, "v")
    store.set_state(run.id, RunState.DONE, among=[RunState.RUNNING], actor="王", at=NOW)
    store.found(run.id, ("rule", "since", 1, "ABS-001"), 0, 9)
    store.found(run.id, None, 0, 9)
    store.sent([row.ledger_id for row in window.rows])
    store.difference(older, run.id)
    store.last_asked()
    store.first_sent()
    assert plans.steps
    assert plans.whole == {}
