"""Writes tests/vectors/workspaces: a small workspace of every schema, as SQL, and one backup as it lies on a disk.

Run `python tools/make_workspace_vectors.py` after a new migration; it adds what is missing and leaves the others, which
are what earlier programs made. `--all` writes all of them anew. Each is made by the migrations themselves up to its
revision, with rows in every table that there was then. An encrypted database cannot be compressed, so they are kept as
SQL in a zip file, and the test encrypts them under a fixed key.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from campaign_app.credentials import PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.phone import Phone, PlatformPhone
from campaign_app.storage import migrate
from campaign_app.storage.audit import START, entry_hash
from campaign_app.storage.backup import create_backup
from campaign_app.storage.engine import Database, open_engine, open_flows_engine
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.workspace import Workspace

FOLDER: Final = Path(__file__).parents[1] / "tests" / "vectors" / "workspaces"
KEY: Final = hashlib.sha256(b"the key of the workspaces in tests/vectors").digest()
PHRASE: Final = "the passphrase of the backup in tests/vectors"
BACKUP: Final = "format-1.yunfa-backup"
SCHEMAS: Final = "schemas.zip"
ID: Final = "00000000-0000-4000-8000-000000000001"
AT: Final = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
AT_MS: Final = int(AT.timestamp()) * 1000
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
ROWS: Final = 2
_APPROVED: Final = [{"campaign": 1, "hash": "h1", "recipients": 2, "warnings": "ABS-002"}, {"campaign": 2}]
# by column, or by table and column: one for each row, or one for all; what is not named here follows from its type
VALUES: Final[Mapping[str, Any]] = {
    "audience.filter": json.dumps(Filter().to_json()),
    "audit.action": ["campaign.approved", "campaign.sending"],
    "campaign.audience": json.dumps(Filter().to_json()),
    "campaign.approved_hash": ["h1", ""],
    "campaign.state": ["sending", "draft"],
    "campaign.state_note": "",
    "campaign.purpose": "retail",
    "account.platform": "consent_api",
    "account.simulated": 1,
    "account.pinned_keys": "{}",
    "account.state": "connected",
    "account_connection.options": "{}",
    "account_connection.consent_account_id": None,
    "campaign_member.reason": "ok",
    "campaign_member.seq": [0, 1],
    "complaint_case.source": "r12321",
    "complaint_case.way": "form",
    "complaint_case.state": ["open", "matched"],
    "complaint_case.why": "",
    "complaint_note.action": "entered",
    "consent_fact.status": "confirmed",
    "consent_fact.method": "explicit_toggle",
    "consent_fact.channel": "sms",
    "consent_fact.purposes": '["retail"]',
    "consent_fact.entity_uscc": ENTITY,
    "consent_fact.expires_at": None,
    "consent_fact.withdrawn_at": None,
    "consent_fact.note": "",
    "consent_latest.refused": 0,
    "consent_source.simulated": 1,
    "customer.tags": '["vip"]',
    "customer.attributes": '{"等级": "金"}',
    "delivery_report.outcome": "delivered",
    "entity_budget.entity_uscc": [ENTITY, "91440300MA5D00002Y"],
    "entity.kind": "company",
    "entity.licences": "[]",
    "entity.uscc": [ENTITY, "91440300MA5D00002Y"],
    "import_change.before": "{}",
    "import_change.after": '{"等级": "金"}',
    "import_job.counts": "{}",
    "import_job.state": "done",
    "import_prospect.attributes": "{}",
    "inbound.opt_out": [1, 0],
    "job.args": '{"account_id": 1}',
    "job.kind": "poll",
    "job.result": "{}",
    "job.state": "done",
    "ledger.fact_status": "confirmed",
    "ledger.seq": [0, 1],
    "ledger.submission_id": 1,
    "ledger.campaign_id": 1,
    "ledger_latest.campaign_id": 1,
    "ledger_latest.outcome": "accepted",
    "ledger_outcome.outcome": "accepted",
    "opt_out_outbox.reason": "reply",
    "opt_out_outbox.state": ["waiting", "told"],
    "peak_pause.resumed": "[]",
    "peak_pause.stops": '[[1, "sending", true, [1], true, 1, 2, 0, 1793505600000]]',
    "peak_plan.duty": '[["王丽", "总值班"]]',
    "peak_plan.entities": "[]",
    "peak_plan.first_day": "2026-11-10",
    "peak_plan.last_day": "2026-11-11",
    "peak_plan.open_items": "[]",
    "peak_plan.state": "draft",
    "pushed_receipt.outcome": "delivered",
    "setting.name": ["batch_size", "house_cap_per_week"],
    "setting.value": ["200", "3"],
    "signature.carrier_filed": 1,
    "signature.scopes": '["retail"]',
    "signature.source": "company",
    "signature.status": "approved",
    "signature.valid_until": "2027-12-31",
    "signature_report.carrier_filed": 1,
    "signature_report.gone": 0,
    "signature_report.scopes": '["retail"]',
    "signature_report.status": "approved",
    "signature_report.valid_until": "2027-12-31",
    "signature_record.letter_until": None,
    "signature_record.scopes": "[]",
    "staff_trial.state": "accepted",
    "submission.campaign_id": [1, 2],
    "submission.first_seq": 0,
    "submission.last_seq": 1,
    "submission.settled": 1,
    "suppression.kind": "opt_out",
    "suppression_lift.kind": "opt_out",
    "campaign_member.campaign_id": 1,
    "entity_uscc": ENTITY,
    "issuer_uscc": ISSUER,
    "owner_uscc": ENTITY,
}


@dataclass
class Filler:
    """Puts rows into every table of a database as it is by now."""

    connection: sa.Connection
    keys: WorkspaceKeys = field(default_factory=lambda: WorkspaceKeys.derived(KEY))

    def fill(self) -> None:
        tables = sa.MetaData()
        tables.reflect(self.connection)
        self.connection.execute(sa.insert(tables.tables["meta"]).values(name="workspace_id", value=ID))
        for table in tables.sorted_tables:
            if table.name not in ("meta", "alembic_version"):
                for n in range(ROWS):
                    self.connection.execute(sa.insert(table).values(self._row(table, n)))

    def _row(self, table: sa.Table, n: int) -> dict[str, Any]:
        row = {column.name: self._value(table.name, column, n) for column in table.c}
        if table.name == "audit":
            row |= self._chained(row, n)
        return row

    def _value(self, table: str, column: sa.Column[Any], n: int) -> Any:
        for name in (f"{table}.{column.name}", column.name):
            if name in VALUES:
                value = VALUES[name]
                return value[n] if isinstance(value, list) else value
        if column.name.endswith("_sealed"):
            theirs = PlatformPhone(f"~AgAAAAexample{n}sealed~1~")
            sealed = {"platform_phone_sealed": self.keys.phones.seal_platform(theirs)}
            return sealed.get(column.name) or self.keys.phones.seal(_phone(n))
        if column.name in ("phone_key", "dedupe_key", "key", "person") and isinstance(column.type, sa.LargeBinary):
            return self.keys.hashes.of_phone(_phone(n))
        if isinstance(column.type, sa.LargeBinary):
            return self.keys.secrets.seal(f"{table} {n}".encode(), table.encode())
        if isinstance(column.type, sa.BigInteger | sa.Integer):
            at = column.name.endswith("_at") or column.name in ("at", "since", "send_at", "window_end")
            return AT_MS + n * 60_000 if at else n + 1
        return f"{column.name} {n + 1}"

    def _chained(self, row: Mapping[str, Any], n: int) -> dict[str, Any]:
        facts = json.dumps(_APPROVED[n], sort_keys=True, separators=(",", ":"))
        previous = START if n == 0 else self._last
        values = (n + 1, row["at"], row["action"], row["actor"], facts, previous)
        self._last = entry_hash(*values)
        return {"id": n + 1, "facts": facts, "prev_hash": previous, "hash": self._last}


def _phone(n: int) -> Phone:
    return Phone(f"1380000000{n}")


def made(folder: Path, revision: str) -> Path:
    """A workspace's database as the program of that revision made it."""
    path = folder / f"{revision}.db"
    database = Database(open_engine(path, KEY, create=True))
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with database.write() as connection:
        Filler(connection).fill()
    database.engine.dispose()
    return path


