"""A workspace of every earlier schema migrates and keeps its rows; a backup of the first format opens for ever."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.money import yuan
from campaign_app.domain.phone import PlatformPhone
from campaign_app.storage import migrate
from campaign_app.storage.backup_file import Head
from campaign_app.storage.claimed import claimed_in
from campaign_app.storage.comparing import compare
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.numbers import UNLINKED, people_of
from campaign_app.storage.restoring import check_backup, head_of, restore_backup
from campaign_app.storage.workspace import DATABASE, Workspace, open_workspace
from tests.helpers.old import dump_of, encrypted
from tests.helpers.small_disk import POSSIBLE, small_disk
from tools.make_workspace_vectors import AT, BACKUP, FOLDER, ID, KEY, PHRASE, SCHEMAS

HEADS = sorted(migrate.KNOWN)
FINER_MONEY = "0030"  # amounts were thousandths of a yuan before, and are ten-thousandths since
AMOUNTS = {
    "account_price": ("price",),
    "entity_budget": ("month",),
    "campaign_budget": ("budget", "held"),
    "submission": ("price",),
}
ROOTS_BEGIN = "0025"  # the rows of this one were never written by the program
Rows = Mapping[str, list[dict[str, Any]]]
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def rows_then(head: str) -> Rows:
    with closing(sqlite3.connect(":memory:")) as plain:
        plain.row_factory = sqlite3.Row
        plain.executescript(dump_of(head))
        names = [row["name"] for row in plain.execute(TABLES) if row["name"] != "alembic_version"]
        return {name: [dict(row) for row in plain.execute(f'SELECT * FROM "{name}"')] for name in names}


def rows_kept(head: str) -> Rows:
    """What this program must have of it."""
    rows = rows_then(head)
    for table, columns in AMOUNTS.items() if head < FINER_MONEY else ():
        for row in rows.get(table, []):
            row |= {name: row[name] * 10 for name in columns if name in row}
    return rows


def rows_now(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    with workspace.database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))]


def require_kept(workspace: Workspace, then: Rows) -> None:
    for name, rows in then.items():
        now = rows_now(workspace, name)
        if name == "waiting_recent":  # merged into the others by schema 27
            now += rows_now(workspace, "waiting_key")
        for row in rows:
            assert any(row.items() <= each.items() for each in now), f"{name} lost {row}"


def require_whole(workspace: Workspace) -> None:
    with workspace.database.read() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(sa.text("PRAGMA cipher_integrity_check")).all() == []
        assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert migrate.version_of(connection) == migrate.HEAD


def test_there_is_one_of_every_schema() -> None:
    with ZipFile(FOLDER / SCHEMAS) as schemas:
        assert sorted(schemas.namelist()) == [f"{head}.sql" for head in HEADS]


@pytest.mark.parametrize("head", HEADS)
def test_every_table_of_its_time_has_rows(head: str) -> None:
    assert {name for name, rows in rows_then(head).items() if not rows} == set()


@pytest.mark.parametrize("head", HEADS)
def test_it_migrates_and_keeps_every_row(head: str, tmp_path: Path) -> None:
    with closing(open_workspace(encrypted(tmp_path / "ws", head), MemoryKeeper(KEY))) as workspace:
        require_kept(workspace, rows_kept(head))
        require_whole(workspace)
        if head < ROOTS_BEGIN:
            # whatever its tables held is from before there were roots, and nothing that anybody changed
            compared = compare(workspace.database)
            begun = workspace.audit.entries(limit=1)[0]
            assert (begun.action, compared.entries, compared.rows, compared.before) == ("chain.begun", 3, 0, 8)
            with workspace.database.read() as connection:
                sent = connection.execute(sa.text("SELECT campaign_id, seq FROM ledger")).all()
                assert [claimed_in(connection, *row) for row in sent] == [None] * 2
        assert workspace.campaigns.campaign(1).state is CampaignState.SENDING
        assert workspace.inbox.counts(1)["accepted"] == 2
        person = workspace.customers.by_ids([1])[1]
        assert person.phone is not None
        assert workspace.phone_keys.of_phone(person.phone) == person.phone_key
        fact_id, fact = workspace.facts.latest([1])[1]
        assert (fact_id, fact.ref) == (1, CustomerRef(1, person.ref))


@pytest.mark.skipif(not POSSIBLE, reason="needs a file system of its own")
def test_a_disk_that_gets_full_while_it_migrates_leaves_it_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("no file system can be mounted here")
        folder, told = encrypted(disk.folder / "ws", "0001"), list[str]()
        while told[-1:] != ["open"]:
            disk.fill(len(told) * 128 << 10)
            try:
                open_workspace(folder, MemoryKeeper(KEY)).close()
                told.append("open")
            except WorkspaceError as error:
                told.append(error.code)
            disk.free()
        assert set(told[:-1]) == {"disk_full"}
        assert len(told) > 4
        with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
            require_kept(workspace, rows_kept("0001"))
            require_whole(workspace)


def test_a_price_for_estimates_is_the_same_money_as_before(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "ws", "0029")
    with closing(sqlcipher.connect(str(folder / DATABASE), isolation_level=None)) as older:
        older.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        older.execute("INSERT INTO setting (name, value) VALUES ('price_per_part', '45')")
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        assert yuan(workspace.accounts.setting("price_per_part", None)) == "¥0.045"


def test_a_program_that_counts_in_thousandths_and_is_still_open_writes_no_price(tmp_path: Path) -> None:
    with closing(open_workspace(encrypted(tmp_path / "ws", "0029"), MemoryKeeper(KEY))) as workspace:
        known = workspace.money.prices()
        older = sa.text(
            "INSERT INTO account_price (account_id, price) VALUES (1, 45)"
            " ON CONFLICT (account_id) DO UPDATE SET price = excluded.price"
        )
        with pytest.raises(sa.exc.IntegrityError, match="per_yuan"), workspace.database.write() as connection:
            connection.execute(older)
        assert workspace.money.prices() == known == {1: 10, 2: 20}


def test_what_was_confirmed_before_there_was_a_table_for_it_is_there(tmp_path: Path) -> None:
    with closing(open_workspace(encrypted(tmp_path / "ws", "0001"), MemoryKeeper(KEY))) as workspace:
        assert set(workspace.campaigns.warnings(1)) == {"ABS-002"}
        assert len(rows_now(workspace, "signature_report")) == 2


@pytest.mark.parametrize("head", ["0013", "0016"])
def test_who_had_two_numbers_before_it_was_told_by_both_is_one_person(head: str, tmp_path: Path) -> None:
    with closing(open_workspace(encrypted(tmp_path / "ws", head), MemoryKeeper(KEY))) as workspace:
        for person in workspace.customers.by_ids([1, 2]).values():
            assert person.phone_key is not None
            assert person.platform_phone is not None
            theirs = workspace.phone_keys.of_platform_phone(person.platform_phone)
            with workspace.database.read() as connection:
                assert set(people_of(connection, [theirs])) == {theirs, person.phone_key}
        assert [row for row in rows_now(workspace, "meta") if row["name"] == UNLINKED] == []


def test_a_workspace_whose_two_numbers_cannot_be_compared_stays_closed_until_they_are(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "ws", "0016")
    other = WorkspaceKeys.derived(bytes(32)).phones.seal_platform(PlatformPhone("~AgAAAAexample0sealed~1~"))
    with closing(sqlcipher.connect(str(folder / DATABASE))) as spoilt:
        spoilt.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        (kept,) = spoilt.execute("SELECT platform_phone_sealed FROM customer WHERE id = 2").fetchone()
        for value, fits in ((other, False), (kept, True)):
            spoilt.execute("UPDATE customer SET platform_phone_sealed = ? WHERE id = 2", (value,))
            spoilt.commit()
            with pytest.raises(WorkspaceError) if not fits else nullcontext():
                open_workspace(folder, MemoryKeeper(KEY)).close()
        assert spoilt.execute("SELECT count(*), count(DISTINCT person) FROM number_alias").fetchone() == (4, 2)


def test_a_schema_that_is_not_known_yet_is_left_alone(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "ws", migrate.HEAD)
    with closing(sqlcipher.connect(str(folder / DATABASE))) as newer:
        newer.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(folder, MemoryKeeper(KEY))
    assert caught.value.code == "newer_workspace"
    assert (folder / DATABASE).read_bytes() == before


# --- the first format of backups --------------------------------------------------------------------------------------


def unlock(head: Head) -> tuple[bytes, bytes]:
    return PassphraseKeeper(PHRASE, Scrypt(n=2**10)).key(head.backup_id, head.sealed), b""


def test_a_backup_of_the_first_format_is_whole(tmp_path: Path) -> None:
    file = Path(shutil.copy(FOLDER / BACKUP, tmp_path))
    report = check_backup(file, unlock, lambda _: None)
    assert (report.workspace_id, report.made_at, report.schema, report.campaigns) == (ID, AT, "0001", 2)
    assert head_of(file).opens_by == "passphrase"


def test_a_backup_of_the_first_schema_is_restored_and_migrates(tmp_path: Path) -> None:
    restore_backup(FOLDER / BACKUP, unlock, lambda *_: ("memory", {}), tmp_path / "ws", AT, lambda _: None)
    with closing(open_workspace(tmp_path / "ws", MemoryKeeper(KEY))) as workspace:
        assert workspace.campaigns.campaign(1).state is CampaignState.PAUSED
        assert workspace.campaigns.campaign(1).state_note == "restored"
        assert compare(workspace.database).entries == 4
        assert len(rows_now(workspace, "ledger")) == 2
