"""A text is kept as it is typed, says what its change undoes, and is closed once the campaign runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.ports import Job
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Composer, Saved
from tests.helpers.inline_tasks import InlineTasks
from tests.helpers.writing import (
    BAD,
    CLEAN,
    campaign_of,
    discard,
    made_step,
    messages_of,
    move,
    stock,
    wait_saved,
    write,
)


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    yield from made_step(desk, campaign, qtbot)


def test_what_was_typed_is_kept_by_itself(step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    assert step.composer.state.saved is Saved.PENDING
    wait_saved(step, qtbot)
    assert desk.app.campaigns.get(campaign.id).body == BAD
    assert step.edit.text == BAD


@pytest.mark.parametrize("leave", ["left", "hide"])
def test_leaving_keeps_it_at_once(step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot, leave: str) -> None:
    write(step, qtbot, BAD)
    getattr(step, leave)()
    assert desk.kit.tasks.finish()
    assert desk.app.campaigns.get(campaign.id).body == BAD


def test_a_screened_campaign_says_once_what_a_change_undoes(desk: Desk, campaign: Campaign, qtbot: QtBot) -> None:
    told = []
    desk.kit.messages.told.connect(told.append)
    screened = move(desk.app, campaign.id, CampaignState.SCREENED)
    for step in made_step(desk, screened, qtbot):
        assert step.notice.isVisible()
        assert step.notice_text.text() == "改动签名或正文后，需要重新核验。"
        write(step, qtbot, BAD)
        wait_saved(step, qtbot)
        write(step, qtbot, CLEAN)
        assert [notice.text for notice in told] == ["文案已改动，之前的核验作废。"]
        assert not step.notice.isVisible()
        assert desk.app.campaigns.get(campaign.id).state is CampaignState.DRAFT


@pytest.mark.parametrize("state", [CampaignState.SENDING, CampaignState.SCREENING, CampaignState.DONE])
def test_what_runs_can_only_be_read(desk: Desk, campaign: Campaign, qtbot: QtBot, state: CampaignState) -> None:
    for step in made_step(desk, move(desk.app, campaign.id, state), qtbot):
        assert step.edit.isReadOnly()
        assert not step.signature.field.isEnabled()
        assert step.notice_text.text()
        qtbot.keyClick(step.edit, Qt.Key.Key_X)
        assert step.edit.text == CLEAN


def test_a_change_that_comes_too_late_is_not_lost_without_a_word(
    step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot
) -> None:
    told = []
    desk.kit.messages.told.connect(told.append)
    move(desk.app, campaign.id, CampaignState.SENDING)
    write(step, qtbot, BAD)
    qtbot.waitUntil(step.edit.isReadOnly)
    assert step.edit.text == CLEAN
    rescue = next(notice for notice in told if notice.action is not None)
    rescue.action()
    assert QApplication.clipboard().text() == BAD


def test_a_text_that_another_program_changed_is_taken_over(
    step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot
) -> None:
    desk.app.campaigns.edit(campaign.id, body=BAD, actor="cli")
    step._model.load()
    qtbot.waitUntil(lambda: step.edit.text == BAD)


def test_after_a_sync_the_people_are_read_again(step: ContentStep, desk: Desk, qtbot: QtBot) -> None:
    desk.app.workspace.accounts.put_signatures(1, [], desk.app.clock())
    desk.jobs.ended.emit(Job(1, "sync", {}, "done"))
    qtbot.waitUntil(lambda: step.signature.state.text == "平台没有报告此签名")


def test_the_text_outlives_a_rebuilt_window(step: ContentStep, desk: Desk, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    again = ContentStep(desk, step._model)
    qtbot.addWidget(again)
    assert again.composer is step.composer
    assert again.edit.text == BAD


def test_voids_nothing_where_nothing_is_changed(
    app: bootstrap.App, inline: InlineTasks, campaign: Campaign, desk: Desk
) -> None:
    screened = move(app, campaign.id, CampaignState.SCREENED)
    model = CampaignModel(app, inline, desk.kit.messages, screened)
    composer = Composer(app.composing, inline, desk.kit.messages, lambda: "zh_CN", model)
    composer.set_text(CLEAN)
    composer.set_signature("安宁百货")
    composer.flush()
    assert app.campaigns.get(campaign.id).state is CampaignState.SCREENED
    discard(model)


def test_of_a_link_that_nobody_registered_it_says_where_ones_own_are_registered(
    step: ContentStep, qtbot: QtBot
) -> None:
    write(step, qtbot, CLEAN.replace("会员专享", "领券 https://s.anning.cn/a1 会员专享"))
    qtbot.waitUntil(lambda: any("s.anning.cn" in message for message in messages_of(step)))
    (row,) = [row for row in step.problems.shown if "s.anning.cn" in row.message]
    assert "设置 → 主体资料 → 自有域名" in row.note


@pytest.mark.parametrize(
    ("link", "own"),
    [
        ("https://t.cn/A6q", False), ("ｈｔｔｐｓ://T.CN/A6q", False), ("https://dwz.cn", False),
        ("https://b23.tv/x", False), ("https://t.cn.anning.cn/a", True), ("https://best.cn/a", True),
    ],
)  # fmt: skip
def test_a_public_short_link_is_never_taken_for_ones_own(
    step: ContentStep, qtbot: QtBot, link: str, *, own: bool
) -> None:
    write(step, qtbot, CLEAN.replace("会员专享", f"领券 {link} 会员专享"))
    qtbot.waitUntil(lambda: any("不是自有的已登记域名" in message for message in messages_of(step)))
    (row,) = [row for row in step.problems.shown if "不是自有的已登记域名" in row.message]
    assert ("自有域名" in row.note) is own
