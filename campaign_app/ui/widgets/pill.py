"""A state in a word: coloured, and with an icon, since colour alone says nothing to many."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SMALL, Tokens

HEIGHT: Final = 24
_PAD: Final = 8
_ICON: Final = 14
_GAP: Final = 4
_MOST_WIDTHS: Final = 512
_widths: dict[tuple[str, str], int] = {}
ICONS: Final = {"ok": "ok", "warn": "warn", "block": "block", "info": "info", "muted": ""}


def colours(tokens: Tokens, level: str) -> tuple[str, str]:
    """(text, ground) of a level: ok, warn, block, info or muted."""
    return (tokens.muted, tokens.raised) if level == "muted" else (
        getattr(tokens, level), getattr(tokens, f"{level}_soft")
    )  # fmt: skip


def paint_pill(painter: QPainter, at: QRectF, text: str, level: str, tokens: Tokens) -> None:
    """Also used by delegates of tables. The caller's font is kept."""
    front, ground = colours(tokens, level)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(at, HEIGHT / 2, HEIGHT / 2)
    left = at.left() + _PAD
    if name := ICONS.get(level, ""):
        device = painter.device()
        scale = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(int(left), int(at.center().y() - _ICON / 2), icons.pixmap(name, front, _ICON, scale))
        left += _ICON + _GAP
    painter.setPen(QColor(front))
    cut = _words_width(painter.font(), text) > at.right() - _PAD / 2 - left + 1
    painter.setFont(pill_font(painter.font()))
    inside = QRectF(left, at.top(), at.right() - _PAD / 2 - left, at.height())
    if cut:
        text = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, int(inside.width()) + 1)
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


def pill_font(font: QFont) -> QFont:
    made = QFont(font)
    made.setPixelSize(SMALL)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def pill_width(font: QFont, text: str, level: str) -> int:
    return _words_width(font, text) + 2 * _PAD + 2 + (_ICON + _GAP if ICONS.get(level) else 0)


def _words_width(font: QFont, text: str) -> int:
    """A lay-out asks for it again and again."""
    key = (font.key(), text)
    width = _widths.get(key)
    if width is None:
        if len(_widths) >= _MOST_WIDTHS:
            _widths.clear()
        width = _widths[key] = QFontMetrics(pill_font(font)).horizontalAdvance(text)
    return width


class Pill(QWidget):
    def __init__(self, theme: Theme, text: str = "", level: str = "muted") -> None:
        super().__init__()
        self._theme = theme
        self._text, self._level = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.show_state(text, level)

    @property
    def text(self) -> str:
        return self._text

    def show_state(self, text: str, level: str) -> None:
        self._text, self._level = text, level
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(pill_width(self.font(), self._text, self._level), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        paint_pill(QPainter(self), QRectF(self.rect()), self._text, self._level, self._theme.tokens)
