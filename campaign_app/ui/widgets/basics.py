"""The small parts that every page is made of, so that all pages space and name them alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.area import Area

_LEVELS: Final = 20  # of widgets within one another
_FRAME: Final = QSize(16, 40)
_ALL: Final = "scrolled_dialog"
_SCROLLBAR: Final = 12


def label(text: str = "", role: str = "", *, wrap: bool = False, name: str = "", select: bool = False) -> QLabel:
    """`role` is one of the style sheet's; plain text always: what a platform sends is never read as HTML."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    if name:
        made.setObjectName(name)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def literal(text: str) -> str:
    """For buttons and menus, whose & would else underline a letter, make a key of it, and not be seen."""
    return text.replace("&", "&&")


def button(
    text: str, kind: str = "", *, name: str = "", click: Callable[[], object] | None = None, small: bool = False
) -> QPushButton:
    """`kind` is primary, quiet or danger; one primary button a page."""
    made = QPushButton(literal(text))
    if kind:
        made.setProperty("kind", kind)
    if small:
        made.setProperty("small", True)
    if name:
        made.setObjectName(name)
    if click is not None:
        made.clicked.connect(lambda _=False: click())
    made.setAutoDefault(False)
    return made


def row(*parts: QWidget | QLayout | None, space: int = 2, stretch: int = -1) -> QHBoxLayout:
    """Side by side; None is the gap that grows. `stretch` is the index of the part that takes what is left."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(SPACE[space])
    _fill(made, parts, stretch)
    return made


def column(*parts: QWidget | QLayout | None, space: int = 3, margin: int = 0, stretch: int = -1) -> QVBoxLayout:
    made = QVBoxLayout()
    made.setContentsMargins(*(SPACE[margin],) * 4)
    made.setSpacing(SPACE[space])
    _fill(made, parts, stretch)
    return made


def _fill(layout: QHBoxLayout | QVBoxLayout, parts: tuple[QWidget | QLayout | None, ...], stretch: int) -> None:
    for index, part in enumerate(parts):
        grow = 1 if index == stretch else 0
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, QLayout):
            layout.addLayout(part, grow)
        else:
            layout.addWidget(part, grow)


def frame(role: str, layout: QLayout | None = None, *, name: str = "") -> QFrame:
    """`role` is card, panel, well, bar or drawer."""
    made = QFrame()
    made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    if layout is not None:
        made.setLayout(layout)
    return made


def card(*parts: QWidget | QLayout | None, space: int = 3, margin: int = 4, stretch: int = -1) -> QFrame:
    return frame("card", column(*parts, space=space, margin=margin, stretch=stretch))


def divider() -> QFrame:
    made = frame("line")
    made.setFixedHeight(1)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def show_if(part: QWidget, on: bool) -> None:  # noqa: FBT001 as setVisible has it
    """As `setVisible`, which lays out at once what it shows: a page that is still built would be laid out in vain."""
    hidden = part.isHidden() and part.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
    if on == hidden:
        part.setVisible(on)


def insert(layout: QBoxLayout, index: int, part: QWidget, *, after: QWidget) -> None:
    """Puts a part that is built late where it belongs, on the screen and on the way of the Tab key."""
    layout.insertWidget(index, part)
    window = part.window()
    for each in (part, *part.findChildren(QWidget)):
        inside = each.window() is window  # the list of a box to choose from is a window of its own
        if inside and each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None:
            QWidget.setTabOrder(after, each)
            after = each


def lay_out() -> None:
    """Ends every lay-out under way: Qt goes up one level in each turn of the event loop, and may paint before that."""
    for _ in range(_LEVELS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def room(window: QWidget) -> QSize:
    """What its screen has for it, without frame and title, whose sizes are not known before it is shown."""
    return window.screen().availableGeometry().size() - _FRAME


def fit(dialog: QDialog) -> None:
    """As high as what it holds; wrapped lines count, which `adjustSize` forgets. No wider or higher than its screen."""
    for part in (dialog, *dialog.findChildren(QWidget)):
        part.ensurePolished()  # only then has it its look, and with it its height
    area = dialog.findChild(Area, _ALL, Qt.FindChildOption.FindDirectChildrenOnly)
    held = dialog if area is None else area.widget()
    layout = None if held is None else held.layout()
    if layout is None:
        return
    most = room(dialog)
    if dialog.width() > most.width():
        dialog.setFixedWidth(most.width())
    layout.activate()
    width = dialog.width() - (0 if area is None else _SCROLLBAR)
    wanted = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
    if wanted > most.height() and area is None:
        _scroll(dialog, layout)
    dialog.setFixedHeight(min(wanted, most.height()))


def _scroll(dialog: QDialog, layout: QLayout) -> None:
    """All that it holds, with its buttons: on a small screen they could not be reached."""
    at, canvas, area = dialog.focusWidget(), QWidget(), Area()
    canvas.setObjectName("canvas")
    canvas.setLayout(layout)  # with its widgets
    area.setObjectName(_ALL)
    area.setAccessibleName(dialog.windowTitle())
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(canvas)
    dialog.setLayout(column(area, space=0))
    if at is not None:
        area.show()
        at.setFocus()  # it lost the keyboard on its way


def clear(layout: QLayout) -> None:
    """Takes everything out of a layout and deletes it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
