"""Migrations build exactly the tables that the stores use, once, and take every older workspace along."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from storage_samples import KEY, NOW, Campaigning, shop

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import Warned
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import migrate, schema, schema_cases, schema_imports, schema_sending
from campaign_app.storage.columns import metadata
from campaign_app.storage.engine import Database, open_engine
from campaign_app.storage.workspace import Workspace, open_workspace

BUILT = sa.text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'")
# what later revisions added to the first
NEWER = (
    *("waiting_key", "waiting_recent"),
    *("peak_word", "peak_pause", "peak_plan"),
    *("complaint_note", "complaint_case"),
    *("lookback_task", "lookback_found", "lookback_run", "consent_wording"),
    *("number_alias", "worker"),
    "billed_part",
    "campaign_stop",
    *("campaign_budget", "entity_budget", "account_price"),
    *("staff_number", "staff_trial"),
    *("signature_own", "signature_port", "signature_read"),
    *("pushed_part", "pushed_receipt", "pushed_reply"),
    *("signature_record", "signature_report", "account_sender"),
    *("opt_out_outbox", "account_connection", "campaign_warning"),
)
NEWER_COLUMNS = (
    ("suppression", "said_by"),
    ("job", "asked_by"),
    ("campaign_member", "parts"),
    ("consent_source", "api_method"),
    ("customer", "platform_phone_sealed"),
    *(("signature", column) for column in ("port", "carriers", "owner_name", "owner_open")),
    ("inbound", "phone_key"),
    *(("submission", column) for column in ("parts", "refused_parts", "price")),
)
NEWER_INDEXES = (
    *("inbound_by_phone", "inbound_by_person"),
    *("customer_counted", "member_by_reason", "submission_by_account", "change_by_customer"),
)
# which a later revision dropped
FORMER_INDEXES = (
    "CREATE INDEX prospect_by_phone ON import_prospect (phone_key) WHERE phone_key IS NOT NULL",
    "CREATE INDEX prospect_by_ref ON import_prospect (account_id, ref) WHERE ref IS NOT NULL",
)

DIALECTS = ("sqlite",)
MIGRATIONS = Path(migrate.__file__).parent / "migrations"


def built(database: Database) -> dict[tuple[str, str], str]:
    with database.read() as connection:
        found = {(row.type, row.name): re.sub(r"\s+", " ", row.sql) for row in connection.execute(BUILT)}
    return {key: sql for key, sql in found.items() if key[1] != "alembic_version"}


def test_the_migrations_build_what_the_stores_expect(workspace: Workspace, tmp_path: Path) -> None:
    expected = Database(open_engine(tmp_path / "expected.db", KEY, create=True))
    with expected.write() as connection:
        metadata.create_all(connection)
    assert built(workspace.database) == built(expected)
    expected.engine.dispose()


def test_the_head_is_the_last_revision() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [migrate.HEAD]
    assert {script.revision for script in scripts.walk_revisions()} == migrate.KNOWN


def test_every_append_only_table_refuses_changes(workspace: Workspace) -> None:
    tables = (*schema.APPEND_ONLY, *schema_sending.APPEND_ONLY, *schema_cases.APPEND_ONLY)
    with workspace.database.read() as connection:
        triggers = set(connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    assert triggers == {f"{table}_no_{change}" for table in tables for change in ("update", "delete")}


def test_an_older_workspace_keeps_what_was_confirmed_with_its_approvals(folder: Path) -> None:
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        made = Campaigning(workspace, 1)
        approved = replace(workspace.campaigns.campaign(made.campaign_id), approved_hash="h2", approved_by="李")
        workspace.campaigns.update(approved, expected=approved.state)
        for actor, known, warnings in (("王", "h1", "EVA-002"), ("李", "h2", "ABS-002,URG-001"), ("李", "h2", "")):
            facts: dict[str, Any] = {"campaign": made.campaign_id, "hash": known, "warnings": warnings}
            workspace.audit.record("campaign.approved", actor=actor, at=NOW, **facts)
        with workspace.database.write() as connection:
            for newer in NEWER:
                connection.execute(sa.text(f"DROP TABLE {newer}"))
            for column in ("complaints_seen", "edited_by"):
                connection.execute(sa.text(f"ALTER TABLE campaign DROP COLUMN {column}"))
            for index in NEWER_INDEXES:
                connection.execute(sa.text(f"DROP INDEX {index}"))
            for former in FORMER_INDEXES:
                connection.execute(sa.text(former))
            for table, column in NEWER_COLUMNS:
                connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        expected = {rule: Warned(rule, None, "李", NOW) for rule in ("ABS-002", "URG-001")}
        assert workspace.campaigns.warnings(made.campaign_id) == expected


def test_a_centre_on_this_machine_that_was_taken_for_a_simulator_becomes_real(folder: Path) -> None:
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        centre, other = shop(workspace, "c", platform="smpp"), shop(workspace, "k2")
        with workspace.database.write() as connection:
            for newer in ("signature_own", "signature_port", "signature_read"):
                connection.execute(sa.text(f"DROP TABLE {newer}"))
            for table, column in NEWER_COLUMNS:
                if table == "signature":
                    connection.execute(sa.text(f"ALTER TABLE signature DROP COLUMN {column}"))
                    connection.execute(sa.text(f"ALTER TABLE signature_report DROP COLUMN {column}"))
            connection.execute(sa.text("ALTER TABLE signature_record DROP COLUMN owner_confirmed"))
            for newest in (*NEWER[:13], "campaign_stop", "billed_part"):
                connection.execute(sa.text(f"DROP TABLE {newest}"))
            for index in NEWER_INDEXES:
                connection.execute(sa.text(f"DROP INDEX {index}"))
            for former in FORMER_INDEXES:
                connection.execute(sa.text(former))
            later = ("inbound", "phone_key"), ("job", "asked_by"), ("suppression", "said_by"), ("campaign", "edited_by")
            for table, column in later:
                connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0013'"))
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        assert [workspace.accounts.account(each).simulated for each in (centre, other)] == [False, True]


def test_opening_again_migrates_nothing(folder: Path) -> None:
    before = (folder / "workspace.db").read_bytes()
    open_workspace(folder, MemoryKeeper(KEY)).close()
    assert (folder / "workspace.db").read_bytes() == before


def test_a_database_without_tables_is_not_filled_when_opened(tmp_path: Path) -> None:
    database = Database(open_engine(tmp_path / "empty.db", KEY, create=True))
    with pytest.raises(WorkspaceError) as caught:
        migrate.migrate(database)
    assert caught.value.code == "damaged"
    assert built(database) == {}
    database.engine.dispose()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    database = Database(open_engine(tmp_path / "new.db", KEY, create=True))
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE import_job (id INTEGER)"))
    with pytest.raises(sa.exc.OperationalError):
        migrate.migrate(database, new=True)
    assert list(built(database)) == [("table", "import_job")]
    database.engine.dispose()


def test_times_and_flags_are_whole_numbers_and_words_are_text() -> None:
    kinds = {type(column.type).__name__ for table in metadata.sorted_tables for column in table.c}
    assert kinds == {"BigInteger", "Text", "LargeBinary"}
    assert {schema_imports.import_job.name, schema_sending.ledger.name} <= set(metadata.tables)
