"""Messages of which nobody can tell what became: the card that says so, and closing them on purpose only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_sending import Open, answer, app, open_step, staged

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import UNANSWERED
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.results import ResultsStep
from campaign_app.ui.pages.steps.unknown_card import UnknownCard
from campaign_app.ui.viewmodels.campaign import CampaignModel
from tests.helpers.staged import Staged

__all__ = ["app", "open_step", "staged"]  # fixtures
SAFE = "为免有人收到两遍，这些短信永远不会自动重发，也不算送达。"
SILENT = "已经交给发送通道，问了多次，它的答复里都没有这些短信的结果，或它已不再保留这批记录。"


def waiting(staged: Staged) -> Campaign:
    """Of seven that were handed over the sender never mentions two."""
    staged.shop.gateways[staged.account].never_mentioned = {"c00004", "c00005"}
    return staged.sent()


def cancelled(staged: Staged) -> Campaign:
    campaign = waiting(staged)
    staged.put_state(campaign.id, CampaignState.CANCELLING, state_note="by_user")
    for looks in range(UNANSWERED):
        reconcile(staged.shop.context, campaign.id, looks)
    return staged.app.campaigns.get(campaign.id)


def stuck(staged: Staged) -> Campaign:
    campaign = waiting(staged)
    staged.put_state(campaign.id, CampaignState.CANCELLING, state_note="at_shop:account_disconnected:安宁二店")
    return staged.app.campaigns.get(campaign.id)


WAITING = "请先到发送通道的后台查询；也可以在下面重新安排，程序会先再问一次。都查不到，就结案。"
CANCELLED = "请先到发送通道的后台查询；查不到，就结案。结案后收到的回执仍会记入结果。"
STUCK = "程序会继续追问，问清后自动完成取消。若确定问不到，可以结案，不再追问。"
SHOP = "取消时要向发送通道问清已交出的短信，但没有问成。店铺“安宁二店”查询失败：该账户已断开，请重新连接。"
cases = pytest.mark.parametrize(
    ("make", "why", "then", "ends"),
    [
        (waiting, SILENT, WAITING, CampaignState.DONE),
        (cancelled, SILENT, CANCELLED, CampaignState.CANCELLED),
        (stuck, SHOP, STUCK, CampaignState.CANCELLED),
    ],
    ids=["waiting", "cancelled", "stuck"],
)


@cases
def test_it_says_how_many_why_and_that_they_are_never_resent(
    make: object, why: str, then: str, ends: CampaignState, staged: Staged, open_step: Open, qtbot: QtBot
) -> None:
    assert callable(make)
    made = open_step(make(staged))
    card = made.step.run.unknown
    assert card.isVisible()
    assert card.pill.text == "结果不明"
    assert card.title.text() == "2 条短信不知道有没有发出"
    assert (card.why.text(), card.safe.text(), card.then.text()) == (why, SAFE, then)
    assert SAFE in card.accessibleDescription()
    assert not made.step.run.view.note.isVisible(), "said once is enough"
    asked = answer("confirm_no")
    card.close_button.click()
    assert asked == ["把 2 条短信以结果不明结案？"]
    assert staged.app.campaigns.get(made.model.id).may_be_closed
    sent = staged.shop.reached()
    answer("confirm_yes")
    qtbot.mouseClick(card.close_button, Qt.MouseButton.LeftButton)
    closed = staged.app.campaigns.get(made.model.id)
    assert (closed.state, closed.state_note) == (ends, "unknown_closed")
    assert card.isHidden()
    assert "已由人结案，不会重发" in made.step.run.view.note.text()
    assert staged.app.workspace.inbox.counts(closed.id)["unknown"] == 2
    assert staged.shop.reached() == sent
    assert staged.app.workspace.audit.entries()[0].action == "campaign.unknown_closed"


@pytest.fixture
def results(inline_desk: Desk, staged: Staged, qtbot: QtBot) -> Iterator[ResultsStep]:
    model = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, cancelled(staged))
    model.load()
    step = ResultsStep(inline_desk, model)
    qtbot.addWidget(step)
    step.show()
    yield step
    model.stop()
    model.deleteLater()


def test_the_results_offer_it_too(results: ResultsStep) -> None:
    card = results.findChild(UnknownCard)
    assert isinstance(card, UnknownCard)
    assert card.isVisible()
    answer("confirm_yes")
    card.close_button.click()
    assert card.isHidden()
    assert "结果不明 2" in results.sum.text()


def test_what_the_program_may_still_find_out_is_not_offered(staged: Staged, open_step: Open) -> None:
    campaign = waiting(staged)
    staged.put_state(campaign.id, CampaignState.CANCELLING, state_note="by_user")
    assert open_step(staged.app.campaigns.get(campaign.id)).step.run.unknown.isHidden()


def test_a_campaign_that_was_sent_whole_has_no_such_card(staged: Staged, open_step: Open) -> None:
    assert open_step(staged.sent()).step.run.unknown.isHidden()
