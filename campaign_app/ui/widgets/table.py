"""The table of every page: rows of one height, pills for states, one question per cell and frame."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from campaign_app.ui.cells import CELL, Cell, Column
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import ROW, SPACE
from campaign_app.ui.widgets.pill import HEIGHT, paint_pill, pill_width

PAD: Final = SPACE[3]
_OPENS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
Index = QModelIndex | QPersistentModelIndex


class Table(QTableView):
    """Shows a model of Cells. `opened`: Enter, space or a double click on a row; `moved`: another row is current.

    One row can be selected, never all: of millions Qt would ask each. "All that match" is a query, not a selection.
    """

    opened = Signal(int)
    moved = Signal(int)

    def __init__(self, theme: Theme, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.hovered = -1
        self._columns: tuple[Column[Any], ...] = ()
        self.setItemDelegate(CellDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(PAD * 2)
        theme.changed.connect(self.viewport().update)

    def use(self, model: QAbstractItemModel, columns: Sequence[Column[Any]]) -> None:
        self._columns = tuple(columns)
        self.setModel(model)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.fit()

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        super().setModel(model)
        self.hovered = -1

    def fit(self) -> None:
        """Gives every column its room; leaves out those of the highest rank where there is too little."""
        room = self.viewport().width()
        shown = _fitting(self._columns, room)
        left = max(0, room - sum(self._columns[i].width for i in shown))
        weights = [column.grows if i in shown else 0 for i, column in enumerate(self._columns)]
        used = 0
        for i, column in enumerate(self._columns):
            # running sums, so that no pixel is lost to rounding
            end = left * sum(weights[: i + 1]) // max(1, sum(weights))
            self.setColumnHidden(i, i not in shown)
            self.setColumnWidth(i, column.width + end - used)
            used = end

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.fit()

    def selectAll(self) -> None:  # noqa: N802
        """Nothing: see the class."""

    def keyboardSearch(self, _search: str) -> None:  # noqa: N802
        """Nothing: Qt would look through every row."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        current = self.currentIndex()
        if event.key() in _OPENS and current.isValid():
            self.opened.emit(current.row())
        elif event.matches(QKeySequence.StandardKey.Copy) and current.isValid():
            self._copy(current.row())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.opened.emit(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, number: int) -> None:
        if number != self.hovered:
            self.hovered = number
            self.viewport().update()

    def _moved(self, current: QModelIndex) -> None:
        if current.isValid():
            self.moved.emit(current.row())

    def _copy(self, number: int) -> None:
        """As it is shown, numbers masked."""
        model = self.model()
        texts = (str(model.index(number, i).data() or "") for i in range(model.columnCount()))
        QGuiApplication.clipboard().setText("\t".join(texts))


def _fitting(columns: Sequence[Column[Any]], room: int) -> frozenset[int]:
    shown = set(range(len(columns)))
    while sum(columns[i].width for i in shown) > room:
        last = max(shown, key=lambda i: (columns[i].rank, i))
        if columns[last].rank == 0:
            break
        shown.remove(last)
    return frozenset(shown)


class CellDelegate(QStyledItemDelegate):
    """Paints Cells; a bar of the line's colour stands for a row that is not read yet."""

    def __init__(self, theme: Theme, table: Table) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        cell = index.data(CELL)
        tokens, table = self._theme.tokens, self._table
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(tokens.selected))
        elif index.row() == table.hovered:
            painter.fillRect(rect, QColor(tokens.raised))
        elif cell is not None and cell.tint:
            painter.fillRect(rect, QColor(getattr(tokens, f"{cell.tint}_soft")))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.line))
        if selected and table.hasFocus() and rect.left() <= 0:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(tokens.accent))
        if cell is None:
            self._placeholder(painter, rect)
        elif cell.level:
            self._pill(painter, rect, cell)
        else:
            self._text(painter, rect, cell, index)

    def helpEvent(  # noqa: N802
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """The cell's explanation, or the whole of a text that is cut; never read as HTML."""
        cell = index.data(CELL)
        if event.type() != QEvent.Type.ToolTip or not isinstance(cell, Cell):
            return super().helpEvent(event, view, option, index)
        rect: QRect = option.rect
        told = cell.tip or (cell.text if self._is_cut(cell, rect.width()) else "")
        words = html.escape(told).replace("\n", "<br>")
        QToolTip.showText(event.globalPos(), f"<div>{words}</div>" if told else "", view)
        return True

    def _is_cut(self, cell: Cell, width: int) -> bool:
        font = self._table.font()
        if cell.level:
            return pill_width(font, cell.text, cell.level) > width - 2 * PAD
        return QFontMetrics(font).horizontalAdvance(cell.text) > width - 2 * PAD

    def _text(self, painter: QPainter, rect: QRect, cell: Cell, index: Index) -> None:
        inside = rect.adjusted(PAD, 0, -PAD, -1)
        shown = painter.fontMetrics().elidedText(cell.text, Qt.TextElideMode.ElideRight, inside.width())
        painter.setPen(QColor(self._theme.tokens.faint if cell.faint else self._theme.tokens.text))
        painter.drawText(inside, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), shown)

    def _pill(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        font = self._table.font()
        room = rect.width() - 2 * PAD
        width = min(room, pill_width(font, cell.text, cell.level))
        top = rect.top() + (rect.height() - 1 - HEIGHT) / 2
        paint_pill(
            painter,
            QRectF(rect.left() + PAD, top, width, HEIGHT),
            cell.text,
            cell.level,
            self._theme.tokens,
        )

    def _placeholder(self, painter: QPainter, rect: QRect) -> None:
        width = max(0, min(rect.width() - 2 * PAD, 56))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.sunken if not self._theme.tokens.dark else self._theme.tokens.line))
        painter.drawRoundedRect(QRectF(rect.left() + PAD, rect.center().y() - 5, width, 10), 5, 5)
        painter.restore()
