"""The way of the Tab key: as one reads, whenever the parts were built; and what Enter presses.

Qt puts whatever is built late at the end of its own chain: a page's content behind what stands below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QGridLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid


def step(window: QWidget, *, forward: bool) -> bool:
    """Moves the keyboard on, round at the ends; False where nothing can have it. For `focusNextPrevChild`."""
    stops = list(stops_of(window))
    if not stops:
        return False
    now = window.focusWidget()
    at = stops.index(now) if now in stops else _beside(stops, now, forward=forward)
    found = stops[(at + (1 if forward else -1)) % len(stops)]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    found.setFocus(reason)
    area = found.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(found)
        area = area.parentWidget()
    return True


def enter(part: QWidget | None, begins: QWidget | None = None) -> None:
    """Gives the keyboard to what had it last in `part`, else to where work `begins`, else to the first stop there."""
    stops = [] if part is None else list(stops_of(part))
    last = None if part is None else part.focusWidget()
    if stops:
        doing = [each for each in stops if not isinstance(each, QScrollArea)]
        found = next((each for each in (last, begins, *doing) if each in doing), stops[0])
        found.setFocus(Qt.FocusReason.ShortcutFocusReason)


class Enter(QObject):
    """Has Enter press the button of `window` that has the keyboard.

    Qt would press the window's default button instead, be it the very opposite, and without one nothing. It listens at
    the button itself: an Enter that a field was left by goes on to the window, where another button has the keyboard.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._at: QWidget | None = None
        qt = QApplication.instance()
        assert isinstance(qt, QApplication)
        qt.focusChanged.connect(self._moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not isinstance(watched, QAbstractButton):
            return False
        if not event.isAutoRepeat():
            watched.click()
        return True

    def _moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if self._at is not None and isValid(self._at):
            self._at.removeEventFilter(self)
        here = isinstance(now, QPushButton | QToolButton) and now.window() is self.parent()
        self._at = now if here else None
        if self._at is not None:
            self._at.installEventFilter(self)


def stops_of(part: QWidget) -> Iterator[QWidget]:
    """Whatever in `part` the Tab key stops at now, in the order of reading; of a group with one chosen, that one."""
    for child in _children(part):
        if not child.isVisible() or child.isWindow():
            continue
        if _stops(child):
            yield child
        yield from stops_of(child)


def _stops(widget: QWidget) -> bool:
    if isinstance(widget, QScrollArea) and not _scrolls(widget):
        return False  # nothing to be done there, and nothing that would show it
    if not widget.isEnabled() or widget.focusPolicy() is Qt.FocusPolicy.NoFocus or widget.focusProxy() is not None:
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    chosen = group.checkedButton() if group is not None and group.exclusive() else None
    if chosen is not None and chosen.isVisible():
        # Qt takes the Tab key from all others as one gets the keyboard, and forgets that when another is chosen
        return chosen is widget
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _scrolls(area: QScrollArea) -> bool:
    return any(bar.maximum() > bar.minimum() for bar in (area.verticalScrollBar(), area.horizontalScrollBar()))


def _children(part: QWidget) -> list[QWidget]:
    """First those of its lay-out, then whatever lies in it freely, from the top."""
    if isinstance(part, QStackedWidget):
        shown = part.currentWidget()
        return [] if shown is None else [shown]
    layout = part.layout()
    laid = [] if layout is None else list(_laid_out(layout))
    known = set(laid)
    free = [each for each in part.children() if isinstance(each, QWidget) and each not in known]
    return laid + sorted(free, key=lambda each: (each.y(), each.x()))


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    order = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        order.sort(key=lambda index: cast("tuple[int, int, int, int]", layout.getItemPosition(index)))
    for index in order:
        item = layout.itemAt(index)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _laid_out(inner)


def _beside(stops: list[QWidget], now: QWidget | None, *, forward: bool) -> int:
    """For a keyboard at what the Tab key does not stop at, such as another button of a group: its nearest stop."""
    beside = now
    while beside is not None:
        inside = [index for index, stop in enumerate(stops) if beside.isAncestorOf(stop)]
        if inside:
            return inside[0] - 1 if forward else inside[-1] + 1
        beside = beside.parentWidget()
    return -1 if forward else len(stops)
