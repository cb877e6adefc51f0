"""Who is one person by their numbers, where a number is known plain and as a platform sealed it.

Both are keyed hashes here, which cannot be compared: only a customer's row that has both says that they are one. What
was said once stays: neither a number that is lost later nor an erased customer makes one person two again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch_first
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.schema_numbers import number_alias
from campaign_app.storage.upserts import plain_insert

Pair = tuple[bytes, bytes]
UNLINKED: Final = "unlinked"
_PAGE: Final = 1_000
_own, _other = number_alias.alias("own_alias"), number_alias.alias("other_alias")
_ANY: Final = sa.select(number_alias.c.key).where(number_alias.c.key > b"").limit(1)
_TOGETHER: Final = sa.select(_other.c.key, _other.c.person).join(_own, _own.c.person == _other.c.person)
_STANDS: Final = sa.select(number_alias.c.key, number_alias.c.person)
_MOVE: Final = (
    sa.update(number_alias)
    .where(number_alias.c.person == sa.bindparam("former"))
    .values(person=sa.bindparam("person_now"))
)
_customer: Final = schema.customer.c
_STORED: Final = (
    sa.select(_customer.id, _customer.phone_key, _customer.platform_phone_sealed)
    .where(
        _customer.id > sa.bindparam("after"),
        _customer.phone_sealed.is_not(None),
        _customer.platform_phone_sealed.is_not(None),
    )
    .order_by(_customer.id)
    .limit(_PAGE)
)
_DUE: Final = schema.meta.c.name == UNLINKED


def people_of(connection: sa.Connection, keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """Every key of the persons whom these keys are of, with the one that stands for the person; a ref's is its own."""
    people = {key: key for key in keys}
    if people and fetch_first(connection, _ANY) is not None:
        people.update(rows_among(connection, _TOGETHER, _own.c.key, list(people)))
    return people


def link(connection: sa.Connection, pairs: Sequence[Pair]) -> None:
    """Each pair is one person from now on, with everybody whom either was already."""
    keys = list(dict.fromkeys(key for pair in pairs for key in pair))
    known: dict[bytes, bytes] = dict(rows_among(connection, _STANDS, number_alias.c.key, keys))
    stands = dict(known)
    for one, other in pairs:
        person = _stands_for(stands, one)
        stands[_stands_for(stands, other)] = person
    new = [{"key": key, "person": _stands_for(stands, key)} for key in keys if key not in known]
    moved = {person: now for person in known.values() if (now := _stands_for(stands, person)) != person}
    write_all(connection, _MOVE, [{"former": former, "person_now": now} for former, now in moved.items()])
    write_all(connection, plain_insert(number_alias), new)


def link_stored(database: Database, keys: WorkspaceKeys) -> None:
    """Once after the migration, before anything is asked: what earlier programs stored of people with both numbers."""
    with database.read() as connection:
        if connection.execute(sa.select(schema.meta.c.name).where(_DUE)).first() is None:
            return
    with database.write() as connection:
        after = 0
        while rows := connection.execute(_STORED, {"after": after}).all():
            after = rows[-1].id
            sealed = (keys.phones.open_platform(row.platform_phone_sealed) for row in rows)
            of_sealed = map(keys.hashes.of_platform_phone, sealed)
            link(connection, list(zip((row.phone_key for row in rows), of_sealed, strict=True)))
        connection.execute(sa.delete(schema.meta).where(_DUE))


def _stands_for(stands: dict[bytes, bytes], key: bytes) -> bytes:
    while (above := stands.get(key, key)) != key:
        key = above
    return key
