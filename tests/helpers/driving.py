"""Drives the window as a user does: by the names of its controls, by mouse and keyboard, waiting for what is shown."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

W = TypeVar("W", bound=QObject)
T = TypeVar("T")
STEP_MS = 20
SECONDS = 60.0


def pause(milliseconds: int) -> None:
    """Lets the window and its background threads go on; `QTest.qWait` would keep the GIL from the threads."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(what: Callable[[], object], why: str, seconds: float = SECONDS) -> None:
    """Goes on once `what()` is true; AssertionError that says `why` it waited otherwise."""
    left = int(seconds * 1000 / STEP_MS)
    while not what():
        assert left > 0, f"waited in vain: {why}; shown: {_shown()}"
        left -= 1
        pause(STEP_MS)


def _shown() -> list[str]:
    """What a person would read meanwhile, in the window and in what is above it."""
    tops = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    return [each.text() for top in tops for each in top.findChildren(QLabel) if each.isVisible() and each.text()]


def apart(call: Callable[[], T]) -> T:
    """A call of the driver's own, not of the window: on another thread, for a watchdog looks at this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


class Driver:
    def __init__(self, root: Callable[[], QWidget]) -> None:
        self._root = root

    def find(self, kind: type[W], name: str) -> W:
        """The control of that name that is visible now, in the window or in a dialog above it."""
        found = self._visible(kind, name)
        assert found is not None, f"no {kind.__name__} named {name} is visible"
        return found

    def wait(self, kind: type[W], name: str, *, enabled: bool = True, seconds: float = SECONDS) -> W:
        """The control, once it is visible and can be used."""

        def there() -> bool:
            widget = self._visible(kind, name)
            return isinstance(widget, QWidget) and (widget.isEnabled() or not enabled)

        wait_for(there, f"{name} to be usable", seconds)
        return self.find(kind, name)

    def click(self, name: str, *, seconds: float = SECONDS) -> None:
        widget = self.wait(QWidget, name, seconds=seconds)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=self._middle(widget))

    def press(self, name: str, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.wait(QWidget, name), key, modifier)

    def type(self, name: str, text: str) -> None:
        """As an input method does: Chinese cannot be typed by keys."""
        widget = self.wait(QWidget, name)
        widget.setFocus()
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(widget, event)

    def _visible(self, kind: type[W], name: str) -> W | None:
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible()]
        for top in [self._root(), *tops]:
            for widget in [top, *top.findChildren(QWidget, name)]:
                if isinstance(widget, kind) and widget.objectName() == name and widget.isVisible():
                    return widget
        return None

    def _middle(self, widget: QWidget) -> QPoint:
        # a check box answers on its box and words only, not on the empty space behind them
        hint = widget.sizeHint()
        width = min(widget.width(), hint.width()) if hint.isValid() else widget.width()
        return QPoint(max(1, width // 2), widget.height() // 2)
