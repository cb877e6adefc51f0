"""A team's database that was put back from an older dump is noticed by every host that saw more of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from storage_samples import KEY, NOW, Campaigning

from campaign_app import backups, bootstrap
from campaign_app.credentials import HandedKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.copies import copied_at
from campaign_app.storage import copies, seen, team
from campaign_app.storage.arriving import database_of
from campaign_app.storage.header import read_header
from campaign_app.storage.placed import PLACED, place
from campaign_app.storage.seen import CLAIMS, Seen, read_mark, seen_of
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.pg import PASSWORD, cluster, run_tool

pytestmark = pytest.mark.faults

DIALECTS = ("postgresql",)


def watch(workspace: Workspace, state: Path) -> Seen:
    """Of one process of the host whose marks lie in `state`."""
    return Seen(workspace.database, state, "", lambda: NOW)


def mark(state: Path) -> seen.Heads:
    (file,) = state.glob("*.seen")
    found = read_mark(file)
    assert found is not None
    return found


@contextmanager
def led_to(copied: str, workspace: Workspace, folder: Path) -> Iterator[None]:
    """The folder leads to that database, which is gone behind it."""
    folder.mkdir()
    found = replace(read_header(workspace.folder), password="", key_lives="passphrase")
    team.with_server(found, KEY, cluster().server(copied), PASSWORD).write(folder)
    yield
    with cluster().admin() as admin:
        admin.execute(f"DROP DATABASE {copied} WITH (FORCE)")


@contextmanager
def copied_by_server(workspace: Workspace, folder: Path) -> Iterator[Path]:
    """A folder of the same workspace that goes to a copy of its database."""
    name = str(workspace.database.engine.url.database)
    workspace.database.engine.dispose()
    workspace.flows.dispose()
    copied = cluster().new_database(name)
    with led_to(copied, workspace, folder):
        yield folder


@contextmanager
def as_it_is_now(workspace: Workspace, folder: Path) -> Iterator[Path]:
    """The same, as after a restore of the server's files, in which it is no other database."""
    with (
        copied_by_server(workspace, folder) as made,
        database_of(made, read_header(made), KEY) as database,
        database.write() as connection,
    ):
        if PLACED in copies.meta_of(connection):
            place(connection)
        connection.commit()
        yield made


