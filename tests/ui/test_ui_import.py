"""The import wizard on real files, a real store and, where rows are applied, the real worker process."""

from __future__ import annotations

import csv
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox
from pytestqt.qtbot import QtBot
from ui_people import add_people, add_shop

from campaign_app import bootstrap
from campaign_app.domain.errors import AppError
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.pages.customers import CustomersPage, import_of
from campaign_app.ui.pages.import_records import ImportRecords
from campaign_app.ui.pages.import_wizard import ImportWizard
from campaign_app.ui.viewmodels.importing import ImportModel
from campaign_app.ui.viewmodels.imports_list import ImportsModel

HEADER = ("客户标识", "手机号", "会员等级", "接收短信")
ROWS = [(f"ou-{n:05d}", "", "金卡", "是") for n in range(30)]
BAD = [("", "1380013800A", "银卡", "是"), ("", "", "银卡", "否")]
Open = Callable[[], ImportWizard]


@pytest.fixture
def shop(desk: Desk) -> int:
    made = add_shop(desk.app)
    add_people(desk.app, made, 40)
    return made


@pytest.fixture
def wizard(desk: Desk, shop: int, qtbot: QtBot) -> Iterator[Open]:
    """Opened from the page, as a user does."""
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


def test_a_sheet_without_customers_is_said(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    file = book(tmp_path / "会员.xlsx", 说明=[["这一页没有客户"], ["请看下一页"]])
    model = look(shown, file, desk, qtbot)
    assert model.state.error is not None
    assert model.state.error.code == "no_key_column"
    assert shown.stack.currentWidget() is shown.file
    assert not shown.error_frame.isHidden()
    assert not shown.next.isEnabled()


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


def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    waiting = [(f"neu-{n}", f"13700{n * 7919 % 10**6:06d}", "银卡", "是") for n in range(3)]
    run = [("", f"1390000{n:04d}", "银卡", "是") for n in range(6)]
    look(shown, write(tmp_path / "会员.csv", [*ROWS, *waiting, *run, *BAD]), desk, qtbot)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: import_of(desk).state.trial is not None)
    sums = shown.trial.outcome.sums
    told = dict(zip(column_of(sums, 0), column_of(sums, 1), strict=True))
    assert told == {
        "更新了属性的客户": "30",
        "暂无对应客户（不可发送，待同步后匹配）": "3",
        "连号（不可发送）": "6",
        "不能导入的行": "2",
        "    手机号里有字母或文字": "1",
        "    既没有客户标识，也没有手机号": "1",
        "合计": "41",
    }
    assert column_of(shown.trial.outcome.refused, 2) == ["手机号里有字母或文字", "既没有客户标识，也没有手机号"]
    assert "五个以上连着的号码" in shown.trial.rows.text()
    assert shown.next.text() == "导入 39 行"
    assert desk.app.imports.all() == ()
    assert desk.app.workspace.customers.by_ids([1])[1].attributes == {}


def test_a_dry_run_is_stopped(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    rows = [(f"x-{n}", "", "金卡", "是") for n in range(60_000)]
    model = look(shown, write(tmp_path / "大.csv", rows), desk, qtbot)
    press(shown, qtbot)
    assert model.state.busy
    qtbot.mouseClick(shown.trial.stop, Qt.MouseButton.LeftButton)
    assert shown.stack.currentWidget() is shown.preview
    assert not model.state.busy
    assert model.state.trial is None
    assert shown.next.isEnabled()


def test_a_file_that_changed_since_is_not_imported(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    file = write(tmp_path / "会员.csv", ROWS)
    model = look(shown, file, desk, qtbot)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None)
    write(file, ROWS[:10])
    press(shown, qtbot)
    settled(model, qtbot)
    assert model.state.error is not None
    assert model.state.error.code == "file_changed"
    assert desk.app.imports.all() == ()
    qtbot.mouseClick(shown.back, Qt.MouseButton.LeftButton)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None and model.state.trial.rows == 10)


def answer(yes: bool) -> None:
    """Presses a button of the question that is asked, once it is there."""
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    next(b for b in box.buttons() if b.objectName() == ("confirm_yes" if yes else "confirm_no")).click()


