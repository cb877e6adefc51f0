"""What is made of a file's rows before the store is asked anything: hashed, sealed and written out."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from json.encoder import encode_basestring as _quoted

from campaign_app.domain.customer import ImportRow, ReadyRows
from campaign_app.storage.keys import RowKeys


def make_ready(keys: RowKeys, rows: Sequence[ImportRow]) -> ReadyRows:
    """Of rows for one shop, each number once: of two with one number the last."""
    rows = list({row.row_no: row for row in rows}.values())
    of_phone = keys.hashes.of_phone
    phone_keys = [None if row.phone is None else of_phone(row.phone) for row in rows]
    named = [(row.account_id, row.ref, row.row_no) for row in rows if row.ref]
    numbered = [(key, row.row_no) for key, row in zip(phone_keys, rows, strict=True) if key is not None]
    found = [*keys_of_refs((shop, ref) for shop, ref, _ in named), *keys_of_numbers(key for key, _ in numbered)]
    waiting = _in_order(found, [*(row_no for *_, row_no in named), *(row_no for _, row_no in numbered)])
    return ReadyRows(
        rows[0].account_id if rows else 0,
        [row.row_no for row in rows],
        [row.ref for row in rows],
        phone_keys,
        keys.phones.seal_all([row.phone for row in rows]),
        [words_to_text(row.attributes) for row in rows],
        frozenset(row.row_no for row in rows if row.consecutive),
        waiting,
        any(key == following for (key, _), (following, _) in pairwise(waiting)),
    )


def keys_of_refs(refs: Iterable[tuple[int, str]]) -> Sequence[int]:
    """64 bits of a hash of each (shop, ref): a few others may have the same, so whoever finds a row compares it."""
    return _numbers([blake2b(f"{shop}\0{ref}".encode(), digest_size=8).digest() for shop, ref in refs])


def keys_of_numbers(phone_keys: Iterable[bytes]) -> Sequence[int]:
    return _numbers([key[:8] for key in phone_keys])


def words_to_text(values: Mapping[str, str]) -> str:
    """As JSON with sorted names, in a third of the time of the library's."""
    form, names = _form_of(tuple(values))
    return form % tuple([_quoted(values[name]) for name in names])


@lru_cache
def _form_of(names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """For the few sets of names that a file has."""
    order = tuple(sorted(names))
    words = ", ".join(f"{_quoted(name).replace('%', '%%')}: %s" for name in order)
    return f"{{{words}}}", order


def _in_order(keys: Sequence[int], rows: Sequence[int]) -> list[tuple[int, int]]:
    # only what reads files needs numpy, which takes a tenth of a second to load, and has it by now
    import numpy as np

    by_key, by_row = np.array(keys, np.int64), np.array(rows, np.int64)
    order = np.lexsort((by_row, by_key))
    return list(zip(by_key[order].tolist(), by_row[order].tolist(), strict=True))


def _numbers(eights: Sequence[bytes]) -> Sequence[int]:
    return struct.unpack(f">{len(eights)}q", b"".join(eights))
