"""Small files read whole: complaints that were handed over, numbers to be suppressed. What each column is, is guessed

by its name, and by its values for a number; a person may say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.services.import_columns import IGNORE, PHONE, Column, fold, share_of_phones
from campaign_app.services.import_preview import shown
from campaign_app.services.import_rows import clean
from campaign_app.services.tables import BadRow, OpenTable, ReadOptions, TableInfo

ROWS_MAX: Final = 100_000
_MANY: Final = 0.8
Tick = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class SheetSource:
    """`columns`: column name → what it is; `IGNORE` for nothing."""

    path: str
    options: ReadOptions = field(default_factory=ReadOptions)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file by what its columns are."""

    number: int
    cells: Mapping[str, str] = field(repr=False)
    whole: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    info: TableInfo
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = field(repr=False)
    bad: tuple[BadRow, ...] = ()

    def shown(self, line: Line) -> tuple[str, ...]:
        """Its cells with every number masked."""
        return shown(line.whole, next((each.index for each in self.columns if each.target == PHONE), -1))


def read_sheet(
    open_table: OpenTable, source: SheetSource, names: Mapping[str, Sequence[str]], tick: Tick = lambda _: None
) -> Sheet:
    """`names`: for each thing that a column may be, how such columns are called, the best name first.

    Raises SettingsError: what `open_table` does, file_too_long, unknown_column, bad_target, column_twice.
    """
    table = open_table(Path(source.path), source.options)
    lines: list[tuple[int, Sequence[str]]] = []
    bad: list[BadRow] = []
    for block in table.blocks():
        bad += block.bad
        lines += [pair for pair in zip(block.numbers, block.rows, strict=True) if any(cell.strip() for cell in pair[1])]
        if len(lines) > ROWS_MAX:
            raise SettingsError("file_too_long", "The file has too many rows", most=ROWS_MAX)
        tick(block.done)
    columns = _columns(table.info.header, [cells for _, cells in lines[:200]], source.columns, names)
    used = [(column.target, column.index) for column in columns if column.target != IGNORE]
    return Sheet(
        table.info,
        columns,
        tuple(Line(n, {what: clean(cells[i]) for what, i in used}, tuple(cells)) for n, cells in lines),
        tuple(bad),
    )


def _columns(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    chosen: Mapping[str, str],
    names: Mapping[str, Sequence[str]],
) -> tuple[Column, ...]:
    wanted = {fold(name): target for name, target in chosen.items()}
    unknown = next((name for name in chosen if fold(name) not in {fold(each) for each in header}), None)
    if unknown is not None:
        raise SettingsError("unknown_column", "The file has no column of this name", column=unknown)
    wrong = next((target for target in wanted.values() if target not in {*names, IGNORE}), None)
    if wrong is not None:
        raise SettingsError("bad_target", "A column cannot be kept under this name", column="", field=wrong)
    places = _guessed(header, sample, wanted, names)
    found = [
        Column(i, name, places.get(i, IGNORE), "chosen" if fold(name) in wanted else "name" if i in places else "")
        for i, name in enumerate(header)
    ]
    targets = [column.target for column in found if column.target != IGNORE]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice is not None:
        raise SettingsError("column_twice", "Two columns stand for the same field", field=twice)
    return tuple(found)


def _guessed(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    wanted: Mapping[str, str],
    names: Mapping[str, Sequence[str]],
) -> dict[int, str]:
    """Place of a column → what it is."""
    places = {i: wanted[fold(name)] for i, name in enumerate(header) if fold(name) in wanted}
    for target, called in names.items():
        if target in places.values():
            continue
        free = {fold(name): i for i, name in reversed(list(enumerate(header))) if i not in places}
        best = next((free[fold(name)] for name in called if fold(name) in free), None)
        if best is not None:
            places[best] = target
    if PHONE in names and PHONE not in places.values():
        shares = {i: share_of_phones([row[i] for row in sample]) for i in range(len(header)) if i not in places}
        likely = max(shares, key=lambda i: shares[i], default=None)
        if likely is not None and shares[likely] >= _MANY:
            places[likely] = PHONE
    return places