def test_rows_are_applied_reported_exported_and_taken_back(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    model = look(shown, write(tmp_path / "会员.csv", [*ROWS, *BAD, ("", "13800138", "=cmd", "是")]), desk, qtbot)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None)
    with closing(bootstrap.start_worker_for(desk.app)):
        press(shown, qtbot)
        qtbot.waitUntil(lambda: model.state.step == "done", timeout=60_000)
    assert shown.done_step.said.text() == "导入完成。"
    assert desk.app.workspace.customers.by_ids([1])[1].attributes == {"会员等级": "金卡"}
    told = dict(
        zip(column_of(shown.done_step.outcome.sums, 0), column_of(shown.done_step.outcome.sums, 1), strict=True)
    )
    assert (told["更新了属性的客户"], told["不能导入的行"], told["合计"]) == ("30", "3", "33")
    target = tmp_path / "拒绝.csv"
    model.export_refused(str(target), ("行", "列", "原因"), shown.done_step._words.reason)
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: target.read_text("utf-8-sig").count("\n") == 4)
    text = target.read_text("utf-8-sig")
    assert text.splitlines()[1] == "32,手机号,手机号里有字母或文字"
    assert "1380013" not in text
    QTimer.singleShot(0, lambda: answer(yes=False))
    shown.done_step.undo.click()
    assert model.state.undone is None
    QTimer.singleShot(0, lambda: answer(yes=True))
    shown.done_step.undo.click()
    qtbot.waitUntil(lambda: model.state.undone is not None)
    assert shown.done_step.said.text() == "已撤销：30 位客户的资料恢复原值，0 行等待匹配的记录已删除。"
    assert desk.app.workspace.customers.by_ids([1])[1].attributes == {}
    assert shown.done_step.undo.isHidden()


def applying(shown: ImportWizard, desk: Desk, file: Path, qtbot: QtBot) -> tuple[ImportModel, int]:
    """An import that no worker has taken up."""
    model = look(shown, file, desk, qtbot)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: bool(desk.app.jobs.open_jobs()))
    (job,) = desk.app.jobs.open_jobs()
    return model, job.id


def test_an_import_shows_its_progress_and_is_stopped(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    model, job = applying(shown, desk, write(tmp_path / "会员.csv", ROWS), qtbot)
    desk.app.jobs.set_progress(job, 1, 4)
    qtbot.waitUntil(lambda: shown.applying.said.text() == "正在导入 25%")
    qtbot.mouseClick(shown.applying.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.step == "done", timeout=20_000)
    assert desk.app.jobs.job(job).state == "cancelled"
    assert shown.done_step.said.text() == "导入已停止，已导入的部分保留。"
    told = dict(
        zip(column_of(shown.done_step.outcome.sums, 0), column_of(shown.done_step.outcome.sums, 1), strict=True)
    )
    assert told == {"未处理的行": "30", "合计": "30"}


def test_an_import_that_failed_says_why_and_what_was_kept(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    model, job = applying(shown, desk, write(tmp_path / "会员.csv", ROWS), qtbot)
    desk.app.imports.apply_chunk(1, 0)
    desk.app.jobs.set_state(job, "failed", error="disk_full")
    qtbot.waitUntil(lambda: model.state.step == "done")
    assert shown.done_step.said.text() == "导入没有完成，已导入的部分保留。"
    assert shown.done_step.more.text() == desk.kit.words.error(AppError("disk_full", ""))
    assert desk.app.imports.all()[0].state == "done"


def test_a_closed_wizard_leaves_the_import_to_the_worker_and_its_end_is_told(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    model, job = applying(shown, desk, write(tmp_path / "会员.csv", ROWS), qtbot)
    qtbot.mouseClick(shown.next, Qt.MouseButton.LeftButton)
    assert not shown.isVisible()
    assert model.state.step == "applying"
    desk.app.imports.apply_chunk(1, 0)
    desk.app.imports.finish(1)
    with qtbot.waitSignal(desk.kit.messages.told) as told:
        desk.app.jobs.set_state(job, "done", result={})
    assert told.args[0].text == "会员.csv 已导入：更新 30 位客户，0 行不能导入。"
    again = wizard()
    assert again.stack.currentWidget() is again.file


def test_earlier_imports_are_listed_and_taken_back(desk: Desk, shop: int, tmp_path: Path, qtbot: QtBot) -> None:
    from campaign_app.jobs.import_customers import import_file
    from campaign_app.services.import_plan import Source

    for name in ("甲.csv", "乙.csv"):
        level = "金卡" if name == "甲.csv" else "银卡"
        rows = [(f"ou-{n:05d}", "", level, "是") for n in range(5)]
        import_file(desk.app.imports, Source(str(write(tmp_path / name, rows)), shop), actor="test")
    page = CustomersPage(desk)
    qtbot.addWidget(page)
    records = ImportRecords(desk, ImportsModel(desk.app, desk.kit.tasks, desk.kit.messages, page), page)
    qtbot.addWidget(records)
    records.open()
    qtbot.waitUntil(lambda: records.rows.rowCount() == 2)
    assert column_of(records.rows, 0) == ["乙.csv", "甲.csv"]
    assert column_of(records.rows, 3) == ["5", "5"]
    records.table.selectRow(0)
    assert records.undo.isEnabled()
    QTimer.singleShot(0, lambda: answer(yes=True))
    with qtbot.waitSignal(desk.kit.messages.told):
        records.undo.click()
    qtbot.waitUntil(lambda: column_of(records.rows, 1) == ["已撤销", "已完成"])
    assert not records.undo.isEnabled()
    assert desk.app.workspace.customers.by_ids([1])[1].attributes == {"会员等级": "金卡"}
    records.close()
