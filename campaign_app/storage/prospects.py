"""Rows of files that wait for their customer: put down by the million, found again by ref and by number.

Their keys are random. Put into one large order at once, those of a chunk would meet nearly every page of it, and each
page would be decrypted, changed and encrypted. So they come in runs of some thousand rows, each in an order of its own,
and many runs are merged into the large order from time to time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import sqlalchemy as sa

from campaign_app.storage.engine import Database
from campaign_app.storage.importready import keys_of_numbers, keys_of_refs
from campaign_app.storage.lists import rows_among, write_tuples
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_imports import import_prospect, waiting_key, waiting_recent
from campaign_app.storage.upserts import insert, insert_or_ignore

Prospect = tuple[int, int, int, str | None, bytes | None, bytes | None, str, int]  # a row, its values as in NAMES
WaitingKey = tuple[int, int]  # key, row
Run = tuple[int, int]  # import, run
NAMES: Final = tuple(column.name for column in import_prospect.c)
RUN_ROWS: Final = 20_000  # numbers of rows that share a run: those of a file's chunk
STEP: Final = 20_000  # keys of a transaction
CACHE_KIB: Final = 24_576  # of a transaction: what waits is written in order, what meets customers is not
_KEYS: Final = ("key", "import_id", "row_no")
_RECENT: Final = ("import_id", "run", "key", "row_no")
_LOWEST: Final = -(2**63)
_HIGHEST: Final = 2**63 - 1
_ALL: Final = 2**64  # keys there may be
_BEFORE: Final = -2  # every run: that of a row 0 is -1
_p, _recent = import_prospect.c, waiting_recent.c
_OF_IMPORT: Final = sa.select(import_prospect).where(_p.import_id == sa.bindparam("import_id"))
_FORGET: Final = sa.delete(import_prospect).where(_p.import_id == sa.bindparam("i"), _p.row_no == sa.bindparam("r"))
_WHERE: Final = sa.select(waiting_key.c.import_id, waiting_key.c.row_no)
_DROP_KEY: Final = sa.delete(waiting_key).where(
    waiting_key.c.key == sa.bindparam("k"),
    waiting_key.c.import_id == sa.bindparam("i"),
    waiting_key.c.row_no == sa.bindparam("r"),
)
_OF_RUN: Final = (_recent.import_id == sa.bindparam("i"), _recent.run == sa.bindparam("run"))
_WHERE_RECENT: Final = sa.select(_recent.row_no).where(*_OF_RUN)
_DROP_RECENT: Final = sa.delete(waiting_recent).where(
    *_OF_RUN, _recent.key == sa.bindparam("k"), _recent.row_no == sa.bindparam("r")
)
_NEXT_IMPORT: Final = (
    sa.select(_recent.import_id).where(_recent.import_id > sa.bindparam("i")).order_by(_recent.import_id).limit(1)
)
_NEXT_RUN: Final = (
    sa.select(_recent.run)
    .where(_recent.import_id == sa.bindparam("i"), _recent.run > sa.bindparam("run"))
    .order_by(_recent.run)
    .limit(1)
)


def keys_of(row: Prospect) -> list[int]:
    _, _, account_id, ref, _, phone_key, _, _ = row
    refs = [] if ref is None else [(account_id, ref)]
    return [*keys_of_refs(refs), *keys_of_numbers([] if phone_key is None else [phone_key])]


def put(connection: sa.Connection, rows: Sequence[Prospect], keys: Sequence[WaitingKey] | None = None) -> None:
    """Writes rows of one import down; those that are there stay as they are. `keys`: theirs, rising, where known."""
    if not rows:
        return
    if keys is None:
        keys = sorted((key, row[1]) for row in rows for key in keys_of(row))
    write_tuples(connection, insert_or_ignore(connection, import_prospect), NAMES, rows)
    import_id, runs = rows[0][0], defaultdict[int, list[WaitingKey]](list)
    for key in keys:
        runs[_run_of(key[1])].append(key)
    for run in sorted(runs):
        entries = [(import_id, run, key, row_no) for key, row_no in runs[run]]
        write_tuples(connection, insert_or_ignore(connection, waiting_recent), _RECENT, entries)


def of_keys(connection: sa.Connection, keys: Iterable[int], *, beside: int = 0) -> Iterator[AnyRow]:
    """Rows that have one of the keys, each once; to be compared with what was looked for.

    Recent ones of the import `beside` may be left out.
    """
    wanted, found = list(keys), defaultdict[int, set[int]](set)
    # in this order: a merge brings keys from here to there
    for import_id, run in _runs(connection):
        if import_id != beside:
            rows = rows_among(connection, _WHERE_RECENT, _recent.key, wanted, i=import_id, run=run)
            found[import_id].update(row_no for (row_no,) in rows)
    for import_id, row_no in rows_among(connection, _WHERE, waiting_key.c.key, wanted):
        found[import_id].add(row_no)
    for import_id, row_nos in found.items():
        yield from rows_among(connection, _OF_IMPORT, _p.row_no, row_nos, import_id=import_id)


def forget(connection: sa.Connection, rows: Iterable[AnyRow]) -> None:
    """Removes whole rows of `import_prospect`, and whatever finds them."""
    gone = list(map(tuple, rows))
    write_tuples(connection, _FORGET, ("i", "r"), [(row[0], row[1]) for row in gone])
    entries = sorted((key, row[0], row[1]) for row in gone for key in keys_of(row))
    recent = [(import_id, _run_of(row_no), key, row_no) for key, import_id, row_no in entries]
    write_tuples(connection, _DROP_RECENT, ("i", "run", "k", "r"), recent)
    write_tuples(connection, _DROP_KEY, ("k", "i", "r"), entries)


def merge(database: Database) -> None:
    """Brings the keys of all runs to the others, a range in each transaction; everything is found meanwhile.

    Keys are hashes, so ranges of one width hold nearly as many. Two that merge at once find less each.
    """
    while held := _held(database):
        import_id, runs, entries = held
        steps = -(-entries // STEP)
        borders = [_LOWEST + _ALL * at // steps for at in range(1, steps)]
        for low, high in pairwise([_LOWEST, *borders, _HIGHEST]):
            _merge_range(database, import_id, runs, low, high)


def _held(database: Database) -> tuple[int, list[int], int] | None:
    """An import, its runs, and how many keys they hold."""
    with database.read() as connection:
        every = list(_runs(connection))
        if not every:
            return None
        import_id = every[0][0]
        runs = [run for owner, run in every if owner == import_id]
        count = sa.select(sa.func.count()).where(_recent.import_id == import_id, _recent.run.in_(runs))
        return import_id, runs, connection.execute(count).scalar_one()


def _merge_range(database: Database, import_id: int, runs: Sequence[int], low: int, high: int) -> None:
    """Of these runs the keys from `low` to `high`, both included."""
    these = sa.and_(_recent.import_id == import_id, _recent.run.in_(runs), _recent.key.between(low, high))
    columns = [_recent[name] for name in _KEYS]
    source = sa.select(*columns).where(these).order_by(*columns)
    with database.write_much(CACHE_KIB) as connection:
        taken = insert(connection.dialect.name, waiting_key).from_select(_KEYS, source).on_conflict_do_nothing()
        connection.execute(taken)
        connection.execute(sa.delete(waiting_recent).where(these))


def _runs(connection: sa.Connection) -> Iterator[Run]:
    """Of every import, in order: some tens at most, each found without reading the ones before."""
    import_id: int | None = 0
    while (import_id := connection.execute(_NEXT_IMPORT, {"i": import_id}).scalar()) is not None:
        run: int | None = _BEFORE
        while (run := connection.execute(_NEXT_RUN, {"i": import_id, "run": run}).scalar()) is not None:
            yield import_id, run


def _run_of(row_no: int) -> int:
    return (row_no - 1) // RUN_ROWS
