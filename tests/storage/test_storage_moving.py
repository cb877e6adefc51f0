"""A workspace moves to a server and back: nothing is lost, and no two of them are ever taken for the live one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from storage_samples import ENTITY, NOW

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.copies import name_for
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copying, moving, schema, schema_sending, schema_staff
from campaign_app.storage.arriving import database_of
from campaign_app.storage.columns import metadata
from campaign_app.storage.copies import COPIES, copies_of
from campaign_app.storage.header import read_header
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.seen import Seen
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.moved import AWAY, code_of, cut, full, move, opened, refused, require_still_live
from tools.make_workspace_vectors import KEY as OLD_KEY

DIALECTS = ("sqlite",)
APPEND_ONLY = (*schema.APPEND_ONLY, *schema_sending.APPEND_ONLY)


def test_of_every_table_it_is_decided_whether_it_is_moved() -> None:
    assert {*copying.COPIED, *copying.LEFT} == set(metadata.tables)
    assert not copying.COPIED & copying.LEFT


def sums(workspace: Workspace) -> dict[str, copying.Sum]:
    with workspace.database.read() as connection:
        return copying.sums(connection, lambda _: None)


def test_everything_is_there_on_the_server_and_back_again(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    (source / "rules").mkdir()
    (source / "rules" / "own.toml").write_text("# ours", encoding="utf-8")
    there = move(source, tmp_path / "b", empty)
    with opened(tmp_path / "b") as team_one:
        assert team_one.shared
        assert there.sums.keys() == sums(team_one).keys()
        changed = {name for name, each in sums(team_one).items() if each != there.sums[name]}
        assert changed == {"audit"}, "which tells of the move"
        assert all(each.rows for each in there.sums.values()), "nothing was left out of this test"
        assert [entry.action for entry in team_one.audit.entries(limit=2)] == ["workspace.moved", "workspace.moving"]
        assert team_one.audit.entries(limit=1)[0].actor == "yunfa/wang"
        assert team_one.customers.by_ids([1])[1].phone is not None
        before = sums(team_one)
    back = move(tmp_path / "b", tmp_path / "c")
    with opened(tmp_path / "c") as again:
        assert not again.shared
        assert {name for name in before if back.sums[name] != before[name]} == {"audit"}
        assert again.audit.verify() == 6
    assert (tmp_path / "c" / "rules" / "own.toml").read_text(encoding="utf-8") == "# ours"
    assert [code_of(tmp_path / name) for name in "ab"] == ["workspace_moved"] * 2


def test_ids_go_on_where_they_were_and_no_text_stops_a_move(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    with opened(source) as found, found.database.write() as connection:
        gone = insert_staff(connection, slot=5)
        connection.execute(sa.delete(schema_staff.staff_number).where(schema_staff.staff_number.c.id == gone))
        jobs = connection.execute(sa.select(sa.func.max(schema.job.c.id))).scalar_one()
        # which no server keeps
        connection.execute(sa.update(schema.customer).where(schema.customer.c.id == 1).values(name="a\0b"))
    move(source, tmp_path / "b", empty)
    with opened(tmp_path / "b") as there, there.database.write() as connection:
        assert insert_staff(connection, slot=5) == gone + 1
        connection.execute(sa.delete(schema_staff.staff_number).where(schema_staff.staff_number.c.id == gone + 1))
    with opened(tmp_path / "b") as there:
        assert there.jobs.enqueue("sync", {"account_id": 1}, NOW).id == jobs + 1
        assert there.customers.by_ids([1])[1].name == "a\ufffdb"
    move(tmp_path / "b", tmp_path / "c")
    with opened(tmp_path / "c") as again, again.database.write() as connection:
        assert insert_staff(connection, slot=5) == gone + 2


def test_no_move_brings_the_number_of_a_deleted_campaign_back(empty: Server, tmp_path: Path) -> None:
    """What the audit says of it is not said of another one."""
    last = gone(full(tmp_path / "a"))
    move(tmp_path / "a", tmp_path / "b", empty)
    assert gone(tmp_path / "b") == last + 1
    move(tmp_path / "b", tmp_path / "c")
    assert gone(tmp_path / "c") == last + 2


def gone(folder: Path) -> int:
    """The number of a new campaign that is deleted at once."""
    with opened(folder) as found:
        made = found.campaigns.create(Campaign(0, "x", ENTITY, "retail", Filter()))
        found.campaigns.delete(made.id, [made.state])
        return made.id


def insert_staff(connection: sa.Connection, *, slot: int) -> int:
    values = {
        "entity_uscc": ENTITY, "slot": slot, "label": f"s{slot}", "phone_sealed": b"x", "phone_key": bytes([slot]),
        "added_at": 0, "added_by": "wang",
    }  # fmt: skip
    made = connection.execute(sa.insert(schema_staff.staff_number).values(values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def test_only_whoever_opens_it_anew_changes_anything(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    with opened(source) as open_before:
        move(source, tmp_path / "b", empty)
        require_fenced(open_before)
    with opened(tmp_path / "b") as open_before:
        require_append_only(open_before)
        move(tmp_path / "b", tmp_path / "c")
        require_fenced(open_before)
    with opened(tmp_path / "c") as again:
        require_append_only(again)


def require_append_only(workspace: Workspace) -> None:
    for table in APPEND_ONLY:
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
            if "id" in metadata.tables[table].c or change.startswith("DELETE"):
                with pytest.raises(exc.IntegrityError, match="append-only"), workspace.database.write() as connection:
                    connection.exec_driver_sql(change)


def require_fenced(workspace: Workspace) -> None:
    changes: tuple[Callable[[], object], ...] = (
        lambda: workspace.jobs.enqueue("sync", {}, NOW),
        lambda: workspace.accounts.set_setting("x", value=1),
        lambda: workspace.audit.record("x", actor="x", at=NOW),
        lambda: workspace.campaigns.delete(2, frozenset(CampaignState)),
    )
    for change in changes:
        with pytest.raises(WorkspaceError) as caught:
            change()
        assert caught.value.code == "moved_meanwhile"
    assert workspace.customers.total() == 2, "what was there can be read"


def test_what_was_left_says_where_it_went_and_is_taken_back_as_a_copy(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    with opened(source) as found, found.database.write() as connection:
        connection.execute(sa.update(campaign).where(campaign.c.id == 2).values(state="scheduled"))
    move(source, tmp_path / "b", empty)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(source, MemoryKeeper(OLD_KEY))
    assert caught.value.code == "workspace_moved"
    assert caught.value.facts == {"to": f"{tmp_path / 'b'} ({empty.address})", "day": "2026-11-01"}
    moving.take_back(source, OLD_KEY, actor="wang", at=NOW)
    with opened(source) as again:
        states = {each.id: (each.state, each.state_note) for each in again.campaigns.campaigns()}
        assert set(states.values()) == {(CampaignState.PAUSED, "taken_back")}
        assert name_for(again.id, copies_of(again.accounts.setting(COPIES, None)), 3) != again.id
        assert again.audit.entries(limit=1)[0].action == "workspace.taken_back"
        again.jobs.enqueue("sync", {}, NOW)
    with pytest.raises(WorkspaceError) as caught:
        moving.take_back(source, OLD_KEY, actor="wang", at=NOW)
    assert caught.value.code == "not_moved"


def test_what_an_older_version_left_is_taken_back_too(tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    move(source, tmp_path / "b")
    with database_of(source, read_header(source), OLD_KEY) as older, older.write() as connection:
        connection.exec_driver_sql("DROP TABLE billed_part")  # of the newest schema
    moving.take_back(source, OLD_KEY, actor="wang", at=NOW)
    with database_of(source, read_header(source), OLD_KEY) as older, older.read() as connection:
        fences = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%''moved''%'"
        assert connection.exec_driver_sql(fences).scalar() == 0


def test_what_was_left_on_a_server_is_taken_back_too(empty: Server, tmp_path: Path) -> None:
    move(full(tmp_path / "a"), tmp_path / "b", empty)
    assert refused(tmp_path / "b", tmp_path / "c", None, tick=lambda done: cut(empty) if done > 0.7 else None) == AWAY
    require_still_live(tmp_path / "b", tmp_path / "c")
    move(tmp_path / "b", tmp_path / "c")
    moving.take_back(tmp_path / "b", OLD_KEY, actor="wang", at=NOW)
    with opened(tmp_path / "b") as again:
        assert {each.state_note for each in again.campaigns.campaigns() if each.state is CampaignState.PAUSED}
        again.jobs.enqueue("sync", {}, NOW)


def test_an_older_copy_of_what_was_left_is_noticed(empty: Server, tmp_path: Path) -> None:
    source, state = full(tmp_path / "a"), tmp_path / "state"

    def seen(workspace: Workspace) -> Seen:
        return Seen(workspace.database, state, "this host", lambda: NOW)

    with opened(source) as found:
        assert seen(found).guard() == ""
    shutil.copytree(source, tmp_path / "copied")
    move(source, tmp_path / "b", empty, seen=seen)
    with opened(tmp_path / "copied") as copied:
        assert seen(copied).guard() == "older_copy"
    with pytest.raises(WorkspaceError) as caught:
        move(tmp_path / "copied", tmp_path / "d", seen=seen)
    assert caught.value.code == "move_copy"
    move(tmp_path / "b", tmp_path / "c")
    with opened(tmp_path / "c") as again:
        assert seen(again).guard() == "", "what comes back knows all that was seen"


def test_every_row_is_written_otherwise() -> None:
    rows = [
        (None, 1),
        (1, None),
        ("1", None),
        (b"1", None),
        ("-", 1),
        ("", "ab"),
        ("a", "b"),
        ("ab", ""),
        (11,),
        (1, 1),
    ]
    assert len({copying.encoded(row) for row in rows}) == len(rows)
    with pytest.raises(WorkspaceError):
        copying.encoded((1.5,))
