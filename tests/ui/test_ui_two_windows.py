"""Two windows on one workspace: what this one says and keeps when the other deletes or writes what it has open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.steps.audience import AudienceStep
from campaign_app.ui.pages.steps.content import ContentStep
from tests.helpers.writing import BAD, CLEAN, campaign_of, stock, wait_saved, write

THEIRS = "乙写的：" + CLEAN
MINE = Filter((Condition("order_count", Op.AT_LEAST, 2),))
DELETED = "已在另一个窗口被删除。"


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def told(desk: Desk) -> list[Notice]:
    heard: list[Notice] = []
    desk.kit.messages.told.connect(heard.append)
    return heard


@pytest.fixture
def page(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[CampaignsPage]:
    made = CampaignsPage(desk)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.open((campaign.id, "content"))
    qtbot.waitUntil(lambda: made.findChild(ContentStep) is not None and content(made).composer.state.fresh)
    yield made
    made.model.close()


def content(page: CampaignsPage) -> ContentStep:
    found = page.findChild(ContentStep)
    assert isinstance(found, ContentStep)
    return found


def test_a_campaign_that_is_deleted_in_another_window_does_not_go_without_a_word(
    page: CampaignsPage, desk: Desk, campaign: Campaign, told: list[Notice], qtbot: QtBot
) -> None:
    desk.app.campaigns.delete_draft(campaign.id, "other")
    qtbot.waitUntil(lambda: page.editor is None)
    (notice,) = told
    assert notice.text == f"活动“{campaign.name}”{DELETED}"
    assert notice.action is not None
    notice.action()
    assert QApplication.clipboard().text() == CLEAN


def test_what_was_being_typed_in_it_can_still_be_copied(
    page: CampaignsPage, desk: Desk, campaign: Campaign, told: list[Notice], qtbot: QtBot
) -> None:
    desk.app.campaigns.delete_draft(campaign.id, "other")
    write(content(page), qtbot, BAD)
    qtbot.waitUntil(lambda: page.editor is None)
    notice = told[-1]
    assert notice.text.endswith(DELETED)
    assert [each.code for each in told if each.code] == [], "one sentence is enough"
    assert notice.action is not None
    notice.action()
    assert QApplication.clipboard().text() == BAD


def test_a_text_of_another_window_is_not_written_over_without_a_word(
    page: CampaignsPage, desk: Desk, campaign: Campaign, told: list[Notice], qtbot: QtBot
) -> None:
    step = content(page)
    write(step, qtbot, BAD)
    desk.app.campaigns.edit(campaign.id, actor="other", body=THEIRS)
    wait_saved(step, qtbot)
    qtbot.waitUntil(lambda: bool(told))
    assert desk.app.campaigns.get(campaign.id).body == BAD
    (notice,) = told
    assert notice.text == "文案刚在另一个窗口改过，现在存下的是这里的文案。"
    assert notice.action is not None
    notice.action()
    assert QApplication.clipboard().text() == THEIRS


def test_writing_on_from_the_text_of_another_window_writes_nothing_over(
    page: CampaignsPage, desk: Desk, campaign: Campaign, told: list[Notice], qtbot: QtBot
) -> None:
    step = content(page)
    write(step, qtbot, BAD)
    wait_saved(step, qtbot)
    desk.app.campaigns.edit(campaign.id, actor="other", body=THEIRS)
    qtbot.waitUntil(lambda: step.edit.text == THEIRS)
    write(step, qtbot, CLEAN)
    wait_saved(step, qtbot)
    assert desk.app.campaigns.get(campaign.id).body == CLEAN
    (notice,) = told
    assert notice.text == "文案刚在另一个窗口改过，这里显示的是那边的文案。", (
        "whose words are gone from the screen is told"
    )
    assert notice.action is not None
    notice.action()
    assert QApplication.clipboard().text() == BAD


def test_who_typed_nothing_sees_the_text_of_others_without_a_word(
    page: CampaignsPage, desk: Desk, campaign: Campaign, told: list[Notice], qtbot: QtBot
) -> None:
    step = content(page)
    for body in (THEIRS, BAD):
        desk.app.campaigns.edit(campaign.id, actor="other", body=body)
        qtbot.waitUntil(lambda body=body: step.edit.text == body)
    assert told == []


def test_conditions_that_another_window_changed_can_be_put_back(
    page: CampaignsPage, desk: Desk, campaign: Campaign, told: list[Notice], qtbot: QtBot
) -> None:
    page.open((campaign.id, "audience"))
    qtbot.waitUntil(lambda: page.findChild(AudienceStep) is not None)
    step = page.findChild(AudienceStep)
    assert step is not None
    qtbot.waitUntil(lambda: step.audience.state.draft is not None)
    step.audience.put(MINE)
    qtbot.waitUntil(lambda: desk.app.campaigns.get(campaign.id).audience == MINE)
    qtbot.waitUntil(lambda: not page.model.current or not page.model.current.view.unsaved)
    desk.app.campaigns.edit(campaign.id, actor="other", audience=Filter())
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1].text == "受众刚在另一个窗口改过，这里显示的是那边的条件。"
    assert told[-1].action is not None
    told[-1].action()
    qtbot.waitUntil(lambda: desk.app.campaigns.get(campaign.id).audience == MINE)
    assert len(told) == 1
