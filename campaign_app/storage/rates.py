"""Whose turn it is at a sender account, for every process of the workspace: a token bucket in one row.

The row is the moment at which the bucket is full again (`transport.throttle` keeps one process's buckets like that).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.times import SERVER_NOW, to_ms
from campaign_app.storage.upserts import insert_or_ignore

# nobody takes a turn that is further away: whoever reads such a one has a clock that was set back
_FURTHEST_MS: Final = 600_000
_ROW: Final = schema.setting.c.name == sa.bindparam("which")
_LOCKED: Final = sa.select(schema.setting.c.value).where(_ROW).with_for_update()


@dataclass(frozen=True, slots=True)
class SqlRates:
    """Implements `jobs.ports.Rates`. Workers of several hosts go by their server's clock."""

    db: Database

    def reserve(self, account_id: int, seconds: float, at: datetime, longest: float) -> float:
        name, table = f"rate.{account_id}", schema.setting
        with self.db.write() as connection:
            now = _now(connection, at)
            connection.execute(insert_or_ignore(connection, table), {"name": name, "value": "0"})
            full_at = json.loads(connection.execute(_LOCKED, {"which": name}).scalar_one())
            begin = now if full_at > now + _FURTHEST_MS else max(full_at, now)
            delay = (begin - now) / 1000
            if delay <= longest:
                # never less than asked for: the store's times are whole milliseconds
                taken = begin + int(seconds * 1000) + 1
                connection.execute(sa.update(table).where(table.c.name == name).values(value=json.dumps(taken)))
        return delay


def _now(connection: sa.Connection, at: datetime) -> int:
    """Two hosts whose clocks are minutes apart would each have a bucket of its own."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(sa.select(SERVER_NOW)).scalar_one())
    return to_ms(at)
