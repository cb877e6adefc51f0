"""Sections, paragraphs and large figures of a document as boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from campaign_app.printing.boxes import Box, Lines, Manner, paragraph, set_lines
from campaign_app.printing.charts import chart_boxes
from campaign_app.printing.page import (
    ACCENT,
    ALERT,
    ALERT_SHADE,
    BODY,
    FIGURE,
    HEADS,
    INK,
    LEFT,
    MEASURE,
    NOTE,
    SHADE,
    SOFT,
    Sheet,
    pt,
)
from campaign_app.printing.tables import facts_boxes, note, table_boxes
from campaign_app.reports.document import (
    Block,
    Chart,
    Document,
    Facts,
    Figure,
    Figures,
    Heading,
    Items,
    Paragraph,
    Style,
    Table,
    parts,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from campaign_app.printing.boxes import Draw

_ABREAST: Final = 4
_ABOVE: Final = (pt(20), pt(13), pt(9))
_BELOW: Final = (pt(5), pt(3), pt(2))


def body_boxes(sheet: Sheet, document: Document) -> Iterator[Box]:
    for part in parts(document):
        if isinstance(part, Heading):
            yield from _heading(sheet, part)
        else:
            yield from _block(sheet, part.block, part.number)


def _heading(sheet: Sheet, heading: Heading) -> Iterator[Box]:
    place = min(heading.level, len(HEADS)) - 1
    ink = ACCENT if place == 0 else INK
    first, *rest = paragraph(sheet, heading.text, HEADS[place], Manner(ink=ink), gap=_ABOVE[place], keep=True)
    yield replace(first, key=heading.key, new_page=heading.new_page, keep=True)
    yield from (replace(box, keep=True) for box in rest)
    yield Box(_BELOW[place], keep=True)


def _block(sheet: Sheet, block: Block, number: str) -> Iterator[Box]:
    match block:
        case Paragraph(text=text, style=style):
            return _paragraph(sheet, text, style)
        case Items():
            return _items(sheet, block)
        case Table():
            return table_boxes(sheet, block, number)
        case Facts():
            return facts_boxes(sheet, block, number)
        case Figures():
            return _figures(sheet, block)
        case Chart():
            return chart_boxes(sheet, block, number)
        case _:
            assert_never(block)


def _paragraph(sheet: Sheet, text: str, style: Style) -> Iterator[Box]:
    if style is Style.NOTE:
        yield from note(sheet, text)
    elif style is Style.WARNING:
        yield from _warning(sheet, text)
    else:
        # two signs, as Chinese paragraphs begin
        yield from paragraph(sheet, text, BODY, Manner(align="both", indent=2 * pt(BODY.size)), gap=pt(3))


def _warning(sheet: Sheet, text: str) -> Iterator[Box]:
    pad = pt(8)
    lines = paragraph(sheet, text, NOTE, Manner(left=LEFT + pad + pt(3), width=MEASURE - 2 * pad - pt(3)))
    yield Box(pt(5), keep=True)
    for place, line in enumerate(lines):
        above, below = (pt(5) if place == 0 else 0), (pt(5) if place == len(lines) - 1 else 0)
        yield Box(line.height + above + below, _shaded(line, above, below), keep=line.keep)
    yield Box(pt(5))


def _shaded(line: Box, above: float, below: float) -> Draw:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor

    def draw(painter: QPainter, top: float) -> None:
        height = above + line.height + below
        painter.fillRect(QRectF(LEFT, top, MEASURE, height), QColor(ALERT_SHADE))
        painter.fillRect(QRectF(LEFT, top, pt(2.5), height), QColor(ALERT))
        line.draw(painter, top + above)

    return draw


def _items(sheet: Sheet, items: Items) -> Iterator[Box]:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QBrush, QColor

    def dotted(box: Box) -> Box:
        def draw(painter: QPainter, top: float) -> None:
            painter.setPen(QColor(ACCENT))
            painter.setBrush(QBrush(QColor(ACCENT)))
            painter.drawEllipse(QPointF(LEFT + pt(15), top + box.height / 2), pt(1.6), pt(1.6))
            painter.setBrush(QBrush())
            box.draw(painter, top)

        return replace(box, draw=draw)

    for text in items.texts:
        first, *rest = paragraph(sheet, text, BODY, Manner(left=LEFT + pt(24), width=MEASURE - pt(24)), gap=pt(1))
        yield dotted(first)
        yield from rest


def _figures(sheet: Sheet, figures: Figures) -> Iterator[Box]:
    for start in range(0, len(figures.figures), _ABREAST):
        yield _abreast(sheet, figures.figures[start : start + _ABREAST])
    yield Box(pt(6))


def _fitted(sheet: Sheet, text: str, width: float) -> Lines:
    """A large number in one line, in smaller type where it is long."""
    for size in range(round(FIGURE.size), round(BODY.size), -1):
        lines = set_lines(sheet, text, replace(FIGURE, size=size), width)
        if len(lines.lines) == 1:
            break
    return lines


def _abreast(sheet: Sheet, figures: tuple[Figure, ...]) -> Box:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor

    room, pad = pt(8), pt(9)
    wide = (MEASURE - room * (_ABREAST - 1)) / _ABREAST
    inner = wide - 2 * pad
    sets = [
        (
            _fitted(sheet, one.value, inner),
            set_lines(sheet, one.label, NOTE, inner),
            set_lines(sheet, one.note, NOTE, inner) if one.note else None,
        )
        for one in figures
    ]
    parted = [[part for part in each if part is not None] for each in sets]
    height = max(sum(len(part.lines) * part.leading for part in each) for each in parted) + 2 * pad

    def draw(painter: QPainter, top: float) -> None:
        for place, each in enumerate(parted):
            left, at = LEFT + place * (wide + room), top + pad
            painter.fillRect(QRectF(left, top, wide, height), QColor(SHADE))
            painter.fillRect(QRectF(left, top, wide, pt(2)), QColor(ACCENT))
            for rank, part in enumerate(each):
                painter.setPen(QColor((ACCENT, INK, SOFT)[rank]))
                for line in range(len(part.lines)):
                    part.draw(painter, line, left + pad, at)
                    at += part.leading

    return Box(height, draw, gap=pt(6))
