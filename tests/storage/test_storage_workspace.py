"""Opening a workspace: only the right key opens it, and whatever goes wrong leaves its files as they were."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from storage_samples import KEY, NOW, file_hashes, person, shop, sync

from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import locks
from campaign_app.storage.folders import default_folder, is_free, is_workspace, key_lives
from campaign_app.storage.header import MOVING_FORMAT
from campaign_app.storage.migrate import HEAD
from campaign_app.storage.workspace import (
    Workspace,
    create_workspace,
    open_workspace,
)
from tests.helpers.old import encrypted
from tests.helpers.small_disk import POSSIBLE, small_disk
from tests.helpers.unprivileged import unprivileged
from tools.make_workspace_vectors import KEY as VECTOR_KEY

DIALECTS = ("sqlite",)

CHEAP = Scrypt(n=2**10)


def code_of(folder: Path, key: bytes = KEY) -> str:
    """The error's code; nothing may have changed on the disk."""
    before = file_hashes(folder.parent)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(folder, MemoryKeeper(key))
    assert file_hashes(folder.parent) == before
    return caught.value.code


def test_what_was_stored_is_there_again(folder: Path) -> None:
    first = open_workspace(folder, MemoryKeeper(KEY))
    account_id = shop(first)
    sync(first, account_id, person("c1"))
    first.secrets.put("token", "sehr geheim")
    first.close()
    second = open_workspace(folder, MemoryKeeper(KEY))
    assert second.customers.total() == 1
    assert second.secrets.get("token") == "sehr geheim"
    assert second.id == first.id
    second.close()


def test_a_wrong_key_is_told_before_a_database_is_touched(folder: Path) -> None:
    assert code_of(folder, bytes(32)) == "wrong_key"


def test_a_wrong_key_changes_nothing_beside_a_log_left_by_a_kill(workspace: Workspace, tmp_path: Path) -> None:
    shop(workspace)
    killed = Path(shutil.copytree(workspace.folder, tmp_path / "killed" / "workspace"))
    assert (killed / "workspace.db-wal").stat().st_size > 0
    assert code_of(killed, bytes(32)) == "wrong_key"
    recovered = open_workspace(killed, MemoryKeeper(KEY))
    assert len(recovered.accounts.accounts()) == 1
    recovered.close()


