"""The menu 模板: a provider's template replaces the text, undoably; the text goes out as a provider's template."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.pages.steps.template_in import TemplateInDialog
from campaign_app.ui.pages.steps.template_out import TemplateOutDialog
from campaign_app.ui.viewmodels.template_out import TemplateOut
from tests.helpers.inline_tasks import InlineTasks
from tests.helpers.writing import BAD, CLEAN, campaign_of, made_step, move, stock, write

THEIRS = "【安宁百货】尊敬的{1}，您的{2}将于今晚到期，满300减50。拒收请回复R"


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    yield from made_step(desk, campaign, qtbot)


def bring(step: ContentStep, qtbot: QtBot) -> TemplateInDialog:
    step.field.templates.importing.trigger()
    dialog = step.findChild(TemplateInDialog)
    assert isinstance(dialog, TemplateInDialog)
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def give(step: ContentStep, qtbot: QtBot) -> TemplateOutDialog:
    step.field.templates.exporting.trigger()
    dialog = step.findChild(TemplateOutDialog)
    assert isinstance(dialog, TemplateOutDialog)
    qtbot.waitUntil(lambda: checked(dialog))
    return dialog


def checked(dialog: TemplateOutDialog) -> bool:
    return bool(dialog.measured.text())


def paste(dialog: TemplateInDialog, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    dialog.source.selectAll()
    dialog.source.insertFromMimeData(data)


def choose(combo: QComboBox, data: str) -> None:
    at = combo.findData(data)
    assert at >= 0
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


def slot(dialog: TemplateInDialog, theirs: str) -> QComboBox:
    found = dialog.findChild(QComboBox, f"template_slot_{theirs}")
    assert isinstance(found, QComboBox)
    return found


def told(dialog: QWidget) -> list[str]:
    return [each.accessibleName() for each in dialog.findChildren(QWidget) if each.accessibleName()]


def test_a_pasted_template_replaces_the_text_and_one_undo_brings_it_back(step: ContentStep, qtbot: QtBot) -> None:
    dialog = bring(step, qtbot)
    assert not dialog.take.isEnabled()
    paste(dialog, THEIRS)
    assert dialog.syntax.currentText().startswith("自动识别：{1}")
    assert slot(dialog, "1").currentData() == "name"
    assert slot(dialog, "2").currentData() == ""
    assert dialog.warning.text() == "客户资料里没有 {2}：可以先导入，但对应好之前不能发送。"
    choose(slot(dialog, "2"), "level")
    assert dialog.warning.isHidden()
    assert "签名会自动加在最前面" in dialog.note.text()
    body = "尊敬的{name}，您的{level}将于今晚到期，满300减50。拒收请回复R"
    assert dialog.preview.text == body
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert step.edit.text == body
    qtbot.waitUntil(lambda: step.composer.state.fresh and step.composer.state.text == body)
    step.edit.undo()
    assert step.edit.text == CLEAN
    step.edit.redo()
    assert step.edit.text == body


def test_what_is_wrong_is_said_and_marked_where_it_stands(step: ContentStep, qtbot: QtBot) -> None:
    dialog = bring(step, qtbot)
    paste(dialog, "尊敬的{1}，您的${points}积分")
    assert dialog.error.text().startswith("“${points}”不是这种写法的变量")
    assert "${points}" in [s.cursor.selectedText() for s in dialog.source.extraSelections()]
    assert (dialog.take.isEnabled(), dialog.preview.isHidden(), dialog.preview.text) == (False, True, "")
    paste(dialog, "您好{1}和{3}")
    assert "缺少 2" in dialog.error.text()
    paste(dialog, "您好{1}和{2}")
    assert (dialog.error.isHidden(), dialog.take.isEnabled()) == (True, True)
    choose(dialog.syntax, "${name}")
    assert "“{1}”" in dialog.error.text()
    choose(dialog.syntax, "")
    assert dialog.error.isHidden()


def test_a_paste_that_was_cut_is_no_template(step: ContentStep, qtbot: QtBot) -> None:
    dialog = bring(step, qtbot)
    paste(dialog, "{name}您好" * 20_000)
    assert "内容超过 2000 字" in dialog.error.text()
    assert not dialog.take.isEnabled()
    assert dialog.source.text == "", "nothing of it that one key would make a template"
    paste(dialog, "{name}您好")
    assert (dialog.take.isEnabled(), dialog.error.isHidden()) == (True, True)
    paste(dialog, "{name}您好" * 500)
    assert (dialog.source.text, dialog.take.isEnabled()) == ("{name}您好", False)
    assert "内容超过 2000 字" in dialog.error.text()
    dialog.source.insert("，")
    assert (dialog.take.isEnabled(), dialog.error.isHidden()) == (True, True)


def test_what_was_settled_of_one_template_is_not_of_the_next(step: ContentStep, qtbot: QtBot) -> None:
    dialog = bring(step, qtbot)
    paste(dialog, THEIRS)
    choose(slot(dialog, "2"), "level")
    dialog.source.insert("！")
    assert slot(dialog, "2").currentData() == "level", "the same template, written on"
    paste(dialog, "您好{1}，共{2}分。拒收请回复R")
    assert slot(dialog, "2").currentData() == ""
    assert "{level}" not in dialog.preview.text


def test_it_is_done_by_keyboard_and_escape_changes_nothing(step: ContentStep, qtbot: QtBot) -> None:
    dialog = bring(step, qtbot)
    paste(dialog, "{1}您好，满减。拒收请回复R")
    for expected in (dialog.syntax, slot(dialog, "1"), dialog.take):
        for _ in range(6):
            if dialog.focusWidget() is expected:
                break
            qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        assert dialog.focusWidget() is expected
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: step.findChild(TemplateInDialog) is None)
    assert step.edit.text == CLEAN
    dialog = bring(step, qtbot)
    paste(dialog, "{1}您好，满减。拒收请回复R")
    dialog.take.setFocus()
    qtbot.keyClick(dialog.take, Qt.Key.Key_Return)
    assert step.edit.text == "{name}您好，满减。拒收请回复R"


def test_a_file_comes_in_and_one_that_is_no_text_says_so(
    step: ContentStep, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "模板.txt"
    file.write_text("${name}您好，满减。拒收请回复R\n", "gb18030")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    dialog = bring(step, qtbot)
    dialog._ask_file()
    qtbot.waitUntil(lambda: dialog.preview.text == "{name}您好，满减。拒收请回复R")
    file.write_bytes(b"\x81")
    dialog._ask_file()
    qtbot.waitUntil(lambda: "不是文本文件" in dialog.error.text())
    assert dialog.source.text.startswith("${name}您好")
    assert not dialog.take.isEnabled(), "what the former file said is not what was chosen now"
    file.write_bytes(b"")
    dialog._ask_file()
    qtbot.waitUntil(lambda: dialog.error.text() == "文件是空的。请另选文件。")
    file.write_text("您好{1}，共{2}分。拒收请回复R", "utf-8")
    dialog._ask_file()
    qtbot.waitUntil(dialog.take.isEnabled)
    assert dialog.error.isHidden()


def test_another_signature_in_front_is_told(step: ContentStep, qtbot: QtBot) -> None:
    dialog = bring(step, qtbot)
    paste(dialog, "【安宁折扣】您好")
    assert "这个活动的签名是【安宁百货】" in dialog.note.text()


def test_a_running_campaign_takes_no_template_but_gives_one(
    desk: Desk, campaign: Campaign, app: bootstrap.App, qtbot: QtBot
) -> None:
    moved = move(app, campaign.id, CampaignState.SCREENING)
    for step in made_step(desk, moved, qtbot):
        assert not step.field.templates.importing.isEnabled()
        step.templates.bring()
        assert step.findChild(TemplateInDialog) is None
        assert step.field.templates.exporting.isEnabled()
        give(step, qtbot).reject()


def test_each_provider_has_its_form_and_its_objections(step: ContentStep, qtbot: QtBot) -> None:
    dialog = give(step, qtbot)
    assert dialog.provider.currentData() == "generic"
    assert dialog.text.toPlainText() == CLEAN
    choose(dialog.provider, "huawei")
    qtbot.waitUntil(lambda: checked(dialog) and any("华为云" in each for each in told(dialog)))
    assert dialog.text.toPlainText() == CLEAN.replace("{name}", "${1}")
    assert dialog.slots_text.text() == "${1}  ←  {name} 姓名，例如 王芳"
    assert "64 字，1 条" in dialog.measured.text()
    choose(dialog.syntax, "#name#")
    assert dialog.text.toPlainText().startswith("#name#您好")
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == CLEAN.replace("{name}", "#name#")
    choose(dialog.provider, "aliyun")
    assert dialog.syntax.currentData() == "${name}"
    assert dialog.said.text() == ""
    assert step.edit.text == CLEAN


def test_what_cannot_be_written_is_said_in_place(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD + "{name}")
    dialog = give(step, qtbot)
    choose(dialog.provider, "aliyun")
    assert dialog.error.text().startswith("变量 name 用了两次")
    assert (dialog.text.isHidden(), dialog.copy.isEnabled(), dialog.save.isEnabled()) == (True, False, False)
    choose(dialog.syntax, "{1}")
    assert dialog.error.isHidden()


def test_it_is_saved_or_says_that_it_was_not(
    step: ContentStep, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, offered = tmp_path / "模板.txt", list[str]()

    def ask(*asked: Any) -> tuple[str, str]:
        offered.append(asked[2])
        return str(file), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    dialog = give(step, qtbot)
    dialog._ask_file()
    assert Path(offered[0]).is_absolute(), "not in the folder that the program was started in"
    qtbot.waitUntil(lambda: dialog.said.text() == "已保存到 模板.txt")
    assert file.read_text("utf-8") == CLEAN
    file = tmp_path / "nowhere" / "t.txt"
    dialog._ask_file()
    qtbot.waitUntil(lambda: dialog.said.text() == "没有保存")
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


def test_what_can_be_operated_has_a_name(step: ContentStep, qtbot: QtBot) -> None:
    paste(dialog := bring(step, qtbot), THEIRS)
    others = give(step, qtbot)
    for each in (*dialog.findChildren(QWidget), *others.findChildren(QWidget)):
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None and each.objectName():
            named = each.accessibleName() or getattr(each, "text", str)()
            assert named or each.objectName().startswith("qt_"), each.objectName()


def test_an_answer_of_the_rules_that_cannot_be_had_is_told(
    campaign: Campaign, app: bootstrap.App, inline: InlineTasks
) -> None:
    setting = app.composing.setting(campaign)
    reader = setting.readers[0]
    reader.values["name"] = "{city}"
    model = TemplateOut(app.composing, inline, setting, body="{name}您好", signature="安宁百货", language="zh_CN")
    model.load()
    assert model.state.exported is not None
    assert model.state.unchecked is not None
    assert model.state.unchecked.code == "template_value"


def test_a_menu_that_is_gone_is_told_nothing(step: ContentStep, qtbot: QtBot) -> None:
    """As after a switch of the language, which makes the pages anew."""
    composer, menu = step.composer, step.field.templates
    with qtbot.captureExceptions() as caught:
        shiboken6.delete(step.templates)
        shiboken6.delete(menu)
        composer.changed.emit(composer.state)
    assert caught == []
