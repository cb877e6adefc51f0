"""The step 发送 of one campaign as a person uses it, for the tests of before and after the sending begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.sending import SendingStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.widgets.ask import Question
from tests.helpers import answering
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


class Opened:
    def __init__(self, qtbot: QtBot, desk: Desk, campaign: Campaign) -> None:
        self.model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
        self.model.load()
        self.step = SendingStep(desk, self.model)
        self.wanted: list[tuple[str, str]] = []
        self.step.wanted.connect(lambda step, field: self.wanted.append((step, field)))
        qtbot.addWidget(self.step)
        self.step.resize(800, 500)
        self.step.show()
        self.step.shown()

    def press_primary(self) -> None:
        self.step.primary.click()

    def type_count(self, text: str) -> None:
        self.step.approval.field.setFocus()
        self.step.approval.field.selectAll()
        QTest.keyClicks(self.step.approval.field, text)

    def levels(self) -> dict[str, str]:
        return {key: row.item.level for key, row in self.step.checks.rows.items()}

    def close(self) -> None:
        self.model.stop()
        self.step.hide()
        self.model.deleteLater()


Open = Callable[[Campaign], Opened]


@pytest.fixture
def open_step(qtbot: QtBot, inline_desk: Desk) -> Iterator[Open]:
    opened: list[Opened] = []

    def make(campaign: Campaign) -> Opened:
        opened.append(Opened(qtbot, inline_desk, campaign))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def answer(button: str) -> list[str]:
    """Answers the next question by that button; the list then holds what was asked."""
    asked: list[str] = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, Question)
        asked.append(box.text())
        found = box.findChild(QPushButton, button)
        assert isinstance(found, QPushButton)
        found.click()

    QTimer.singleShot(0, press)
    return asked


def answer_when_asked(button: str) -> list[str]:
    """As `answer`, for a question that comes after something in the background."""
    return answering.answer(button).asked
