"""The field that finds rows of a page: an icon in the theme's colour, a cross that clears, Ctrl+F anywhere in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.actions import action, said, tip


class FindLine(QLineEdit):
    """Esc empties it, as the cross does; in an empty one Esc is for what it stands in."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class SearchField(FindLine):
    def __init__(self, theme: Theme, name: str, spoken: str, hint: str, page: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "search")
        self.setAccessibleName(spoken)
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self._theme = theme
        self._glass = self.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._draw_glass)
        action(page, "search.find", self._focus)
        self.setToolTip(tip(said("search.find"), "search.find"))

    def _draw_glass(self) -> None:
        self._glass.setIcon(self._theme.icon("search"))

    def _focus(self) -> None:
        self.setFocus()
        self.selectAll()
