"""What each variable of a provider's template stands for: a row each, kept and filled anew for the next template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QScrollArea, QWidget

from campaign_app.services.provider_templates import Slot
from campaign_app.services.readers import Variable
from campaign_app.ui.pages.steps.template_words import TemplateWords
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import CONTROL, SPACE
from campaign_app.ui.widgets.basics import label, show_if

CHOICE: Final = 340
_SEEN: Final = 3  # rows without scrolling
_AT_ONCE: Final = 3  # the others are built in later turns: each takes milliseconds


class SlotRows(QScrollArea):
    """`settled` carries the provider's name of a variable and ours, "" for none."""

    settled = Signal(str, str)

    def __init__(self, words: TemplateWords, known: Sequence[Variable]) -> None:
        super().__init__()
        self._words, self._known = words, tuple(known)
        self._slots: tuple[Slot, ...] = ()
        self.rows: list[tuple[QLabel, QComboBox]] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, SPACE[2], 0)
        self._grid.setHorizontalSpacing(SPACE[3])
        self._grid.setVerticalSpacing(SPACE[1])
        self._grid.setColumnStretch(2, 1)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        canvas = QWidget()
        canvas.setObjectName("canvas")
        canvas.setLayout(self._grid)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(canvas)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_more)

    def show_slots(self, slots: tuple[Slot, ...]) -> None:
        if slots == self._slots:
            return
        self._slots = slots
        self.setFixedHeight(min(len(slots), _SEEN) * (CONTROL + SPACE[1]))
        for number in range(len(slots), len(self.rows)):
            for part in self.rows[number]:
                show_if(part, on=False)
        for number in range(min(len(slots), len(self.rows))):
            self._fill(number)
        self._show_more()

    def _show_more(self) -> None:
        for number in range(len(self.rows), min(len(self._slots), len(self.rows) + _AT_ONCE)):
            self._add(number)
            self._fill(number)
        if len(self.rows) < len(self._slots):
            self._later.start(0)

    def _add(self, number: int) -> None:
        choice, name = QComboBox(), label("", "strong")
        choice.setFixedWidth(CHOICE)
        choice.addItems(["", *(self._words.variable(variable) for variable in self._known)])
        for at, variable in enumerate(self._known, 1):
            choice.setItemData(at, variable.name)
        choice.activated.connect(
            lambda at: self.settled.emit(self._slots[number].theirs, str(choice.itemData(at) or ""))
        )
        name.setBuddy(choice)
        choice.setProperty("invalid", not self._slots[number].ours)
        self._grid.addWidget(name, number, 0)
        self._grid.addWidget(choice, number, 1)
        self.rows.append((name, choice))

    def _fill(self, number: int) -> None:
        slot, (name, choice) = self._slots[number], self.rows[number]
        name.setText(slot.written)
        choice.setObjectName(f"template_slot_{slot.theirs}")
        choice.setAccessibleName(self.tr("{} 对应的变量").format(slot.written))
        choice.setItemText(0, self.tr("暂不对应，保留 {}").format(f"{{{slot.theirs}}}"))
        choice.setItemData(0, "")
        choice.setCurrentIndex(max(0, choice.findData(slot.ours)))
        set_property(choice, "invalid", not slot.ours)
        for part in (name, choice):
            show_if(part, on=True)
