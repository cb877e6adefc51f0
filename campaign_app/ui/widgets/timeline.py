"""One day as a line: the hours in which messages may leave, now, and the chosen time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SMALL

_HEIGHT: Final = 58
_TOP: Final = 24.0
_BAND: Final = 10.0
_SIDE: Final = 16.0


@dataclass(frozen=True, slots=True)
class Day:
    """Civil times of one day; `now` is None on another day, `chosen` None while none is."""

    opens: time
    closes: time
    now: time | None = None
    chosen: time | None = None

    @property
    def inside(self) -> bool:
        return self.chosen is not None and self.opens <= self.chosen < self.closes


class Timeline(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.day: Day | None = None
        self.setObjectName("timeline")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(260, _HEIGHT)

    def show_day(self, day: Day) -> None:
        self.day = day
        told = self.tr("发送时段 {:%H:%M} 到 {:%H:%M}").format(day.opens, day.closes)
        if day.chosen is not None:
            told += self.tr("，选定 {:%H:%M}").format(day.chosen)
        self.setAccessibleName(told)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        day, tokens = self.day, self._theme.tokens
        if day is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(QRectF(_SIDE, _TOP, self._room(), _BAND), 4, 4)
        opens, closes = self._x(day.opens), self._x(day.closes)
        painter.setBrush(QColor(tokens.ok_soft))
        painter.setPen(QColor(tokens.ok))
        painter.drawRoundedRect(QRectF(opens, _TOP, closes - opens, _BAND), 4, 4)
        for at in (day.opens, day.closes):
            self._label(painter, self._x(at), _TOP + _BAND + 2, at.strftime("%H:%M"), tokens.muted)
        if day.now is not None:
            self._now(painter, self._x(day.now))
        if day.chosen is not None:
            self._chosen(painter, day)

    def _now(self, painter: QPainter, x: float) -> None:
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.drawLine(QPointF(x, _TOP - 3), QPointF(x, _TOP + _BAND + 3))
        day = self.day
        far = day is None or day.chosen is None or abs(self._x(day.chosen) - x) > 46
        if far:
            self._label(painter, x, 4, self.tr("现在"), self._theme.tokens.muted)

    def _chosen(self, painter: QPainter, day: Day) -> None:
        tokens = self._theme.tokens
        assert day.chosen is not None
        colour = tokens.accent if day.inside else tokens.block
        x = self._x(day.chosen)
        painter.setPen(QColor(tokens.surface))
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(x, _TOP + _BAND / 2), 8, 8)
        self._label(painter, x, 2, day.chosen.strftime("%H:%M"), colour)

    def _label(self, painter: QPainter, x: float, top: float, text: str, colour: str) -> None:
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 4
        left = min(max(0.0, x - width / 2), self.width() - width)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(left, top, width, 18), Qt.AlignmentFlag.AlignCenter, text)

    def _room(self) -> float:
        return self.width() - 2 * _SIDE

    def _x(self, at: time) -> float:
        return _SIDE + self._room() * (at.hour * 60 + at.minute) / 1_440
