"""Before a workspace is open, without one: what is said while it takes its time, and what the keyboard does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app.domain.errors import AppError
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages import gate
from campaign_app.ui.pages.gate_create import CreatePanel
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState


@pytest.mark.parametrize("customers", [None, 100])
def test_a_keychain_that_may_ask_is_spoken_of_unless_it_is_a_demo(
    kit: Kit, qtbot: QtBot, tmp_path: Path, customers: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SLOW_MS", 0)
    made = gate.Gate(kit, Session(Plan(tmp_path, demo_customers=customers), kit.tasks))
    qtbot.addWidget(made)
    made.show()
    made.show_state(SessionState())
    if customers is None:
        qtbot.waitUntil(lambda: made.findChild(QLabel, "gate_slow").isVisible())
    else:
        assert not made._slow.isActive(), "the key of a demo is in memory only"


def test_enter_in_a_new_passphrase_makes_the_workspace(
    kit: Kit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(Plan(tmp_path / "new"), kit.tasks)
    made: list[str | None] = []
    monkeypatch.setattr(session, "create", lambda passphrase, _: made.append(passphrase))
    panel = CreatePanel(kit, session)
    qtbot.addWidget(panel)
    panel.by_passphrase.setChecked(True)
    first, again = panel.passphrase.first, panel.passphrase.again
    first.setText("一句只有我知道的话")
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert made == [], "it is typed once only"
    again.setText(first.text())
    qtbot.keyClick(again, Qt.Key.Key_Return)
    assert made == [first.text()]


def test_a_new_workspace_that_has_opened_is_not_asked_for_again(front: gate.Gate) -> None:
    front._new()
    front.new.by_passphrase.setChecked(True)
    for field in (front.new.passphrase.first, front.new.passphrase.again):
        field.setText("一句只有我知道的话")
    front.show_state(SessionState())
    assert not front._slow.isActive(), "no keychain is asked"
    front.show_state(SessionState("open"))
    assert front.new.passphrase.text == ""
    assert front.panel is front._waiting, "until the first page is there"


@pytest.fixture
def front(kit: Kit, qtbot: QtBot, tmp_path: Path) -> gate.Gate:
    """As it is for somebody who is new."""
    session = Session(Plan(tmp_path / "new"), kit.tasks)
    made = gate.Gate(kit, session)
    qtbot.addWidget(made)
    made.show()
    session.welcome()
    return made


def test_the_keyboard_is_at_what_goes_on_in_each_panel(front: gate.Gate, qtbot: QtBot) -> None:
    assert front.focusWidget() is front.welcome.demo
    front.welcome.new.setFocus()
    qtbot.keyClick(front.welcome.new, Qt.Key.Key_Space)
    assert front.focusWidget() is front.new.make
    front.show_state(SessionState("failed", error=AppError("in_use", "It is open")))
    assert front.focusWidget() is front.failed.retry


def test_whoever_has_forgotten_the_passphrase_can_restore_a_backup_or_begin_anew(
    front: gate.Gate, qtbot: QtBot
) -> None:
    front.show_state(SessionState("passphrase", error=AppError("wrong_passphrase", "Another one")))
    assert front.panel is front.passphrase
    qtbot.mouseClick(front.findChild(QPushButton, "gate_passphrase_back"), Qt.MouseButton.LeftButton)
    assert front.panel is front.welcome
    assert front.welcome.restore.isVisible()
