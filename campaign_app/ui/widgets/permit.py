"""What somebody's role does not allow: there to be seen, off, and saying why."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

Part = QWidget


class _Shut(QObject):
    """The state of a page switches its parts on and off: this one stays off."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.EnabledChange and isinstance(watched, QWidget) and watched.isEnabled():
            watched.setEnabled(False)
        return False


def shut(part: QWidget, reason: str) -> None:
    """Off for as long as it is there; `reason` is its hint, and what a screen reader says of it."""
    part.setEnabled(False)
    part.setToolTip(reason)
    part.setAccessibleDescription(reason)
    part.installEventFilter(_Shut(part))
