"""What tests of the accounts in the settings share."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.account_card import AccountCard
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_accounts import AccountsSection
from campaign_app.ui.pages.settings_connect import ConnectDialog


def open_settings(desk: Desk, qtbot: QtBot) -> SettingsPage:
    """Shown, with the accounts read."""
    page = SettingsPage(desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: page.accounts.state.shops is not None)
    return page


def section(page: SettingsPage) -> AccountsSection:
    found = page.section("accounts")
    assert isinstance(found, AccountsSection)
    return found


def card(page: SettingsPage, account_id: int) -> AccountCard:
    return section(page).cards[account_id]


def dialog_of(page: SettingsPage) -> ConnectDialog:
    dialog = section(page).dialog
    assert dialog is not None
    return dialog


def press(widget: QPushButton, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: widget.isEnabled() and widget.isVisible())
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def answer(name: str) -> None:
    """Presses a button of the question that is about to be asked."""

    def press_it() -> None:
        box = QApplication.activeModalWidget()
        if box is None:  # what is to be pressed may not be ready yet
            QTimer.singleShot(10, press_it)
            return
        assert isinstance(box, QMessageBox)
        box.findChild(QPushButton, name).click()

    QTimer.singleShot(0, press_it)
