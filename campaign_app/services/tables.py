"""Tables read from files: what a reader hands over, so that the import knows neither CSV nor XLSX.

Row numbers are those that a spreadsheet shows: 1 is the first record of the file, a blank row counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Certainty(StrEnum):
    """How sure a guess is. `certain`: a byte order mark, or the user said so."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user settled; an empty string leaves it to the reader."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """`kind` is csv or xlsx. Without a header line the columns are named 第1列, 第2列, …

    `above`: filled rows over the header, such as a title, which are no data.
    """

    kind: str
    header: tuple[str, ...]
    encoding: str = ""
    certainty: Certainty = Certainty.CERTAIN
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    above: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read, and why (a stable code)."""

    number: int
    code: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table, in order: `rows[i]` has the number `numbers[i]` and as many cells as the header.

    `done` is the part of the file read so far, 0 to 1.
    """

    numbers: Sequence[int]
    rows: Sequence[Sequence[str]] = field(repr=False)
    bad: tuple[BadRow, ...] = ()
    done: float = 0.0


class Table(Protocol):
    """An open file. Reading it holds one block at a time."""

    @property
    def info(self) -> TableInfo: ...

    def blocks(self) -> Iterator[Block]:
        """The data rows from the first on; each call starts anew. Raises SettingsError if the file breaks off."""
        ...


class OpenTable(Protocol):
    def __call__(self, path: Path, options: ReadOptions) -> Table:
        """Raises SettingsError: file_missing, file_empty, file_no_rows, duplicate_header, file_broken, …"""
        ...
