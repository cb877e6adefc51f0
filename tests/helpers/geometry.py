"""What is cut, overlaps or lies outside of what holds it, by walking a window: for tests of every page and size.

`python -m tests.helpers.geometry FOLDER` looks at the first pages as QT_SCALE_FACTOR has them, and says what it finds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import combinations, islice
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from campaign_app.ui.theme.tokens import SMALL
from campaign_app.ui.widgets.elided import Elided
from campaign_app.ui.widgets.pill import Pill, pill_width
from campaign_app.ui.widgets.table import PAD, Table
from tests.helpers.windowed import LANGUAGES, windowed

SIZES: Final = (QSize(1024, 700), QSize(1440, 900))
FRAME: Final = 20  # around the words of a field
ARROW: Final = 38  # of a box, with what is around its words
_QT: Final = (QAbstractSpinBox, QComboBox, QLineEdit, QHeaderView, QTabBar)  # whose parts are Qt's own business
_STACKS: Final = (*_QT, QAbstractItemView, QScrollBar, QStackedWidget, QSplitter)
FIRST: Final = 6
ROWS: Final = 200


def wrong_in(shown: QWidget, *, longer: bool) -> set[str]:
    """`longer`: the words are a pseudo-translation's, where hints and pills may end in …."""
    found = set[str]()
    for each in (shown, *shown.findChildren(QWidget)):
        if each.isVisible() and not isinstance(each.parent(), _QT):
            said = [cut(each), hint_cut(each) if not longer else "", outside(each), *overlapping(each)]
            found |= {f"{where(each)}: {what}" for what in said if what}
    return found


def where(widget: QWidget) -> str:
    parts = (part for part in (widget, widget.parentWidget()) if part is not None)
    return " in ".join(f"{type(part).__name__} {part.objectName()}".strip() for part in parts)


def cut(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return _label_cut(widget)
    if isinstance(widget, QPushButton | QCheckBox | QRadioButton):
        least = widget.sizeHint() if isinstance(widget, QPushButton) else widget.minimumSizeHint()
        short = widget.width() < least.width() - 1 or widget.height() < least.height() - 5
        return _needs(widget, least) if short and widget.text() else ""
    if isinstance(widget, QComboBox):
        return _too_narrow(widget, [widget.currentText()], widget.width() - ARROW)
    if isinstance(widget, QListWidget):
        texts = [widget.item(number).text() for number in range(widget.count())]
        return _too_narrow(widget, texts, widget.viewport().width() - FRAME)
    return _heads_cut(widget) if isinstance(widget, QHeaderView) else _sideways(widget)


def _sideways(widget: QWidget) -> str:
    if isinstance(widget, QTabBar):
        return "tabs do not fit" if widget.sizeHint().width() > widget.width() else ""
    beyond = widget.horizontalScrollBar().maximum() if isinstance(widget, QScrollArea) else 0
    return f"scrolls sideways by {beyond}" if beyond else ""


def hint_cut(widget: QWidget) -> str:
    if isinstance(widget, QLineEdit) and not widget.text():
        return _too_narrow(widget, [widget.placeholderText()], widget.width() - FRAME)
    if isinstance(widget, Pill) and widget.width() < widget.sizeHint().width():
        return f"{widget.text!r} is cut"
    return _pills_cut(widget) if isinstance(widget, Table) else ""


def _pills_cut(table: Table) -> str:
    """Those of the rows that are read; they are painted, and no widgets."""
    model, cut_ones = table.model(), set[str]()
    for at in range(model.columnCount() if model is not None else 0):
        room = table.columnWidth(at) - 2 * PAD
        for number in range(0 if table.isColumnHidden(at) else min(model.rowCount(), ROWS)):
            cell = model.cell(number, at)
            if cell is not None and cell.level and pill_width(table.font(), cell.text, cell.level) > room:
                cut_ones.add(cell.text)
    return f"pills {sorted(cut_ones)} are cut" if cut_ones else ""


def outside(widget: QWidget) -> str:
    above = widget.parentWidget()
    if above is None or widget.isWindow() or widget.geometry().isEmpty():
        return ""
    area = above.parentWidget()
    if isinstance(area, QAbstractScrollArea) and above is area.viewport():
        return ""
    inside = above.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry())
    return "" if inside else f"{widget.geometry().getRect()} lies outside of {above.rect().getRect()}"


def overlapping(part: QWidget) -> Iterator[str]:
    if isinstance(part, _STACKS):
        return
    children = [each for each in part.children() if isinstance(each, QWidget) and each.isVisible()]
    shown = [each for each in children if not each.isWindow() and each.objectName() != "palette_veil"]
    for one, other in combinations(shown, 2):
        both = one.geometry().intersected(other.geometry())
        if both.width() > 1 and both.height() > 1:
            yield f"{type(one).__name__} {one.objectName()} and {type(other).__name__} {other.objectName()} overlap"


def _label_cut(widget: QLabel) -> str:
    if isinstance(widget, Elided) or not widget.text() or not widget.pixmap().isNull():
        return ""
    least = widget.minimumSizeHint()
    if widget.wordWrap():
        needed = widget.heightForWidth(widget.width())
        return _needs(widget, QSize(widget.width(), needed)) if widget.height() < needed - 1 else ""
    short = widget.width() < least.width() - 1 or widget.height() < least.height() - 1
    return _needs(widget, least) if short else ""


def _needs(widget: QLabel | QAbstractButton, least: QSize) -> str:
    return f"{widget.text()!r} needs {least.toTuple()}, has {widget.size().toTuple()}"


def _too_narrow(widget: QWidget, texts: list[str], room: int) -> str:
    metrics = widget.fontMetrics()
    cut_ones = [text for text in texts if metrics.horizontalAdvance(text) > room]
    return f"{cut_ones} need more than {room}" if cut_ones else ""


def _heads_cut(widget: QHeaderView) -> str:
    model = widget.model()
    if widget.orientation() is not Qt.Orientation.Horizontal or model is None:
        return ""
    font = QFont(widget.font())
    font.setPixelSize(SMALL)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(font)
    shown = [number for number in range(widget.count()) if not widget.isSectionHidden(number)]
    titles = {number: str(model.headerData(number, widget.orientation()) or "") for number in shown}
    cut_ones = [title for at, title in titles.items() if metrics.horizontalAdvance(title) + 16 > widget.sectionSize(at)]
    return f"titles {cut_ones} are cut" if cut_ones else ""


def main(folder: Path) -> int:
    """At the scale of the environment, in the language with the longest words."""
    qt = QApplication([])
    found = set[str]()
    with windowed(qt, folder) as window:
        window.speak(LANGUAGES[-2])
        window.resize(SIZES[0])
        for name, shown in islice(window.views(), FIRST):
            found |= {f"{name}: {what}" for what in wrong_in(shown, longer=False)}
        print(f"{window.shell.devicePixelRatioF():g}")
    print("\n".join(sorted(found)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
