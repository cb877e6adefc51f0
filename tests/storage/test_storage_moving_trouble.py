"""A move that is refused, cancelled, cut short or killed: the workspace is where it was or where it went, not both."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from storage_samples import KEY, NOW

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.storage import moving
from campaign_app.storage.header import Header
from campaign_app.storage.homes import Hand
from campaign_app.storage.program import VERSION
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.server import Server
from campaign_app.storage.targets import ServerTarget, Target, into_server
from campaign_app.storage.workspace import create_team_workspace, create_workspace
from tests.helpers import lengths
from tests.helpers.moved import AWAY, code_of, cut, full, move, opened, refused, require_still_live
from tests.helpers.pg import PASSWORD, cluster
from tests.helpers.small_disk import small_disk
from tools.make_workspace_vectors import KEY as OLD_KEY

pytestmark = pytest.mark.faults

DIALECTS = ("sqlite",)


@contextmanager
def source_away(source: Path) -> Iterator[None]:
    away = source.rename(source.parent / "away")
    yield
    away.rename(source)


@pytest.mark.parametrize("part", [0.34, 0.99])
def test_a_cancel_leaves_everything_where_it_was(part: float, empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")

    def tick(done: float) -> None:
        if done > part:
            raise AppError("move_cancelled", "cancelled")

    for server in (empty, None):
        with pytest.raises(AppError, match="cancelled"):
            move(source, tmp_path / "b", server, tick=tick)
        require_still_live(source, tmp_path / "b", server)


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_a_server_that_goes_away_midway_has_lost_nothing(part: float, empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")

    assert refused(source, tmp_path / "b", empty, tick=lambda done: cut(empty) if done > part else None) == AWAY
    with opened(source) as found:
        assert found.audit.verify() == 3
    move(source, tmp_path / "b", empty)
    with opened(tmp_path / "b") as there:
        assert there.customers.total() == 2


def test_a_server_that_goes_away_after_the_mark_is_finished_by_the_next_to_open_it(
    empty: Server, tmp_path: Path
) -> None:
    source = full(tmp_path / "a")
    calls = count()

    def clock() -> datetime:
        if next(calls) == 2:  # of the mark
            admit(empty, admitted=False)
            cut(empty)
        return NOW

    to = moving.to_server(tmp_path / "b", OLD_KEY, empty, PASSWORD)
    with opened(source) as found, pytest.raises(WorkspaceError) as caught:
        moving.move(found, to, actor="wang", clock=clock, seen=None, tick=lambda _: None)
    assert caught.value.code == "move_to_finish"
    assert code_of(source) == "workspace_moved"
    assert code_of(tmp_path / "b") != "workspace_moved"
    admit(empty, admitted=True)
    with source_away(source):
        assert code_of(tmp_path / "b") == "move_unclear", "who cannot read the mark says neither"
    # another copy of what was moved cannot see the mark, and replaces nothing
    other = full(tmp_path / "other")
    assert refused(other, tmp_path / "c", empty) == "server_in_use"
    assert refused(other, tmp_path / "b", None) == "workspace_there"
    shutil.copytree(tmp_path / "b", tmp_path / "elsewhere")
    with opened(tmp_path / "b") as there:
        assert there.customers.total() == 2
    with opened(tmp_path / "elsewhere") as there:
        assert there.customers.total() == 2


def test_what_a_move_came_to_is_not_lost_with_the_folder_that_it_came_from(tmp_path: Path) -> None:
    """Who was told that the old one is out of use has deleted it, before the new one was opened for the first time."""
    source, new = full(tmp_path / "a"), tmp_path / "b"
    with pytest.MonkeyPatch.context() as cut_short:
        cut_short.setattr(moving, "finish", Mock(side_effect=WorkspaceError("disk_full", "full")))
        assert refused(source, new, None) == "move_to_finish"
    shutil.rmtree(source)
    create_workspace(source, MemoryKeeper(KEY)).close()  # at the place where one is looked for at first
    assert code_of(new) == "move_unclear", "that one cannot tell"
    shutil.rmtree(source)
    full(source)
    with pytest.raises(WorkspaceError) as caught:
        moving.take_back(new, OLD_KEY, actor="wang", at=NOW)
    assert caught.value.code == "move_unfinished", "the one that is there is valid"
    shutil.rmtree(source)
    assert moving.take_back(new, OLD_KEY, actor="wang", at=NOW).to == str(new)
    with opened(new) as there:
        assert {each.state_note for each in there.campaigns.campaigns()} == {"taken_back"}, "as of a copy"
        assert there.audit.verify()


def admit(server: Server, *, admitted: bool) -> None:
    with cluster().admin() as admin:
        admin.execute(f"ALTER DATABASE {server.database} ALLOW_CONNECTIONS {admitted}")


class Spoiled(ServerTarget):
    """A disk that keeps something else than it was given."""

    @contextmanager
    def filling(self) -> Iterator[sa.Connection]:
        with ServerTarget.filling(self) as connection:
            yield connection
            connection.exec_driver_sql("UPDATE submission SET settled = 1 - settled WHERE id = 1")


def test_a_copy_that_differs_is_thrown_away(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")

    @contextmanager
    def spoiling(plain: Header) -> Iterator[Target]:
        with into_server(tmp_path / "b", plain, OLD_KEY, empty, PASSWORD) as target:
            yield Spoiled(**{each.name: getattr(target, each.name) for each in fields(target)})

    with opened(source) as found, pytest.raises(WorkspaceError) as caught:
        moving.move(found, spoiling, actor="wang", clock=lambda: NOW, seen=None, tick=lambda _: None)
    assert (caught.value.code, caught.value.facts) == ("move_differs", {"table": "submission"})
    require_still_live(source, tmp_path / "b", empty)


def test_a_campaign_under_way_is_stopped_first(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    for state in ("sending", "screening"):
        with opened(source) as found, found.database.write() as connection:
            connection.execute(sa.update(campaign).where(campaign.c.id == 2).values(state=state, name="双11"))
        with pytest.raises(WorkspaceError) as caught:
            move(source, tmp_path / "b", empty)
        assert (caught.value.code, caught.value.facts) == ("move_under_way", {"campaign": "双11"})
        require_still_live(source, tmp_path / "b", empty)


def test_a_worker_or_a_window_is_ended_first(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    for name in ("worker", "window"):
        with opened(source) as found, found.lock(name), pytest.raises(WorkspaceError) as caught:
            move(source, tmp_path / "b", empty)
        assert caught.value.code == "in_use"
        require_still_live(source, tmp_path / "b", empty)


def test_a_servers_workers_are_ended_first_wherever_they_are(empty: Server, tmp_path: Path) -> None:
    there = move(full(tmp_path / "a"), tmp_path / "b", empty).folder
    hand = Hand(VERSION, ("send",), 60, lambda: None)
    with opened(there) as found, found.work(hand):
        with pytest.raises(WorkspaceError) as caught:
            move(there, tmp_path / "c", None)
        assert caught.value.code == "in_use"
        with opened(there) as still:
            still.accounts.set_setting("x", 1)
    back = move(there, tmp_path / "d", None).folder
    with opened(back) as found:
        assert found.accounts.setting("x", 0) == 1


def test_a_target_that_is_not_empty_stays_as_it_is(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("mine", encoding="utf-8")
    for server in (empty, None):
        assert refused(source, tmp_path / "b", server) == "folder_in_use"
    assert (tmp_path / "b" / "mine.txt").read_text(encoding="utf-8") == "mine"
    for schema_name in ("dbos", "campaign_app"):
        with cluster().admin(empty.database) as admin:
            admin.execute(f"CREATE SCHEMA {schema_name}")
        assert refused(source, tmp_path / "c", empty) == "server_in_use"
        with cluster().admin(empty.database) as admin:
            admin.execute(f"DROP SCHEMA {schema_name}")
    require_still_live(source, tmp_path / "c", empty)


def test_nothing_is_moved_into_the_folder_that_is_out_of_use_then(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    (tmp_path / "way").symlink_to(source)
    for folder in (source / "new", tmp_path / "way" / "new"):
        for server in (empty, None):
            assert refused(source, folder, server) == "move_inside"
            assert not folder.exists()
    require_still_live(source, tmp_path / "b", empty)


def test_another_workspace_on_the_server_stays_as_it_is(empty: Server, tmp_path: Path) -> None:
    create_team_workspace(tmp_path / "other", MemoryKeeper(KEY), empty, PASSWORD).close()
    source = full(tmp_path / "a")
    assert refused(source, tmp_path / "b", empty) == "server_in_use"
    with opened(tmp_path / "other", KEY) as other:
        assert other.customers.total() == 0
    require_still_live(source, tmp_path / "b")


def test_a_password_or_an_address_that_is_wrong_moves_nothing(empty: Server, tmp_path: Path) -> None:
    source = full(tmp_path / "a")
    assert refused(source, tmp_path / "b", empty, password="falsch") == "server_login"
    assert refused(source, tmp_path / "b", replace(empty, database="nowhere")) == "server_no_database"
    assert refused(source, tmp_path / "b", replace(empty, port=1)) == "server_unreachable"
    require_still_live(source, tmp_path / "b", empty)


def test_a_user_who_may_make_no_tables_or_not_even_connect_is_told_so(empty: Server, tmp_path: Path) -> None:
    source, guest = full(tmp_path / "a"), f"guest_{os.getpid()}"
    with cluster().admin() as admin:
        admin.execute(f"CREATE ROLE {guest} LOGIN PASSWORD 'zu Gast'")
        try:
            as_guest = {"server": replace(empty, user=guest), "password": "zu Gast"}
            assert refused(source, tmp_path / "b", **as_guest) == "server_no_create"
            admin.execute(f"REVOKE CONNECT ON DATABASE {empty.database} FROM public")
            assert refused(source, tmp_path / "b", **as_guest) == "server_login"
        finally:
            admin.execute(f"GRANT CONNECT ON DATABASE {empty.database} TO public")
            admin.execute(f"DROP ROLE {guest}")
    require_still_live(source, tmp_path / "b", empty)


def test_a_disk_that_is_full_leaves_everything_where_it_was(empty: Server, tmp_path: Path) -> None:
    move(full(tmp_path / "a"), tmp_path / "b", empty)
    with small_disk(tmp_path / "disk", 1) as made:
        if made is None:
            pytest.skip("only root can make a small disk")
        (made.folder / "lost").write_bytes(bytes(600_000))
        assert refused(tmp_path / "b", made.folder / "c", None) == "disk_full"
        (made.folder / "lost").unlink()
        require_still_live(tmp_path / "b", made.folder / "c")


def test_a_kill_at_any_point_leaves_one_workspace_live(tmp_path: Path) -> None:
    """Right before the mark and right after it; `CAMPAIGN_APP_SOAK=1` takes every point, and the way back."""
    full(tmp_path / "made")
    much = "all" if lengths.ALL else "sample"
    command = [sys.executable, "-m", "tests.helpers.moving_process", str(tmp_path), much]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    for met in json.loads(done.stdout).values():
        alive, *moved = met.pop("workspace_moved live")
        assert alive == 0
        assert max(max(points) for points in met.values()) < min(moved), "one point decides"
