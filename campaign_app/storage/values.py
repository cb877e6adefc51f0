"""What customers have in a field, the most frequent first: to choose from when an audience is put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.audience import Filter
from campaign_app.domain.errors import SettingsError
from campaign_app.storage.counting import counted
from campaign_app.storage.filters import split_tags
from campaign_app.storage.schema import customer

_COLUMNS: Final = {"province": customer.c.province, "city": customer.c.city, "tag": customer.c.tags}
REACH: Final = 50_000  # ids that are read at once, and about as many customers are looked at: others' can be typed


def values_of(connection: sa.Connection, field: str, shops: Sequence[int], limit: int) -> tuple[str, ...]:
    """Raises SettingsError for a field that is not chosen from a list."""
    if field not in _COLUMNS:
        raise SettingsError("audience_filter", "This field is not chosen from a list", field=field)
    found = _looked_at(connection, _COLUMNS[field], shops)
    if field == "tag":
        tags: Counter[str] = Counter()
        for stored, number in found.items():
            tags.update(dict.fromkeys(split_tags(stored), number))
        found = tags
    return tuple(sorted(found, key=lambda value: (-found[value], value)))[:limit]


def _looked_at(connection: sa.Connection, column: sa.Column[str], shops: Sequence[int]) -> Counter[str]:
    """By ids, since the index that is read begins with the province: its first entries are those of one."""
    value, many, of_id = column.label("value"), sa.func.count().label("many"), customer.c.id
    theirs = counted(connection.dialect.name, shops, Filter())
    wanted = sa.select(value, many).where(theirs, column != "").group_by(value)
    # each by itself, which an end of the table answers; of both at once SQLite reads everything
    first, last = (connection.execute(sa.select(end)).scalar() for end in (sa.func.min(of_id), sa.func.max(of_id)))
    found: Counter[str] = Counter()
    while first is not None and last is not None and first <= last and found.total() < REACH:
        rows = connection.execute(wanted.where(of_id >= first, of_id < first + REACH))
        found.update({row.value: row.many for row in rows})
        first += REACH
    return found
