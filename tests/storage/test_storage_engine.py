"""The encrypted engine: keys, foreign files, a full disk, damage, and many hands at once."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from storage_samples import KEY, NOW, fact, file_hashes, number, person, receipt, refuse_writes, shop, sync

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import engine as engine_module
from campaign_app.storage.engine import Database, open_engine, open_flows_engine
from campaign_app.storage.integrity import check_integrity
from campaign_app.storage.pages import Look, look
from campaign_app.storage.workspace import Workspace, open_workspace

DIALECTS = ("sqlite",)


def made(path: Path) -> None:
    engine = open_engine(path, KEY, create=True)
    with Database(engine).write() as connection:
        connection.execute(sa.text("CREATE TABLE note (text TEXT)"))
        connection.execute(sa.text("INSERT INTO note VALUES ('kept')"))
    engine.dispose()


def code_of(path: Path, key: bytes = KEY) -> str:
    before = file_hashes(path.parent)
    with pytest.raises(WorkspaceError) as caught:
        open_engine(path, key)
    assert file_hashes(path.parent) == before
    return caught.value.code


def test_only_the_key_opens_it(tmp_path: Path) -> None:
    made(tmp_path / "a.db")
    assert code_of(tmp_path / "a.db", bytes(32)) == "wrong_key"
    assert code_of(tmp_path / "a.db", b"short") == "wrong_key"
    engine = open_engine(tmp_path / "a.db", KEY)
    with Database(engine).read() as connection:
        assert connection.execute(sa.text("SELECT text FROM note")).scalar() == "kept"
    engine.dispose()


def test_what_is_no_encrypted_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "plain.db") as plain:
        plain.execute("CREATE TABLE note (text TEXT)")
    plain.close()
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "letter.db").write_bytes(b"Sehr geehrte Damen und Herren" * 400)
    (tmp_path / "empty.db").touch()
    names = ("plain.db", "folder.db", "letter.db", "empty.db", "missing.db")
    assert {code_of(tmp_path / name) for name in names} == {"not_a_workspace"}


def test_an_existing_file_is_never_made_anew(tmp_path: Path) -> None:
    made(tmp_path / "a.db")
    before = file_hashes(tmp_path)
    with pytest.raises(WorkspaceError) as caught:
        open_engine(tmp_path / "a.db", KEY, create=True)
    assert caught.value.code == "cannot_create"
    assert file_hashes(tmp_path) == before


def test_a_file_that_disappears_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    made(tmp_path / "a.db")
    engine = open_engine(tmp_path / "a.db", KEY)
    engine.dispose()
    (tmp_path / "a.db").unlink()
    with pytest.raises(WorkspaceError) as caught, Database(engine).read() as connection:
        connection.execute(sa.text("SELECT 1"))
    assert caught.value.code == "workspace_gone"
    assert not (tmp_path / "a.db").exists()


def test_strange_names_are_names(tmp_path: Path) -> None:
    path = tmp_path / "工作 区?mode=memory#%20&cache" / "a.db"
    path.parent.mkdir()
    made(path)
    assert look(path, KEY) is Look.FITS


def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db", KEY, create=True)
    with Database(engine).read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "temp_store")
        }
    engine.dispose()
    full, memory = 2, 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "temp_store": memory,
    }


def test_the_key_is_in_no_url_repr_or_error(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db", KEY, create=True)
    with pytest.raises(sa.exc.OperationalError) as caught, engine.connect() as connection:
        connection.execute(sa.text("SELECT :number FROM nowhere"), {"number": "13800138000"})
    engine.dispose()
    said = f"{engine!r} {engine.url} {engine.pool!r} {caught.value}"
    assert KEY.hex() not in said
    assert "13800138000" not in said


def test_a_full_disk_changes_nothing_and_says_so(workspace: Workspace) -> None:
    account_id = shop(workspace)
    engine = workspace.database.engine

    def limit(connection: sa.PoolProxiedConnection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no more pages than there are

    event.listen(engine, "checkout", limit)
    crowd = [person(f"c{n}", number(n)) for n in range(2_000)]
    with pytest.raises(WorkspaceError) as caught:
        workspace.customers.upsert_page(account_id, crowd, "page 2", NOW)
    assert caught.value.code == "disk_full"
    event.remove(engine, "checkout", limit)
    assert workspace.customers.total() == 0
    assert workspace.accounts.cursor(account_id, "customers") == ""
    engine.dispose()
    assert workspace.customers.upsert_page(account_id, crowd, "page 2", NOW) == (2_000, 0)


@pytest.mark.parametrize(
    ("number", "code"), [(errno.EDQUOT, "disk_full"), (errno.ENOSPC, "disk_full"), (errno.EIO, "disk_error")]
)
def test_a_quota_that_is_used_up_is_told_as_a_full_disk(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    """SQLite tells of any write that failed as of a failing disk, but for one on a full one."""
    workspace.accounts.set_setting("x", 1)
    refuse_writes(workspace, monkeypatch, number)
    with pytest.raises(WorkspaceError) as caught:
        workspace.accounts.set_setting("x", 2)
    assert caught.value.code == code


def test_threads_write_and_read_at_once(workspace: Workspace) -> None:
    account_id = shop(workspace)

    def work(n: int) -> int:
        sync(workspace, account_id, *(person(f"c{n}-{each}") for each in range(20)))
        workspace.audit.record("synced", actor="test", at=NOW, n=n)
        return workspace.customers.total()

    with ThreadPoolExecutor(8) as pool:
        totals = list(pool.map(work, range(24)))
    assert max(totals) == workspace.customers.total() == 480
    assert workspace.audit.verify() == 24


def test_whoever_waits_to_write_looks_every_few_milliseconds(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import lets go of the lock for no longer, again and again: a press of the window would miss it for seconds."""
    waits, both = list[float](), Event()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 20:
            both.set()
        sleep(seconds)

    monkeypatch.setattr(engine_module, "sleep", wait)
    with ThreadPoolExecutor(1) as pool:
        with workspace.database.write():
            written = pool.submit(workspace.accounts.set_setting, "x", 1)
            assert both.wait(60)
            assert not written.done()
        written.result()
    assert max(waits) <= 0.005
    assert workspace.accounts.setting("x", 0) == 1


