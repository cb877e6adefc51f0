"""A scrolled part that shows by its scroll bars that it has the keyboard: a frame would move what it holds."""

from __future__ import annotations

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QScrollArea

from campaign_app.ui.theme.sheet import set_property


class Area(QScrollArea):
    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._mark(on=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._mark(on=False)

    def _mark(self, *, on: bool) -> None:
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            set_property(bar, "keyed", on)
