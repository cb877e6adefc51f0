"""设置: policies, the workspace and the window; what was typed outlives a change of language."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot
from ui_sending import answer_when_asked as ask_and_answer

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper, Scrypt
from campaign_app.domain.errors import WorkspaceError
from campaign_app.settings import DECLARED, Settings
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_policies import PoliciesSection, PolicySwitch
from campaign_app.ui.pages.settings_workspace import WorkspaceSection
from campaign_app.ui.theme.tokens import DARK, LIGHT
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from campaign_app.ui.viewmodels.settings import problems_of
from tests.helpers.answering import answer
from tests.helpers.window import Start

PHRASE = "一句只有我知道的话"
OTHER = "另一句只有我知道的话"


def shown(desk: Desk, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.policies.state.stored is not None and made.workspace.state.folder is not None)
    return made


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> SettingsPage:
    return shown(desk, qtbot)


def policies(page: SettingsPage) -> PoliciesSection:
    page.open("policies")
    found = page.section("policies")
    assert isinstance(found, PoliciesSection)
    return found


def retype(field: QLineEdit, text: str, qtbot: QtBot) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text) if text else qtbot.keyClick(field, Qt.Key.Key_Delete)


def test_every_setting_has_its_field_with_limits_and_a_name(page: SettingsPage) -> None:
    section = policies(page)
    assert set(section.fields) == {each.name for each in DECLARED}
    for each in DECLARED:
        field = section.fields[each.name]
        assert field.edit.accessibleName() == each.zh
        assert "默认" in field.limits.text()
        shown = str(int(field.edit.isChecked())) if isinstance(field, PolicySwitch) else field.edit.text()
        assert shown.replace(",", "") == page.policies.state.stored[each.name]  # type: ignore[index]
    assert not section.save.isEnabled()
    assert not section.restore.isEnabled()


def test_a_change_is_saved_audited_and_can_be_taken_back(page: SettingsPage, qtbot: QtBot) -> None:
    section, app = policies(page), page._desk.app
    retype(section.fields["batch_size"].edit, "200", qtbot)
    assert "未保存" in section.fields["batch_size"].limits.text()
    assert app.policies.current() == Settings()
    with qtbot.waitSignal(page.policies.saved):
        qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    assert app.policies.current() == Settings(batch_size=200)
    assert not section.save.isEnabled()
    assert page._desk.kit.messages.last is not None
    answer("confirm_yes")
    with qtbot.waitSignal(page.policies.saved):
        qtbot.mouseClick(section.restore, Qt.MouseButton.LeftButton)
    assert app.policies.current() == Settings()
    assert section.fields["batch_size"].edit.text() == "500"
    assert [e.facts["setting"] for e in app.workspace.audit.entries() if e.action == "settings.changed"] == [
        "batch_size",
        "batch_size",
    ]


def test_a_number_is_written_and_typed_as_those_beside_it(page: SettingsPage, qtbot: QtBot) -> None:
    section = policies(page)
    field = section.fields["max_consent_age_minutes"]
    assert (field.edit.text(), field.limits.text()) == ("1,440", "1 到 10,080，默认 1,440")
    retype(field.edit, "2,880", qtbot)
    assert field.limits.text().endswith("现在是 1,440")
    with qtbot.waitSignal(page.policies.saved):
        qtbot.mouseClick(section.save, Qt.MouseButton.LeftButton)
    assert page._desk.app.policies.current() == Settings(max_consent_age_minutes=2_880)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("batch_size", "501", "1 到 500"),
        ("batch_size", "0", "1 到 500"),
        ("batch_size", "", "整数"),
        ("batch_size", "x", "整数"),
        ("batch_reread_minutes", "11", "0 到 10"),
        ("window_opens", "8", "08:00"),
        ("window_opens", "23:00", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_can_be_saved(
    page: SettingsPage, qtbot: QtBot, name: str, text: str, said: str
) -> None:
    section = policies(page)
    retype(section.fields[name].edit, text, qtbot)
    at_fault = section.fields[name] if said else section.fields["window_closes"]
    assert at_fault.problem.isVisible()
    assert said in at_fault.problem.text()
    assert at_fault.edit.property("invalid") is True
    assert not section.save.isEnabled()
    qtbot.mouseClick(section.undo, Qt.MouseButton.LeftButton)
    assert not at_fault.problem.isVisible()
    assert page.policies.state.changed == {}


def test_problems_are_those_that_the_service_would_refuse() -> None:
    assert problems_of({"window_opens": "08:00", "window_closes": "08:00"}) == {"window_closes": "setting_window"}
    assert problems_of({"window_opens": "22:30"}) == {"window_closes": "setting_window"}
    assert problems_of({"window_opens": "no", "window_closes": "07:00"}) == {"window_opens": "setting_type"}
    assert problems_of({"unheard_of": "1"}) == {"unheard_of": "setting_unknown"}


def test_a_broken_stored_value_can_be_mended(desk: Desk, qtbot: QtBot) -> None:
    desk.app.workspace.accounts.set_setting("batch_size", "many")
    page = shown(desk, qtbot)
    section = policies(page)
    assert desk.kit.messages.last is not None
    assert desk.kit.messages.last.code == "setting_type"
    answer("confirm_yes")
    with qtbot.waitSignal(page.policies.saved):
        qtbot.mouseClick(section.restore, Qt.MouseButton.LeftButton)
    assert desk.app.policies.current() == Settings()


def test_what_was_typed_and_the_section_outlive_a_page_that_is_built_anew(
    page: SettingsPage, desk: Desk, qtbot: QtBot
) -> None:
    retype(policies(page).fields["batch_size"].edit, "321", qtbot)
    again = shown(desk, qtbot)
    assert again.stack.currentWidget() is again.section("policies")
    assert policies(again).fields["batch_size"].edit.text() == "321"
    assert policies(again).save.isEnabled()


def test_language_and_appearance_take_effect_at_once_and_are_remembered(page: SettingsPage, qtbot: QtBot) -> None:
    kit = page._desk.kit
    page.open("window")
    page.findChild(QRadioButton, "theme_dark").click()
    assert (kit.theme.tokens, kit.prefs.theme) == (DARK, "dark")
    page.findChild(QRadioButton, "theme_light").click()
    assert (kit.theme.tokens, kit.prefs.theme) == (LIGHT, "light")
    with qtbot.waitSignal(kit.prefs.language_changed):
        page.findChild(QRadioButton, "language_en").click()
    assert kit.prefs.language == "en"


def test_the_workspace_says_where_it_is_and_what_keeps_its_key(
    page: SettingsPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page.open("workspace")
    section = page.section("workspace")
    assert isinstance(section, WorkspaceSection)
    assert section.folder.text() == str(page._desk.app.workspace.folder)
    assert section.used.text()
    assert "内存" in section.key.text()
    assert not section.change.isVisible(), "there is no passphrase to change"
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    qtbot.mouseClick(section.show_folder, Qt.MouseButton.LeftButton)
    assert [Path(url.toLocalFile()) for url in opened] == [page._desk.app.workspace.folder]


@pytest.fixture(scope="module")
def phrased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phrased") / "workspace"
    bootstrap.create_app(folder, PassphraseKeeper(PHRASE, Scrypt(n=2**10))).close()
    return folder


@pytest.fixture
def kept(phrased: Path, tmp_path: Path, kit: Kit) -> Iterator[Desk]:
    """A workspace that is kept by a passphrase."""
    folder = Path(shutil.copytree(phrased, tmp_path / "kept"))
    with bootstrap.open_app(folder, PassphraseKeeper(PHRASE)) as app:
        session = Session(Plan(folder), kit.tasks)
        session.state = SessionState("open", app=app, worker="running")
        jobs = Jobs(app, kit.tasks)
        yield Desk(kit, app, jobs, session, Way())
        jobs.stop()
        assert kit.tasks.finish()


def test_the_passphrase_can_be_changed(kept: Desk, qtbot: QtBot) -> None:
    page = shown(kept, qtbot)
    page.open("workspace")
    section = page.section("workspace")
    assert isinstance(section, WorkspaceSection)
    qtbot.mouseClick(section.change, Qt.MouseButton.LeftButton)
    dialog = section.dialog
    assert dialog is not None
    dialog.old.setText("falsch geraten")
    dialog.new.first.setText(OTHER)
    assert not dialog.go.isEnabled()
    dialog.new.again.setText(OTHER)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.reason.isVisible)
    assert "口令不正确" in dialog.reason.text()
    dialog.old.setText(PHRASE)
    with qtbot.waitSignal(page.workspace.passphrase_changed):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert kept.app.accounts.all() == (), "what is open stays open"
    folder = kept.app.workspace.folder
    bootstrap.open_app(folder, PassphraseKeeper(OTHER)).close()
    with pytest.raises(WorkspaceError, match="passphrase"):
        bootstrap.open_app(folder, PassphraseKeeper(PHRASE))
    assert kept.app.workspace.audit.entries()[0].action == "workspace.passphrase_changed"


def test_everything_that_can_be_operated_has_a_name(page: SettingsPage) -> None:
    for widget in [*page.findChildren(QAbstractButton), *page.findChildren(QLineEdit)]:
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.objectName(), widget
            assert widget.accessibleName() or widget.text(), widget.objectName()  # type: ignore[union-attr]


def test_sections_can_be_reached_by_keyboard_and_by_another_page(page: SettingsPage, qtbot: QtBot) -> None:
    page.open("accounts")
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.stack.currentWidget() is page.section("entities")
    page.open("no such section")
    assert page.stack.currentWidget() is page.section("entities")


def test_policies_that_wait_for_their_button_are_not_lost_by_closing_without_a_word(start: Start, qtbot: QtBot) -> None:
    started = start()
    made = started.open()
    shell = started.application.shell
    page = shell.page("settings")
    assert isinstance(page, SettingsPage)
    qtbot.waitUntil(lambda: page.policies.state.stored is not None)
    page.policies.type("window_closes", "20:00")
    shell.go("overview")
    asked = ask_and_answer("confirm_no")
    shell.close()
    qtbot.waitUntil(lambda: asked == ["策略的改动还没有保存"])
    assert started.exits == []
    assert (shell.current, page.place()) == ("settings", "settings.policies")
    page.policies.save()
    qtbot.waitUntil(lambda: made.policies.current().window_closes == time(20))
    qtbot.waitUntil(lambda: not page.unsaved())
    shell.close()
    qtbot.waitUntil(lambda: started.exits == [0])
