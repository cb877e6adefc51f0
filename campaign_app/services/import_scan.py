"""The first reading of a file: how many rows it has, who stands in it twice, which numbers run on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from campaign_app.services.import_keys import FileMarks, KeyColumn, find_marks
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.tables import Block, Table

Tick = Callable[[float], None]  # told the part done, 0 to 1; may raise to stop the work
_MASK = (1 << 64) - 1


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
        numbers: list[int] = []
        refs: list[int] = []
        phones: list[int] = []
        self._rows += len(block.bad)
        for number, _, ref, phone, code, _ in self._checker.read(block):
            self._rows += 1
            if code == "repaired":
                self._repaired += 1
            elif code:
                continue
            numbers.append(number)
            # the hash is keyed anew in every process: nobody can make two ids collide
            refs.append(hash(ref) & _MASK if ref else 0)
            phones.append(int(phone.digits) if phone else 0)
        self._refs.put(numbers, np.array(refs, np.uint64))
        self._phones.put(numbers, np.array(phones, np.uint64))
        ends = [block.numbers[-1:], [bad.number for bad in block.bad[-1:]]]
        self._last = max(self._last, *(int(number) for end in ends for number in end), 0)
