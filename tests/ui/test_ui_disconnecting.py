"""Disconnecting an account that something still needs: what is asked before, and what is said of it after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from ui_accounts import card, open_settings, press

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from campaign_app.services.campaigns import Campaigns
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.audience import AudienceStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


def asked(staged: Staged, desk: Desk, qtbot: QtBot) -> str:
    """What is read before the account is disconnected, which it is not."""
    page, heard = open_settings(desk, qtbot), list[str]()

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert question is not None
        heard.extend(each.text() for each in question.findChildren(QLabel))
        question.findChild(QPushButton, "confirm_no").click()

    QTimer.singleShot(100, answer)
    press(card(page, staged.account).leave, qtbot)
    return "\n".join(heard)


@pytest.mark.parametrize("state", [CampaignState.SCHEDULED, CampaignState.SENDING])
def test_what_is_not_finished_is_named_before(
    staged: Staged, inline_desk: Desk, state: CampaignState, qtbot: QtBot
) -> None:
    made = staged.approved()
    staged.put_state(made.id, state, send_at=staged.app.clock(), name="双十一返场")
    assert "这个主体还有没发完的活动：双十一返场" in asked(staged, inline_desk, qtbot)


def test_what_is_only_written_is_no_reason(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> None:
    staged.approved()
    assert "没发完" not in asked(staged, inline_desk, qtbot)


def test_campaigns_are_read_once_and_not_for_every_shop(
    staged: Staged, inline_desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    for prefix in ("d", "e"):
        staged.shop.add_account(0, prefix=prefix)
    staged.put_state(staged.approved().id, CampaignState.SENDING, name="双十一返场")
    model, reads, real = open_settings(inline_desk, qtbot).accounts, list[None](), Campaigns.all
    monkeypatch.setattr(Campaigns, "all", lambda campaigns: reads.append(None) or real(campaigns))
    model.load()
    assert [shop.waiting_for for shop in model.state.shops or ()] == [("双十一返场",)] * 3
    assert len(reads) == 1


def test_customers_of_a_shop_that_is_disconnected_are_not_said_to_be_missing(
    staged: Staged, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = staged.draft()
    staged.app.accounts.disconnect(staged.account, actor="王")
    model = CampaignModel(staged.app, inline_desk.kit.tasks, inline_desk.kit.messages, made)
    step = AudienceStep(inline_desk, model)
    qtbot.addWidget(step)
    step.show()
    step.shown()
    said = "已连接的店铺里没有这个主体的客户，请先连接店铺或同步客户。"
    qtbot.waitUntil(lambda: said in [each.text() for each in step.findChildren(QLabel) if each.isVisible()])
    model.stop()
