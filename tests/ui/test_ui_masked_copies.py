"""Whatever is copied from any table of any page has nobody's number."""

from __future__ import annotations

import re

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox

from campaign_app.ui.pages.customers_drawer import CustomerDrawer
from campaign_app.ui.widgets.table import Table
from tests.helpers.windowed import Windowed

NUMBER = re.compile(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])")


def test_no_number_comes_to_the_clipboard(window: Windowed) -> None:
    people = window.staged.app.workspace.customers.by_ids(range(1, 11)).values()
    numbers = [one.phone.digits for one in people if one.phone is not None]
    assert len(numbers) == 10
    copied: dict[str, str] = {}
    for name, widget in window.views():
        for as_table in widget.findChildren(QCheckBox, "course_tables"):
            as_table.setChecked(True)
        for table in widget.findChildren(Table):
            for row in range(min(20, table.model().rowCount())):
                table._copy(row)
                copied[f"{name} {table.objectName()} {row}"] = QGuiApplication.clipboard().text()
        for drawer in widget.findChildren(CustomerDrawer):
            drawer._copy()
            copied[f"{name} drawer"] = QGuiApplication.clipboard().text()
    assert any("****" in text for text in copied.values())
    assert {where: text for where, text in copied.items() if NUMBER.search(text)} == {}
    assert {where for where, text in copied.items() if any(number in text for number in numbers)} == set()
