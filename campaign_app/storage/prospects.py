"""Rows of files that wait for their customer: put down by the million, found again by ref and by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Final

import sqlalchemy as sa

from campaign_app.storage.engine import Database
from campaign_app.storage.lists import rows_among, write_tuples
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_imports import import_prospect, waiting_key, waiting_recent
from campaign_app.storage.upserts import insert, insert_or_ignore

Prospect = tuple[int, int, int, str | None, bytes | None, bytes | None, str, int]  # a row, its values as in NAMES
Key = tuple[int, int, int]  # key, import, row
NAMES: Final = tuple(column.name for column in import_prospect.c)
STEP: Final = 20_000  # keys of a transaction
_KEYS: Final = ("key", "import_id", "row_no")
_TABLES: Final = (
    waiting_recent,
    waiting_key,
)  # in the order in which they have to be asked: rows go from left to right
_HIGHEST: Final = 2**63 - 1
_p = import_prospect.c
_OF_IMPORT: Final = sa.select(import_prospect).where(_p.import_id == sa.bindparam("import_id"))
_FORGET: Final = sa.delete(import_prospect).where(_p.import_id == sa.bindparam("i"), _p.row_no == sa.bindparam("r"))
_WHERE: Final = {table: sa.select(table.c.import_id, table.c.row_no) for table in _TABLES}
_DROP_KEY: Final = {
    table: sa.delete(table).where(
        table.c.key == sa.bindparam("k"), table.c.import_id == sa.bindparam("i"), table.c.row_no == sa.bindparam("r")
    )
    for table in _TABLES
}


def key_of_ref(account_id: int, ref: str) -> int:
    """64 bits of a hash: a few others may have the same, so that whoever finds a row compares it."""
    return _number(blake2b(f"{account_id}\0{ref}".encode(), digest_size=8).digest())


def key_of_number(phone_key: bytes) -> int:
    return _number(phone_key[:8])


def keys_of(row: Prospect) -> list[int]:
    _, _, account_id, ref, _, phone_key, _, _ = row
    keys = [] if ref is None else [key_of_ref(account_id, ref)]
    if phone_key is not None:
        keys.append(key_of_number(phone_key))
    return keys


def put(connection: sa.Connection, rows: Sequence[Prospect]) -> None:
    """Writes them down; those that are there stay as they are."""
    write_tuples(connection, insert_or_ignore(connection, import_prospect), NAMES, rows)
    # in the order of the table, in which each page is met once
    write_tuples(connection, insert_or_ignore(connection, waiting_recent), _KEYS, _entries(rows))


def of_keys(connection: sa.Connection, keys: Iterable[int]) -> Iterator[AnyRow]:
    """Rows that have one of the keys, each once; to be compared with what was looked for."""
    wanted, found = list(keys), defaultdict[int, set[int]](set)
    for table in _TABLES:
        for import_id, row_no in rows_among(connection, _WHERE[table], table.c.key, wanted):
            found[import_id].add(row_no)
    for import_id, row_nos in found.items():
        yield from rows_among(connection, _OF_IMPORT, _p.row_no, row_nos, import_id=import_id)


def forget(connection: sa.Connection, rows: Iterable[AnyRow]) -> None:
    """Removes whole rows of `import_prospect`, and whatever finds them."""
    gone = list(map(tuple, rows))
    write_tuples(connection, _FORGET, ("i", "r"), [(row[0], row[1]) for row in gone])
    entries = _entries(gone)
    for table in _TABLES:
        write_tuples(connection, _DROP_KEY[table], ("k", "i", "r"), entries)


def merge(database: Database) -> None:
    """Brings recent keys to the others, range by range, each in a transaction; everything is found meanwhile.

    A chunk of a file meets nearly as many pages of a large table in the order of random keys as it has rows, and each
    would be decrypted, changed and encrypted. Half a million rows meet every page as well, but once.
    """
    while _merge_step(database):
        pass


def _merge_step(database: Database) -> bool:
    """Whether there are more."""
    recent = waiting_recent.c
    with database.write_much() as connection:
        # nobody merges beside, else this one would bring back what was forgotten meanwhile
        beyond = connection.execute(sa.select(recent.key).order_by(recent.key).limit(1).offset(STEP)).scalar()
        these = recent.key <= (_HIGHEST if beyond is None else beyond)
        source = sa.select(*(recent[name] for name in _KEYS)).where(these).order_by(*(recent[name] for name in _KEYS))
        taken = insert(connection.dialect.name, waiting_key).from_select(_KEYS, source).on_conflict_do_nothing()
        connection.execute(taken)
        connection.execute(sa.delete(waiting_recent).where(these))
    return beyond is not None


def _entries(rows: Sequence[Prospect]) -> list[Key]:
    return sorted((key, row[0], row[1]) for row in rows for key in keys_of(row))


def _number(eight: bytes) -> int:
    return int.from_bytes(eight, "big", signed=True)
