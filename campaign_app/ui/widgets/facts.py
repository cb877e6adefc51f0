"""Names with their values, one under the other, values aligned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SMALL, SPACE

NAMES: Final = 76  # pixels
_FAR: Final = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    value: str


class Facts(QWidget):
    """Painted: dozens of wrapped labels take a tenth of a second to lay out."""

    def __init__(self, theme: Theme, told: Sequence[Line]) -> None:
        super().__init__()
        self._theme, self._told = theme, tuple(told)
        self._known: tuple[int, list[QRect]] = (-1, [])
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(NAMES * 2)
        self.setAccessibleName(plain(told))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(NAMES * 3, self.heightForWidth(NAMES * 3))

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        rects = self._rects(width)
        return rects[-1].bottom() + 1 if rects else 0

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, tokens = QPainter(self), self._theme.tokens
        small = _small(self.font())
        drop = QFontMetrics(self.font()).ascent() - QFontMetrics(small).ascent()
        for line, rect in zip(self._told, self._rects(self.width()), strict=True):
            painter.setFont(small)
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRect(0, rect.top() + drop, NAMES - SPACE[1], rect.height()), _WRAP, line.name)
            painter.setFont(self.font())
            painter.setPen(QColor(tokens.text))
            painter.drawText(rect, _flags(line.value), line.value)

    def _rects(self, width: int) -> list[QRect]:
        if self._known[0] != width:
            self._known = (width, self._measured(width))
        return self._known[1]

    def _measured(self, width: int) -> list[QRect]:
        metrics, top, rects = QFontMetrics(self.font()), 0, list[QRect]()
        names = QFontMetrics(_small(self.font()))
        for line in self._told:
            room = QRect(NAMES, top, width - NAMES, _FAR)
            height = metrics.boundingRect(room, _flags(line.value), line.value).height()
            beside = names.boundingRect(QRect(0, 0, NAMES - SPACE[1], _FAR), _WRAP, line.name).height()
            height = max(height, beside + metrics.ascent() - names.ascent())
            rects.append(QRect(NAMES, top, width - NAMES, height))
            top += height + SPACE[1]
        return rects


def _small(font: QFont) -> QFont:
    made = QFont(font)
    made.setPixelSize(SMALL)
    return made


_WRAP: Final = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_ANYWHERE: Final = int(Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


def _flags(value: str) -> int:
    """A long id has nowhere to be broken."""
    return _ANYWHERE if value.isascii() and " " not in value else _WRAP


def plain(told: Sequence[Line]) -> str:
    return "\n".join(f"{line.name}: {line.value.replace(chr(10), ' ')}" for line in told)
