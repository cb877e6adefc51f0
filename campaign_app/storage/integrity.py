"""Every page, key and chain of a workspace looked at, for `doctor`: reading notices damage only where it reads."""

from __future__ import annotations

from sqlalchemy import Engine

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.comparing import compare
from campaign_app.storage.workspace import DATABASE, FLOWS, Workspace


def check_integrity(workspace: Workspace) -> int:
    """Raises WorkspaceError `damaged`, or as `compare` does; returns how many audit entries hold together.

    A server looks after its own pages (`pg_amcheck`): of a team's workspace the chain is checked, and what it says.
    """
    for engine, name in ((workspace.database.engine, DATABASE), (workspace.flows, FLOWS)):
        if engine.dialect.name == "sqlite":
            _check_pages(engine, name)
    return compare(workspace.database).entries


def _check_pages(engine: Engine, name: str) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        # the first compares every page with its HMAC, the second the trees within, the third what points where
        for check, sound in (("cipher_integrity_check", []), ("quick_check", [("ok",)]), ("foreign_key_check", [])):
            cursor.execute(f"PRAGMA {check}")
            if (found := cursor.fetchall()) != sound:
                raise WorkspaceError("damaged", "The workspace is damaged", file=name, check=check, faults=len(found))
    finally:
        connection.close()
