"""Prices and budgets in the window: typed, refused beside the field, kept, and seen by the pre-flight at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from ui_sending import Open, app, open_step, staged

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_money import MoneySection
from campaign_app.ui.pages.steps.results import ResultsStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.money import MoneyModel
from tests.fakes.remotes import ENTITY
from tests.helpers.desk_of import Workplace, workplace
from tests.helpers.staged import Staged

__all__ = ["app", "open_step", "staged"]  # fixtures


def put(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    field.editingFinished.emit()


@pytest.fixture
def priced(staged: Staged) -> Staged:
    staged.app.money.set_price(staged.account, 450, actor="王")
    staged.beat()
    return staged


def test_the_cost_and_the_budget_are_beside_the_approval(priced: Staged, open_step: Open) -> None:
    opened = open_step(priced.screened())
    card = opened.step.budget
    assert card.isVisible()
    assert card.cost.text() == "¥0.315"
    assert "共 7 条（1 条 × 7 人）" in card.parts.text()
    assert opened.levels()["cost"] == "ok"


def test_a_budget_that_is_too_small_blocks_and_leads_to_its_field(priced: Staged, open_step: Open) -> None:
    opened = open_step(priced.screened())
    put(opened.step.budget.edit.field, "0.3")
    assert opened.levels()["cost"] == "block"
    assert not opened.step.preflight.state.may_approve
    assert "预算与费用" in opened.step.primary.text()
    opened.press_primary()
    assert opened.step.window().focusWidget() is opened.step.budget.edit.field
    put(opened.step.budget.edit.field, "0.32")
    assert opened.levels()["cost"] == "ok"
    put(opened.step.budget.edit.field, " ")
    assert priced.app.money.spending(opened.model.view.campaign).limits.campaign is None


def test_what_is_no_amount_is_said_and_not_kept(priced: Staged, open_step: Open) -> None:
    opened = open_step(priced.screened())
    put(opened.step.budget.edit.field, "abc")
    assert opened.step.budget.edit.wrong.isVisible()
    assert priced.app.money.spending(opened.model.view.campaign).limits.campaign is None


def test_without_a_price_a_budget_leads_to_the_settings(staged: Staged, open_step: Open) -> None:
    staged.beat()
    opened = open_step(staged.screened())
    assert opened.step.budget.cost.text() == "单价未填"
    assert "店c" in opened.step.budget.hint.text()
    put(opened.step.budget.edit.field, "5")
    assert opened.levels()["cost_price"] == "block"


def test_what_another_did_meanwhile_is_refused_and_said(priced: Staged, open_step: Open, inline_desk: Desk) -> None:
    opened = open_step(priced.approved())
    priced.put_state(opened.model.id, CampaignState.SENDING)
    put(opened.step.budget.edit.field, "5")
    last = inline_desk.kit.messages.last
    assert last is not None
    assert last.code == "campaign_running"


def test_a_waiting_campaign_says_that_its_budget_stopped_it(priced: Staged, open_step: Open) -> None:
    made = priced.approved()
    priced.put_state(made.id, CampaignState.WAITING, state_note="budget")
    opened = open_step(priced.app.campaigns.get(made.id))
    assert opened.step.budget.isVisible()
    assert opened.step.budget.edit.field.isEnabled()


def test_results_show_what_it_cost_and_what_the_month_did(priced: Staged, inline_desk: Desk, qtbot: QtBot) -> None:
    priced.app.money.set_month_budget(ENTITY, 90_000, actor="王")
    made = priced.sent()
    model = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, made)
    step = ResultsStep(inline_desk, model)
    qtbot.addWidget(step)
    step.show()
    model.load()
    step.shown()
    values = {key: value.text() for key, value in step.cost.numbers.values.items()}
    assert values == {"parts": "7", "cost": "¥0.315", "month": "¥0.315", "budget": "¥9.00"}
    assert step.cost.isVisible()
    model.stop()


@pytest.mark.parametrize(
    ("billed", "said"), [(1, "服务商已报计费 1 条，与本程序的估算一致。"), (3, "服务商计费 3 条，本程序估算 1 条。")]
)
def test_results_say_where_a_provider_counts_other_parts(
    staged: Staged, inline_desk: Desk, qtbot: QtBot, billed: int, said: str
) -> None:
    made = staged.sent()
    workspace = staged.app.workspace
    first = workspace.ledger.submission_at(made.id, 0)
    assert first is not None
    row = workspace.ledger.rows(first.id)[0]
    told = SubmitOutcome(row.message_id, Outcome.DELIVERED, "p", billed=billed)
    workspace.ledger.settle(first.id, [told], staged.app.clock())
    model = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, made)
    step = ResultsStep(inline_desk, model)
    qtbot.addWidget(step)
    step.show()
    step.shown()
    assert said in step.cost.hint.text()
    model.stop()


def test_results_say_what_left_without_a_price(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> None:
    made = staged.sent()
    model = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, made)
    step = ResultsStep(inline_desk, model)
    qtbot.addWidget(step)
    step.show()
    step.shown()
    assert step.cost.numbers.values["cost"].text() == "单价未填"
    assert "其中 7 条" in step.cost.hint.text()
    model.stop()


@pytest.fixture
def place(tmp_path: Path, qapp: QApplication) -> Iterator[Workplace]:
    with workplace(tmp_path, qapp, inline=True) as made:
        yield made


@pytest.fixture
def section(place: Workplace, qtbot: QtBot) -> Iterator[MoneySection]:
    place.add_shop(3)
    kit = place.desk.kit
    model = MoneyModel(place.app, kit.tasks, kit.messages, place.desk.session)
    made = MoneySection(place.desk, model)
    qtbot.addWidget(made)
    made.show()
    model.load()
    yield made
    made.hide()


def test_prices_and_months_are_kept_when_their_field_is_left(section: MoneySection, place: Workplace) -> None:
    price, month = section.lines.values()
    put(price.edit.field, "0.0325")
    put(month.edit.field, "1,000")
    money = place.app.money
    assert list(money.prices().values()) == [325]
    (entity,) = place.app.accounts.entities()
    assert money.month(entity.uscc).budget == 10_000_000
    assert month.edit.field.text() == "1,000.00"
    assert "本月已用 ¥0.00" in month.under.text()
    put(price.edit.field, " ")
    assert money.prices() == {}


@pytest.mark.parametrize("typed", ["11", "-1", "x", "0.00001"])
def test_a_wrong_price_is_said_and_the_old_one_stays(section: MoneySection, place: Workplace, typed: str) -> None:
    price, _ = section.lines.values()
    put(price.edit.field, "0.05")
    put(price.edit.field, typed)
    assert price.edit.wrong.isVisible()
    assert list(place.app.money.prices().values()) == [500]
    section._model.load()
    assert price.edit.field.text() == typed, "what is typed stays until it is right"


def test_without_a_sender_there_is_nothing_to_price(place: Workplace, qtbot: QtBot) -> None:
    kit = place.desk.kit
    model = MoneyModel(place.app, kit.tasks, kit.messages, place.desk.session)
    made = MoneySection(place.desk, model)
    qtbot.addWidget(made)
    made.show()
    model.load()
    assert made.empty.isVisible()
    assert not made.price_card.isVisible()
    made.empty.button.click()
    assert place.went == [("settings", "accounts")]


def test_an_amount_of_another_window_stands_there_until_a_person_chooses(priced: Staged, inline_desk: Desk) -> None:
    key, money = f"month:{ENTITY}", priced.app.money
    model = MoneyModel(priced.app, inline_desk.kit.tasks, inline_desk.kit.messages)
    model.load()
    model.type(key, "80")
    money.set_month_budget(ENTITY, 900_000, actor="乙")
    model.save(key)
    assert (model.state.months[0].typed, money.month(ENTITY).budget) == ("90.00", 900_000)
    notice = inline_desk.kit.messages.last
    assert notice is not None
    assert notice.code == OVERTAKEN
    assert notice.action is not None
    notice.action()
    assert (model.state.months[0].typed, money.month(ENTITY).budget) == ("80.00", 800_000)
