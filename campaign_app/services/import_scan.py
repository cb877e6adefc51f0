"""The first reading of a file: how many rows it has, who stands in it twice, which numbers run on."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from campaign_app.services.import_keys import (
    FileMarks,
    Groups,
    KeyColumn,
    Rows,
    Values,
    find_repeats,
    groups_of,
    phone_groups,
)
from campaign_app.services.import_refs import RefFile, ref_file
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.memory import give_back
from campaign_app.services.tables import Block, Table

Tick = Callable[[float], None]  # told the part done, 0 to 1; may raise to stop the work
# raised with every change of what a row, a block, a plain one, a repeat or a run is
READING: Final = 1
_MOST_KEPT: Final = 200_000  # rows with a mark
_MOST_BYTES: Final = 4 * _MOST_KEPT
_BELOW: Final = 12_999_999_999  # every mainland mobile number


@dataclass(frozen=True, slots=True)
class Scan:
    """`rows` counts all but blank ones, `last_row` is the highest row number, `plain` is of each block or of none."""

    marks: FileMarks
    rows: int
    repaired: int
    last_row: int
    plain: Sequence[bool]

    def to_json(self) -> dict[str, Any] | None:
        """For whoever goes on with the same file; None where it would be long, and reading the file again is better.

        `plain` stays here: where a block ends, and what may be left alone, no other process or person is believed.
        """
        marks = (self.marks.repeats, self.marks.firsts, self.marks.consecutive)
        if sum(map(len, marks)) > _MOST_KEPT:
            return None
        told = {"reading": READING, "rows": self.rows, "repaired": self.repaired, "last_row": self.last_row}
        return {**told, "marks": [_word(_little(each)) for each in marks]}

    @classmethod
    def from_json(cls, data: object) -> Self | None:
        """None for anything that `to_json` of this version did not write: the file is then read."""
        if not isinstance(data, dict) or data.get("reading") != READING:
            return None
        try:
            repeats, firsts, runs = (np.frombuffer(_bytes(each), "<u4").astype(np.uint32) for each in data["marks"])
            rows, repaired, last_row = (int(data[name]) for name in ("rows", "repaired", "last_row"))
        except (KeyError, TypeError, ValueError, OverflowError, zlib.error):
            return None
        if len(repeats) != len(firsts):
            return None
        return cls(FileMarks(repeats, firsts, runs), rows, repaired, last_row, ())


@dataclass(slots=True)
class _Keys:
    """The keys of the good rows of one block, as numbers; 0 where there is none."""

    numbers: Sequence[int]
    refs: Values
    phones: Values
    rows: int
    repaired: int = 0
    plain: bool = False


class Scanner:
    """Reads a file once. Raises WorkspaceError `temp_full` or `temp_error`."""

    def __init__(self, checker: RowChecker) -> None:
        self._checker = checker

    def scan(self, table: Table, tick: Tick) -> Scan:
        phones, plain = KeyColumn(33), []
        rows = repaired = last = 0
        with ref_file() as refs:
            for block in table.blocks():
                keys = self._keys(block)
                plain.append(keys.plain)
                rows, repaired, last = rows + keys.rows, repaired + keys.repaired, max(last, _last(block))
                phones.put(keys.numbers, keys.phones)
                refs.put(keys.numbers, keys.refs)
                tick(block.done)
            give_back()
            by_phone, runs = phone_groups(phones)
            del phones
            marks = FileMarks(*find_repeats(_ref_groups(refs), by_phone), runs)
        give_back()
        return Scan(marks, rows, repaired, last, plain)

    def _keys(self, block: Block) -> _Keys:
        plain = self._checker.plain_keys(block)
        if plain is not None:
            rows = len(block.rows) + len(block.bad)
            return _Keys(block.numbers, _hashes(plain[0]), _digits(plain[1]), rows, plain=True)
        read = list(self._checker.read(block))
        good = [(number, ref, phone) for number, _, ref, phone, code, _ in read if code in ("", "repaired")]
        return _Keys(
            [number for number, _, _ in good],
            _hashes([ref for _, ref, _ in good]),
            _digits([phone.digits if phone else "" for _, _, phone in good]),
            len(read) + len(block.bad),
            sum(code == "repaired" for *_, code, _ in read),
        )


def _little(rows: Rows) -> bytes:
    return rows.astype("<u4").tobytes()


def _word(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode()


def _bytes(word: str) -> bytes:
    unpacked = zlib.decompressobj()
    data = unpacked.decompress(b64decode(word), _MOST_BYTES)
    if not unpacked.eof:
        raise ValueError("cut, or longer than anything that is kept")
    return data


def _ref_groups(refs: RefFile) -> Groups:
    """Half of each ref's hash says who may stand twice; the whole hash of those few is then compared."""
    narrow = KeyColumn(32)
    for numbers, values in refs.parts():
        # no hash may stand for none
        narrow.put(numbers, np.where(values, values & np.uint64(0xFFFFFFFF) | np.uint64(1), values))
    suspects, _ = groups_of(narrow).by_row()
    del narrow
    found, rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint32)]
    for numbers, values in refs.parts():
        first, after = np.searchsorted(suspects, [numbers[0], numbers[-1] + 1])
        meant = np.isin(numbers, suspects[first:after]) & (values > 0)
        found.append(values[meant])
        rows.append(numbers[meant])
    every, where = np.concatenate(found), np.concatenate(rows)
    order = np.argsort(every, kind="stable")
    groups = Groups()
    groups.add(every[order], where[order])
    return groups


def _hashes(refs: Sequence[str]) -> Values:
    # Python's hash is keyed anew in every process: nobody can make two ids collide; that of "" is 0
    return np.fromiter(map(hash, refs), np.int64, len(refs)).view(np.uint64)


def _digits(phones: Sequence[str]) -> Values:
    """Numbers of 11 digits, from 1 up: with 33 bits each fits. 0 where there is none."""
    found = np.fromiter(map(int, ["0" if phone == "" else phone for phone in phones]), np.uint64, len(phones))
    return np.subtract(found, np.uint64(_BELOW), out=found, where=found > 0)


def _last(block: Block) -> int:
    return max([*block.numbers[-1:], *(bad.number for bad in block.bad[-1:])], default=0)
