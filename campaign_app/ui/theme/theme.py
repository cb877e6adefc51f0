"""Which appearance is in force, and switching it while the window is open."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QApplication, QCompleter, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import palette, sheet
from campaign_app.ui.theme.tokens import BODY, DARK, FAMILIES, LIGHT, Tokens

NAMES: Final = ("system", "light", "dark")


class Theme(QObject):
    """Widgets that paint themselves take one of these, read `tokens` as they paint and repaint on `changed`."""

    changed = Signal()

    def __init__(self, application: QApplication, name: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._name = name
        self.tokens: Tokens = LIGHT
        self.sheet = ""
        self._dressed: list[QWidget] = []
        application.setStyle("Fusion")
        font = QFont()
        font.setFamilies(list(FAMILIES))
        font.setPixelSize(BODY)
        application.setFont(font)
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def name(self) -> str:
        return self._name

    def use(self, name: str) -> None:
        """`system`, `light` or `dark`; takes effect at once."""
        if name != self._name:
            self._name = name
            self._apply()

    def dress(self, window: QWidget) -> None:
        """Gives a window its look, with all that is in it now and later, and the dialogs above it.

        Were the sheet the application's, every part would be styled anew each time it is put into a larger one.
        """
        self._dressed = [known for known in self._dressed if shiboken6.isValid(known)]
        if window not in self._dressed:
            self._dressed.append(window)
            window.setStyleSheet(self.sheet)

    def dress_list(self, completer: QCompleter) -> None:
        """The list of a completer is a window of its own."""
        shown = completer.popup()
        if shown is not None:
            self.dress(shown)

    def icon(self, name: str, colour: str = "muted") -> QIcon:
        """`colour` is the name of a token."""
        return icons.icon(name, getattr(self.tokens, colour), self.tokens.faint)

    def _system_changed(self) -> None:
        if self._name == "system":
            self._apply()

    def _apply(self) -> None:
        system_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        wanted = DARK if self._name == "dark" or (self._name == "system" and system_dark) else LIGHT
        if self.tokens is wanted and self.sheet:
            return
        self.tokens = wanted
        self._application.setPalette(palette(wanted))
        self.sheet = sheet(wanted)
        for window in self._dressed:
            if shiboken6.isValid(window):
                window.setStyleSheet(self.sheet)
        self.changed.emit()
