"""What was kept long enough goes, with a receipt; what proves a consent or a message is reached by no setting."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, Campaigning, number, person, receipt, shop, sync

from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.lookback import Found, RunState, Scope
from campaign_app.domain.message import InboundMessage, Outcome, Page
from campaign_app.domain.staff import Wish
from campaign_app.storage import retention, schema, schema_sending
from campaign_app.storage.columns import metadata
from campaign_app.storage.comparing import compare
from campaign_app.storage.retention import LEAP, PAUSE, SETTINGS, STEADY, Retention
from campaign_app.storage.schema_imports import import_change, import_prospect
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.workspace import Workspace

DAYS = dict.fromkeys(SETTINGS, 365)
OLD, YOUNG = NOW - timedelta(days=400), NOW - timedelta(days=300)


def purge(workspace: Workspace, now: datetime = NOW) -> None:
    """One whole pass."""
    going = Retention(workspace.database)
    while going.step(lambda: DAYS, now):
        pass


def used(workspace: Workspace) -> None:
    """Yesterday still, by the same clock."""
    workspace.audit.record("account.connected", actor="王", at=NOW - timedelta(days=1))


def receipts(workspace: Workspace) -> list[dict[str, object]]:
    told = [entry.facts for entry in workspace.audit.entries(limit=50) if entry.action == "retention.purged"]
    return [{"records": facts["records"], "rows": facts["rows"]} for facts in reversed(told)]


def rows(workspace: Workspace, table: sa.Table) -> list[object]:
    with workspace.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table))]


def test_no_record_that_proves_anything_is_on_the_list(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 2)
    sending.settle(sending.claim(0, 1), (0, Outcome.ACCEPTED), (1, Outcome.DELIVERED))
    workspace.facts.append([], [receipt(sending.account_id)])
    proof = [metadata.tables[name] for name in (*schema.APPEND_ONLY, *schema_sending.APPEND_ONLY) if name != "audit"]
    proof.append(metadata.tables["consent_latest"])
    before = [rows(workspace, table) for table in proof]
    assert sum(map(len, before)) > 5
    purge(workspace, NOW + timedelta(days=40_000))
    assert [rows(workspace, table) for table in proof] == before


def test_the_words_and_numbers_of_old_replies_go_and_that_they_were_stays(workspace: Workspace) -> None:
    account = shop(workspace)
    sync(workspace, account, person("c1", number(1)))
    said = [InboundMessage(f"i{n}", "c1", number(1), "退订", at) for n, at in enumerate((OLD, OLD, YOUNG))]
    workspace.inbox.store_inbound(account, Page(tuple(said), "x", more=False), ["i0"], NOW)
    purge(workspace)
    found = sorted(rows(workspace, inbound), key=lambda row: row[0])
    kept = [dict(zip(inbound.c.keys(), row, strict=True)) for row in found]
    assert [(each["text"], each["phone_sealed"] is None, each["opt_out"]) for each in kept] == [
        ("", True, 1), ("", True, 0), ("退订", False, 0)
    ]  # fmt: skip
    key = workspace.phone_keys.of_phone(number(1))
    assert workspace.suppressions.active(ENTITY, [key])
    assert receipts(workspace) == [{"records": "replies", "rows": 2}]
    purge(workspace)
    assert len(receipts(workspace)) == 1, "nothing new, no receipt"
    assert compare(workspace.database).roots == 1, "what was purged has no root"


def test_what_files_said_goes_and_can_no_longer_be_undone(workspace: Workspace) -> None:
    account = shop(workspace)
    sync(workspace, account, person("c1", number(1)))
    old, young = (workspace.imports.begin(f"{name}.csv", name, 3, at) for name, at in (("a", OLD), ("b", YOUNG)))
    for which in (old, young):
        rows_of = [ImportRow(n, account, ref, None, {"级别": "金"}) for n, ref in ((1, "c1"), (2, f"未知{which}"))]
        workspace.imports.apply_chunk(which, rows_of)
        workspace.imports.finish(which, {})
    workspace.imports.refuse(old, [(3, "bad_phone", "手机号")])
    purge(workspace)
    assert {row[0] for row in rows(workspace, import_prospect)} == {young}
    assert {row[0] for row in rows(workspace, import_change)} <= {young}
    assert [each.state for each in workspace.imports.imports(9)] == ["done", "purged"]
    with pytest.raises(NotAllowed) as caught:
        workspace.imports.undo(old)
    assert caught.value.code == "import_purged"
    assert receipts(workspace)[0]["records"] == "imports"


def test_an_import_of_which_a_part_is_gone_is_not_undone_by_half(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS", 1)
    account = shop(workspace)
    sync(workspace, account, *(person(f"c{n}", number(n)) for n in range(3)))
    for name in ("a", "b"):
        which = workspace.imports.begin(f"{name}.csv", name, 3, OLD)
        workspace.imports.apply_chunk(which, [ImportRow(n, account, f"c{n}", None, {name: "金"}) for n in range(3)])
        workspace.imports.finish(which, {})
    going = Retention(workspace.database)
    while len(rows(workspace, import_change)) == 6:
        going.step(lambda: DAYS, NOW)
    with pytest.raises(NotAllowed, match="not kept any more"):
        workspace.imports.undo(1)
    assert all(each.attributes["a"] for each in workspace.customers.by_ids([1, 2, 3]).values())
    purge(workspace)
    assert rows(workspace, import_change) == []
    assert {each.state for each in workspace.imports.imports(9)} == {"purged"}
    assert receipts(workspace) == [{"records": "imports", "rows": 8}]


def test_old_test_messages_and_rows_of_look_backs_go_and_their_counts_stay(workspace: Workspace) -> None:
    shop(workspace)
    staff = workspace.staff.register(ENTITY, "员工", number(5), actor="王", at=OLD)
    for press, at in (("a", OLD), ("b", YOUNG)):
        workspace.staff.wish(Wish(press, 1, None, staff.id, "文", "王"), ENTITY, at)
    store = workspace.lookbacks
    for at in (OLD, OLD, YOUNG):
        run = store.begin(Scope(OLD, NOW), asked_by="王", at=at)
        store.keep(run.id, 0, 1, [Found(1, 1, 1, "rule", "since", "A", "", 0, None, OLD)], 2, "v")
        store.set_state(run.id, RunState.DONE, among=[RunState.RUNNING], actor="王", at=at)
    used(workspace)
    purge(workspace)
    assert len(rows(workspace, metadata.tables["staff_trial"])) == 1
    newest, *older = store.runs(9)
    assert len(store.found(newest.id, None, 0, 9)) == 1
    assert [store.found(run.id, None, 0, 9) for run in older] == [(), ()]
    assert [run.looked for run in older] == [3, 3]
    assert receipts(workspace) == [{"records": "tests", "rows": 1}, {"records": "lookbacks", "rows": 2}]


def test_a_look_back_that_ended_behind_a_later_one_goes_in_its_time_as_well(workspace: Workspace) -> None:
    store = workspace.lookbacks

    def begun() -> int:
        run = store.begin(Scope(OLD, NOW), asked_by="王", at=OLD)
        store.keep(run.id, 0, 1, [Found(1, 1, 1, "rule", "since", "A", "", 0, None, OLD)], 2, "v")
        return run.id

    def become(run_id: int, state: RunState, at: datetime) -> None:
        assert store.set_state(run_id, state, among=list(RunState), actor="王", at=at)

    first = begun()
    become(first, RunState.PAUSED, OLD)
    second = begun()
    become(second, RunState.DONE, OLD)
    become(first, RunState.DONE, YOUNG)
    used(workspace)
    purge(workspace)
    assert [len(store.found(each, None, 0, 9)) for each in (first, second)] == [1, 0]
    for days in range(25, 101, 25):
        purge(workspace, NOW + timedelta(days=days))
    assert store.found(first, None, 0, 9) == ()


def test_a_reply_that_a_sender_dates_far_ahead_holds_up_no_others(workspace: Workspace) -> None:
    account = shop(workspace)
    for n, at in enumerate((NOW + timedelta(days=9_000), OLD)):
        said = InboundMessage(f"i{n}", "c1", number(1), "好", at)
        workspace.inbox.store_inbound(account, Page((said,), "x", more=False), [], OLD)
    purge(workspace)
    texts = [dict(zip(inbound.c.keys(), row, strict=True))["text"] for row in rows(workspace, inbound)]
    assert texts == ["", ""]


def test_it_goes_a_step_at_a_time_and_one_that_was_cut_counts_on(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS", 2)
    account = shop(workspace)
    said = [InboundMessage(f"i{n}", "c1", None, "好", OLD) for n in range(5)]
    workspace.inbox.store_inbound(account, Page(tuple(said), "x", more=False), [], NOW)
    assert Retention(workspace.database).step(lambda: DAYS, NOW)
    assert receipts(workspace) == []
    purge(workspace)
    assert receipts(workspace) == [{"records": "replies", "rows": 5}]


def test_it_looks_once_an_hour(workspace: Workspace) -> None:
    going, asked = Retention(workspace.database), []

    def days() -> dict[str, int]:
        asked.append(1)
        return DAYS

    while going.step(days, NOW):
        pass
    looked = len(asked)
    assert not going.step(days, NOW + timedelta(minutes=59))
    assert len(asked) == looked
    assert going.step(days, NOW + timedelta(minutes=61))


def look(workspace: Workspace, now: datetime) -> bool:
    """Of a worker that has just started: whether it goes by this clock."""
    return Retention(workspace.database).step(lambda: DAYS, now)


def test_nothing_goes_by_a_clock_that_has_leapt_before_it_was_seen_for_hours(workspace: Workspace) -> None:
    look(workspace, NOW)
    ahead = NOW + timedelta(days=30_000)
    assert not look(workspace, ahead)
    (told,) = [entry for entry in workspace.audit.entries(limit=50) if entry.action == "retention.waits"]
    assert told.facts == {"last": NOW.isoformat(), "hours": STEADY}
    assert not any(look(workspace, ahead + timedelta(minutes=n)) for n in range(20)), "starts are no hours"
    assert [look(workspace, ahead + PAUSE * hours) for hours in range(1, STEADY + 1)] == [*[False] * (STEADY - 1), True]


def test_a_clock_that_was_put_right_again_is_believed_after_as_long(workspace: Workspace) -> None:
    look(workspace, NOW)
    look(workspace, NOW + timedelta(days=30_000))
    assert [look(workspace, NOW + PAUSE * hours) for hours in range(STEADY + 1)] == [*[False] * STEADY, True]


def test_of_two_hosts_one_of_which_is_years_ahead_it_is_told_once_and_nothing_goes(workspace: Workspace) -> None:
    look(workspace, NOW)
    for hours in range(20):
        assert not look(workspace, NOW + timedelta(days=400) + PAUSE * hours)
        assert not look(workspace, NOW + PAUSE * (hours + 1))
    assert [e.action for e in workspace.audit.entries(limit=90)].count("retention.waits") == 1


def test_a_computer_that_stood_still_for_a_month_clears_at_once(workspace: Workspace) -> None:
    look(workspace, NOW)
    assert look(workspace, NOW + LEAP)
    assert look(workspace, NOW + LEAP - timedelta(hours=3)), "nor does it wait for a clock that was set back"


def test_the_first_look_of_all_leaps_from_the_last_entry_of_the_audit(workspace: Workspace) -> None:
    ahead = NOW + timedelta(days=30_000)
    workspace.audit.record("account.connected", actor="wang", at=NOW)
    workspace.audit.record("workspace.opened", actor="wang", at=ahead)
    assert not look(workspace, ahead + timedelta(minutes=5)), "what this clock itself dated vouches for nothing"
    (told,) = [entry for entry in workspace.audit.entries(limit=50) if entry.action == "retention.waits"]
    assert told.facts == {"last": NOW.isoformat(), "hours": STEADY}
    assert look(workspace, NOW + LEAP) is False, "put right again, it waits as long"


def test_the_first_look_of_all_goes_at_once_where_the_audit_goes_on(workspace: Workspace) -> None:
    workspace.audit.record("account.connected", actor="wang", at=NOW - timedelta(days=400))
    used(workspace)
    assert look(workspace, NOW)
