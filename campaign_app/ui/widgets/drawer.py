"""A panel at the right of a page for the one thing that is open; Esc and the cross close it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.basics import clear, column, label, row

WIDTH: Final = 356


class Drawer(QFrame):
    """`closed` asks whoever owns it to close it. Fill `body`, which scrolls; `tools` stand beside the cross."""

    closed = Signal()

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self.title = label("", "heading", name=f"{name}_title", wrap=True)
        self.subtitle = label("", "small", wrap=True)
        self.cross = QToolButton()
        self.cross.setObjectName(f"{name}_close")
        self.cross.setAccessibleName(self.tr("关闭"))
        self.cross.setToolTip(self.tr("关闭") + "  Esc")
        self.cross.clicked.connect(lambda _=False: self.closed.emit())
        self.tools = row(space=0)
        head = row(column(self.title, self.subtitle, space=1), self.tools, self.cross, stretch=0, space=0)
        head.setContentsMargins(SPACE[4], SPACE[3], SPACE[2], SPACE[2])
        for part in (self.tools, self.cross):
            head.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(SPACE[4], SPACE[2], SPACE[4], SPACE[4])
        self.body.setSpacing(SPACE[3])
        self.area = self._scrolled()
        self.area.setAccessibleName(title)
        layout = column(head, self.area, space=0, stretch=1)
        layout.setContentsMargins(0, 0, 1, 1)
        self.setLayout(layout)
        theme.changed.connect(self._draw)
        self._draw()

    def empty(self) -> None:
        """Takes everything out of the body."""
        clear(self.body)

    def add(self, part: QWidget | QLayout) -> None:
        if isinstance(part, QLayout):
            self.body.addLayout(part)
        else:
            self.body.addWidget(part)
        canvas = self.area.widget()
        for each in canvas.findChildren(QLabel) if canvas is not None else ():
            if each.wordWrap():
                each.setMinimumWidth(1)  # Qt's own guess is wider than the drawer, and would be cut

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _scrolled(self) -> QScrollArea:
        canvas = QWidget()
        canvas.setObjectName("canvas")
        canvas.setLayout(self.body)
        area = Area()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(canvas)
        # what it holds is no reason to press together what stands above the drawer: it scrolls
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        canvas.setMinimumWidth(1)  # what is too wide is wrapped, not cut
        return area

    def _draw(self) -> None:
        self.cross.setIcon(self._theme.icon("close", "muted"))
