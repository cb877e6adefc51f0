"""What is wrong is marked on any kind of field, in every theme."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QDateEdit, QDoubleSpinBox, QLineEdit, QSpinBox, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.widgets.moment_edit import MomentEdit

FIELDS = (QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit, QTimeEdit, lambda: MomentEdit("at"))
THEMES = ("light", "dark", "high_dark")


@pytest.mark.parametrize("make", FIELDS)
@pytest.mark.parametrize("theme", THEMES)
def test_a_field_that_is_wrong_has_the_border_of_what_is_wrong(
    kit: Kit, make: type[QWidget], theme: str, qtbot: QtBot
) -> None:
    kit.theme.use(theme)
    field = make()
    qtbot.addWidget(field)
    kit.theme.dress(field)
    field.resize(160, 36)
    field.show()
    edge = QPoint(field.width() // 2, 0)
    wrong = QColor(kit.theme.tokens.block)
    assert field.grab().toImage().pixelColor(edge) != wrong
    set_property(field, "invalid", True)
    assert field.grab().toImage().pixelColor(edge) == wrong