def test_a_database_that_was_put_back_is_noticed_and_paused_for_everybody(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, here, elsewhere = Campaigning(workspace, 4), tmp_path / "here", tmp_path / "elsewhere"
    monkeypatch.setattr(seen, "state_folder", lambda: here)
    made.claim(0)
    assert watch(workspace, elsewhere).guard() == ""
    with as_it_is_now(workspace, tmp_path / "older") as older:
        made.claim(1)
        assert watch(workspace, here).guard() == ""
        with closing(open_workspace(older, HandedKeeper(KEY, "passphrase"))) as restored:
            assert watch(restored, elsewhere).verdict() == "", "it is all that this host knows"
            guard = seen_of(restored, lambda: NOW)
            assert guard is not None, "a team's workspace has its marks too"
            assert guard.guard() == "older_copy"
            campaign = restored.campaigns.campaign(made.campaign_id)
            assert (campaign.state, campaign.state_note) == (CampaignState.PAUSED, "older_copy")
            assert watch(restored, elsewhere).guard() == "older_copy", "by what the other host noticed"
            with restored.database.write() as connection:
                copies.accept(connection, "", "test", NOW)
            assert [watch(restored, state).guard() for state in (here, elsewhere)] == ["", ""]


@contextmanager
def put_back(workspace: Workspace, folder: Path) -> Iterator[Path]:
    """The same, by a dump."""
    name, copied = str(workspace.database.engine.url.database), cluster().new_database()
    assert run_tool("pg_dump", "-Fc", "-f", str(folder.with_suffix(".dump")), name) == ""
    assert run_tool("pg_restore", "-d", copied, str(folder.with_suffix(".dump"))) == ""
    with led_to(copied, workspace, folder):
        yield folder


def test_what_was_made_of_a_dump_is_noticed_where_nobody_has_seen_more(workspace: Workspace, tmp_path: Path) -> None:
    made, new = Campaigning(workspace, 4), tmp_path / "new"
    made.claim(0)
    assert watch(workspace, tmp_path / "here").guard() == ""
    with (
        put_back(workspace, tmp_path / "back") as folder,
        closing(open_workspace(folder, HandedKeeper(KEY, "passphrase"))) as restored,
    ):
        assert watch(restored, new).alarm() == "older_copy", "so a person's desktop says it"
        assert watch(restored, new).guard() == "older_copy"
        campaign = restored.campaigns.campaign(made.campaign_id)
        assert (campaign.state, campaign.state_note) == (CampaignState.PAUSED, "older_copy")
        with restored.database.write() as connection:
            copies.accept(connection, "", "test", NOW)
        assert [watch(restored, state).guard() for state in (new, tmp_path / "here")] == ["", ""]
        with (
            put_back(restored, tmp_path / "twice") as again,
            closing(open_workspace(again, HandedKeeper(KEY, "passphrase"))) as second,
        ):
            assert watch(second, tmp_path / "third").guard() == "older_copy"
    assert watch(workspace, tmp_path / "here").guard() == "", "and the former one goes on"


def test_a_copy_that_the_server_made_is_noticed_where_nobody_has_seen_more(
    workspace: Workspace, tmp_path: Path
) -> None:
    """An administrator tries something by CREATE DATABASE … TEMPLATE: both would send what is planned."""
    here = tmp_path / "here"
    assert watch(workspace, here).guard() == ""
    with workspace.database.write() as connection:  # as a version left it that did not look at this
        connection.exec_driver_sql("DELETE FROM meta WHERE name = 'placed_in'")
    assert watch(workspace, here).guard() == "", "which alarms nobody"
    with (
        copied_by_server(workspace, tmp_path / "copy") as folder,
        closing(open_workspace(folder, HandedKeeper(KEY, "passphrase"))) as copy,
    ):
        assert watch(copy, tmp_path / "new").guard() == "older_copy"
    assert watch(workspace, here).guard() == "", "and the former one goes on"


def test_what_a_server_does_with_its_own_files_alarms_nobody(workspace: Workspace, tmp_path: Path) -> None:
    assert watch(workspace, tmp_path / "here").guard() == ""
    with cluster().admin(str(workspace.database.engine.url.database)) as admin:
        for each in ("VACUUM (FREEZE, FULL)", "VACUUM FREEZE", "ANALYZE", "REINDEX TABLE", "CLUSTER"):
            admin.execute(f"{each} campaign_app.meta{' USING meta_pkey' if each == 'CLUSTER' else ''}")
            assert watch(workspace, tmp_path / "new").guard() == "", each
    with (
        as_it_is_now(workspace, tmp_path / "standby") as files,
        closing(open_workspace(files, HandedKeeper(KEY, "passphrase"))) as standing_in,
    ):
        assert watch(standing_in, tmp_path / "newer").guard() == ""


def test_one_that_no_host_has_seen_more_of_is_stopped_by_a_persons_word(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was sent after the dump was made its sender is asked for: a pause alone would send it again."""
    made, here, new = Campaigning(workspace, 4), tmp_path / "here", tmp_path / "new"
    made.claim(0)
    with as_it_is_now(workspace, tmp_path / "older") as older:
        made.claim(1)
        assert watch(workspace, here).guard() == ""
        monkeypatch.setattr(seen, "state_folder", lambda: new)
        with bootstrap.open_app(older, HandedKeeper(KEY, "passphrase")) as app:
            restored = app.workspace
            assert backups.standing(app).why == "", "as a new host has seen nothing"
            assert backups.put_back(app, actor="cli") == "restored"
            campaign = restored.campaigns.campaign(made.campaign_id)
            assert (campaign.state, campaign.state_note) == (CampaignState.PAUSED, "restored")
            known = copies.copies_of(restored.accounts.setting(copies.COPIES, default=None))
            assert copied_at(known, made.campaign_id) is not None
            assert restored.audit.entries(limit=1)[0].action == "workspace.copy_accepted"
            assert [backups.standing(app).why, watch(restored, here).guard()] == ["", ""]
        assert watch(workspace, here).guard() == "", "a restore that was only tried stops nothing of the former one"


def test_a_database_that_is_put_back_under_a_worker_that_goes_on_is_noticed(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A server that stands in for another one lacks what that one committed last; the worker's marks are its own."""
    made, guard = Campaigning(workspace, 4), watch(workspace, tmp_path / "here")
    made.claim(0)
    assert guard.guard() == ""
    with as_it_is_now(workspace, tmp_path / "older") as older:
        made.claim(1)
        assert guard.guard() == ""
        with closing(open_workspace(older, HandedKeeper(KEY, "passphrase"))) as standing_in:
            guard.db = standing_in.database
            assert guard.guard() == "older_copy"


def test_what_another_process_writes_meanwhile_alarms_nobody(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, state = Campaigning(workspace, 4), tmp_path / "state"
    one, other = watch(workspace, state), watch(workspace, state)
    made.claim(0)
    assert [one.guard(), other.guard()] == ["", ""]
    real, left = seen.read_mark, [1]

    def overtaken(file: Path) -> seen.Heads | None:
        while left:
            made.claim(left.pop())
            assert other.guard() == ""
        return real(file)

    monkeypatch.setattr(seen, "read_mark", overtaken)
    assert one.guard() == ""


def test_a_mark_never_goes_back_and_every_leave_counts(workspace: Workspace, tmp_path: Path) -> None:
    made, state = Campaigning(workspace, 4), tmp_path / "state"
    one, other = watch(workspace, state), watch(workspace, state)
    made.claim(0)
    assert one.guard() == ""
    with workspace.database.read() as connection:
        behind = seen.heads_of(connection, copies.meta_of(connection))
    made.claim(1)
    assert other.guard() == ""
    (file,) = state.glob("*.seen")
    one._write(file, behind)  # of what it looked at before the other one claimed
    assert mark(state)[CLAIMS][0] > behind[CLAIMS][0]
    counted = mark(state)[seen.LEAVES][0]
    assert [one.guard(), other.guard(), one.guard()] == [""] * 3, "submitted again under keys that are claimed"
    assert mark(state)[seen.LEAVES][0] == counted + 3


def test_whoever_only_looks_counts_nothing(workspace: Workspace, tmp_path: Path) -> None:
    made, state = Campaigning(workspace, 4), tmp_path / "state"
    made.claim(0)
    desktop = watch(workspace, state)
    assert [desktop.notice(), desktop.notice()] == ["", ""]
    assert mark(state)[CLAIMS][0] == 1
    assert mark(state)[seen.LEAVES][0] == 0
