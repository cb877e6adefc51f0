"""A delimited text file as a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.encoding import guess_encoding, known_encoding
from campaign_app.jobs.tabular.header import LOOK, header_among, read_header
from campaign_app.jobs.tabular.records import RecordReader, Records, is_blank, split_line
from campaign_app.jobs.tabular.text import TextBlock, text_blocks
from campaign_app.services.tables import Block, Certainty, ReadOptions, TableInfo

DELIMITERS: Final = (",", "\t", ";", "，")
_SNIFF_LINES: Final = 50


class CsvTable:
    """Implements `services.tables.Table`."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path = path
        self._size = path.stat().st_size
        encoding, certainty = known_encoding(options.encoding or "utf-8"), Certainty.CERTAIN
        if not options.encoding:
            encoding, certainty = guess_encoding(path)
        self._encoding = encoding
        self._delimiter = _known_delimiter(options.delimiter) or self._sniff()
        first = list(islice(self._first_records(), LOOK))
        above = header_among([row for _, row in first])
        self._header_at, names = first[above]
        header, headerless = read_header(names)
        if headerless:
            self._header_at = 0
        self.info = TableInfo("csv", header, encoding, certainty, self._delimiter, above=above)
        if not any(block.bad or not all(map(is_blank, block.rows)) for block in self.blocks()):
            raise SettingsError("file_no_rows", "The file has a header and no rows")

    def blocks(self) -> Iterator[Block]:
        reader = RecordReader(self._delimiter, len(self.info.header))
        for text in text_blocks(self._path, self._encoding):
            yield self._block(reader.feed(text), text.read / self._size)
        yield self._block(reader.close(), 1.0)

    def _block(self, records: Records, done: float) -> Block:
        numbers, rows = records.numbers, records.rows
        if numbers and numbers[0] <= self._header_at:  # blank rows and titles stand before the header
            skip = sum(number <= self._header_at for number in numbers[: self._header_at])
            numbers, rows = numbers[skip:], rows[skip:]
        return Block(numbers, rows, tuple(bad for bad in records.bad if bad.number > self._header_at), done)

    def _first_records(self) -> Iterator[tuple[int, list[str]]]:
        """The filled rows up to one that cannot be read, at least one."""
        empty = True
        for records in self._records(RecordReader(self._delimiter)):
            bad = records.bad[0].number if records.bad else None
            for number, row in zip(records.numbers, records.rows, strict=True):
                if bad is not None and bad < number:
                    break
                if not is_blank(row):
                    empty = False
                    yield number, row
            if bad is not None:
                if empty:
                    raise SettingsError("header_unreadable", "The first row cannot be read", row=bad)
                return
        if empty:
            raise SettingsError("file_empty", "The file is empty")

    def _records(self, reader: RecordReader) -> Iterator[Records]:
        for text in text_blocks(self._path, self._encoding):
            yield reader.feed(text)
        yield reader.close()

    def _sniff(self) -> str:
        """The delimiter that cuts most of the first lines into as many cells as the header.

        That is the first line, or, below a title, one that is cut as half of all lines are: a sign that only some
        cells of a single column hold is none.
        """
        blocks: Iterator[TextBlock] = islice(text_blocks(self._path, self._encoding), 4)
        lines = [line for block in blocks for line in block.text.split("\n") if line.strip()][:_SNIFF_LINES]

        def score(delimiter: str) -> tuple[int, int]:
            widths = [len(split_line(line, delimiter) or ()) for line in lines]
            counts = {width: widths.count(width) for width in widths[:LOOK] if width > 1}
            likely = [(n, width) for width, n in counts.items() if width == widths[0] or 2 * n >= len(lines)]
            return max(likely, default=(0, 0))

        return max(DELIMITERS, key=score)


def _known_delimiter(written: str) -> str:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(written.lower(), written)
    if delimiter and delimiter not in (*DELIMITERS, "|"):
        raise SettingsError("unknown_delimiter", "This delimiter is not known", delimiter=written)
    return delimiter
