"""Keys of millions of rows in a few bytes each: who stands twice in a file, and which numbers run on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from mmap import mmap
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from campaign_app.services.import_rows import RowMarks

Rows = npt.NDArray[np.uint32]
Values = npt.NDArray[np.uint64]

Whole = TypeVar("Whole", bound=np.unsignedinteger[Any])

RUN: Final = 5
_PART: Final = 50_000  # rows sorted at a time
_SLICE: Final = 100_000  # rows of a column that lie together; whole bytes of bits
_SAMPLE: Final = 100_000


class KeyColumn:
    """One value per row number, of 32, 33 or 64 bits; 0 stands for none.

    In slices that stay where they are, of memory that goes back to the system when they go: an array that grows leaves
    holes behind, as large as itself, and what the process keeps for later adds to what the import needs next.
    """

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._low: list[Rows] = []
        # what is above 32 bits: of 33, eight rows in a byte
        self._high: list[npt.NDArray[np.unsignedinteger[Any]]] = []
        self._end = 0  # one more than the last row number

    def put(self, numbers: Sequence[int] | Rows, values: Values) -> None:
        """Values of rows with rising numbers."""
        if not len(numbers):
            return
        first, last = int(numbers[0]), int(numbers[-1])
        self._grow(last + 1)
        rows = np.asarray(numbers, np.uint32)
        for at in range(first // _SLICE, last // _SLICE + 1):
            here = slice(*np.searchsorted(rows, [at * _SLICE, (at + 1) * _SLICE]))
            where = rows[here] - at * _SLICE
            self._low[at][where] = values[here] & np.uint64(0xFFFFFFFF)
            if self._bits > 32:
                high = self._high_of(at)
                high[where] = values[here] >> np.uint64(32)
                self._high[at][:] = np.packbits(high) if self._bits == 33 else high

    def sorted_parts(self, margin: int = 0) -> Iterator[tuple[Values, Rows, int, int]]:
        """Ranges of values that together hold each value once: the values sorted, their rows, the range [low, high).

        Each part reaches `margin` beyond its range on both sides. Equal values stand in the order of their rows.
        """
        for low, high in pairwise(self._borders()):
            values, rows = self._between(max(1, low - margin), high + margin)
            order = np.argsort(values, kind="stable")
            yield values[order], rows[order], low, high

    def _grow(self, end: int) -> None:
        self._end = max(self._end, end)
        while end > len(self._low) * _SLICE:
            self._low.append(_zeros(np.uint32, _SLICE))
            if self._bits > 32:
                self._high.append(_zeros(np.uint8, _SLICE // 8) if self._bits == 33 else _zeros(np.uint32, _SLICE))

    def _high_of(self, at: int) -> npt.NDArray[np.unsignedinteger[Any]]:
        return np.unpackbits(self._high[at]) if self._bits == 33 else self._high[at]

    def _slices(self) -> Iterator[tuple[int, Values]]:
        """The first row number of each slice and its values, until the next is asked for."""
        whole = np.empty(_SLICE, np.uint64)
        for at, part in enumerate(self._low):
            values = whole[: min(_SLICE, self._end - at * _SLICE)]
            if self._bits > 32:
                np.left_shift(self._high_of(at)[: len(values)], np.uint64(32), out=values)
                values |= part[: len(values)]
            else:
                values[:] = part[: len(values)]
            yield at * _SLICE, values

    def _borders(self) -> list[int]:
        """1, then values that cut the rows into parts of about the same size, then 2**64."""
        parts = -(-self._end // _PART)
        step = max(1, self._end // _SAMPLE)
        seen = [values[::step].copy() for _, values in self._slices()]
        sample = np.sort(np.concatenate(seen or [np.zeros(0, np.uint64)]))
        sample = sample[sample > 0]
        cuts = [int(sample[len(sample) * i // parts]) for i in range(1, parts)] if len(sample) else []
        return sorted({1, *cuts, 2**64})

    def _between(self, low: int, high: int) -> tuple[Values, Rows]:
        values, rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint32)]
        span = np.uint64(min(high, 2**64) - 1 - low)
        above, within = np.empty(_SLICE, np.uint64), np.empty(_SLICE, np.bool_)
        for start, part in self._slices():
            # what lies below comes out as far above
            np.subtract(part, np.uint64(low), out=above[: len(part)])
            np.less_equal(above[: len(part)], span, out=within[: len(part)])
            at = np.flatnonzero(within[: len(part)])
            values.append(part[at])
            rows.append((at + start).astype(np.uint32))
        return np.concatenate(values), np.concatenate(rows)


def _zeros(kind: type[Whole], count: int) -> npt.NDArray[Whole]:
    return np.frombuffer(mmap(-1, count * np.dtype(kind).itemsize), kind)


@dataclass(slots=True)
class FileMarks:
    """Rows that repeat a customer, each with the first one, and rows whose number is in a run; both rising."""

    repeats: Rows
    firsts: Rows
    consecutive: Rows

    def of(self, first: int, last: int) -> RowMarks:
        """Those of the rows from `first` to `last`."""
        start, stop = np.searchsorted(self.repeats, [first, last + 1])
        repeats = zip(self.repeats[start:stop].tolist(), self.firsts[start:stop].tolist(), strict=True)
        begin, end = np.searchsorted(self.consecutive, [first, last + 1])
        return RowMarks(dict(repeats), frozenset(self.consecutive[begin:end].tolist()))


def phone_groups(phones: KeyColumn) -> tuple[Groups, Rows]:
    """Rows that share a number, and rows whose number is in a run."""
    groups, runs = Groups(), [np.zeros(0, np.uint32)]
    for values, rows, low, high in phones.sorted_parts(margin=RUN - 1):
        inside = (values >= np.uint64(low)) & (values <= np.uint64(high - 1))
        runs.append(rows[_in_runs(values) & inside])
        groups.add(values[inside], rows[inside])
    return groups, np.sort(np.concatenate(runs))


def groups_of(column: KeyColumn) -> Groups:
    groups = Groups()
    for values, rows, _, _ in column.sorted_parts():
        groups.add(values, rows)
    return groups


def _in_runs(values: Values) -> npt.NDArray[np.bool_]:
    """Of sorted values, which belong to RUN or more that follow one another without a gap."""
    if not len(values):
        return np.zeros(0, np.bool_)
    steps = np.diff(values)
    starts = np.flatnonzero(np.concatenate([[True], steps > 1]))
    distinct = np.add.reduceat(np.concatenate([[True], steps > 0]), starts, dtype=np.int64)
    return np.repeat(distinct >= RUN, np.diff(starts, append=len(values)))


class Groups:
    """Rows that share a value, numbered by group."""

    def __init__(self) -> None:
        self.count = 0
        self._rows: list[Rows] = [np.zeros(0, np.uint32)]
        self._groups: list[Rows] = [np.zeros(0, np.uint32)]

    def add(self, values: Values, rows: Rows) -> None:
        """Sorted values, equal ones in the order of their rows."""
        if len(values) < 2:
            return
        same = values[1:] == values[:-1]
        shared = np.concatenate([same, [False]]) | np.concatenate([[False], same])
        first = shared & ~np.concatenate([[False], same])
        groups = np.cumsum(first[shared]) + np.int64(self.count - 1)
        self.count += int(first.sum())
        self._rows.append(rows[shared])
        self._groups.append(groups.astype(np.uint32))

    def by_row(self) -> tuple[Rows, Rows]:
        rows, groups = np.concatenate(self._rows), np.concatenate(self._groups)
        order = np.argsort(rows)
        return rows[order], groups[order]


def find_repeats(by_ref: Groups, by_phone: Groups) -> tuple[Rows, Rows]:
    """In the order of the file: a row that shares a key with one that was kept is a repeat of that one."""
    ref_rows, ref_groups = by_ref.by_row()
    phone_rows, phone_groups = by_phone.by_row()
    rows = np.union1d(ref_rows, phone_rows)
    # the last slot of each stands for rows without a shared key, and stays empty
    kept_refs, kept_phones = [0] * (by_ref.count + 1), [0] * (by_phone.count + 1)
    repeats = np.zeros(len(rows), np.uint32)
    for start in range(0, len(rows), _SAMPLE):
        part = rows[start : start + _SAMPLE]
        refs = _groups_of(part, ref_rows, ref_groups, by_ref.count)
        phones = _groups_of(part, phone_rows, phone_groups, by_phone.count)
        for i, (row, ref, phone) in enumerate(zip(part.tolist(), refs, phones, strict=True), start):
            first = kept_refs[ref] or kept_phones[phone]
            if first:
                repeats[i] = first
                continue
            kept_refs[ref] = row if ref < by_ref.count else 0
            kept_phones[phone] = row if phone < by_phone.count else 0
    return rows[repeats > 0], repeats[repeats > 0]


def _groups_of(part: Rows, rows: Rows, groups: Rows, none: int) -> list[int]:
    found = np.full(len(part), none, np.int64)
    if len(rows):
        at = np.minimum(np.searchsorted(rows, part), len(rows) - 1)
        hit = rows[at] == part
        found[hit] = groups[at[hit]]
    return found.tolist()
