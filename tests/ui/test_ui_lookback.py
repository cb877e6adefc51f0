"""合规 → 回头看: an empty state that teaches, counts that add up, nobody's number, tasks, two runs compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QDate
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.errors import AppError
from campaign_app.domain.lookback import RunState
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.compliance import CompliancePage
from campaign_app.ui.pages.lookback import LookBackSection
from tests.helpers.looked_back import go_through, looked_back, spoil
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def page(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[CompliancePage]:
    made = CompliancePage(inline_desk)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.open("lookback")
    made.shown()
    yield made
    made.hide()


@pytest.fixture
def section(page: CompliancePage) -> LookBackSection:
    found = page.sections["lookback"]
    assert isinstance(found, LookBackSection)
    return found


def test_before_the_first_one_it_says_what_it_is_for(section: LookBackSection) -> None:
    assert section.stack.currentWidget() is section.empty
    assert section.empty.button.isVisible()
    assert not section.start.isVisible()


def test_one_is_begun_with_its_scope_paused_resumed_and_cancelled(section: LookBackSection, staged: Staged) -> None:
    staged.sent()
    section.shown()
    dialog = section.start_dialog()
    dialog.first.setDate(QDate(2026, 11, 1))
    dialog.last.setDate(QDate(2026, 10, 1))
    dialog.save.click()
    assert "时间范围是空的" in dialog.wrong.text()
    dialog.last.setDate(QDate(2026, 11, 30))
    dialog.save.click()
    assert not dialog.isVisible()
    (run,) = staged.app.lookbacks.runs()
    assert (run.scope.campaigns, section.model.state.opened) == ((), run)
    section.pause.click()
    assert staged.app.lookbacks.run(run.id).state is RunState.PAUSED
    section.resume.click()
    assert staged.app.lookbacks.run(run.id).state is RunState.RUNNING
    section.cancel.click()
    assert staged.app.lookbacks.run(run.id).state is RunState.CANCELLED
    assert not section.cancel.isVisible()


def test_the_counts_add_up_and_the_rows_show_nobody(section: LookBackSection, staged: Staged) -> None:
    staged.sent()
    spoil(staged)
    run = looked_back(staged)
    section.shown()
    assert section.summary.text() == "已复查 7 条 = 现在仍可发送 5 + 须整改 1 + 无法复查 0 + 发送后撤回 1"
    assert [section.groups.row(n).reason for n in range(2)] == ["default_consent", "suppressed_opt_out"]
    section.reasons.selectRow(0)
    dialog = section.rows_dialog(0)
    assert dialog is not None
    row = dialog.rows.row(0)
    assert row is not None
    dialog._open(0)
    shown = dialog.proof.text()
    assert "默认" in shown
    assert "发送时所依据：" in shown
    assert "顾客5" not in shown + row.text
    dialog.close()
    assert run.counts()["finding"] == 1


def test_what_is_to_be_done_is_put_down_changed_and_done(section: LookBackSection, staged: Staged) -> None:
    staged.sent()
    spoil(staged)
    looked_back(staged)
    section.shown()
    dialog = section.task_dialog(None, section.groups.row(0))
    dialog.save.click()
    assert "要写明做什么" in dialog.wrong.text()
    dialog.what.setText("向平台核实")
    dialog.owner.setText("李强")
    dialog.due.setDate(QDate(2026, 12, 1))
    dialog.save.click()
    (task,) = staged.app.lookbacks.tasks()
    assert (task.wish.what, task.wish.due, task.wish.reason) == ("向平台核实", date(2026, 12, 1), "default_consent")
    section.tabs.setCurrentIndex(1)
    section._change_task(0)
    again = section.task_dialog(task)
    again.done_box.setChecked(True)
    again.note.setText("平台已更正")
    again.save.click()
    (task,) = staged.app.lookbacks.tasks()
    assert (task.done, task.note, task.wish.owner) == (True, "平台已更正", "李强")
    assert section.tasks.row(0) == task


def test_two_are_compared_and_one_that_goes_on_is_followed(section: LookBackSection, staged: Staged) -> None:
    staged.sent()
    looked_back(staged)
    section.shown()
    assert not section.compare.isVisible()
    spoil(staged)
    looked_back(staged)
    section.shown()
    assert section.compare.isVisible()
    dialog = section.compare_dialog()
    assert dialog.said.text().startswith("新出现 2 条，已消失 0 条，没变 0 条")
    dialog._failed(AppError("lookback_unfinished", ""))
    assert "已经完成" in dialog.said.text()
    dialog.close()
    run = staged.app.lookbacks.start(staged.app.lookbacks.runs()[0].scope, actor="王")
    section.model.follow(staged.app.jobs.open_jobs())
    assert section.model.state.running is not None
    section.model.open(run.id)
    assert section.bar.isVisible()
    go_through(staged, run.id)
    section.shown()
    assert not section.bar.isVisible()


def test_one_that_ends_before_anybody_looks_at_the_jobs_is_seen_to_end(
    section: LookBackSection, staged: Staged, qtbot: QtBot
) -> None:
    staged.sent()
    section.shown()
    section.start_dialog().save.click()
    (run,) = staged.app.lookbacks.runs()
    assert section.model.state.running is not None
    go_through(staged, run.id)
    qtbot.waitUntil(lambda: section.model.state.running is None)
    assert not section.bar.isVisible()
