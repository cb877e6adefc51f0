"""The frame of one section of the settings: a heading, a line about it, and a scrolled column."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.basics import column, label, row
from campaign_app.ui.widgets.page import scrolling

WIDTH = 820


class Section(QWidget):
    """Subclasses set `title` and `subtitle`, and add to `content` and `buttons`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "heading")
        self.subtitle = label("", "muted", wrap=True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(SPACE[2])
        self.content = QVBoxLayout()
        self.content.setSpacing(SPACE[3])
        words = column(self.title, self.subtitle, space=1)
        inner = column(self.content, None)
        self.area = area = scrolling(inner, width=WIDTH)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QWidget()
        head.setMaximumWidth(WIDTH)
        head.setLayout(row(words, self.buttons, space=4, stretch=0))
        self.setLayout(column(head, area, space=4, stretch=1))


def facts() -> QFormLayout:
    """Name and value side by side, the values aligned."""
    made = QFormLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(SPACE[4])
    made.setVerticalSpacing(SPACE[1] + 2)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    made.setFormAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return made


def fact(form: QFormLayout, name: str, *, key: str = "") -> QLabel:
    """A line of `facts`; the label of its value, which can be selected and copied."""
    head = label(name, "muted")
    head.setMinimumWidth(84)
    value = label("", wrap=True, select=True, name=key)
    form.addRow(head, value)
    return value
