"""合规 → 自查报告: numbers before a file, periods and stages, a file with its hash, what goes wrong, and stopping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import QDate
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.self_check import Period, Stage
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.compliance import CompliancePage
from campaign_app.ui.pages.self_check import SelfCheckSection
from campaign_app.ui.viewmodels.self_check import choices
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def section(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[SelfCheckSection]:
    page = CompliancePage(inline_desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.open("report")
    page.shown()
    found = page.sections["report"]
    assert isinstance(found, SelfCheckSection)
    yield found
    page.hide()
    found.model.deleteLater()


def choose(box: QComboBox, code: str) -> None:
    box.setCurrentIndex(box.findData(code))
    box.activated.emit(box.currentIndex())


def shown(section: SelfCheckSection) -> dict[str, str]:
    rows = section.numbers
    cells = [[rows.cell(at, column) for column in range(4)] for at in range(rows.rowCount())]
    return {each[3].text: each[2].text for each in cells if each[2] is not None and each[3] is not None}


def test_numbers_are_shown_before_a_file_is_offered(section: SelfCheckSection, staged: Staged) -> None:
    staged.sent()
    assert section.stack.currentWidget() is section.empty
    assert (section.make.isVisible(), section.count.isVisible()) == (False, False)
    section.empty.button.click()
    assert section.stack.currentWidget() is section.table
    assert (section.make.isVisible(), section.count.isVisible()) == (True, True)
    numbers = shown(section)
    assert (numbers["B.submitted"], numbers["B1.submitted.finance"], numbers["F2.in_force.median"]) == ("7", "0", "—")
    choose(section.chapter, "F")
    assert all(number.startswith("F") for number in shown(section))


def test_lines_of_one_long_name_differ_where_they_are_cut(section: SelfCheckSection, staged: Staged) -> None:
    """A column that is too narrow for a shop's name ends within it."""
    section.empty.button.click()
    rows = section.numbers
    cells = [(rows.cell(at, 1), rows.cell(at, 3)) for at in range(rows.rowCount())]
    told = [name.text for name, number in cells if name is not None and number is not None and "A1.1." in number.text]
    assert len(told) > 2
    assert len({text[:4] for text in told}) == len(told), told


def test_another_period_or_stage_is_counted_anew(section: SelfCheckSection, staged: Staged) -> None:
    section.empty.button.click()
    choose(section.period, "last_year")
    assert section.stack.currentWidget() is section.empty
    assert section.first.date() == QDate(2025, 1, 1)
    section.empty.button.click()
    choose(section.stage, "recheck")
    assert (section.model.state.report, section.model.state.stage) == (None, Stage.RECHECK)
    section.first.setDate(QDate(2025, 3, 4))
    assert section.period.currentData() == "custom"
    assert section.model.state.period == Period(date(2025, 3, 4), date(2025, 12, 31))
    section.first.setDate(QDate(2026, 3, 4))
    assert "期间无效" in section.trouble.text()
    assert not section.empty.button.isEnabled()
    section.last.setDate(QDate(2026, 4, 4))
    assert not section.trouble.isVisible()
    assert section.empty.button.isEnabled()


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_file_is_made_and_listed_with_its_hash(
    section: SelfCheckSection, staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    section.empty.button.click()
    dialog = section.make_dialog()
    dialog.xlsx.setChecked(kind == "xlsx")
    assert dialog.file.text().endswith(f".{kind}")
    target = tmp_path / f"报告.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "报告"), ""))
    dialog._choose()
    assert dialog.file.text() == str(target)
    dialog.go.click()
    assert not dialog.isVisible()
    line = section.earlier.row(0)
    assert line is not None
    assert line.facts["file_sha256"] == sha256(target.read_bytes()).hexdigest()
    section.files.selectRow(0)
    section.copy.click()
    assert QGuiApplication.clipboard().text() == line.facts["file_sha256"]


def test_a_file_that_is_there_stays_and_the_reason_is_said(
    section: SelfCheckSection, staged: Staged, tmp_path: Path
) -> None:
    there = tmp_path / "there.pdf"
    there.write_bytes(b"mine")
    section.empty.button.click()
    dialog = section.make_dialog()
    dialog.file.setText(str(there))
    dialog.go.click()
    assert "没有覆盖" in dialog.reason.text()
    assert there.read_bytes() == b"mine"
    dialog.reject()


def test_the_periods_to_choose_from() -> None:
    found = choices(date(2026, 2, 14))
    assert found["last_month"] == Period.month(2026, 1)
    assert found["this_quarter"] == Period.quarter(2026, 1)
    assert found["last_quarter"] == Period.quarter(2025, 4)
    assert choices(date(2026, 1, 31))["last_month"] == Period.month(2025, 12)
