"""What should show something and is painted in one colour only: for tests of every page."""

from __future__ import annotations

from functools import singledispatch
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTextEdit,
    QToolButton,
    QWidget,
)

from campaign_app.ui.pages.steps.step import Step
from campaign_app.ui.widgets.chart import ColumnChart
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.phone import Phone
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.timeline import Timeline
from tests.helpers.geometry import ARROW, where

LEAST: Final = 6  # pixels each way; in less nothing need be seen
FRAME: Final = 3  # a frame alone shows nothing: only what lies within counts
CURVE: Final = 8  # its corners to the left and right
ROWS: Final = 3


def blank_in(shown: QWidget) -> set[str]:
    """One grab of the whole is looked at where each visible part is that has something to show."""
    picture = shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    scale = picture.devicePixelRatio()
    pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(picture.height(), -1)[:, : picture.width()]
    found = set[str]()
    for part in (shown, *shown.findChildren(QWidget)):
        if not part.isVisible() or part.window() is not shown.window():
            continue
        for area in said(part):
            seen = _seen(part, area, shown)
            if seen.width() >= LEAST and seen.height() >= LEAST and not _covered(part, seen.center(), shown):
                left, top, right, bottom = (round(at * scale) for at in seen.getCoords())
                inside = pixels[top : bottom + 1, left : right + 1]
                if (inside == inside[0, 0]).all():
                    found.add(f"{where(part)} is painted in one colour at {area.getRect()}")
    return found


@singledispatch
def said(_: QWidget) -> list[QRect]:
    """Where this part has to show something, in its own coordinates."""
    return []


@said.register
def _label(part: QLabel) -> list[QRect]:
    return [part.contentsRect()] if part.text().strip() or not part.pixmap().isNull() else []


@said.register
def _button(part: QAbstractButton) -> list[QRect]:
    """Those that paint themselves have always something to say."""
    plain = isinstance(part, QPushButton | QToolButton)
    return [_within(part.rect())] if not plain or part.text() or not part.icon().isNull() else []


@said.register
def _combo(part: QComboBox) -> list[QRect]:
    return [_within(part.rect()).adjusted(0, 0, CURVE - ARROW, 0)] if part.currentText() else []


@said.register
def _line(part: QLineEdit) -> list[QRect]:
    return [_within(part.rect())] if part.text() or part.placeholderText() else []


@said.register
def _text(part: QPlainTextEdit | QTextEdit) -> list[QRect]:
    return [part.viewport().geometry()] if part.toPlainText().strip() else []


@said.register
def _rows(part: QAbstractItemView) -> list[QRect]:
    """The first rows, across all columns: one that is selected differs from the others though nothing is in it."""
    model, port, root = part.model(), part.viewport(), part.rootIndex()
    rows = range(min(ROWS, model.rowCount(root))) if model is not None else ()
    columns = range(model.columnCount(root)) if isinstance(part, QTableView) else (0,)
    cells = [[part.visualRect(model.index(row, at, root)) for at in columns] for row in rows]
    shown = [next((cell for cell in row if not cell.isEmpty()), QRect()) for row in cells]
    return [_within(QRect(0, cell.top(), port.width(), cell.height())).translated(port.pos()) for cell in shown]


@said.register
def _head(part: QHeaderView) -> list[QRect]:
    return [part.viewport().geometry()] if part.count() else []


@said.register
def _page(part: Page) -> list[QRect]:
    """What is below its title."""
    return [part.rect().adjusted(0, part.head.geometry().bottom() + 1, 0, 0)]


@said.register
def _chart(part: ColumnChart) -> list[QRect]:
    return [part.rect()] if part.columns else []


@said.register
def _phone(part: Phone) -> list[QRect]:
    """Where the bubble is."""
    return [part.area.geometry()] if part.accessibleDescription() else []


@said.register
def _painted(part: Pill | Step | Timeline) -> list[QRect]:
    return [_within(part.rect())]


def _within(area: QRect) -> QRect:
    sideways = min(CURVE, area.width() // 6)
    return area.adjusted(sideways, FRAME, -sideways, -FRAME)


def _seen(part: QWidget, area: QRect, shown: QWidget) -> QRect:
    """In `shown`; nothing of a text of which a part is scrolled away or cut by what holds it: the rest may be empty."""
    seen = QRect(part.mapTo(shown, area.topLeft()), area.size())
    whole, above = seen, part
    while above is not shown:
        above = above.parentWidget()
        seen = seen.intersected(QRect(above.mapTo(shown, QPoint(0, 0)), above.size()))
    small = not isinstance(part, Page | Step | Phone | Timeline | ColumnChart | QPlainTextEdit | QTextEdit)
    return QRect() if small and seen != whole else seen


def _covered(part: QWidget, middle: QPoint, shown: QWidget) -> bool:
    """By something that lies above everything, as the palette does."""
    top = shown.childAt(middle)
    return top is not None and top is not part and not part.isAncestorOf(top) and not top.isAncestorOf(part)
