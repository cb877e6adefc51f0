"""What stands before and around the text: cover, contents, head and foot of every page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from campaign_app.printing.boxes import Box, Lines, Manner, paragraph, set_lines
from campaign_app.printing.page import (
    ACCENT,
    BODY,
    BOTTOM,
    COVER,
    HAIR,
    HEIGHT,
    INK,
    LEFT,
    MEASURE,
    NOTE,
    RIGHT,
    RULE,
    RUNNING,
    SOFT,
    SUBTITLE,
    TITLE,
    TOP,
    Sheet,
    Type,
    mm,
    pt,
)
from campaign_app.reports.document import Cover, Document, Heading, headings

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from campaign_app.printing.boxes import Draw

_HEAD = Type(16, 26, heads=True, bold=True)
_ENTRY = Type(10.5, 20, heads=True, bold=True)
_BELOW = Type(10.5, 18)


def draw_cover(painter: QPainter, sheet: Sheet, cover: Cover) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor

    painter.fillRect(QRectF(0, 0, mm(9), HEIGHT), QColor(ACCENT))
    if cover.mark:
        _run(painter, paragraph(sheet, cover.mark, NOTE, Manner(align="end", ink=SOFT)), TOP)
    at = _run(painter, paragraph(sheet, cover.title, TITLE, Manner(ink=ACCENT)), mm(82))
    if cover.subtitle:
        at = _run(painter, paragraph(sheet, cover.subtitle, SUBTITLE), at + pt(6))
    painter.fillRect(QRectF(LEFT, at + pt(16), mm(38), pt(2.5)), QColor(ACCENT))
    at += pt(46)
    for name, value in cover.facts:
        _run(painter, paragraph(sheet, name, COVER, Manner(width=mm(36), ink=SOFT)), at)
        at = _run(painter, paragraph(sheet, value, COVER, Manner(left=LEFT + mm(38), width=MEASURE - mm(38))), at)
    foot = [paragraph(sheet, text, COVER, Manner(align="end")) for text in (cover.issuer, cover.date) if text]
    at = BOTTOM - sum(box.height for boxes in foot for box in boxes)
    for boxes in foot:
        at = _run(painter, boxes, at)


def _run(painter: QPainter, boxes: list[Box], at: float) -> float:
    for box in boxes:
        box.draw(painter, at)
        at += box.height
    return at


def contents_boxes(sheet: Sheet, document: Document, found: Mapping[int, int]) -> Iterator[Box]:
    """`found` is the page of each heading by its key."""
    yield from paragraph(sheet, document.wording.contents, _HEAD, Manner(align="center", ink=ACCENT), keep=True)
    yield Box(pt(10), keep=True)
    for heading in headings(document):
        yield from _entry(sheet, heading, str(found[heading.key]))


def _entry(sheet: Sheet, heading: Heading, page: str) -> list[Box]:
    """Title, dots, page; a title of more lines has its page at the last."""
    kind = _ENTRY if heading.level == 1 else _BELOW
    left = pt(18) * (heading.level - 1)
    ink = INK if heading.level == 1 else SOFT
    room = pt(34)
    boxes = paragraph(
        sheet,
        heading.text,
        kind,
        Manner(left=LEFT + left, width=MEASURE - left - room, ink=ink),
        gap=pt(5) if heading.level == 1 else 0,
    )
    title = set_lines(sheet, heading.text, kind, MEASURE - left - room)
    number = set_lines(sheet, page, BODY, room, align="end")
    end = LEFT + left + title.lines[-1].naturalTextWidth()
    boxes[-1] = replace(boxes[-1], draw=_led(boxes[-1], number, end, kind))
    return boxes


def _led(box: Box, number: Lines, end: float, kind: Type) -> Draw:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QBrush, QColor

    before = RIGHT - number.lines[0].naturalTextWidth() - pt(6)

    def draw(painter: QPainter, top: float) -> None:
        box.draw(painter, top)
        painter.setPen(QColor(RULE))
        painter.setBrush(QBrush(QColor(RULE)))
        # from the right, so that the dots of all lines stand below one another
        at = RIGHT - pt(5) * (int((RIGHT - before) / pt(5)) + 1)
        while at > end + pt(6):
            painter.drawEllipse(QPointF(at, top + pt(kind.leading) * 0.62), pt(0.45), pt(0.45))
            at -= pt(5)
        painter.setBrush(QBrush())
        painter.setPen(QColor(INK))
        number.draw(painter, 0, RIGHT - pt(34), top + (pt(kind.leading) - number.leading) / 2)

    return draw


def draw_running(painter: QPainter, sheet: Sheet, document: Document, page: str) -> None:
    """Head and foot; `page` is what stands in the middle of the foot."""
    from PySide6.QtCore import QLineF
    from PySide6.QtGui import QColor, QPen

    half = MEASURE * 0.6
    head, foot = TOP - mm(12), BOTTOM + mm(7)
    painter.setPen(QPen(QColor(HAIR), pt(0.5)))
    painter.drawLine(QLineF(LEFT, head + pt(14), RIGHT, head + pt(14)))
    painter.setPen(QColor(SOFT))
    set_lines(sheet, document.title, RUNNING, half).draw(painter, 0, LEFT, head)
    if document.header:
        set_lines(sheet, document.header, RUNNING, MEASURE - half, align="end").draw(painter, 0, LEFT + half, head)
    set_lines(sheet, page, RUNNING, MEASURE, align="center").draw(painter, 0, LEFT, foot)
    if document.footer:
        set_lines(sheet, document.footer, RUNNING, MEASURE * 0.4).draw(painter, 0, LEFT, foot)
