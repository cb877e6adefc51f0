"""The first reading of a file: how many rows it has, who stands in it twice, which numbers run on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from campaign_app.services.import_keys import FileMarks, KeyColumn, find_marks
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.tables import Block, Table

Tick = Callable[[float], None]  # told the part done, 0 to 1; may raise to stop the work


@dataclass(frozen=True, slots=True)
class Scan:
    """`rows` counts all but blank ones, `last_row` is the highest row number."""

    marks: FileMarks
    rows: int
    repaired: int
    last_row: int


class Scanner:
    def __init__(self, checker: RowChecker) -> None:
        self._checker = checker
        self._refs = KeyColumn(wide=True)
        self._phones = KeyColumn(wide=False)
        self._rows = 0
        self._repaired = 0
        self._last = 0

    def scan(self, table: Table, tick: Tick) -> Scan:
        for block in table.blocks():
            self._take(block)
            tick(block.done)
        return Scan(find_marks(self._refs, self._phones), self._rows, self._repaired, self._last)

    def _take(self, block: Block) -> None:
        self._rows += len(block.bad)
        keys = self._checker.plain_keys(block)
        if keys is None:
            self._take_each(block)
        else:
            self._rows += len(block.rows)
            self._put(block.numbers, *keys)
        ends = [block.numbers[-1:], [bad.number for bad in block.bad[-1:]]]
        self._last = max(self._last, *(int(number) for end in ends for number in end), 0)

    def _take_each(self, block: Block) -> None:
        numbers: list[int] = []
        refs: list[str] = []
        phones: list[str] = []
        for number, _, ref, phone, code, _ in self._checker.read(block):
            self._rows += 1
            self._repaired += code == "repaired"
            if code in ("", "repaired"):
                numbers.append(number)
                refs.append(ref)
                phones.append(phone.digits if phone else "")
        self._put(numbers, refs, phones)

    def _put(self, numbers: Sequence[int], refs: Sequence[str], phones: Sequence[str]) -> None:
        # Python's hash is keyed anew in every process: nobody can make two ids collide
        hashes = np.fromiter(map(hash, refs), np.int64, len(refs)).view(np.uint64)
        self._refs.put(numbers, hashes)
        self._phones.put(numbers, np.fromiter((int(phone or 0) for phone in phones), np.uint64, len(phones)))
