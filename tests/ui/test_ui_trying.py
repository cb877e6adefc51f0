"""给自己发一条测试短信, and 设置 → 测试号码."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from ui_sending import Open, Opened, app, open_step, staged

from campaign_app.domain.staff import STAFF_MAX
from campaign_app.jobs.trying import send_trial
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_staff import StaffCard, StaffSection
from tests.fakes.remotes import ENTITY, IDEMPOTENT
from tests.helpers.answering import answer
from tests.helpers.staged import Staged

__all__ = ["app", "open_step", "staged"]  # fixtures
BLOCKED = "{name}您好，国家级品质，会员到店满300元减50元，11月30日前有效。拒收请回复R"


def register(staged: Staged, n: int = 1) -> int:
    made = staged.app.staff_numbers.register(ENTITY, f"员工{n}", f"1990000000{n}", vouched=True, actor="王")
    return made.id


def work(staged: Staged, made: Opened) -> None:
    """What the worker would do; then the window looks again."""
    staged.shop.clock.now = staged.app.clock()
    staged.shop.gateways[staged.account].capabilities = replace(IDEMPOTENT, test_messages=True)
    last = made.step.trial.trying.state.last
    assert last is not None
    send_trial(staged.shop.context, last.id)
    staged.app.jobs.set_state(last.job_id, "done", result={})
    made.step.trial.trying.load()


def test_without_a_number_it_leads_to_the_settings(staged: Staged, open_step: Open, inline_desk: Desk) -> None:
    made, went = open_step(staged.screened()), list[tuple[str, object]]()
    inline_desk.way.went.connect(lambda page, what: went.append((page, what)))
    card = made.step.trial
    assert (card.send.isVisible(), card.register.isVisible()) == (False, True)
    card.register.click()
    assert went == [("settings", ("field", "staff", (ENTITY,)))]


def test_it_is_sent_to_the_chosen_number_as_the_chosen_person_reads_it(staged: Staged, open_step: Open) -> None:
    register(staged, 1)
    chosen = register(staged, 2)
    made = open_step(staged.screened())
    card = made.step.trial
    assert [card.number.itemText(at) for at in range(2)] == ["员工1  199****0001", "员工2  199****0002"]
    card.number.setCurrentIndex(card.number.findData(chosen))
    card.number.activated.emit(card.number.currentIndex())
    card.reader.setCurrentIndex(1)
    card.reader.activated.emit(1)
    name = card.trying.state.readers[0].name
    assert card.reader.currentText() == f"按 {name} 的资料"
    card.send.click()
    assert (card.pill.text, card.send.isEnabled()) == ("等待发出", False)
    work(staged, made)
    assert card.pill.text == "通道已受理"
    assert card.result.text().startswith("员工2 199****0002，")
    assert card.send.isEnabled()
    assert "19 条" in card.hint.text()
    (message,) = staged.shop.gateways[staged.account].tests
    assert (message.recipient.staff_id, name in message.text) == (chosen, True)


def test_why_it_was_not_sent_stands_beside_the_button(staged: Staged, open_step: Open) -> None:
    register(staged)
    made = open_step(staged.draft(BLOCKED))
    made.step.trial.send.click()
    assert made.step.trial.pill.text == "没有发出"
    assert "合规问题" in made.step.trial.result.text()
    assert made.step.trial.send.isEnabled(), "nothing is under way"


def test_no_text_leaves_that_is_not_the_one_on_the_screen(staged: Staged, open_step: Open) -> None:
    register(staged)
    made = open_step(staged.screened())
    card, campaign = made.step.trial, made.model
    campaign.mark_unkept("text", on=True)
    card.send.click()
    assert (card.send.isEnabled(), card.trying.state.last) == (False, None)
    campaign.mark_unkept("text", on=False)
    assert card.send.isEnabled()


def test_what_the_worker_refused_is_told_with_its_reason(staged: Staged, open_step: Open) -> None:
    staff = register(staged)
    made = open_step(staged.screened())
    made.step.trial.send.click()
    staged.app.staff_numbers.remove(staff, actor="王")
    register(staged, 2)
    work(staged, made)
    assert made.step.trial.pill.text == "没有发出"
    assert "已被删除" in made.step.trial.result.text()
    assert staged.shop.gateways[staged.account].tests == []


def test_when_the_day_is_used_up_the_button_rests(staged: Staged, open_step: Open) -> None:
    register(staged)
    staged.app.workspace.accounts.set_setting("tests_per_day", 0)
    made = open_step(staged.screened())
    assert not made.step.trial.send.isEnabled()
    assert "已经发满" in made.step.trial.hint.text()


# --- the settings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def card(inline_desk: Desk, staged: Staged, qtbot: QtBot) -> Iterator[StaffCard]:
    page = SettingsPage(inline_desk)
    qtbot.addWidget(page)
    page.resize(1_000, 700)
    page.open("staff")
    page.show()
    page.shown()
    section = page.section("staff")
    assert isinstance(section, StaffSection)
    yield section.cards[ENTITY]
    page.hide()


def fill(card: StaffCard, label: str, number: str) -> None:
    for field, text in ((card.label, label), (card.number, number)):
        field.setText(text)
        field.textEdited.emit(text)
    if not card.vouched.isChecked():
        card.vouched.click()


def test_a_number_is_registered_once_somebody_vouches(card: StaffCard, staged: Staged, qtbot: QtBot) -> None:
    assert card.none.isVisible()
    fill(card, "店长", "199 0000 0001")
    card.vouched.click()
    assert not card.add.isEnabled()
    card.vouched.click()
    qtbot.mouseClick(card.add, Qt.MouseButton.LeftButton)
    assert [(n.label, n.masked) for n in staged.app.staff_numbers.of(ENTITY)] == [("店长", "199****0001")]
    assert (card.count.text(), card.label.text(), card.number.text()) == ("1 / 5 个", "", "")
    assert not card.vouched.isChecked()
    assert not card.none.isVisible()


def test_whoever_is_sent_to_register_a_number_can_type_it(card: StaffCard, qtbot: QtBot) -> None:
    page = card.window()
    assert isinstance(page, SettingsPage)
    page.open("about")
    page.open(("field", "staff", (ENTITY,)))
    qtbot.waitUntil(lambda: page.focusWidget() is card.label)


def test_what_is_wrong_is_said_and_what_was_typed_stays(card: StaffCard, staged: Staged) -> None:
    fill(card, "店长", "12345")
    card.add.click()
    assert "不是大陆手机号" in card.problem.text()
    assert card.number.text() == card.number.selectedText() == "12345", "to be typed anew at once"
    customer = next(iter(staged.app.composing.sample(staged.draft(), 1)))
    assert customer.customer_id is not None
    phone = staged.app.workspace.customers.by_ids([customer.customer_id])[customer.customer_id].phone
    assert phone is not None
    fill(card, "店长", phone.digits)
    assert not card.problem.isVisible()
    card.add.click()
    assert "客户的号码" in card.problem.text()
    assert staged.app.staff_numbers.of(ENTITY) == ()


def test_five_fill_the_card_and_removing_one_makes_room(card: StaffCard, staged: Staged) -> None:
    for n in range(STAFF_MAX):
        fill(card, f"员工{n}", f"1990000000{n}")
        card.add.click()
    assert (card.form.isVisible(), card.full.isVisible(), card.count.text()) == (False, True, "5 / 5 个")
    first = staged.app.staff_numbers.of(ENTITY)[0]
    remove = card.findChild(QPushButton, f"staff_remove_{first.id}")
    assert isinstance(remove, QPushButton)
    answer("confirm_no")
    remove.click()
    assert len(staged.app.staff_numbers.of(ENTITY)) == 5
    answer("confirm_yes")
    remove.click()
    assert [n.label for n in staged.app.staff_numbers.of(ENTITY)] == ["员工1", "员工2", "员工3", "员工4"]
    assert card.form.isVisible()