def dumped(path: Path) -> Iterator[str]:
    """Nobody's data: it may lie in the clear for a moment."""
    plain = path.with_suffix(".plain")
    database = open_engine(path, KEY)
    with database.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        driver.execute("SELECT sqlcipher_export('plain')")
    database.dispose()
    with closing(sqlite3.connect(plain)) as readable:
        yield from (f"{line}\n" for line in readable.iterdump())


@dataclass(frozen=True)
class Cheap:
    """What opens the backup: a passphrase, at a cost that suits a test."""

    keeper: PassphraseKeeper = field(default_factory=lambda: PassphraseKeeper(PHRASE, Scrypt(n=2**10)))
    carried: bytes = KEY
    opens_by: str = "passphrase"
    key_lives: str = ""
    kept: Mapping[str, str | int] = field(default_factory=dict)

    def seal(self, stream_key: bytes, backup_id: str) -> Mapping[str, str | int]:
        return self.keeper.wrap(stream_key, backup_id)


def write_backup(folder: Path, target: Path) -> None:
    """Of the first schema, in the first format of backups: such a file must open for ever."""
    database = Database(open_engine(made(folder, "0001"), KEY))
    flows = open_flows_engine(folder / "flows.db", KEY, create=True)
    try:
        # opened as a workspace it would be migrated
        opened = cast("Workspace", SimpleNamespace(id=ID, database=database, flows=flows))
        create_backup(opened, KEY, Cheap(), target, AT, lambda _: None)
    finally:
        database.engine.dispose()
        flows.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    anew = parser.parse_args().all
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        with ZipFile(FOLDER / SCHEMAS, "w" if anew else "a", ZIP_DEFLATED) as schemas:
            for revision in sorted(migrate.KNOWN - {Path(name).stem for name in schemas.namelist()}):
                schemas.writestr(
                    ZipInfo(f"{revision}.sql"), "".join(dumped(made(Path(scratch), revision))), ZIP_DEFLATED
                )
        if anew or not (FOLDER / BACKUP).exists():
            write_backup(Path(tempfile.mkdtemp(dir=scratch)), FOLDER / BACKUP)


if __name__ == "__main__":
    main()
