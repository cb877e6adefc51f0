"""Names with their values, one under the other, values aligned and selectable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.basics import label

NAMES: Final = 72  # pixels


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    value: str


def lines(told: Sequence[Line]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE[3])
    grid.setVerticalSpacing(SPACE[1])
    grid.setColumnMinimumWidth(0, NAMES)
    grid.setColumnStretch(1, 1)
    for at, line in enumerate(told):
        name = label(line.name, "small", wrap=True)
        name.setContentsMargins(0, 2, 0, 0)  # on the base line of the larger value
        value = label(line.value, wrap=True, select=True)
        grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, at, 1)
    return made


def plain(told: Sequence[Line]) -> str:
    return "\n".join(f"{line.name}: {line.value.replace(chr(10), ' ')}" for line in told)
