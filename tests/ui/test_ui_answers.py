"""结果 → 收到的回复: what each person said, that it was taken as an opt-out, since when, and which platform knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.message import InboundMessage
from campaign_app.jobs import poll, telling
from campaign_app.services.opt_outs import TELL
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.results import ResultsStep
from campaign_app.ui.pages.steps.results_answers import AnswersCard
from campaign_app.ui.viewmodels.answers import STEP
from campaign_app.ui.viewmodels.campaign import CampaignModel
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def step(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[ResultsStep]:
    model = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, staged.sent())
    model.load()
    made = ResultsStep(inline_desk, model)
    qtbot.addWidget(made)
    made.resize(800, 700)
    made.show()
    made.shown()
    yield made
    model.stop()
    made.hide()
    model.deleteLater()


def said(staged: Staged, *texts: str) -> None:
    now, stream = staged.app.clock(), staged.shop.gateways[staged.account].stream
    stream["inbound"] = [
        InboundMessage(f"i{at}", "c00000", None, text, now - timedelta(minutes=at)) for at, text in enumerate(texts)
    ]
    poll.poll_inbound(staged.shop.context, staged.account)


def shown(step: ResultsStep) -> list[tuple[str, str, str]]:
    """Pill, text, what came of it."""
    step.shown()
    return [(row.pill.text, row.said.text(), row.came.text()) for row in step.answers.rows]


def test_without_a_reply_there_is_no_card(step: ResultsStep) -> None:
    assert not step.answers.isVisible()


def test_an_opt_out_is_confirmed_with_its_time_and_its_platform_and_a_question_is_a_reply(
    staged: Staged, step: ResultsStep
) -> None:
    said(staged, "ＴＤ", "怎么退货？", "2")
    at = show.moment(staged.app.clock())
    rows = shown(step)
    assert [row[:2] for row in rows] == [("退订", "ＴＤ"), ("回复", "怎么退货？"), ("回复", "2")]
    assert rows[0][2] == f"已按退订处理，自 {at} 起不再发送。尚未回写平台：店c，后台会一直重试。"
    assert [row[2] for row in rows[1:]] == ["", ""]
    telling.tell_opt_outs(staged.shop.context, staged.account)
    assert shown(step)[0][2] == f"已按退订处理，自 {at} 起不再发送。已回写平台：店c。"
    assert step.answers.rows[0].accessibleDescription() == step.answers.rows[0].came.text()


def test_why_the_platform_could_not_be_told_is_said(staged: Staged, step: ResultsStep) -> None:
    said(staged, "退订")
    staged.shop.platforms[staged.account].trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        telling.tell_opt_outs(staged.shop.context, staged.account)
    job = staged.app.jobs.enqueue(TELL, {"account_id": staged.account}, staged.app.clock())
    staged.app.jobs.set_state(job.id, "failed", error="unauthorized")
    assert "尚未回写平台：店c，后台会一直重试。原因：平台不认可此账户的凭证" in shown(step)[0][2]


def test_only_opt_outs_and_more_of_them(staged: Staged, step: ResultsStep, qtbot: QtBot) -> None:
    said(staged, *(["好的"] * (STEP + 5)))
    step.shown()
    qtbot.waitUntil(lambda: len(step.answers.rows) == STEP)
    step.render_view(step.results._model.view)
    card: AnswersCard = step.answers
    assert card.more.isVisible()
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(card.rows) == STEP + 5)
    assert not card.more.isVisible()
    qtbot.mouseClick(card.only, Qt.MouseButton.LeftButton)
    assert (card.rows, card.none.isVisible(), card.isVisible()) == ([], True, True)


def test_a_reply_keeps_its_row_while_others_come_and_is_built_in_turns(
    staged: Staged, step: ResultsStep, qtbot: QtBot
) -> None:
    said(staged, "退订", "怎么退货？")
    shown(step)
    before = step.answers.rows
    later = [InboundMessage(f"n{at}", "c00000", None, f"新{at}", staged.app.clock()) for at in range(STEP - 2)]
    staged.shop.gateways[staged.account].stream["inbound"] += later
    poll.poll_inbound(staged.shop.context, staged.account)
    assert len(shown(step)) < STEP, "not all in one turn"
    qtbot.waitUntil(lambda: len(step.answers.rows) == STEP)
    assert set(before) < set(step.answers.rows)
    assert sorted(row[1] for row in shown(step)) == sorted(
        ["退订", "怎么退货？", *(f"新{at}" for at in range(STEP - 2))]
    )
    answers = step.results._app.answers.of_campaign(step.results._model.id)
    assert [row[1] for row in shown(step)] == [each.answer.text for each in answers]
    placed = [step.answers._place.itemAt(at).widget() for at in range(step.answers._place.count())]
    assert placed == step.answers.rows, "on the screen as in the list"
    telling.tell_opt_outs(staged.shop.context, staged.account)
    assert any("已回写平台：店c。" in row[2] for row in shown(step)), "the same row says what is new"
    assert set(before) < set(step.answers.rows)


def test_everything_has_a_name_and_no_text_of_a_reply_is_markup(staged: Staged, step: ResultsStep) -> None:
    said(staged, "<b>R</b>")
    ((_, text, _),) = shown(step)
    assert text == "<b>R</b>"
    assert step.answers.rows[0].said.textFormat() == Qt.TextFormat.PlainText
    focusable = [w for w in step.answers.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert all(each.objectName() for each in focusable)
