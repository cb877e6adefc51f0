"""Tables of a document as boxes: a row is one box, headings come again at the head of every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from campaign_app.printing.boxes import Box, Lines, Manner, paragraph, set_lines
from campaign_app.printing.page import (
    ACCENT,
    CAPTION,
    CELL,
    CELL_HEAD,
    HAIR,
    INK,
    LEFT,
    MEASURE,
    NOTE,
    RULE,
    SHADE,
    SOFT,
    Sheet,
    Type,
    pt,
)
from campaign_app.reports.document import Column, Facts, Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from campaign_app.printing.boxes import Draw

_PAD: Final = pt(4)
_ROW_LINES: Final = 24  # a longer row goes on as a row of its own: some page takes it


@dataclass(frozen=True, slots=True)
class _Look:
    kind: Type = CELL
    shade: str = ""
    above: str = ""
    below: str = HAIR


_HEAD: Final = _Look(CELL_HEAD, SHADE, ACCENT, RULE)
_TOTAL: Final = _Look(CELL_HEAD, "", RULE, RULE)


def caption(sheet: Sheet, number: str, text: str) -> list[Box]:
    if not text:
        return [Box(pt(3), gap=pt(3), keep=True)]
    lines = paragraph(sheet, f"{number}　{text}", CAPTION, gap=pt(9), keep=True)
    return [*lines, Box(pt(3), keep=True)]


def table_boxes(sheet: Sheet, table: Table, number: str) -> Iterator[Box]:
    yield from caption(sheet, number, table.caption)
    columns = _placed(table.columns)
    heads = tuple(_row(sheet, columns, tuple(column.title for column in table.columns), _HEAD))
    yield from (replace(box, keep=True) for box in heads)
    if not table.rows:
        yield from _kept(_nothing(sheet, table.empty or sheet.none), heads, together=bool(table.note))
    last = len(table.rows) - 1
    for place, row in enumerate(table.rows):
        # the first two rows stay with their heading, and the last one with the row before it
        ends = place == last and (table.total is not None or bool(table.note))
        together = place == 0 < last or place == last - 1 or ends
        look = _Look(below=RULE) if place == last else _Look()
        yield from _kept(_row(sheet, columns, row, look), heads, together=together)
    if table.total is not None:
        yield from _kept(_row(sheet, columns, table.total, _TOTAL), heads, together=bool(table.note))
    yield from note(sheet, table.note)
    yield Box(pt(5))


def facts_boxes(sheet: Sheet, facts: Facts, number: str) -> Iterator[Box]:
    yield from caption(sheet, number, facts.caption)
    columns = _placed((Column("", 0.28), Column("", 0.72)))
    last = len(facts.pairs) - 1
    for place, (name, value) in enumerate(facts.pairs):
        look = _Look(above=RULE if place == 0 else "", below=RULE if place == last else HAIR)
        for box in _row(sheet, columns, (name, value), look, names=True):
            yield replace(box, keep=place in {0, last - 1} and place != last)
    yield Box(pt(5))


def note(sheet: Sheet, text: str) -> list[Box]:
    return paragraph(sheet, text, NOTE, Manner(ink=SOFT), gap=pt(3)) if text else []


def _nothing(sheet: Sheet, text: str) -> Iterator[Box]:
    columns = _placed((Column("", 1.0, "center"),))
    yield from _row(sheet, columns, (text,), _Look(below=RULE))


def _kept(boxes: Iterator[Box], heads: tuple[Box, ...], *, together: bool) -> Iterator[Box]:
    for box in boxes:
        yield replace(box, heads=heads, keep=together)


@dataclass(frozen=True, slots=True)
class _Place:
    left: float
    width: float
    align: str


def _placed(columns: Sequence[Column]) -> tuple[_Place, ...]:
    whole = sum(column.weight for column in columns)
    places, left = [], LEFT
    for column in columns:
        width = MEASURE * column.weight / whole
        places.append(_Place(left, width, column.align))
        left += width
    return tuple(places)


def _row(sheet: Sheet, places: tuple[_Place, ...], cells: Row, look: _Look, *, names: bool = False) -> Iterator[Box]:
    """One box, or more where a cell is very long. `names` sets the first cell apart."""
    if len(cells) != len(places):
        raise ValueError(f"A row of {len(cells)} cells in a table of {len(places)} columns")
    sets = [
        set_lines(
            sheet,
            text,
            CELL_HEAD if names and not column else look.kind,
            place.width - 2 * _PAD,
            align=place.align,
        )
        for column, (place, text) in enumerate(zip(places, cells, strict=True))
    ]
    lines = max(len(each.lines) for each in sets)
    for first in range(0, lines, _ROW_LINES):
        count = min(_ROW_LINES, lines - first)
        ends = first + count == lines
        shown = replace(look, above=look.above if first == 0 else "", below=look.below if ends else "")
        height = count * pt(look.kind.leading) + 2 * _PAD
        yield Box(height, _drawing(places, sets, first, count, shown))


def _drawing(places: tuple[_Place, ...], sets: list[Lines], first: int, count: int, look: _Look) -> Draw:
    from PySide6.QtCore import QLineF, QRectF
    from PySide6.QtGui import QColor, QPen

    height = count * pt(look.kind.leading) + 2 * _PAD
    right = places[-1].left + places[-1].width

    def rule(painter: QPainter, colour: str, at: float) -> None:
        if colour:
            painter.setPen(QPen(QColor(colour), pt(0.4 if colour == HAIR else 0.8)))
            painter.drawLine(QLineF(LEFT, at, right, at))

    def draw(painter: QPainter, top: float) -> None:
        if look.shade:
            painter.fillRect(QRectF(LEFT, top, right - LEFT, height), QColor(look.shade))
        painter.setPen(QColor(INK))
        for place, lines in zip(places, sets, strict=True):
            for line in range(first, min(first + count, len(lines.lines))):
                lines.draw(painter, line, place.left + _PAD, top + _PAD + (line - first) * lines.leading)
        rule(painter, look.above, top)
        rule(painter, look.below, top + height)

    return draw
