"""Which appearance is in force, and switching it while the window is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QStyleHints
from PySide6.QtWidgets import QApplication, QCompleter, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import palette, sheet
from campaign_app.ui.theme.tokens import APPEARANCES, BODY, DARK, FAMILIES, HIGH_DARK, HIGH_LIGHT, LIGHT, Tokens

NAMES: Final = ("system", *APPEARANCES)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the system asks of every window."""

    dark: bool = False
    high: bool = False  # contrast

    @property
    def tokens(self) -> Tokens:
        if self.high:
            return HIGH_DARK if self.dark else HIGH_LIGHT
        return DARK if self.dark else LIGHT


def of_the_system(hints: QStyleHints) -> Wishes:
    high = hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
    return Wishes(hints.colorScheme() is Qt.ColorScheme.Dark, high)


class Theme(QObject):
    """Widgets that paint themselves take one of these, read `tokens` as they paint and repaint on `changed`."""

    changed = Signal()

    def __init__(
        self,
        application: QApplication,
        name: str = "system",
        parent: QObject | None = None,
        wishes: Callable[[], Wishes] | None = None,
    ) -> None:
        super().__init__(parent)
        hints = application.styleHints()
        self._wishes = wishes or (lambda: of_the_system(hints))
        self._application = application
        self._name = name
        self.tokens: Tokens = LIGHT
        self.sheet = ""
        self._dressed: list[QWidget] = []
        application.setStyle("Fusion")
        font = QFont()
        font.setFamilies(list(FAMILIES))
        font.setPixelSize(BODY)
        font.setFeature(QFont.Tag("tnum"), 1)  # numbers below one another, and such as change, keep their places
        application.setFont(font)
        hints.colorSchemeChanged.connect(self.follow)
        hints.accessibility().contrastPreferenceChanged.connect(self.follow)
        self._apply()

    @property
    def name(self) -> str:
        return self._name

    def use(self, name: str) -> None:
        """`system` or the name of an appearance; takes effect at once."""
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

    def follow(self) -> None:
        """The system asks for another appearance."""
        if self._name == "system":
            self._apply()

    def _apply(self) -> None:
        wanted = APPEARANCES.get(self._name) or self._wishes().tokens
        if self.tokens is wanted and self.sheet:
            return
        self.tokens = wanted
        self._application.setPalette(palette(wanted))
        self.sheet = sheet(wanted)
        for window in self._dressed:
            if shiboken6.isValid(window):
                window.setStyleSheet(self.sheet)
        self.changed.emit()
