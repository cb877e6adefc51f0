"""A field for an amount of money: it says what is wrong while it is typed, and is kept when it is left."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.widgets.basics import label, row


class AmountEdit(QWidget):
    """`typed` carries the text of the field, `entered` that it was left or Enter was pressed.

    `wrong` says what is wrong; whoever has the room places it.
    """

    typed = Signal(str)
    entered = Signal()

    def __init__(self, name: str, title: str, unit: str, none: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setObjectName(name)
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(none)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(112)
        self.field.setMaxLength(16)
        self.field.textEdited.connect(self.typed)
        self.field.editingFinished.connect(self.entered)
        self.wrong = label("", "block", wrap=True, name=f"{name}_problem")
        self.wrong.hide()
        told = label(unit, "muted")
        told.setMinimumWidth(36)
        self.setLayout(row(self.field, told))
        self.setFocusProxy(self.field)

    def show_typed(self, typed: str, problem: str) -> None:
        """`problem` says what may be typed instead, "" where it is right."""
        if self.field.text() != typed:
            self.field.setText(typed)
        self.wrong.setText(problem)
        self.wrong.setVisible(bool(problem))
        set_property(self.field, "invalid", bool(problem))
