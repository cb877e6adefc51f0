"""Who clicks twice wants it once: the second click is no error and no second act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.campaign import CampaignModel
from tests.helpers.staged import Staged, open_by_day, stage

Of = Callable[[Campaign], CampaignModel]


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def of(desk: Desk) -> Iterator[Of]:
    made: list[CampaignModel] = []

    def model(campaign: Campaign) -> CampaignModel:
        made.append(CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign))
        return made[-1]

    yield model
    for each in made:
        each.stop()
        each.deleteLater()


def test_a_screening_is_begun_once(staged: Staged, of: Of, desk: Desk, qtbot: QtBot) -> None:
    model = of(staged.draft())
    model.screen()
    model.screen()
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.SCREENING)
    assert desk.kit.tasks.finish()
    assert desk.kit.messages.last is None


def test_a_campaign_is_approved_planned_and_stopped_once(staged: Staged, of: Of, desk: Desk, qtbot: QtBot) -> None:
    screened = staged.screened()
    model = of(screened)
    ready = desk.app.campaigns.funnel(screened.id)["ok"]
    model.approve(recipients=ready, warnings=())
    model.approve(recipients=ready, warnings=())
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.APPROVED)
    model.schedule(None)
    model.schedule(None)
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.SCHEDULED)
    model.pause()
    model.pause()
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.PAUSED)
    model.cancel()
    model.cancel()
    qtbot.waitUntil(lambda: model.view.campaign.state in (CampaignState.CANCELLED, CampaignState.CANCELLING))
    assert desk.kit.tasks.finish()
    assert desk.kit.messages.last is None


def test_what_was_refused_can_be_asked_for_again(staged: Staged, of: Of, desk: Desk, qtbot: QtBot) -> None:
    model = of(staged.draft())
    told: list[object] = []
    desk.kit.messages.told.connect(told.append)
    for number in (1, 2):
        model.pause()
        qtbot.waitUntil(lambda number=number: len(told) == number)


@pytest.mark.usefixtures("caplog")
def test_after_a_bug_it_can_be_asked_for_again(
    staged: Staged, of: Of, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a campaign that is being sent could not be paused in this window any more, and nobody would say why."""

    def broken(*_: object, **__: object) -> Campaign:
        raise LookupError("a bug")

    monkeypatch.setattr(type(desk.app.campaigns), "pause", broken)
    bugs: list[object] = []
    desk.kit.tasks.crashed.disconnect()
    desk.kit.tasks.crashed.connect(bugs.append)
    model = of(staged.draft())
    for number in (1, 2):
        model.pause()
        qtbot.waitUntil(lambda number=number: len(bugs) == number)
