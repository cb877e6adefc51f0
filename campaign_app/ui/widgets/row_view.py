"""What every table of whole rows has in common: one row chosen, none edited, and the one under the mouse known."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from campaign_app.ui.theme.sheet import set_property


class RowView(QTableView):
    """`hovered` is the row under the mouse, -1 for none: Qt tells of the cell only."""

    def __init__(self, row_height: int) -> None:
        super().__init__()
        self.hovered = -1
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._corner = QFrame()
        self._corner.setObjectName("table_corner")
        self.addScrollBarWidget(self._corner, Qt.AlignmentFlag.AlignTop)
        self.verticalScrollBar().rangeChanged.connect(lambda low, high: self._join(scrolls=high > low))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The header goes on above the scroll bar, which begins below it."""
        super().showEvent(event)
        self._corner.setFixedHeight(self.horizontalHeader().sizeHint().height())

    def _join(self, *, scrolls: bool) -> None:
        head = self.horizontalHeader()
        if bool(head.property("joined")) != scrolls:
            set_property(head, "joined", scrolls)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, number: int) -> None:
        if number != self.hovered:
            self.hovered = number
            self.viewport().update()
