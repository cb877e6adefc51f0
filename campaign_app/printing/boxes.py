"""Lines of type as boxes, and how boxes fill pages: no heading alone at a foot, no single line left over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from campaign_app.printing.page import BOTTOM, INK, LEFT, MEASURE, TOP, Sheet, Type, pt

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QTextLayout, QTextLine

    Draw = Callable[[QPainter, float], None]

_LINES_TOGETHER: Final = 2  # at either end of a paragraph


def _nothing(_painter: QPainter, _top: float) -> None:
    """A box that is only room; none is left at the head of a page."""


@dataclass(frozen=True, slots=True)
class Box:
    """What is never cut. `gap` is the room above it, none at the head of a page."""

    height: float
    draw: Draw = _nothing
    gap: float = 0
    keep: bool = False  # on one page with the next box
    new_page: bool = False
    key: int = 0  # of the heading that it begins
    heads: tuple[Box, ...] = ()  # drawn again above it where it begins a page


@dataclass(slots=True)
class Placed:
    """One page: boxes with the place of their upper edge."""

    number: int
    boxes: list[tuple[Box, float]] = field(default_factory=list)


def pages(boxes: Iterable[Box]) -> Iterator[Placed]:
    """Boxes that belong together go to one page together, unless they are longer than a page."""
    page, at = Placed(1), TOP
    for group in _groups(boxes):
        needed = sum(box.height + box.gap for box in group) - (group[0].gap if at == TOP else 0)
        full = at + needed > BOTTOM
        for place, box in enumerate(group):
            turn = (place == 0 and (full or box.new_page)) or at + box.gap + box.height > BOTTOM
            if turn and at > TOP:
                yield page
                page, at = Placed(page.number + 1), TOP
                at = _put(page, box.heads, at)
            at = _put(page, (box,), at)
    yield page


def _put(page: Placed, boxes: Iterable[Box], at: float) -> float:
    for box in boxes:
        if at == TOP and box.draw is _nothing:
            continue
        at += box.gap if at > TOP else 0
        page.boxes.append((box, at))
        at += box.height
    return at


def _groups(boxes: Iterable[Box]) -> Iterator[list[Box]]:
    group: list[Box] = []
    for box in boxes:
        group.append(box)
        if not box.keep:
            yield group
            group = []
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class Lines:
    """Text broken into lines of one width. The layout is kept: its lines live in it."""

    layout: QTextLayout
    lines: tuple[QTextLine, ...]
    leading: float

    def draw(self, painter: QPainter, place: int, left: float, top: float) -> None:
        from PySide6.QtCore import QPointF

        line = self.lines[place]
        # a line knows where it stands in its layout; type is set in the middle of its leading
        line.draw(painter, QPointF(left, top + (self.leading - line.height()) / 2 - line.y()))


def set_lines(sheet: Sheet, text: str, kind: Type, width: float, *, align: str = "start", indent: float = 0) -> Lines:
    """`indent` is of the first line. No text is one empty line. Text that fits nowhere is broken anywhere."""
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QTextLayout, QTextOption

    aligned = {
        "start": Qt.AlignmentFlag.AlignLeft,
        "end": Qt.AlignmentFlag.AlignRight,
        "center": Qt.AlignmentFlag.AlignHCenter,
        "both": Qt.AlignmentFlag.AlignJustify,
    }[align]
    option = QTextOption(aligned)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(printable(text), kind.font(sheet.families), sheet.device)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[QTextLine] = []
    while (line := layout.createLine()).isValid():
        shift = 0 if lines else indent
        line.setLineWidth(width - shift)
        line.setPosition(QPointF(shift, len(lines) * pt(kind.leading)))
        lines.append(line)
    layout.endLayout()
    return Lines(layout, tuple(lines), pt(kind.leading))


def printable(text: str) -> str:
    """Line feeds as Qt's own, and no control characters, which are drawn as boxes."""
    kept = text.replace("\r\n", "\n").replace("\n", "\u2028").replace("\t", " ")
    return "".join(sign for sign in kept if sign >= " " and sign != "\x7f") or " "


@dataclass(frozen=True, slots=True)
class Manner:
    """How and where a paragraph stands; `indent` is of its first line."""

    align: str = "start"
    indent: float = 0
    left: float = LEFT
    width: float = MEASURE
    ink: str = INK


PLAIN: Final = Manner()


def paragraph(
    sheet: Sheet, text: str, kind: Type, manner: Manner = PLAIN, *, gap: float = 0, keep: bool = False
) -> list[Box]:
    """One box for each line; `keep` holds the last of them to what follows."""
    from PySide6.QtGui import QColor

    lines = set_lines(sheet, text, kind, manner.width, align=manner.align, indent=manner.indent)
    colour = QColor(manner.ink)

    def drawn(place: int) -> Draw:
        def draw(painter: QPainter, top: float) -> None:
            painter.setPen(colour)
            lines.draw(painter, place, manner.left, top)

        return draw

    count = len(lines.lines)
    boxes = [
        Box(
            lines.leading,
            drawn(place),
            keep=place < _LINES_TOGETHER - 1 < count - 1 or count - _LINES_TOGETHER <= place < count - 1,
        )
        for place in range(count)
    ]
    boxes[0] = replace(boxes[0], gap=gap)
    if keep:
        boxes[-1] = replace(boxes[-1], keep=True)
    return boxes
