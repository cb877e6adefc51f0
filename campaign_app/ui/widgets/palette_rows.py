"""Draws one command: its picture, its name, a campaign's state, what kind it is, and its keys as caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from campaign_app.ui.commands import Command
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import BODY, RADIUS, SMALL, SPACE, Tokens
from campaign_app.ui.widgets.pill import HEIGHT as PILL
from campaign_app.ui.widgets.pill import paint_pill, pill_width

ROW: Final = Qt.ItemDataRole.UserRole
TALL: Final = 42
_ICON: Final = 18
_CAP: Final = 22
_AT_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_AT_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
Index = QModelIndex | QPersistentModelIndex


def spoken(command: Command, kind: str) -> str:
    """What a screen reader says of it."""
    return ", ".join(part for part in (command.title, kind, command.note, command.keys) if part)


class CommandRows(QStyledItemDelegate):
    """`kind` says what a kind of command is called."""

    def __init__(self, theme: Theme, kind: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._kind = theme, kind

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        return QSize(120, TALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        command: Command = index.data(ROW)
        tokens, rect = self._theme.tokens, QRect(option.rect).adjusted(SPACE[1], 1, -SPACE[1], -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(tokens.accent), 2) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected if chosen else tokens.raised))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        scale = painter.device().devicePixelRatioF()
        picture = icons.pixmap(command.picture or "right", tokens.accent if chosen else tokens.muted, _ICON, scale)
        painter.drawPixmap(rect.left() + SPACE[3], rect.center().y() - _ICON // 2 + 1, picture)
        room = rect.adjusted(SPACE[3] + _ICON + SPACE[3], 0, -SPACE[3], 0)
        self._words(painter, room, command, tokens)
        painter.restore()

    def _words(self, painter: QPainter, room: QRect, command: Command, tokens: Tokens) -> None:
        """From the right: keys, kind, state; what is left is the name's."""
        if command.keys:
            room.setRight(self._cap(painter, room, command.keys, tokens) - SPACE[2])
        small = _font(painter.font(), SMALL, bold=False)
        painter.setFont(small)
        kind = self._kind(command.kind)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(room, _AT_RIGHT, kind)
        room.setRight(room.right() - QFontMetrics(small).horizontalAdvance(kind) - SPACE[3])
        if command.note:
            width = pill_width(small, command.note, command.level)
            at = QRectF(room.right() - width, room.center().y() - PILL / 2 + 1, width, PILL)
            paint_pill(painter, at, command.note, command.level, tokens)
            room.setRight(room.right() - width - SPACE[3])
        font = _font(painter.font(), BODY, bold=False)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        shown = QFontMetrics(font).elidedText(command.title, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, _AT_LEFT, shown)

    def _cap(self, painter: QPainter, room: QRect, keys: str, tokens: Tokens) -> int:
        """Where it begins."""
        font = _font(painter.font(), SMALL, bold=True)
        width = QFontMetrics(font).horizontalAdvance(keys) + 2 * SPACE[2]
        at = QRectF(room.right() - width, room.center().y() - _CAP / 2 + 1, width, _CAP)
        painter.setPen(QPen(QColor(tokens.edge), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(at, 5, 5)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        painter.drawText(at, Qt.AlignmentFlag.AlignCenter, keys)
        return int(at.left())


def _font(font: QFont, size: int, *, bold: bool) -> QFont:
    made = QFont(font)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made
