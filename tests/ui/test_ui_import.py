"""The import wizard on real files: what was guessed, what is locked, what is wrong and what to do about it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot
from ui_imports import BAD, HEADER, ROWS, Open, book, look, open_wizards, press, settled, write
from ui_people import add_people, add_shop

from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Person, Role
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.customers import import_of


@pytest.fixture
def shop(desk: Desk) -> int:
    made = add_shop(desk.app)
    add_people(desk.app, made, 40)
    return made


@pytest.fixture
def wizard(desk: Desk, shop: int, qtbot: QtBot) -> Iterator[Open]:
    yield from open_wizards(desk, qtbot)


def test_a_dropped_file_is_shown_as_it_was_guessed(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    file = write(tmp_path / "会员.csv", [*ROWS, *BAD])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(shown.file.area.rect().center(), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(shown.file.area, enter)
    assert enter.isAccepted()
    at = QPointF(shown.file.area.rect().center())
    QApplication.sendEvent(shown.file.area, QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))
    qtbot.waitUntil(lambda: shown.stack.currentWidget() is shown.preview)
    assert shown.preview.encoding.currentData() == "gb18030"
    assert shown.preview.delimiter.currentData() == ","
    assert shown.preview.sheet.isHidden()
    assert shown.preview.table.model().rowCount() == 20


def test_who_could_not_import_here_is_told_as_soon_as_a_file_is_chosen(
    desk: Desk, shop: int, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A team's operator on a computer without a worker: not once columns are settled and the file was tried."""
    operator = Person("anna", frozenset({Role.OPERATOR}))
    imports = desk.app.imports.used_by(operator)
    monkeypatch.setattr(imports, "_seen", lambda: False)
    wizards = open_wizards(replace(desk, app=replace(desk.app, imports=imports)), qtbot)
    shown = next(wizards)()
    import_of(desk).choose(str(write(tmp_path / "会员.csv", ROWS)))
    qtbot.waitUntil(shown.error.isVisible)
    assert "这台电脑上没有工作进程" in shown.error.text()
    assert shown.stack.currentWidget() is shown.file
    assert not shown.next.isEnabled()
    next(wizards, None)


