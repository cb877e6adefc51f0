"""The table of every page: rows of one height, pills for states, painted in one go.

Each call from Qt into Python waits for the interpreter while work goes on in the background: a delegate, called for
every cell, would stutter as soon as something is read.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QToolTip

from campaign_app.ui.cells import ARROWS, Cell, CellModel, Column
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import ROW, SPACE
from campaign_app.ui.widgets.columns import Arrangement, widths_of
from campaign_app.ui.widgets.pill import HEIGHT, paint_pill, pill_font, pill_width
from campaign_app.ui.widgets.row_view import RowView

PAD: Final = SPACE[3]
_OPENS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_CUT_TEXTS: Final = 4_000  # remembered


class Table(RowView):
    """Shows a model of Cells. `opened`: Enter, space or a double click on a row; `moved`: another row is current.

    One row can be selected, never all: of millions Qt would ask each. "All that match" is a query, not a selection.
    """

    opened = Signal(int)
    moved = Signal(int)
    arranged = Signal(object)  # Arrangement
    sorted = Signal(str, bool)  # by what, largest first

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__(ROW)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._theme = theme
        self._selected = -1
        self._arriving = False
        self._fitting = False
        self._held = 0  # pixels, of a table that is as high as its rows
        self._sorted = ("", False)
        self.arrangement = Arrangement()
        self._columns: tuple[Column[Any], ...] = ()
        self._cells: CellModel[Any] | None = None
        self._texts: dict[tuple[str, int, bool], str] = {}
        self._set_up()
        theme.changed.connect(self.viewport().update)

    def _set_up(self) -> None:
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.sectionClicked.connect(self._clicked)
        head.setMinimumSectionSize(PAD * 2)

    def use(self, model: CellModel[Any], columns: Sequence[Column[Any]]) -> None:
        self._columns, self._cells = tuple(self._with_its_title(column) for column in columns), model
        self.hovered = self._selected = -1
        self.setModel(model)
        if any(column.sort for column in columns):
            self.horizontalHeader().setSectionsClickable(True)
        chosen = self.selectionModel()
        chosen.currentRowChanged.connect(self._moved)
        chosen.selectionChanged.connect(self._chosen)
        self.fit()

    def _with_its_title(self, column: Column[Any]) -> Column[Any]:
        """A title is never cut, whatever the language."""
        metrics = QFontMetrics(pill_font(self.font()))
        title = metrics.horizontalAdvance(column.title + (ARROWS[0] if column.sort else "")) + 2 * PAD
        return replace(column, width=max(column.width, title))

    def fit(self) -> None:
        """Gives every column its place and its room."""
        given = widths_of(self._columns, self.viewport().width(), self.arrangement)
        head = self.horizontalHeader()
        self._fitting = True
        for i in range(len(self._columns)):
            self.setColumnHidden(i, i not in given)
            if i in given:
                self.setColumnWidth(i, given[i])
        for place, column in enumerate(self.arrangement.ordered(self._columns)):
            head.moveSection(head.visualIndex(self._columns.index(column)), place)
        self._fitting = False

    def hold(self, most: int) -> None:
        """As high as the rows that it has, up to so many pixels: where they are few the room is for what is below."""
        self._held = most
        rows = 0 if self.model() is None else self.model().rowCount()
        wanted = self.horizontalHeader().sizeHint().height() + max(1, rows) * ROW + 2 * self.frameWidth()
        self.setFixedHeight(min(most, wanted))

    def arrange(self, arrangement: Arrangement) -> None:
        """From here on a person may move columns and change their widths; `arranged` tells what they chose."""
        self.arrangement = arrangement
        head = self.horizontalHeader()
        if not head.sectionsMovable():
            head.setSectionsMovable(True)
            head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            head.sectionResized.connect(self._resized)
            head.sectionMoved.connect(self._reordered)
        self.fit()

    def sort_by(self, sort: str, *, descending: bool) -> None:
        """Marks the column that the rows are sorted by; "" marks none."""
        self._sorted = (sort, descending)
        if self._cells is not None:
            self._cells.mark_order(sort, descending=descending)

    def _resized(self, column: int, _before: int, width: int) -> None:
        if not self._fitting and width > 0:
            self.arrangement = self.arrangement.with_width(self._columns[column].key, width)
            self.arranged.emit(self.arrangement)

    def _reordered(self, *_: int) -> None:
        if not self._fitting:
            head = self.horizontalHeader()
            order = tuple(self._columns[head.logicalIndex(place)].key for place in range(len(self._columns)))
            self.arrangement = replace(self.arrangement, order=order)
            self.arranged.emit(self.arrangement)

    def _clicked(self, index: int) -> None:
        """Once, the other way round, and back to the order without one; numbers and dates begin with the largest."""
        column, (sort, descending) = self._columns[index], self._sorted
        if not column.sort:
            return
        if column.sort != sort:
            self.sorted.emit(column.sort, column.right)
        elif descending == column.right:
            self.sorted.emit(sort, not descending)
        else:
            self.sorted.emit("", False)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Only now its head has its look, and with it its height."""
        super().showEvent(event)
        if self._held:
            self.hold(self._held)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Whoever comes by keyboard sees where they are; that Qt begins at the first row is no move of theirs."""
        self._arriving = True
        super().focusInEvent(event)
        current = self.currentIndex()
        if current.isValid() and not self.selectionModel().hasSelection():
            self.selectRow(current.row())
        self._arriving = False

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

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QHelpEvent):
            self._explain(event)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        cells, rows = self._cells, 0 if self.model() is None else self.model().rowCount()
        first = self.rowAt(event.rect().top())
        if cells is None or first < 0:
            return
        last = self.rowAt(event.rect().bottom())
        painter = QPainter(self.viewport())
        places = [
            (i, self.columnViewportPosition(i), self.columnWidth(i), column)
            for i, column in enumerate(self._columns)
            if not self.isColumnHidden(i) and self._touches(i, event.rect())
        ]
        top = self.rowViewportPosition(first)
        for number in range(first, (rows if last < 0 else last + 1)):
            self._paint_row(painter, number, QRect(0, top, self.viewport().width(), ROW))
            plain = number not in {self._selected, self.hovered}
            for i, left, width, column in places:
                inside = QRect(left, top, width, ROW - 1)
                self._paint_cell(painter, inside, cells.cell(number, i), column, plain=plain)
            top += ROW

    def _touches(self, column: int, rect: QRect) -> bool:
        left = self.columnViewportPosition(column)
        return left <= rect.right() and left + self.columnWidth(column) > rect.left()

    def _paint_row(self, painter: QPainter, number: int, rect: QRect) -> None:
        tokens = self._theme.tokens
        if number == self._selected:
            painter.fillRect(rect, QColor(tokens.selected))
        elif number == self.hovered:
            painter.fillRect(rect, QColor(tokens.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.line))
        if number == self._selected and self.hasFocus():
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(tokens.accent))

    def _paint_cell(
        self, painter: QPainter, rect: QRect, cell: Cell | None, column: Column[Any], *, plain: bool
    ) -> None:
        tokens = self._theme.tokens
        if cell is None:
            self._placeholder(painter, rect)
            return
        if cell.tint and plain:
            painter.fillRect(rect, QColor(getattr(tokens, f"{cell.tint}_soft")))
        if cell.level:
            width = min(rect.width() - 2 * PAD, pill_width(self.font(), cell.text, cell.level))
            at = QRectF(rect.left() + PAD, rect.top() + (rect.height() - HEIGHT) / 2, width, HEIGHT)
            paint_pill(painter, at, cell.text, cell.level, tokens)
            return
        painter.setPen(QColor(tokens.faint if cell.faint else tokens.text))
        shown = self._cut(cell.text, rect.width() - 2 * PAD, named=column.named)
        painter.drawText(rect.adjusted(PAD, 0, -PAD, 0), _RIGHT if column.right else _LEFT, shown)

    def _placeholder(self, painter: QPainter, rect: QRect) -> None:
        tokens = self._theme.tokens
        width = max(0, min(rect.width() - 2 * PAD, 56))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line if tokens.dark else tokens.sunken))
        painter.drawRoundedRect(QRectF(rect.left() + PAD, rect.center().y() - 5, width, 10), 5, 5)
        painter.restore()

    def _cut(self, text: str, width: int, *, named: bool = False) -> str:
        """To the width, with … at its end, in the middle of a name."""
        known = self._texts.get((text, width, named))
        if known is None:
            if len(self._texts) > _CUT_TEXTS:
                self._texts.clear()
            mode = Qt.TextElideMode.ElideMiddle if named else Qt.TextElideMode.ElideRight
            known = self._texts[text, width, named] = QFontMetrics(self.font()).elidedText(text, mode, width)
        return known

    def _explain(self, event: QHelpEvent) -> None:
        """The cell's explanation, or the whole of a text that is cut; never read as HTML."""
        index = self.indexAt(event.pos())
        cell = None if self._cells is None or not index.isValid() else self._cells.cell(index.row(), index.column())
        told = ""
        if cell is not None:
            room = self.columnWidth(index.column()) - 2 * PAD
            told = cell.explained or (cell.text if self._is_cut(cell, room) else "")
        words = html.escape(told).replace("\n", "<br>")
        QToolTip.showText(event.globalPos(), f"<div>{words}</div>" if told else "", self)

    def _is_cut(self, cell: Cell, width: int) -> bool:
        if cell.level:
            return pill_width(self.font(), cell.text, cell.level) > width
        return self._cut(cell.text, width) != cell.text

    def _chosen(self) -> None:
        chosen = self.selectionModel().selectedRows()
        self._selected = chosen[0].row() if chosen else -1
        self.viewport().update()

    def _moved(self, current: QModelIndex) -> None:
        if current.isValid() and not self._arriving:
            self.moved.emit(current.row())

    def _left_out(self) -> frozenset[int]:
        """By a person, and not for want of room."""
        return frozenset(i for i, column in enumerate(self._columns) if column.key in self.arrangement.hidden)

    def _copy(self, number: int) -> None:
        """As it is shown, numbers masked."""
        model, head = self.model(), self.horizontalHeader()
        places = map(head.logicalIndex, range(model.columnCount()))
        texts = (str(model.index(number, i).data() or "") for i in places if i not in self._left_out())
        QGuiApplication.clipboard().setText("\t".join(texts))