@pytest.mark.parametrize("name", ["workspace.db", "flows.db"])
def test_a_plain_database_is_never_taken_for_a_workspace(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with sqlite3.connect(folder / name) as plain:
        plain.execute("CREATE TABLE customer (id INTEGER)")
    plain.close()
    assert code_of(folder) == "not_a_workspace"


@pytest.mark.parametrize("name", ["workspace.db", "flows.db"])
@pytest.mark.parametrize("content", [b"", b"x" * 100, os.urandom(8192), b"y" * 5000])
def test_garbage_in_place_of_a_database_is_damage(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert code_of(folder) == "damaged"


@pytest.mark.parametrize("name", ["workspace.db", "flows.db"])
def test_a_missing_database_is_not_made_anew(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert code_of(folder) == "damaged"


@pytest.mark.skipif(not POSSIBLE, reason="needs a file system of its own")
def test_a_disk_that_cannot_be_written_is_told_from_no_workspace(folder: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("no file system can be mounted here")
        there = Path(shutil.copytree(folder, disk.folder / "workspace"))
        disk.protect()
        assert code_of(there) == "read_only"


@pytest.mark.skipif(not POSSIBLE, reason="needs a file system of its own")
@pytest.mark.parametrize("head", ["0001", HEAD])
def test_a_full_disk_is_told_at_opening_and_leaves_the_workspace_as_it_is(head: str, tmp_path: Path) -> None:
    """SQLite calls it an error of the disk where there is no room for the index of its log."""
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("no file system can be mounted here")
        there = encrypted(disk.folder / "workspace", head)
        before = file_hashes(there)
        disk.fill()
        with pytest.raises(WorkspaceError) as caught:
            open_workspace(there, MemoryKeeper(VECTOR_KEY))
        assert caught.value.code == "disk_full"
        disk.free()
        assert before.items() <= file_hashes(there).items()
        open_workspace(there, MemoryKeeper(VECTOR_KEY)).close()
        disk.protect()  # nothing is held open


@pytest.mark.skipif(os.name != "posix", reason="rights as on POSIX")
@pytest.mark.parametrize("name", ["workspace.json", "workspace.db", "flows.db"])
def test_a_file_that_may_not_be_read_is_told_from_no_workspace(template: Path, name: str) -> None:
    with TemporaryDirectory() as home:  # into which everybody may look
        Path(home).chmod(0o755)
        folder = Path(shutil.copytree(template, Path(home) / "workspace"))
        for each in (folder, *folder.iterdir()):
            each.chmod(0o777)
        (folder / name).chmod(0)
        with unprivileged(), pytest.raises(WorkspaceError) as caught:
            open_workspace(folder, MemoryKeeper(KEY))
    assert (caught.value.code, caught.value.facts) == ("no_file", {"file": str(folder / name)})


@pytest.mark.skipif(os.name != "posix", reason="rights as on POSIX")
def test_a_folder_that_may_not_be_looked_into_is_no_place_for_a_new_workspace(template: Path) -> None:
    with TemporaryDirectory() as home:
        folder = Path(shutil.copytree(template, Path(home) / "closed" / "workspace"))
        folder.parent.chmod(0)
        with unprivileged():
            assert is_workspace(folder)
            assert not is_free(folder)
            with pytest.raises(WorkspaceError) as caught:
                open_workspace(folder, MemoryKeeper(KEY))
        folder.parent.chmod(0o700)
    assert caught.value.code == "no_file"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kept": 1}', "\x00\x01"])
def test_a_folder_without_a_readable_header_is_no_workspace(folder: Path, content: str) -> None:
    """Or a damaged one as long as its database is there: who would make a new one beside it loses what is in it."""
    for code in ("damaged", "not_a_workspace"):
        (folder / "workspace.json").unlink()
        assert code_of(folder) == code
        assert is_workspace(folder) == (code == "damaged")
        (folder / "workspace.json").write_text(content, encoding="utf-8")
        assert code_of(folder) == code
        (folder / "workspace.db").unlink(missing_ok=True)


def test_neither_an_empty_folder_nor_a_missing_one_nor_a_file_is_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x", encoding="ascii")
    assert {code_of(tmp_path / name) for name in ("empty", "missing", "file")} == {"not_a_workspace"}


def test_a_newer_format_is_left_alone(folder: Path) -> None:
    header = json.loads((folder / "workspace.json").read_text(encoding="utf-8"))
    (folder / "workspace.json").write_text(json.dumps({**header, "format": MOVING_FORMAT + 1}), encoding="utf-8")
    assert code_of(folder) == "newer_workspace"


def test_a_newer_schema_is_left_alone(folder: Path) -> None:
    opened = open_workspace(folder, MemoryKeeper(KEY))
    with opened.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    assert code_of(folder) == "newer_workspace"


def test_files_of_two_workspaces_do_not_mix(folder: Path, tmp_path: Path) -> None:
    create_workspace(tmp_path / "other", MemoryKeeper(KEY)).close()
    shutil.copy(tmp_path / "other" / "workspace.db", folder / "workspace.db")
    assert code_of(folder) == "damaged"


def test_a_key_that_lives_elsewhere_is_not_asked_for_here(folder: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(folder, PassphraseKeeper("ein langer Satz", CHEAP))
    assert caught.value.code == "other_keeper"
    assert caught.value.facts["lives"] == key_lives(folder) == "memory"


def test_a_workspace_is_not_made_where_something_is(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep", encoding="ascii")
    (tmp_path / "file").write_text("keep", encoding="ascii")
    before = file_hashes(tmp_path)
    for name in ("full", "file"):
        with pytest.raises(WorkspaceError) as caught:
            create_workspace(tmp_path / name, MemoryKeeper(KEY))
        assert caught.value.code == "folder_in_use"
    assert file_hashes(tmp_path) == before


def test_a_workspace_is_not_made_where_one_is(tmp_path: Path) -> None:
    create_workspace(tmp_path / "ws", MemoryKeeper(KEY)).close()
    before = file_hashes(tmp_path)
    with pytest.raises(WorkspaceError) as caught:
        create_workspace(tmp_path / "ws", MemoryKeeper(KEY))
    assert caught.value.code == "workspace_there"
    assert file_hashes(tmp_path) == before


def test_who_is_later_in_a_folder_is_told_that_a_workspace_is_there(tmp_path: Path) -> None:
    """The other one has made theirs between the look at the folder and the end of ours."""

    class Slow(MemoryKeeper):
        def new_key(self, workspace_id: str) -> tuple[bytes, dict[str, str | int]]:
            create_workspace(tmp_path / "ws", MemoryKeeper(KEY)).close()
            return super().new_key(workspace_id)

    with pytest.raises(WorkspaceError) as caught:
        create_workspace(tmp_path / "ws", Slow(KEY))
    assert caught.value.code == "workspace_there"
    open_workspace(tmp_path / "ws", MemoryKeeper(KEY)).close()
    assert [each.name for each in tmp_path.iterdir()] == ["ws"]


def test_an_empty_folder_may_become_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    create_workspace(tmp_path / "empty", MemoryKeeper(KEY)).close()
    assert is_workspace(tmp_path / "empty")


def test_a_failed_creation_leaves_nothing_behind(tmp_path: Path) -> None:
    class Forgetful(MemoryKeeper):
        def new_key(self, workspace_id: str, /) -> tuple[bytes, dict[str, str | int]]:
            raise WorkspaceError("no_keychain", "none here")

    with pytest.raises(WorkspaceError):
        create_workspace(tmp_path / "workspace", Forgetful(KEY))
    assert list(tmp_path.iterdir()) == []


def test_nothing_stored_can_be_read_in_the_files(workspace: Workspace) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("ref-in-the-clear"))
    workspace.secrets.put("token", "secret-in-the-clear")
    workspace.close()
    for path in workspace.folder.iterdir():
        content = path.read_bytes()
        assert not any(word in content for word in (b"in-the-clear", b"SQLite format", b"CREATE TABLE", KEY))
        assert KEY.hex().encode() not in content


def test_neither_keys_nor_numbers_show_in_a_repr(workspace: Workspace) -> None:
    shown = repr(workspace) + repr(MemoryKeeper(KEY)) + repr(PassphraseKeeper("sehr geheim", CHEAP))
    assert not any(word in shown for word in (KEY.hex(), repr(KEY), "geheim", "x'"))


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("permissions are POSIX's")
    create_workspace(tmp_path / "workspace", MemoryKeeper(KEY)).close()
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "workspace").iterdir()}
    assert modes | {(tmp_path / "workspace").stat().st_mode & 0o077} == {0}


def test_one_window_and_one_worker(workspace: Workspace) -> None:
    with workspace.lock("window"), workspace.lock("worker"):
        assert locks.holder(workspace.folder, "window") == os.getpid()
        with pytest.raises(WorkspaceError) as caught, workspace.lock("worker"):
            pass
        assert caught.value.code == "in_use"
        assert caught.value.facts == {"lock": "worker", "pid": os.getpid()}
    assert locks.holder(workspace.folder, "worker") is None
    with workspace.lock("worker"):
        pass


HOLD = """
import sys
from pathlib import Path
from campaign_app.storage.locks import lock
with lock(Path(sys.argv[1]), "worker"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_worker_gives_its_lock_up(folder: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert locks.holder(folder, "worker") == child.pid
        with pytest.raises(WorkspaceError), locks.lock(folder, "worker"):
            pass
        child.kill()
        child.wait()
    assert locks.holder(folder, "worker") is None
    with locks.lock(folder, "worker"):
        pass


def test_the_default_folder_is_among_the_users_data() -> None:
    assert default_folder().is_absolute()
    assert default_folder().parts[-2:] == ("campaign_app", "workspace")


def test_processes_write_side_by_side(folder: Path) -> None:
    write = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from campaign_app.credentials import MemoryKeeper\n"
        "from campaign_app.storage.workspace import open_workspace\n"
        "w = open_workspace(Path(sys.argv[1]), MemoryKeeper(bytes.fromhex(sys.stdin.readline())))\n"
        "for n in range(30): w.audit.record('x', actor=sys.argv[2], at=datetime.now(UTC), n=n)\n"
        "w.close()\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", write, str(folder), name], stdin=subprocess.PIPE, text=True)
        for name in ("a", "b", "c")
    ]
    for child in children:
        child.communicate(KEY.hex() + "\n")
    assert [child.returncode for child in children] == [0, 0, 0]
    opened = open_workspace(folder, MemoryKeeper(KEY))
    assert opened.audit.verify() == 90
    assert opened.audit.entries(limit=1)[0].at > NOW.replace(year=2020)
    opened.close()