def test_a_consent_column_is_locked(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    look(shown, write(tmp_path / "会员.csv", ROWS), desk, qtbot)
    combos = {n: shown.preview.findChild(QComboBox, f"import_column_{n}") for n in range(4)}
    assert [c.currentText() for c in combos.values() if isinstance(c, QComboBox)] == [
        "客户标识", "手机号", "属性：会员等级", "不导入",
    ]  # fmt: skip
    assert [c.isEnabled() for c in combos.values() if isinstance(c, QComboBox)] == [True, True, True, False]
    said = [shown.preview.columns.itemAtPosition(3, at) for at in range(4)]
    assert said[3] is not None
    assert said[3].widget().property("text") == "导入不能改变同意"


def test_errors_stand_in_their_rows(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    look(
        shown,
        write(
            tmp_path / "会员.csv",
            [
                *BAD,
                *ROWS,
            ],
        ),
        desk,
        qtbot,
    )
    table = shown.preview.table.model()
    checks = [table.index(row, 1).data() for row in range(4)]
    assert checks == ["手机号：手机号里有字母或文字", "既没有客户标识，也没有手机号", "可以导入", "可以导入"]
    assert shown.preview.note.text() == "前 20 行，手机号已遮盖。其中 2 行不能导入。"


def test_from_a_sheet_without_customers_another_one_can_be_chosen(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    file = book(tmp_path / "会员.xlsx", 说明=[["这一页没有客户"], ["请看下一页"]], 会员=[HEADER, *ROWS])
    model = look(shown, file, desk, qtbot)
    assert model.state.error is not None
    assert model.state.error.code == "no_key_column"
    assert not shown.error_frame.isHidden()
    assert not shown.next.isEnabled()
    shown.back.click()
    shown.next.click()
    assert not shown.error_frame.isHidden()  # going back settles nothing
    assert not shown.next.isEnabled()
    shown.preview.sheet.setCurrentIndex(1)
    shown.preview.sheet.activated.emit(1)
    settled(model, qtbot)
    assert shown.error_frame.isHidden()
    assert shown.next.isEnabled()


def test_the_column_of_the_ids_can_be_pointed_out(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    file = tmp_path / "会员.csv"
    file.write_text("内部代码,等级\nou-00001,金卡\nou-00002,银卡\n", encoding="utf-8")
    model = look(shown, file, desk, qtbot)
    assert shown.error.text() == "文件里既没有客户标识，也没有手机号。请指定其中一列。"
    code = shown.preview.findChild(QComboBox, "import_column_0")
    assert isinstance(code, QComboBox)
    code.setCurrentIndex(code.findData("ref"))
    code.activated.emit(code.currentIndex())
    settled(model, qtbot)
    assert shown.error_frame.isHidden()
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None)
    assert model.state.trial is not None
    assert model.state.trial.counts.changed == 2


def test_a_title_above_the_header_is_said(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    look(shown, book(tmp_path / "会员.xlsx", 会员=[["十一月会员名单（内部）"], HEADER, *ROWS]), desk, qtbot)
    assert shown.preview.note.text() == "表头上面有 1 行不是数据，不导入。前 20 行，手机号已遮盖。"
    assert shown.preview.table.model().index(0, 0).data() == "3"
    assert shown.next.isEnabled()


def test_another_sheet_of_a_workbook(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    file = book(tmp_path / "两页.xlsx", 旧=[["会员号", "等级"], ["ou-00001", "银卡"]], 会员=[HEADER, *ROWS])
    model = look(shown, file, desk, qtbot)
    assert shown.preview.encoding.isHidden()
    assert [shown.preview.sheet.itemText(i) for i in range(2)] == ["旧", "会员"]
    shown.preview.sheet.setCurrentIndex(1)
    shown.preview.sheet.activated.emit(1)
    settled(model, qtbot)
    assert shown.preview.table.model().rowCount() == 20


def test_hundreds_of_columns_are_offered(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    names = [f"列{n}" for n in range(150)]
    file = tmp_path / "宽.csv"
    file.write_text("客户标识," + ",".join(names) + "\nou-00001" + ",x" * 150 + "\n", encoding="utf-8")
    look(shown, file, desk, qtbot)
    qtbot.waitUntil(lambda: shown.preview.findChild(QComboBox, "import_column_150") is not None)
    assert shown.preview.columns.rowCount() >= 151
    shown.grab()


def test_two_columns_can_be_swapped(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    model = look(shown, write(tmp_path / "会员.csv", ROWS), desk, qtbot)
    model.set_target("会员等级", "ref")
    settled(model, qtbot)
    model.set_target("手机号", "ref")
    settled(model, qtbot)
    assert model.state.error is not None
    assert model.state.error.code == "column_twice"
    assert not shown.next.isEnabled()
    model.set_target("会员等级", "phone")
    settled(model, qtbot)
    assert model.state.error is None
    assert model.state.preview is not None
    assert [column.target for column in model.state.preview.columns] == ["客户标识", "ref", "phone", "ignore"]


def _none(path: Path) -> Path:
    return path / "没有.csv"


def _folder(path: Path) -> Path:
    return path


def _empty(path: Path) -> Path:
    (path / "空.csv").touch()
    return path / "空.csv"


def _header(path: Path) -> Path:
    return write(path / "表头.csv", [])


def _encrypted(path: Path) -> Path:
    file = path / "加密.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(512))
    return file


def _bomb(path: Path) -> Path:
    plain = book(path / "plain.xlsx", 会员=[HEADER, *ROWS])
    file = path / "炸弹.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            more = b" " * 400_000_000 if name.endswith("sheet1.xml") else b""
            new.writestr(name, old.read(name) + more)
    return file


def _forbidden(path: Path) -> Path:
    file = write(path / "无权限.csv", ROWS)
    file.chmod(0)
    return file


NOT_ROOT = pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="there everything can be read")
TROUBLE = [
    (_none, "file_missing"),
    (_folder, "file_is_folder"),
    (_empty, "file_empty"),
    (_header, "file_no_rows"),
    (_encrypted, "xlsx_encrypted"),
    (_bomb, "file_bomb"),
    pytest.param(_forbidden, "file_unreadable", marks=NOT_ROOT),
]


@pytest.mark.parametrize(("make", "code"), TROUBLE)
def test_a_file_that_cannot_be_used_is_said_and_another_one_works(
    make: Callable[[Path], Path], code: str, wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    model = look(shown, make(tmp_path), desk, qtbot)
    if model.state.error is None:  # only the whole of it tells
        model.try_out()
        settled(model, qtbot)
    assert model.state.error is not None
    assert model.state.error.code == code
    assert shown.error.text() == desk.kit.words.error(AppError(code, code))
    assert not shown.next.isEnabled()
    look(shown, write(tmp_path / "好.csv", ROWS), desk, qtbot)
    assert model.state.error is None
    assert shown.stack.currentWidget() is shown.preview
    assert shown.next.isEnabled()
