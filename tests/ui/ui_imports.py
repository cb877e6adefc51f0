"""Files to import, and a wizard that is opened from the page as a user does, for tests of the window."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import xlsxwriter
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.pages.customers import CustomersPage, import_of
from campaign_app.ui.pages.import_wizard import ImportWizard
from campaign_app.ui.viewmodels.importing import ImportModel

HEADER = ("客户标识", "手机号", "会员等级", "接收短信")
ROWS = [(f"ou-{n:05d}", "", "金卡", "是") for n in range(30)]
BAD = [("", "1380013800A", "银卡", "是"), ("", "", "银卡", "否")]
Open = Callable[[], ImportWizard]


def open_wizards(desk: Desk, qtbot: QtBot) -> Iterator[Open]:
    """For a fixture."""
    page = CustomersPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: bool(page.model.state.connected))
    opened: list[ImportWizard] = []

    def make() -> ImportWizard:
        page.import_file.click()
        made = page.findChild(ImportWizard)
        assert isinstance(made, ImportWizard)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        opened.append(made)
        return made

    yield make
    for each in opened:
        each.close()


def write(path: Path, rows: Sequence[Sequence[str]], encoding: str = "gb18030", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows([HEADER, *rows])
    return path


def book(path: Path, **sheets: Sequence[Sequence[str]]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


def settled(model: ImportModel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not model.state.busy)


def look(wizard: ImportWizard, path: Path, desk: Desk, qtbot: QtBot) -> ImportModel:
    model = import_of(desk)
    model.choose(str(path))
    settled(model, qtbot)
    return model


def column_of(table: RowsModel[object], column: int) -> list[str]:
    return [str(table.index(row, column).data()) for row in range(table.rowCount())]


def press(wizard: ImportWizard, qtbot: QtBot) -> None:
    qtbot.waitUntil(wizard.next.isEnabled)
    qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
