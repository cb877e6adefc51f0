"""Columns over time, stacked by kind: reached by keyboard, read out one by one, and drawn into a picture as well.

Kinds differ by pattern, not by colour alone. Whoever reads no pictures has the same numbers in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from campaign_app.ui import show
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SMALL, Tokens

HEIGHT: Final = 190
_LEGEND: Final = 24.0
_FOOT: Final = 22.0
_GAP: Final = 0.22  # of a column's room
_WIDEST: Final = 46.0
_LINES: Final = 3
_BOX: Final = 12.0
_LEAST: Final = 2.0  # something is never nothing


@dataclass(frozen=True, slots=True)
class Kind:
    """`colour` names a token; `pattern` is laid over it."""

    text: str
    colour: str
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern


@dataclass(frozen=True, slots=True)
class Column:
    """`label` stands below it where there is room; `told` is all of it in words."""

    label: str
    told: str
    counts: tuple[int, ...]


class ColumnChart(QWidget):
    """Left, right, Home and End go from column to column; `pointed` tells which, -1 for none.

    `over`: another over the same span of time, whose columns stand at the same places.
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme, self._title = theme, title
        self.kinds: tuple[Kind, ...] = ()
        self.columns: tuple[Column, ...] = ()
        self.current = -1
        self.over: ColumnChart | None = None
        self.setAccessibleName(title)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(420, HEIGHT)

    def show_columns(self, kinds: Sequence[Kind], columns: Sequence[Column], summary: str) -> None:
        """`summary` says what there is to see, for whoever comes by a screen reader."""
        self.kinds, self.columns, self._summary = tuple(kinds), tuple(columns), summary
        self._point(min(self.current, len(self.columns) - 1))
        if self.over is not None:
            self.over.update()

    def picture(self, size: QSize, tokens: Tokens, scale: float = 2.0) -> QImage:
        """Drawn anew on a ground of its own, sharper than a screen."""
        made = QImage(size * scale, QImage.Format.Format_RGB32)
        made.setDevicePixelRatio(scale)
        made.fill(QColor(tokens.surface))
        painter = QPainter(made)
        heading = QFont(self.font())
        heading.setWeight(QFont.Weight.DemiBold)
        painter.setFont(heading)
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(16, 10, size.width() - 32, 24), Qt.AlignmentFlag.AlignVCenter, self._title)
        self._paint(painter, QRectF(16, 40, size.width() - 32, size.height() - 52), tokens)
        painter.end()
        return made

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, tokens = QPainter(self), self._theme.tokens
        self._paint(painter, QRectF(self.rect()), tokens)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        last = len(self.columns) - 1
        to = {
            Qt.Key.Key_Left: max(0, self.current - 1),
            Qt.Key.Key_Right: min(last, self.current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if to is None or last < 0:
            super().keyPressEvent(event)
        else:
            self._point(to)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._point(self._at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(-1)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self._at(event.pos().x())
            QToolTip.showText(event.globalPos(), self.columns[at].told if at >= 0 else "", self)
            return True
        return super().event(event)

    def _point(self, at: int) -> None:
        self.current = at
        self.setAccessibleDescription(self.columns[at].told if at >= 0 else self._summary)
        self.update()
        self.pointed.emit(at)

    def _at(self, x: float) -> int:
        room = self._room(QRectF(self.rect()))
        if not self.columns or not room.left() <= x < room.right():
            return -1
        return min(len(self.columns) - 1, int((x - room.left()) / (room.width() / len(self.columns))))

    def top(self) -> int:
        """Where the axis ends."""
        return nice_top(max((sum(column.counts) for column in self.columns), default=0))

    def _room(self, whole: QRectF) -> QRectF:
        """Where the columns stand."""
        top = max(self.top(), 0 if self.over is None else self.over.top())
        left = QFontMetricsF(self._small()).horizontalAdvance(show.count(top)) + 12
        return whole.adjusted(left, _LEGEND + 8, -4, -_FOOT)

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        return font

    def _paint(self, painter: QPainter, whole: QRectF, tokens: Tokens) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        self._paint_legend(painter, whole, tokens)
        room, top = self._room(whole), self.top()
        for line in range(_LINES + 1):
            y = room.bottom() - room.height() * line / _LINES
            painter.fillRect(QRectF(room.left(), round(y), room.width(), 1), QColor(tokens.line))
            painter.setPen(QColor(tokens.muted))
            number = QRectF(whole.left(), y - 9, room.left() - whole.left() - 8, 18)
            middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(number, middle, show.count(top * line // _LINES))
        if not self.columns:
            return
        each = room.width() / len(self.columns)
        for at, column in enumerate(self.columns):
            place = QRectF(room.left() + at * each, room.top(), each, room.height())
            if at == self.current:
                painter.fillRect(place, QColor(tokens.raised))
            self._paint_column(painter, place, column, top, tokens)
        self._paint_labels(painter, room, each, tokens)

    def _paint_column(self, painter: QPainter, place: QRectF, column: Column, top: int, tokens: Tokens) -> None:
        width = min(_WIDEST, place.width() * (1 - _GAP))
        left, bottom = place.center().x() - width / 2, place.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
        for kind, count in zip(self.kinds, column.counts, strict=True):
            if count:
                height = max(_LEAST, place.height() * count / top)
                _fill(painter, QRectF(left, bottom - height, width, height), kind, tokens)
                bottom -= height

    def _paint_labels(self, painter: QPainter, room: QRectF, each: float, tokens: Tokens) -> None:
        metrics = QFontMetricsF(painter.font())
        widest = max(metrics.horizontalAdvance(column.label) for column in self.columns) + 14
        step = max(1, -int(-widest // each))
        painter.setPen(QColor(tokens.muted))
        for at in range(0, len(self.columns), step):
            middle = room.left() + (at + 0.5) * each
            left = min(max(room.left() - 6, middle - widest / 2), room.right() + 4 - widest)
            here = QRectF(left, room.bottom() + 3, widest, _FOOT - 4)
            painter.drawText(here, Qt.AlignmentFlag.AlignCenter, self.columns[at].label)

    def _paint_legend(self, painter: QPainter, whole: QRectF, tokens: Tokens) -> None:
        left, metrics = whole.left() + 2, QFontMetricsF(painter.font())
        for kind in self.kinds:
            painter.setPen(Qt.PenStyle.NoPen)
            _fill(painter, QRectF(left, whole.top() + 6, _BOX, _BOX), kind, tokens)
            painter.setPen(QColor(tokens.muted))
            width = metrics.horizontalAdvance(kind.text) + 4
            painter.drawText(QRectF(left + 18, whole.top(), width, _LEGEND), Qt.AlignmentFlag.AlignVCenter, kind.text)
            left += 18 + width + 18

    _summary = ""


def nice_top(most: int) -> int:
    """The end of the axis: a round number, no less than `most`, that its lines divide without a rest."""
    unit = _LINES
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if unit * step >= most:
                return unit * step
        unit *= 10


def picture_of(charts: Sequence[ColumnChart], size: QSize, tokens: Tokens) -> QImage:
    """One below another; `size` is that of each."""
    parts = [chart.picture(size, tokens) for chart in charts]
    made = QImage(parts[0].width(), sum(part.height() for part in parts), QImage.Format.Format_RGB32)
    painter, top = QPainter(made), 0
    for part in parts:
        painter.drawImage(QRect(0, top, part.width(), part.height()), part)
        top += part.height()
    painter.end()
    return made


def _fill(painter: QPainter, rect: QRectF, kind: Kind, tokens: Tokens) -> None:
    painter.setBrush(QColor(getattr(tokens, kind.colour)))
    painter.drawRect(rect)
    if kind.pattern is not Qt.BrushStyle.SolidPattern:
        painter.fillRect(rect, _pattern(tokens, kind.pattern))


def _pattern(tokens: Tokens, style: Qt.BrushStyle) -> QBrush:
    return QBrush(QColor(tokens.surface), style)
