"""Workspaces of tests/vectors as they lay on a disk: of every schema, with rows in every table that there was then."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import sqlcipher3.dbapi2 as sqlcipher

from campaign_app.storage.engine import open_flows_engine
from campaign_app.storage.header import Header
from campaign_app.storage.keys import key_check
from campaign_app.storage.workspace import DATABASE, FLOWS
from tools.make_workspace_vectors import FOLDER, ID, KEY, SCHEMAS


def dump_of(head: str) -> str:
    with ZipFile(FOLDER / SCHEMAS) as schemas:
        return schemas.read(f"{head}.sql").decode()


def encrypted(folder: Path, head: str) -> Path:
    """The workspace as it lay on a disk then."""
    folder.mkdir()
    with closing(sqlcipher.connect(str(folder / DATABASE), isolation_level=None)) as made:
        made.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        made.execute("PRAGMA journal_mode = WAL")
        made.executescript(dump_of(head))
    open_flows_engine(folder / FLOWS, KEY, create=True).dispose()
    Header(ID, "memory", {}, key_check(KEY, ID)).write(folder)
    return folder