def test_nobody_waits_to_write_for_ever(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    with workspace.database.write(), ThreadPoolExecutor(1) as pool:
        trouble = pool.submit(workspace.accounts.set_setting, "x", 1).exception()
    assert isinstance(trouble, WorkspaceError)
    assert trouble.code == "busy"
    workspace.accounts.set_setting("x", 2)
    assert workspace.accounts.setting("x", 0) == 2


def test_a_reader_keeps_its_moment_while_another_writes(workspace: Workspace) -> None:
    account_id = shop(workspace)
    count = sa.text("SELECT count(*) FROM customer")
    with workspace.database.read() as reader:
        assert reader.execute(count).scalar() == 0
        sync(workspace, account_id, person("c1"))
        assert reader.execute(count).scalar() == 0
    assert workspace.customers.total() == 1


def test_the_flows_database_is_encrypted_with_the_same_key(tmp_path: Path) -> None:
    engine = open_flows_engine(tmp_path / "flows.db", KEY, create=True)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE step (input TEXT)"))
        connection.execute(sa.text("INSERT INTO step VALUES ('in the clear')"))
    engine.dispose()
    assert look(tmp_path / "flows.db", KEY) is Look.FITS
    assert b"in the clear" not in (tmp_path / "flows.db").read_bytes()


@pytest.fixture
def filled(folder: Path) -> Path:
    opened = open_workspace(folder, MemoryKeeper(KEY))
    account_id = shop(opened)
    ids = sync(opened, account_id, *(person(f"c{n}", number(n)) for n in range(300)))
    opened.facts.append([fact(account_id, ref) for ref in ids], [receipt(account_id)])
    for n in range(50):
        opened.audit.record("step", actor="test", at=NOW, n=n)
    opened.close()
    return folder


def test_a_sound_workspace_passes(filled: Path) -> None:
    opened = open_workspace(filled, MemoryKeeper(KEY))
    assert check_integrity(opened) == 50 + 1, "and that of the facts"
    opened.close()


def test_one_changed_byte_is_noticed_wherever_it_is(filled: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    for name in ("workspace.db", "flows.db"):
        size = (filled / name).stat().st_size
        places = {0, 15, 16, 4_000, 4_095, size - 1} | {dice.randrange(size) for _ in range(30)}
        for place in sorted(places):
            spoilt = Path(shutil.copytree(filled, tmp_path / "spoilt"))
            content = bytearray((spoilt / name).read_bytes())
            content[place] ^= 1 << dice.randrange(8)
            (spoilt / name).write_bytes(content)
            with pytest.raises(WorkspaceError) as caught:
                open_and_check(spoilt)
            assert caught.value.code == "damaged", place
            shutil.rmtree(spoilt)


def open_and_check(folder: Path) -> None:
    opened = open_workspace(folder, MemoryKeeper(KEY))
    try:
        check_integrity(opened)
    finally:
        opened.close()


def test_reading_a_damaged_page_is_an_error_and_not_an_answer(filled: Path) -> None:
    path = filled / "workspace.db"
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(filled, MemoryKeeper(KEY))
    assert caught.value.code == "damaged"


def test_random_bytes_of_the_right_size_look_like_another_key(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(os.urandom(8_192))
    assert code_of(tmp_path / "a.db") == "wrong_key"
