"""The worker at login, from the window: chosen when closing, switched in the settings, and refused with a reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import assets, logins
from campaign_app.autostart import Entry
from campaign_app.bootstrap import App
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.team import Person, Role
from campaign_app.logins import AtLogin
from campaign_app.ui.desk import Desk
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.closing_dialog import Choice, ClosingDialog
from campaign_app.ui.pages.login_card import LoginCard
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.viewmodels.closing import OnItsWay, login_of
from campaign_app.ui.viewmodels.settings import WorkspaceModel
from campaign_app.words import load
from tests.helpers.at_login import System
from tests.helpers.geometry import wrong_in
from tests.helpers.window import ENTITY, Start, Started

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a system with a shell")
REFUSED = SettingsError("login_passphrase", "x")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    (tmp_path / "system").mkdir()
    return System(tmp_path / "system", monkeypatch).with_systemd()


@pytest.fixture
def _keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if its key lay in the system's keychain."""
    monkeypatch.setattr(logins, "key_lives", lambda _: "keychain")


def scheduled(app: App) -> None:
    later = app.clock() + timedelta(hours=3)
    made = app.workspace.campaigns.create(
        Campaign(0, "双十一", ENTITY, "retail", Filter(), "安宁百货", "您好，拒收请回复R")
    )
    moved = replace(made, state=CampaignState.SCHEDULED, send_at=later, window_end=later + timedelta(hours=2))
    app.workspace.campaigns.update(moved, expected=CampaignState.DRAFT)


def asked(started: Started) -> ClosingDialog:
    closing = started.application.closing
    started.application.shell.close()
    started.bot.waitUntil(lambda: closing.dialog is not None and closing.dialog.isVisible())
    assert closing.dialog is not None
    return closing.dialog


def owning(started: Started) -> None:
    """The window's own worker, which ends with it."""
    session = started.application.session
    session.state = replace(session.state, own_worker=True)


# --- closing ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_keychain")
def test_the_worker_is_enabled_and_takes_over_when_the_window_is_closed(
    start: Start, system: System, qtbot: QtBot
) -> None:
    started = start()
    app = started.open()
    scheduled(app)
    owning(started)
    dialog = asked(started)
    assert "立即" in dialog.heir.text()
    assert dialog.worker.isEnabled()
    dialog.worker.setFocus()
    qtbot.keyClick(dialog.worker, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: started.exits == [0])
    name = f"{logins.entry_of(app.workspace.folder).name}.service"
    assert system.asked == ["--user daemon-reload", f"--user enable {name}"], "not begun beside the window's own"
    started.application.closing.hand_over()
    assert system.asked[2:] == [f"--user start --no-block {name}"]
    assert app.workspace.audit.entries()[0].action == "workspace.at_login_on"


@pytest.mark.usefixtures("_keychain")
def test_where_another_worker_is_at_work_none_is_begun_beside_it(start: Start, system: System, qtbot: QtBot) -> None:
    started = start()
    scheduled(started.open())
    qtbot.mouseClick(asked(started).worker, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: started.exits == [0])
    started.application.closing.hand_over()
    assert not [each for each in system.asked if "start" in each]


@pytest.mark.usefixtures("_keychain")
def test_what_fails_leaves_the_window_open_and_is_said(start: Start, system: System, qtbot: QtBot) -> None:
    system.refuse("enable")
    started = start()
    scheduled(started.open())
    qtbot.mouseClick(asked(started).worker, Qt.MouseButton.LeftButton)
    messages = started.application.kit.messages
    qtbot.waitUntil(lambda: messages.last is not None and "Access denied" in messages.last.text)
    assert started.exits == []
    assert started.application.shell.isVisible()
    assert system.files == []


def test_with_a_passphrase_it_says_why_not(start: Start, system: System) -> None:
    started = start()
    scheduled(started.open())
    dialog = asked(started)
    assert not dialog.worker.isEnabled()
    assert "口令" in dialog.heir.text()
    assert dialog.worker.accessibleDescription() == dialog.heir.text()
    assert system.asked == []


