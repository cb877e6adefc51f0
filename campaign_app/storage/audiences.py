"""Saved audiences, by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.storage import schema
from campaign_app.storage.audit import append_noted
from campaign_app.storage.engine import Database
from campaign_app.storage.times import to_ms
from campaign_app.storage.upserts import insert_or_update


@dataclass(frozen=True, slots=True)
class SqlAudiences:
    """A name keeps the filter that was saved last."""

    db: Database

    def save(self, name: str, audience: Filter, at: datetime, noted: Noted | None = None) -> None:
        row = {
            "name": name,
            "filter": json.dumps(audience.to_json(), ensure_ascii=False),
            "saved_at": to_ms(at),
        }
        with self.db.write() as connection:
            connection.execute(insert_or_update(connection, schema.audience, "name"), row)
            append_noted(connection, noted)

    def all(self) -> dict[str, Filter]:
        """In one reading: one by one, a segment that is deleted meanwhile would be missing."""
        known = schema.audience.c
        with self.db.look() as connection:
            rows = connection.execute(sa.select(known.name, known.filter).order_by(known.name)).all()
        return {row.name: Filter.from_json(json.loads(row.filter)) for row in rows}

    def rename(self, name: str, to: str, noted: Noted | None = None) -> None:
        names = schema.audience.c.name
        with self.db.write() as connection:
            if to == name:
                return
            if connection.execute(sa.select(names).where(names == to)).scalar() is not None:
                raise SettingsError("segment_taken", "Another segment has this name")
            if not connection.execute(sa.update(schema.audience).where(names == name).values(name=to)).rowcount:
                raise NotFound("audience", "There is no such audience")
            append_noted(connection, noted)

    def delete(self, name: str, noted: Noted | None = None) -> None:
        with self.db.write() as connection:
            if connection.execute(sa.delete(schema.audience).where(schema.audience.c.name == name)).rowcount:
                append_noted(connection, noted)
