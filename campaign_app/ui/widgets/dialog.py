"""What every dialog is built on: the Tab key goes as one reads, and Enter presses the button that has the keyboard.

It is no larger than its screen. F1 opens the manual where it speaks of this.
"""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from campaign_app.ui.widgets.actions import action
from campaign_app.ui.widgets.basics import room
from campaign_app.ui.widgets.reading import Enter, step


@runtime_checkable
class Helps(Protocol):
    """A window that opens the manual at a place (`ui.help_places`)."""

    def show_help(self, place: str) -> None: ...


class Dialog(QDialog):
    """`HELP` names the place in the manual; "" is that of the window below."""

    HELP: ClassVar[str] = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        Enter(self)
        action(self, "window.help", self._help)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self.resize(self.size().boundedTo(room(self)))
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, FBT001 as Qt has it
        return step(self, forward=forward)

    def _help(self) -> None:
        below = self.parentWidget()
        while below is not None:
            window = below.window()
            if isinstance(window, Helps):
                window.show_help(self.HELP)
                return
            below = window.parentWidget()