@pytest.mark.expects_logs("campaign_app.ui.app")
def test_a_worker_that_cannot_be_begun_is_logged_and_the_window_ends(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(logins, "entry_of", lambda _: Entry("yunfa-worker-x", (str(tmp_path / "absent"),), tmp_path))
    closing = start().application.closing
    closing._heir = tmp_path
    closing.hand_over()
    assert closing.heir is None


# --- the dialog itself -----------------------------------------------------------------------------------------------


def made(qtbot: QtBot, login: AtLogin, *, own: bool = True, demo: bool = False, english: bool = False) -> ClosingDialog:
    ways = [OnItsWay("双十一会员日", None)]
    why_not = load("en" if english else "zh_CN").error
    dialog = ClosingDialog(ways, tray=True, demo=demo, own_worker=own, login=login, why_not=why_not)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize(
    ("own", "demo", "on", "offered"),
    [(True, False, False, True), (False, False, False, True), (True, False, True, True),
     (False, False, True, False), (True, True, False, False)],
)  # fmt: skip
def test_it_is_offered_where_it_changes_something(qtbot: QtBot, own: bool, demo: bool, on: bool, offered: bool) -> None:
    dialog = made(qtbot, AtLogin(on=on), own=own, demo=demo)
    assert (dialog.worker.isVisible(), dialog.heir.isVisible()) == (offered, offered)
    assert ("登录这台电脑" in dialog.what.text()) == (own and on)
    dialog.worker.click()
    assert dialog.result() == Choice.WORKER


@pytest.fixture(params=["zh_CN", "en"])
def language(request: pytest.FixtureRequest, qapp: QApplication, kit: Kit) -> Iterator[str]:
    translator = QTranslator()
    if request.param == "en":
        assert translator.load(str(assets.path("i18n", "en.qm")))
        qapp.installTranslator(translator)
    yield request.param
    qapp.removeTranslator(translator)


@pytest.mark.parametrize("login", [AtLogin(), AtLogin(on=True), AtLogin(refused=REFUSED)], ids=["off", "on", "refused"])
def test_nothing_of_it_is_cut(qtbot: QtBot, language: str, login: AtLogin) -> None:
    dialog = made(qtbot, login, english=language == "en")
    assert wrong_in(dialog, longer=False) == set()


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.fixture
def card(inline_desk: Desk, system: System, qtbot: QtBot) -> Iterator[LoginCard]:
    page = SettingsPage(inline_desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.shown()
    page.open("workspace")
    found = page.findChild(LoginCard)
    assert isinstance(found, LoginCard)
    yield found
    page.close()


@pytest.mark.usefixtures("_keychain")
def test_the_switch_turns_it_on_and_off(inline_desk: Desk, system: System, card: LoginCard, qtbot: QtBot) -> None:
    assert card.now.text() == "现在：登录时不启动"
    card.switch.setFocus()
    qtbot.keyClick(card.switch, Qt.Key.Key_Space)
    assert card.now.text() == "现在：登录时自动启动"
    assert system.files
    qtbot.keyClick(card.switch, Qt.Key.Key_Space)
    assert card.now.text() == "现在：登录时不启动"
    assert system.files == []
    actions = [each.action for each in inline_desk.app.workspace.audit.entries()[:2]]
    assert actions == ["workspace.at_login_off", "workspace.at_login_on"]


@pytest.mark.usefixtures("_keychain")
def test_a_switch_that_fails_stands_as_it_is(inline_desk: Desk, system: System, card: LoginCard, qtbot: QtBot) -> None:
    system.refuse("enable")
    qtbot.mouseClick(card.switch, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert not card.switch.isChecked()
    assert card.switch.isEnabled()
    last = inline_desk.kit.messages.last
    assert last is not None
    assert "Access denied" in last.text


def test_a_demo_says_why_there_is_none(system: System, card: LoginCard) -> None:
    assert not card.switch.isEnabled()
    assert "演示" in card.reason.text()
    assert card.switch.accessibleDescription() == card.reason.text()


@pytest.mark.usefixtures("_keychain")
def test_what_may_not_be_switched_on_may_still_be_switched_off(
    inline_desk: Desk, system: System, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins.turn_on(inline_desk.app, actor="window")
    monkeypatch.setattr(logins, "key_lives", lambda _: "passphrase")
    model = WorkspaceModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages)
    card = LoginCard(inline_desk, model)
    qtbot.addWidget(card)
    model.load()
    assert (card.switch.isChecked(), card.switch.isEnabled()) == (True, True)
    assert "口令" in card.reason.text()
    card.switch.click()
    assert system.files == []
    assert not card.switch.isEnabled()


@pytest.mark.usefixtures("_keychain")
def test_who_may_start_no_worker_reads_who_may(inline_desk: Desk, system: System) -> None:
    workspace = replace(inline_desk.app.workspace, person=Person("anna", frozenset({Role.REVIEWER})))
    theirs = replace(inline_desk.app, workspace=workspace)
    found = login_of(theirs)
    assert found.refused is not None
    assert found.refused.code == "not_permitted"
