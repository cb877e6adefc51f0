"""Bars with a label, a number and a share: one row each, every row can be reached by keyboard and opened.

Painted here; what they say is also their accessible text, so nothing is told by length or colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from campaign_app.ui import show
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SMALL
from campaign_app.ui.widgets.basics import clear, lay_out

HEIGHT: Final = 29
_BAR: Final = 12
_LEAST: Final = 3.0  # somebody is never nobody
_PAD: Final = 10
_COUNT: Final = 84
_SHARE: Final = 66
_CHEVRON: Final = 16


@dataclass(frozen=True, slots=True)
class Bar:
    """`start` and `end` are parts of the whole, 0 to 1; up to `start` a pale track shows who is left.

    `colour` names a token. `why` explains it. A bar that does not `open` cannot be chosen.
    """

    key: str
    text: str
    count: int
    share: str
    start: float
    end: float
    colour: str
    why: str = ""
    opens: bool = True
    strong: bool = False


class BarRow(QAbstractButton):
    def __init__(self, theme: Theme, bar: Bar) -> None:
        super().__init__()
        self._theme = theme
        self.label_width = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_bar(bar)
        theme.changed.connect(self.update)

    def show_bar(self, bar: Bar) -> None:
        self.bar = bar
        self.setObjectName(f"bar_{bar.key}")
        said = self.tr("{}：{}，{}") if bar.share else self.tr("{}：{}")
        self.setAccessibleName(said.format(bar.text, show.count(bar.count), bar.share))
        self.setAccessibleDescription(bar.why)
        self.setToolTip(bar.why)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if bar.opens else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if bar.opens else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.label_width + _COUNT + _SHARE + 200, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def text_width(self) -> int:
        return QFontMetrics(self._label_font()).horizontalAdvance(self.bar.text) + 2

    def _label_font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if self.bar.strong else QFont.Weight.Normal)
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, tokens, whole = QPainter(self), self._theme.tokens, QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.bar.opens and (self.underMouse() or self.hasFocus()):
            painter.setPen(QColor(tokens.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), 6, 6)
        self._words(painter, whole)
        left = _PAD + self.label_width + 14
        room = QRectF(left, (HEIGHT - _BAR) / 2, whole.width() - left - _COUNT - _SHARE - _CHEVRON - _PAD, _BAR)
        self._draw_bar(painter, room)

    def _words(self, painter: QPainter, whole: QRectF) -> None:
        tokens, middle = self._theme.tokens, Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens.text))
        painter.setFont(self._label_font())
        painter.drawText(QRectF(_PAD, 0, self.label_width, HEIGHT), middle | Qt.AlignmentFlag.AlignLeft, self.bar.text)
        right = whole.width() - _PAD - _CHEVRON
        number = QRectF(right - _SHARE - _COUNT, 0, _COUNT, HEIGHT)
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, show.count(self.bar.count))
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(
            QRectF(right - _SHARE, 0, _SHARE - 6, HEIGHT), middle | Qt.AlignmentFlag.AlignRight, self.bar.share
        )
        if self.bar.opens:
            chevron = icons.pixmap("right", tokens.faint, _CHEVRON, self.devicePixelRatioF())
            painter.drawPixmap(int(right + 2), (HEIGHT - _CHEVRON) // 2, chevron)

    def _draw_bar(self, painter: QPainter, room: QRectF) -> None:
        tokens, bar = self._theme.tokens, self.bar
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(room, 4, 4)
        if bar.start > 0:
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(QRectF(room.left(), room.top(), room.width() * bar.start, room.height()), 4, 4)
        if bar.count:
            width = max(_LEAST, room.width() * (bar.end - bar.start))
            left = min(room.left() + room.width() * bar.start, room.right() - width)
            painter.setBrush(QColor(getattr(tokens, bar.colour)))
            painter.drawRoundedRect(
                QRectF(left, room.top(), width, room.height()), min(4, width / 2), min(4, width / 2)
            )


class Bars(QWidget):
    """`chosen`: a bar was clicked, or opened by Enter or space."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(title)
        self.rows: dict[str, BarRow] = {}
        self._layout = QVBoxLayout()
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setLayout(self._layout)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """The same bars with other numbers stay where they are, with the focus that they have."""
        anew = [bar.key for bar in bars] != list(self.rows)
        if anew:
            self._build(bars)
        for bar in bars:
            self.rows[bar.key].show_bar(bar)
        width = max((row.text_width() for row in self.rows.values()), default=0)
        for row in self.rows.values():
            row.label_width = width
        self.setAccessibleDescription(self.tr("；").join(row.accessibleName() for row in self.rows.values()))
        if anew and self.isVisible():
            for row in self.rows.values():
                row.show()
            lay_out()  # else the rows would be painted first, pressed into the height of the former ones

    def _build(self, bars: Sequence[Bar]) -> None:
        focused = next((key for key, row in self.rows.items() if row.hasFocus()), "")
        clear(self._layout)
        self.rows = {bar.key: BarRow(self._theme, bar) for bar in bars}
        for key, row in self.rows.items():
            row.clicked.connect(lambda _=False, key=key: self._open(key))
            self._layout.addWidget(row)
        if focused in self.rows:
            self.rows[focused].setFocus()

    def _open(self, key: str) -> None:
        if self.rows[key].bar.opens:
            self.chosen.emit(key)


class Legend(QWidget):
    """What the colours of bars stand for."""

    def __init__(self, theme: Theme, entries: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._theme, self._entries = theme, tuple(entries)
        self.setAccessibleName(self.tr("，").join(text for _, text in entries))
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, tokens, left = QPainter(self), self._theme.tokens, float(_PAD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        for colour, text in self._entries:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(tokens, colour)))
            painter.drawRoundedRect(QRectF(left, 5, 10, 10), 3, 3)
            painter.setPen(QColor(tokens.muted))
            width = QFontMetrics(font).horizontalAdvance(text) + 4
            painter.drawText(QRectF(left + 16, 0, width, 20), Qt.AlignmentFlag.AlignVCenter, text)
            left += 16 + width + 16
