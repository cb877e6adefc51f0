"""Until when a platform forbade to be asked, for every process of the workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert_or_ignore

_VALUE: Final = sa.select(schema.setting.c.value).where(schema.setting.c.name == sa.bindparam("which"))
_NONE: Final = "[0, 0]"


@dataclass(frozen=True, slots=True)
class SqlBans:
    """Implements `transport.kept.Bans`. A row says when it was told, and until when."""

    db: Database

    def until(self, name: str, now: datetime) -> datetime | None:
        """None where nothing is forbidden; what was told by a clock that was set back since is forgotten."""
        with self.db.look() as connection:
            written = connection.execute(_VALUE, {"which": _row(name)}).scalar()
        told, until = json.loads(written or _NONE)
        return moment_at(until) if told <= to_ms(now) < until else None

    def forbid(self, name: str, now: datetime, until: datetime) -> None:
        """A shorter ban does not end a longer one."""
        table, which = schema.setting, _row(name)
        with self.db.write() as connection:
            connection.execute(insert_or_ignore(connection, table), {"name": which, "value": _NONE})
            told, longest = json.loads(connection.execute(_VALUE.with_for_update(), {"which": which}).scalar_one())
            at, end = to_ms(now), to_ms(until)
            if at < told or end > longest:
                ends = sa.update(table).where(table.c.name == which).values(value=json.dumps([at, end]))
                connection.execute(ends)


def _row(name: str) -> str:
    return f"ban.{name}"
