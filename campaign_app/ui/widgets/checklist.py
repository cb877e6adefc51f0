"""A list of checks, red, amber and green: each with words, and a way to mend it or a box to confirm it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QVBoxLayout, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import button, clear, column, label, row

_ICON: Final = 20
_TITLE: Final = 64  # texts begin at one line, whatever the longest title


@dataclass(frozen=True, slots=True)
class Item:
    """`level` is ok, info, warn or block, said in `state` as well; `mend` the words on the button, "" without one.

    `ticked` is None where there is nothing to confirm; `why` is shown on hover.
    """

    key: str
    level: str
    state: str
    title: str
    text: str
    mend: str = ""
    ticked: bool | None = None
    confirm: str = ""
    why: str = ""


class CheckRow(QFrame):
    mended = Signal(str)
    ticked = Signal(str, bool)

    def __init__(self, theme: Theme, item: Item) -> None:
        super().__init__()
        self._theme, self.item = theme, item
        self.setObjectName(f"check_{item.key}")
        self._image = QLabel()
        self._image.setFixedSize(_ICON, _ICON)
        self.title = label("", "strong")
        self.text = label("", "muted", wrap=True, select=True)
        self.mend = button("", name=f"mend_{item.key}", click=lambda: self.mended.emit(item.key), small=True)
        self.tick = QCheckBox()
        self.tick.setObjectName(f"confirm_{item.key}")
        self.tick.toggled.connect(lambda on: self.ticked.emit(item.key, on))  # a screen reader does not click
        said = row(self.text, self.mend, space=3, stretch=0)
        layout = row(self._image, self.title, column(said, self.tick, space=1), space=3, stretch=2)
        for part in (self._image, self.title):
            layout.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        said.setAlignment(self.mend, Qt.AlignmentFlag.AlignTop)
        layout.setContentsMargins(0, 7, 0, 7)
        self.setLayout(layout)
        theme.changed.connect(self._draw)
        self.show_item(item)

    def show_item(self, item: Item) -> None:
        self.item = item
        self.title.setText(item.title)
        self.text.setText(item.text)
        self.text.setToolTip(item.why)
        self.mend.setText(item.mend)
        self.mend.setVisible(bool(item.mend))
        self.mend.setAccessibleName(self._named(item.mend, item.title))
        self.tick.setVisible(item.ticked is not None)
        self.tick.setText(item.confirm)
        self.tick.setAccessibleName(self._named(item.confirm, item.text))
        with QSignalBlocker(self.tick):
            self.tick.setChecked(bool(item.ticked))
        self.setAccessibleName(self._named(item.state, item.title))
        self.setAccessibleDescription(item.text)
        self._draw()

    def _named(self, what: str, of: str) -> str:
        return self.tr("{}：{}").format(what, of) if what else ""

    def _draw(self) -> None:
        colour = getattr(self._theme.tokens, self.item.level)
        self._image.setPixmap(icons.pixmap(self.item.level, colour, _ICON, self.devicePixelRatioF()))
        self._image.setToolTip(self.item.state)


class Checklist(QWidget):
    """`mended` and `ticked` carry the key of a check."""

    mended = Signal(str)
    ticked = Signal(str, bool)

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(title)
        self.rows: dict[str, CheckRow] = {}
        self._layout = QVBoxLayout()
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setLayout(self._layout)

    def show_items(self, items: Sequence[Item]) -> None:
        """The same checks with another outcome stay where they are, with the focus that they have."""
        if [item.key for item in items] != list(self.rows):
            clear(self._layout)
            self.rows = {item.key: self._row(item) for item in items}
        for item in items:
            self.rows[item.key].show_item(item)
        if self.isVisible():
            self._align()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Only what is in a window has its look, and with it its width."""
        super().showEvent(event)
        self._align()

    def _align(self) -> None:
        width = max((row.title.sizeHint().width() for row in self.rows.values()), default=0)
        for each in self.rows.values():
            each.title.setFixedWidth(max(width, _TITLE))

    def _row(self, item: Item) -> CheckRow:
        made = CheckRow(self._theme, item)
        made.mended.connect(self.mended)
        made.ticked.connect(self.ticked)
        self._layout.addWidget(made)
        if self.isVisible():  # else Qt shows it a turn later than the words above it
            made.show()
        return made
