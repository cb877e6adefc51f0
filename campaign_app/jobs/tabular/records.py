"""Lines of a delimited file as records; what is malformed becomes a numbered bad row, and nothing after it is lost."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.jobs.tabular.text import FIELD_MAX, LINE_MAX, TextBlock
from campaign_app.services.tables import BadRow

# a quoted field that runs on for longer than this was never closed
RECORD_LINES: Final = 100
_UNREADABLE: Final = {"\0": "nul_byte", "\ufffd": "undecodable"}


@dataclass(slots=True)
class Records:
    """Rows with their numbers, and the bad ones."""

    numbers: Sequence[int] = ()
    rows: Sequence[list[str]] = ()
    bad: list[BadRow] = field(default_factory=list)


def split_line(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line that is a record of its own, or None if its quotes do not allow that."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def is_blank(row: Sequence[str]) -> bool:
    return not "".join(row).strip()


class RecordReader:
    """Feeds on text blocks in order, then on `close`. With `width` 0 records of any width are good."""

    def __init__(self, delimiter: str, width: int = 0) -> None:
        self._delimiter = delimiter
        self._width = width
        self._number = 0
        self._open: list[str] = []  # lines of a record that the next block may close

    def feed(self, block: TextBlock) -> Records:
        """The records that this block ends."""
        if block.too_long:
            out = self.close()
            self._number += 1
            out.bad.append(BadRow(self._number, "line_too_long"))
            return out
        if not self._open and '"' not in block.text:
            lines = block.text.split("\n")
            out = self._whole([line.split(self._delimiter) for line in lines])
            return _readable(out, block.text, lines)
        lines = [*self._open, *block.text.split("\n")]
        return _readable(self._quoted(lines), "\n".join(lines), lines)

    def close(self) -> Records:
        """What is left when the file has ended, or a line that nobody can hold cuts it."""
        lines = self._open
        return _readable(self._by_line(lines, final=True), "\n".join(lines), lines)

    def _whole(self, rows: list[list[str]]) -> Records:
        """Rows of one line each."""
        first, width = self._number + 1, self._width
        self._number += len(rows)
        numbers = range(first, first + len(rows))
        if not width or all([len(row) == width for row in rows]):  # noqa: C419 - a list is twice as fast here
            return Records(numbers, rows)
        fit = [(n, row) for n, row in zip(numbers, rows, strict=True) if len(row) == width]
        bad = [
            BadRow(n, "wrong_fields")
            for n, row in zip(numbers, rows, strict=True)
            if len(row) != width and not is_blank(row)
        ]
        return Records([n for n, _ in fit], [row for _, row in fit], bad)

    def _quoted(self, lines: list[str]) -> Records:
        try:
            rows = list(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error:
            rows = []
        if len(rows) == len(lines):  # else a record spans lines, or is broken
            self._open = []
            return self._whole(rows)
        return self._by_line(lines, final=False)

    def _by_line(self, lines: list[str], *, final: bool) -> Records:
        rows: list[list[str]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        at, self._open = 0, []
        while at < len(lines):
            row, taken = self._record(lines, at)
            if not taken and not final:
                self._open = lines[at:]
                break
            self._number += 1
            at += taken or 1
            if isinstance(row, str):
                bad.append(BadRow(self._number, row))
            elif not is_blank(row):
                numbers.append(self._number)
                rows.append(row)
        return Records(numbers, rows, bad)

    def _record(self, lines: list[str], at: int) -> tuple[list[str] | str, int]:
        """The record that starts at a line, or why it is none, and how many lines it takes; 0: no end in sight."""
        row = split_line(lines[at], self._delimiter)
        if row is not None:
            return (row if self._fits(row) else "wrong_fields"), 1
        if len(lines[at]) > csv.field_size_limit():
            return "field_too_long", 1
        quotes, size = 0, 0
        for end in range(at, min(len(lines), at + RECORD_LINES)):
            quotes += lines[end].count('"')
            size += len(lines[end])
            if size > LINE_MAX:
                return "unclosed_quote", 1
            if quotes % 2 == 0:
                return self._joined(lines[at : end + 1])
        return "unclosed_quote", int(len(lines) >= at + RECORD_LINES)

    def _joined(self, lines: list[str]) -> tuple[list[str] | str, int]:
        """A record over several lines. One that swallowed what looks like whole rows was opened by mistake."""
        try:
            rows = list(csv.reader([f"{line}\n" for line in lines], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return "unclosed_quote", 1
        if len(rows) != 1 or not self._fits(rows[0]):
            return "unclosed_quote", 1
        if self._width > 2 and any(len(split_line(x, self._delimiter) or ()) == self._width for x in lines[1:-1]):
            return "unclosed_quote", 1
        return rows[0], len(lines)

    def _fits(self, row: list[str]) -> bool:
        return not self._width or len(row) == self._width or is_blank(row)


def _readable(out: Records, text: str, lines: list[str]) -> Records:
    """Without the rows that hold bytes which are no text, or more than anybody means to write in a cell."""
    signs = {sign: code for sign, code in _UNREADABLE.items() if sign in text}
    if not signs and max(map(len, lines), default=0) <= FIELD_MAX:
        return out
    codes = [_unreadable(row, signs) for row in out.rows]
    keep = [i for i, code in enumerate(codes) if not code]
    bad = [BadRow(out.numbers[i], code) for i, code in enumerate(codes) if code]
    every = sorted([*out.bad, *bad], key=lambda row: row.number)
    return Records([out.numbers[i] for i in keep], [out.rows[i] for i in keep], every)


def _unreadable(row: list[str], signs: dict[str, str]) -> str:
    if sum(map(len, row)) > LINE_MAX:
        return "line_too_long"
    if max(map(len, row), default=0) > FIELD_MAX:
        return "field_too_long"
    return next((code for sign, code in signs.items() if any(sign in cell for cell in row)), "")
