"""设置 → 规则: every rule with its law, found by word; switched off with a reason and on again; the merchant's own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.errors import AppError
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_rules import RulesSection
from campaign_app.ui.viewmodels.overview import OverviewModel
from campaign_app.ui.viewmodels.rules import RulesModel
from campaign_app.ui.widgets.notice_bar import passes
from tests.helpers.writing import BAD, campaign_of, made_step, stock

OWN = """
id = "OWN-001"
name = "no-clearance"
kind = "phrases"
severity = "warn"
phrases = ["甩卖"]
about.zh_CN = "不用甩卖二字"
about.en = "No clearance words"
message.zh_CN = "“{match}”不用"
message.en = "“{match}” is not used"
fix.zh_CN = "写“优惠”"
fix.en = "Write 优惠"
citation = { law = "本店规定", verified = true }
[[case]]
text = "【店铺】清仓甩卖。拒收请回复R"
finds = ["甩卖"]
"""


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1_000, 760)
    made.open("rules")
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.rules.state.lines is not None)
    return made


@pytest.fixture
def section(page: SettingsPage) -> RulesSection:
    made = page.section("rules")
    assert isinstance(made, RulesSection)
    return made


def model_of(section: RulesSection) -> RulesModel:
    return section._model


def app_of(section: RulesSection) -> bootstrap.App:
    return section._desk.app


def column(section: RulesSection, at: int) -> list[str]:
    return [section.model.index(row, at).data() for row in range(section.model.rowCount())]


def press(section: QWidget, name: str, qtbot: QtBot) -> None:
    button = section.findChild(QPushButton, name)
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def said(section: RulesSection, name: str) -> str:
    label = section.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def write(app: bootstrap.App, text: str, name: str = "own/OWN-001-no-clearance.toml") -> Path:
    path = app.rules.own_folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))
    return path


# --- finding and reading ---------------------------------------------------------------------------------------------


def test_every_rule_is_listed_with_its_level_and_its_law(section: RulesSection) -> None:
    rules = app_of(section).rules.current().rules.rules
    assert column(section, 0) == [rule.id for rule in rules]
    first = column(section, 0).index("ABS-001")
    assert (column(section, 2)[first], column(section, 5)[first]) == ("阻止", "启用")
    assert column(section, 3)[first].startswith("广告法 第九条")
    assert said(section, "rules_count") == f"{len(rules)} 条"


@pytest.mark.parametrize(
    ("text", "found"),
    [("abs-001", "ABS-001"), ("国家级", "ABS-001"), ("第九条 最佳", "ABS-001"), ("absolute-terms", "ABS-001")],
)
def test_a_rule_is_found_by_id_words_and_law(section: RulesSection, text: str, found: str) -> None:
    section.search.setText(text)
    assert found in column(section, 0)
    assert len(column(section, 0)) < 10


def test_what_is_not_there_is_said(section: RulesSection) -> None:
    section.search.setText("没有这样的规则")
    assert column(section, 0) == []
    assert said(section, "rules_nothing")
    section.search.clear()
    assert section.table.isVisible()
    assert not said(section, "rules_nothing")


def pick(combo: QComboBox, value: str) -> None:
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def test_packs_and_levels_filter(section: RulesSection) -> None:
    rules = app_of(section).rules.current().rules.rules
    pick(section.pack, "house")
    assert column(section, 0) == [rule.id for rule in rules if rule.pack == "house"]
    pick(section.pack, "")
    pick(section.level, "info")
    assert column(section, 2)
    assert "ABS-001" not in column(section, 0)
    pick(section.level, "off")
    assert column(section, 0) == []


def test_a_rule_says_why_by_which_law_what_is_wrong_and_what_to_write(section: RulesSection, qtbot: QtBot) -> None:
    section.table.setFocus()
    section.table.selectRow(column(section, 0).index("ABS-001"))
    qtbot.keyClick(section.table, Qt.Key.Key_Return)
    detail = section.detail
    assert detail.isVisible()
    text = "\n".join(label.text() for label in detail.findChildren(QLabel))
    rule = next(rule for rule in app_of(section).rules.current().rules.rules if rule.id == "ABS-001")
    for expected in (rule.about["zh_CN"], rule.fix["zh_CN"], "第九条", rule.cases[0].text, "自 2015-09-01 起"):
        assert expected in text
    assert "会标出：“国家级”" in text
    qtbot.keyClick(detail, Qt.Key.Key_Escape)
    assert section.table.isVisible()
    assert section.table.hasFocus()


def test_what_the_law_forbids_cannot_be_switched_off_and_says_why(section: RulesSection) -> None:
    model_of(section).open("ABS-001")
    assert not section.detail.switch.off.isVisible()
    assert "不能停用" in said(section, "rule_state")


# --- off and on ------------------------------------------------------------------------------------------------------


def test_a_warning_is_switched_off_with_a_reason_and_on_again(section: RulesSection, qtbot: QtBot) -> None:
    app, model = app_of(section), model_of(section)
    model.open("ABS-002")
    press(section, "rule_off", qtbot)
    switch = section.detail.switch
    assert switch.reason.hasFocus()
    assert not switch.go.isEnabled()
    switch.reason.setText("已存有检测报告")
    switch.reason.textEdited.emit("已存有检测报告")
    press(section, "rule_off_yes", qtbot)
    qtbot.waitUntil(lambda: said(section, "rule_state").startswith("本机操作人"))
    assert "原因：已存有检测报告" in said(section, "rule_state")
    assert app.rules.current().off["ABS-002"].actor == "window"
    assert app.workspace.audit.entries()[0].action == "rule_switched_off"
    model.close()
    row = column(section, 0).index("ABS-002")
    assert column(section, 5)[row] == "已停用"
    pick(section.level, "off")
    assert column(section, 0) == ["ABS-002"]
    model.open("ABS-002")
    press(section, "rule_on", qtbot)
    qtbot.waitUntil(lambda: not app.rules.current().off)
    qtbot.waitUntil(section.detail.switch.off.isVisible)
    assert app.workspace.audit.entries()[0].action == "rule_switched_on"


def test_the_version_in_force_is_shown_and_changes_with_the_rules(section: RulesSection, qtbot: QtBot) -> None:
    rules, shown = app_of(section).rules, section.version.text
    assert rules.current().engine.pack_version in section.version.toolTip()
    before = shown()
    assert before.removeprefix("版本 ") == rules.current().engine.pack_version[:8]
    rules.switch_off("ABS-002", reason="已有依据", actor="window")
    model_of(section).load()
    qtbot.waitUntil(lambda: shown() != before)


def test_thinking_better_of_it_changes_nothing(section: RulesSection, qtbot: QtBot) -> None:
    model_of(section).open("ABS-002")
    press(section, "rule_off", qtbot)
    press(section, "rule_off_no", qtbot)
    assert not section.detail.switch.reason.isVisible()
    assert section.detail.switch.off.hasFocus()
    assert not app_of(section).rules.current().off


def test_what_was_typed_outlives_the_window(section: RulesSection, desk: Desk, qtbot: QtBot) -> None:
    model = model_of(section)
    model.seek(text="广告法")
    model.open("ABS-002")
    model.ask(asking=True)
    model.type_reason("已存")
    again = SettingsPage(desk)
    qtbot.addWidget(again)
    made = again.section("rules")
    assert isinstance(made, RulesSection)
    assert made.search.text() == "广告法"
    assert made.detail.switch.reason.text() == "已存"


def test_a_refusal_is_told_and_the_page_stays_usable(
    section: RulesSection, desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    model, app = model_of(section), app_of(section)
    model.open("ABS-002")
    model.ask(asking=True)
    model.type_reason("x")
    app.rules.switch_off("ABS-002", reason="另一个窗口", actor="李")
    app.rules.switch_on("ABS-002", actor="李")
    told: list[AppError] = []
    monkeypatch.setattr(app.rules, "switch_off", lambda *_, **__: (_ for _ in ()).throw(AppError("disk_full", "x")))
    monkeypatch.setattr(model._messages, "error", told.append)
    model.switch_off()
    qtbot.waitUntil(lambda: bool(told))
    assert not model.state.busy
    assert model.state.reason == "x"


def test_the_text_that_is_being_written_is_judged_by_what_is_on(desk: Desk, qtbot: QtBot) -> None:
    stock(desk.app)
    with contextmanager(made_step)(desk, campaign_of(desk.app, BAD), qtbot) as step:

        def found() -> set[str]:
            return {problem.finding.rule_id for problem in step.composer.state.problems}

        assert "ABS-003" in found()
        desk.app.rules.switch_off("ABS-003", reason="已有依据", actor="window")
        step.shown()  # the user comes back from the settings
        qtbot.waitUntil(lambda: "ABS-003" not in found())


# --- own packs -------------------------------------------------------------------------------------------------------


def test_own_packs_are_read_again_used_and_named(section: RulesSection, qtbot: QtBot) -> None:
    assert "还没有" in said(section, "own_told")
    write(app_of(section), OWN)
    press(section, "own_again", qtbot)
    qtbot.waitUntil(lambda: said(section, "own_told") == "在用 1 条，规则包：own。")
    pick(section.pack, "own")
    assert column(section, 0) == ["OWN-001"]
    assert column(section, 4) == ["自有：own"]
    assert section._desk.kit.messages.last is not None
    assert "立即生效" in section._desk.kit.messages.last.text


def test_a_pack_that_is_refused_says_file_line_and_reason_and_the_last_good_one_stays(
    section: RulesSection, qtbot: QtBot
) -> None:
    app = app_of(section)
    write(app, OWN)
    press(section, "own_again", qtbot)
    qtbot.waitUntil(lambda: "在用 1 条" in said(section, "own_told"))
    write(app, OWN.replace('severity = "warn"', 'severity = "grave"'))
    press(section, "own_again", qtbot)
    qtbot.waitUntil(lambda: bool(said(section, "own_problem")))
    assert said(section, "own_problem").startswith(f"own{os.sep}OWN-001-no-clearance.toml 第 5 行：")
    assert "上一次可用的版本" in said(section, "own_told")
    assert "在用 1 条" in said(section, "own_told")
    assert section._desk.kit.messages.last is not None
    assert "没有采用" in section._desk.kit.messages.last.text
    assert passes(section._desk.kit.messages.last), "it would still stand there once they are mended"
    write(app, OWN)
    press(section, "own_again", qtbot)
    qtbot.waitUntil(lambda: not said(section, "own_problem"))


def test_the_overview_says_that_own_rules_are_refused(section: RulesSection, desk: Desk, qtbot: QtBot) -> None:
    write(app_of(section), "id = ")
    overview = OverviewModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.jobs, desk.session)
    overview.load()
    qtbot.waitUntil(lambda: overview.state.loaded)
    (matter,) = (each for each in overview.state.matters if each.code == "rules")
    assert (matter.subject, matter.page, matter.what) == ("OWN-001-no-clearance.toml", "settings", "rules")


def test_the_folder_is_made_and_opened(section: RulesSection, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    press(section, "own_open", qtbot)
    qtbot.waitUntil(lambda: bool(opened))
    folder = app_of(section).rules.own_folder
    assert folder.is_dir()
    assert Path(opened[0].toLocalFile()) == folder
    last = section._desk.kit.messages.last
    assert last is not None
    assert str(folder) in last.text, "for nothing opened it here"


def test_whatever_takes_the_focus_has_a_name(section: RulesSection) -> None:
    model_of(section).open("ABS-002")
    model_of(section).ask(asking=True)
    for widget in section.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName() or getattr(widget, "text", lambda: "")(), widget
            assert widget.objectName() or isinstance(widget, QComboBox), widget
