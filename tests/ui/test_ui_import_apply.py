"""Imports that are tried, applied by the real worker process, stopped, reported and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from ui_imports import BAD, ROWS, Open, column_of, look, open_wizards, press, settled, write
from ui_people import add_people, add_shop

from campaign_app import bootstrap
from campaign_app.domain.errors import AppError
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.customers import CustomersPage, import_of
from campaign_app.ui.pages.import_records import ImportRecords
from campaign_app.ui.pages.import_wizard import ImportWizard
from campaign_app.ui.viewmodels.importing import ImportModel
from campaign_app.ui.viewmodels.imports_list import ImportsModel
from campaign_app.ui.widgets.ask import Question


@pytest.fixture
def shop(desk: Desk) -> int:
    made = add_shop(desk.app)
    add_people(desk.app, made, 40)
    return made


@pytest.fixture
def wizard(desk: Desk, shop: int, qtbot: QtBot) -> Iterator[Open]:
    yield from open_wizards(desk, qtbot)


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
        "将更新属性的客户": "30",
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
    assert shown.focusWidget() is shown.next, "and no part that has gone"
    assert desk.app.imports.all() == ()
    assert desk.app.workspace.customers.by_ids([1])[1].attributes == {}


def test_that_every_row_comes_in_is_said_below_its_heading(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    look(shown, write(tmp_path / "会员.csv", ROWS), desk, qtbot)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: import_of(desk).state.trial is not None)
    outcome = shown.trial.outcome
    qtbot.waitUntil(outcome.none.isVisible)
    shown.grab()
    heading, said = outcome.title.geometry(), outcome.none.contentsRect().translated(outcome.none.pos())
    assert heading.center().y() < 30
    assert said.top() - heading.bottom() < 30


def test_a_dry_run_is_stopped(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    rows = [(f"x-{n}", "", "金卡", "是") for n in range(60_000)]
    model = look(shown, write(tmp_path / "大.csv", rows), desk, qtbot)
    press(shown, qtbot)
    assert model.state.busy
    assert shown.focusWidget() is shown.trial.stop
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
    assert isinstance(box, Question)
    box.findChild(QPushButton, "confirm_yes" if yes else "confirm_no").click()


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
    assert shown.windowTitle() == "导入文件 · 会员.csv"
    assert not shown.leave.isVisible(), "one button closes it, and says what becomes of the import"
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
    from campaign_app.services.import_plan import Source
    from tests.helpers.importing import import_file

    for name in ("甲.csv", "乙.csv"):
        level = "金卡" if name == "甲.csv" else "银卡"
        rows = [(f"ou-{n:05d}", "", level, "是") for n in range(5)]
        rows += [(f"new-{n}", f"1380013800{n}", level, "是") for n in range(6)]
        rows += [("ou-00000", "", level, "否"), ("new-9", "13900139012", level, "是")]
        import_file(desk.app.imports, Source(str(write(tmp_path / name, rows)), shop), actor="test")
    page = CustomersPage(desk)
    qtbot.addWidget(page)
    records = ImportRecords(desk, ImportsModel(desk.app, desk.kit.tasks, desk.kit.messages, page), page)
    qtbot.addWidget(records)
    records.open()
    qtbot.waitUntil(lambda: records.rows.rowCount() == 2)
    assert column_of(records.rows, 0) == ["乙.csv", "甲.csv"]
    assert column_of(records.rows, 3) == ["5", "5"]
    for row in range(2):
        told = [column_of(records.rows, column)[row] for column in range(2, 8)]
        rows, *parts = (int(each) if each.isdigit() else 0 for each in told)
        assert sum(parts) == rows == 13, told
    records.table.selectRow(0)
    assert records.undo.isEnabled()
    QTimer.singleShot(0, lambda: answer(yes=True))
    with qtbot.waitSignal(desk.kit.messages.told):
        records.undo.click()
    qtbot.waitUntil(lambda: column_of(records.rows, 1) == ["已撤销", "已完成"])
    assert not records.undo.isEnabled()
    assert desk.app.workspace.customers.by_ids([1])[1].attributes == {"会员等级": "金卡"}
    records.close()
