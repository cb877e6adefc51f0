"""What customers have in a field, the most frequent first: to choose from when an audience is put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import SettingsError
from campaign_app.storage.filters import split_tags
from campaign_app.storage.schema import customer

_COLUMNS: Final = {"province": customer.c.province, "city": customer.c.city, "tag": customer.c.tags}
MIXTURES: Final = 5_000  # combinations of tags that are looked at
REACH: Final = 50_000  # customers that are looked at: what only the others have can still be typed


def values_of(connection: sa.Connection, field: str, shops: Sequence[int], limit: int) -> tuple[str, ...]:
    """Raises SettingsError for a field that is not chosen from a list."""
    column = _COLUMNS.get(field)
    if column is None:
        raise SettingsError("audience_filter", "This field is not chosen from a list", field=field)
    # the account as a sum: kept from the index on refs, which would visit the whole table page by page
    looked_at = sa.select(column.label("value")).where((customer.c.account_id + 0).in_(shops), column != "")
    value, many = looked_at.limit(REACH).subquery().c.value, sa.func.count().label("many")
    wanted = sa.select(value, many).group_by(value).order_by(many.desc(), value)
    most = wanted.limit(MIXTURES if field == "tag" else limit)
    rows = connection.execute(most).all()
    if field != "tag":
        return tuple(row[0] for row in rows)
    tags: Counter[str] = Counter()
    for stored, number in rows:
        tags.update(dict.fromkeys(split_tags(stored), number))
    return tuple(sorted(tags, key=lambda tag: (-tags[tag], tag)))[:limit]
