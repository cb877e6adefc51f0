"""Draws the cells of a table whose rows have two lines: a name and what is under it, a pill and its note, numbers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import BODY, SMALL, Tokens
from campaign_app.ui.widgets.pill import HEIGHT as PILL
from campaign_app.ui.widgets.pill import paint_pill, pill_width
from campaign_app.ui.widgets.row_view import RowView

TALL: Final = 58
_PAD: Final = 12
_GAP: Final = 2
Index = QModelIndex | QPersistentModelIndex


class TwoLines(QStyledItemDelegate):
    """`under` and `level` are the roles of the second line and of a pill's level; `pills` the columns with a pill,

    `strong` those with a name, `more` the one with the three dots. `view` knows the row under the mouse.
    """

    def __init__(
        self, theme: Theme, view: RowView, *, under: int, level: int, pill: int, strong: int, more: int
    ) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._under, self._level = under, level
        self._pill, self._strong, self._more = pill, strong, more

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        return QSize(80, TALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setClipRect(rect)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.selected))
        elif index.row() == self._view.hovered:
            painter.fillRect(rect, QColor(tokens.raised))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        if index.column() == self._more:
            scale = painter.device().devicePixelRatioF()
            middle = rect.center()
            painter.drawPixmap(middle.x() - 9, middle.y() - 9, icons.pixmap("dots", tokens.muted, 18, scale))
        elif index.column() == self._pill:
            self._draw_pill(painter, rect, index, tokens)
        else:
            self._draw_text(painter, rect, index, tokens)
        painter.restore()

    def _draw_pill(self, painter: QPainter, rect: QRect, index: Index, tokens: Tokens) -> None:
        text, level = str(index.data()), str(index.data(self._level))
        under = str(index.data(self._under) or "")
        tall = PILL + (_GAP + SMALL + 4 if under else 0)
        top = rect.top() + (rect.height() - tall) / 2
        wide = min(pill_width(painter.font(), text, level), rect.width() - _PAD)
        paint_pill(painter, QRectF(rect.left() + _PAD, top, wide, PILL), text, level, tokens)
        if under:
            at = QRect(rect.left() + _PAD, int(top) + PILL + _GAP, rect.width() - _PAD, SMALL + 6)
            colour = tokens.warn if level == "warn" else tokens.muted
            _line(painter, at, under, SMALL, colour, Qt.AlignmentFlag.AlignLeft)

    def _draw_text(self, painter: QPainter, rect: QRect, index: Index, tokens: Tokens) -> None:
        strong = index.column() == self._strong
        side = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignHorizontal_Mask
        inside = rect.adjusted(_PAD, 0, -_PAD, 0)
        under = str(index.data(self._under) or "")
        text = str(index.data())
        if not under:
            _line(painter, inside, text, BODY, tokens.text if text != "–" else tokens.faint, side, strong=strong)
            return
        half = rect.height() // 2
        upper = QRect(inside.left(), rect.top() + 8, inside.width(), half - 7)
        lower = QRect(inside.left(), rect.top() + half, inside.width(), half - 8)
        _line(painter, upper, text, BODY, tokens.text, side, strong=strong)
        _line(painter, lower, under, SMALL, tokens.muted, side)


def _line(
    painter: QPainter, at: QRect, text: str, size: int, colour: str, side: Qt.AlignmentFlag, *, strong: bool = False
) -> None:
    font = QFont(painter.font())
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    # names may begin alike and end differently
    mode = Qt.TextElideMode.ElideMiddle if strong else Qt.TextElideMode.ElideRight
    shown = QFontMetrics(font).elidedText(text, mode, at.width())
    painter.drawText(at, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
