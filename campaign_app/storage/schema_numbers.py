"""Which keyed numbers are one person's; only of numbers that are known in more than one form."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import blob, metadata

# `person` is the one of a person's keys that stands for all of them
number_alias = sa.Table(
    "number_alias",
    metadata,
    blob("key", key=True),
    blob("person"),
    sa.Index("alias_by_person", "person"),
    sqlite_with_rowid=False,
)
