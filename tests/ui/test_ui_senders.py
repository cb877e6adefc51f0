"""设置 → 账户: who carries a shop's messages is chosen there, tried, taken back, and never another entity's."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QScrollArea
from pytestqt.qtbot import QtBot
from ui_accounts import card, open_settings, press
from ui_people import add_shop

from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.platform import Asked
from campaign_app.domain.ports import ConnectionReport
from campaign_app.services.balances import note_balance
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.account_card import AccountCard
from campaign_app.ui.pages.connect_parts import ReportPanel
from campaign_app.ui.viewmodels import accounts
from tests.helpers.answering import answer
from tests.helpers.connect_again import connect_again

OTHER = "91330100MA0000009X"


@pytest.fixture
def shop(desk: Desk) -> Account:
    return desk.app.workspace.accounts.account(add_shop(desk.app))


def sender(desk: Desk, shop: Account, platform: str, label: str, entity: str = "") -> Account:
    store = desk.app.workspace.accounts
    if entity:
        store.add_entity(Entity(entity, "别家公司"))
    made = replace(
        shop, id=0, platform=platform, label=label, base_url=f"https://{platform}.example", key_id=label,
        entity_uscc=entity or shop.entity_uscc, options={},
    )  # fmt: skip
    return store.add_account(made)


def entries(shown: AccountCard) -> dict[str, QAction]:
    return {action.text(): action for action in shown.sending.menu().actions() if not action.isSeparator()}


def test_a_sender_of_the_same_entity_is_chosen_and_taken_back(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    own = sender(desk, shop, "tencent", "腾讯主账户")
    page = open_settings(desk, qtbot)
    shown = card(page, shop.id)
    assert shown.sending.carrier.text() == "平台自己发送"
    offered = entries(shown)
    assert offered["平台自己发送"].isChecked()
    offered["腾讯主账户 · 腾讯云短信"].trigger()
    qtbot.waitUntil(lambda: shown.sending.carrier.text() == "腾讯主账户 · 腾讯云短信")
    assert desk.app.workspace.accounts.account(shop.id).sender_account_id == own.id
    told = desk.kit.messages.last
    assert told is not None
    assert told.action is not None
    assert (told.text, told.label) == (f"“{shop.label}”的短信改由“腾讯主账户”发出。", "撤销")
    told.action()
    qtbot.waitUntil(lambda: shown.sending.carrier.text() == "平台自己发送")
    assert desk.app.workspace.accounts.account(shop.id).sender_account_id is None


def test_another_entitys_sender_is_shown_and_cannot_be_chosen(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    sender(desk, shop, "aliyun", "别家账户", OTHER)
    page = open_settings(desk, qtbot)
    offered = entries(card(page, shop.id))
    action = offered["别家账户 · 阿里云短信（主体不一致：别家公司）"]
    assert not action.isEnabled()
    assert "转租" in action.toolTip()


def test_without_a_sender_account_the_menu_says_what_to_do(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    page = open_settings(desk, qtbot)
    offered = entries(card(page, shop.id))
    assert not offered["请先连接同一主体的短信服务商账户"].isEnabled()


def test_the_sender_in_use_is_tried_from_the_shops_card(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    own = sender(desk, shop, "tencent", "腾讯主账户")
    desk.app.accounts.send_through(shop.id, own.id, actor="test")
    page = open_settings(desk, qtbot)
    shown = card(page, shop.id)
    assert card(page, own.id).sending.carries.text() == shop.label
    entries(shown)["测试当前通道"].trigger()
    qtbot.waitUntil(lambda: shown.shop is not None and shown.shop.tested is not None and not shown.shop.tested.running)
    assert shown.shop is not None
    assert shown.shop.tested is not None
    # the account was stored without a key: it is the sender's account that says so
    error = shown.shop.tested.error
    assert error is not None
    assert error.facts["account"] == own.id


def test_taobao_is_its_own_sender_once_it_is_chosen(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    store = desk.app.workspace.accounts
    top = sender(desk, shop, "top", "淘宝店")
    store.take_consents_from(top.id, shop.id)
    page = open_settings(desk, qtbot)
    shown = card(page, top.id)
    assert shown.sending.carrier.text() == "同意查询服务代发"
    assert not shown.sending.read.isVisibleTo(shown)
    entries(shown)["平台短信接口"].trigger()
    qtbot.waitUntil(lambda: shown.sending.carrier.text() == "平台短信接口")
    assert store.account(top.id).sender_account_id == top.id
    assert shown.sending.read.isVisibleTo(shown)
    told = desk.kit.messages.last
    assert told is not None
    assert told.action is not None
    assert told.text == "“淘宝店”的短信改由平台短信接口发出。"
    told.action()
    qtbot.waitUntil(lambda: shown.sending.carrier.text() == "同意查询服务代发")
    last = desk.kit.messages.last
    assert last is not None
    assert last.text == "“淘宝店”不再另选发送通道。"


def test_templates_that_the_platform_does_not_show_are_compared_by_a_person(
    desk: Desk, shop: Account, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdd, store = sender(desk, shop, "pinduoduo", "拼多多店"), desk.app.workspace.accounts
    connect_again(store, replace(pdd, options={"signatures": "安宁百货", "templates": "12=上新，退订回T"}))
    page = open_settings(desk, qtbot)
    shown = card(page, pdd.id)
    assert shown.sending.carrier.text() == "尚未设置"
    assert not shown.sending.compare.isVisibleTo(shown)
    entries(shown)["平台短信接口"].trigger()
    qtbot.waitUntil(lambda: shown.sending.compare.isVisibleTo(shown))
    assert "尚未核对" in shown.sending.stated.text()
    asked: list[str] = []
    answers = iter((False, True))

    def answer(_parent: object, _title: str, text: str, **_: object) -> bool:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr("campaign_app.ui.pages.account_sender.confirm", answer)
    press(shown.sending.compare, qtbot)
    assert not desk.app.stated.is_checked(pdd.id)
    press(shown.sending.compare, qtbot)
    qtbot.waitUntil(lambda: "已登记与后台一致" in shown.sending.stated.text())
    assert desk.app.stated.is_checked(pdd.id)
    assert all("12=上新，退订回T" in text and "安宁百货" in text for text in asked)


def test_without_anything_typed_there_is_nothing_to_compare(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    pdd = sender(desk, shop, "pinduoduo", "拼多多店")
    desk.app.workspace.accounts.set_sender(pdd.id, pdd.id)
    page = open_settings(desk, qtbot)
    shown = card(page, pdd.id)
    assert "尚未填写" in shown.sending.stated.text()
    press(shown.sending.compare, qtbot)
    qtbot.waitUntil(lambda: desk.kit.messages.last is not None)
    told = desk.kit.messages.last
    assert told is not None
    assert "没有填写签名或模板" in told.text


def test_who_reads_the_replies_is_recorded_and_taken_back(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    deaf = sender(desk, shop, "aliyun", "阿里主账户")
    page = open_settings(desk, qtbot)
    shown = card(page, deaf.id)
    assert shown.sending.replies.text() == "尚未登记：登记前不能发送"
    press(shown.sending.read, qtbot)
    dialog = shown.sending.dialog
    assert dialog is not None
    assert not dialog.save.isEnabled()
    dialog.where.setText("短信控制台，王丽每天看")
    press(dialog.save, qtbot)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    qtbot.waitUntil(lambda: shown.sending.replies.text() == "短信控制台，王丽每天看")
    assert desk.app.replies.read_at(deaf.id) == "短信控制台，王丽每天看"
    press(shown.sending.read, qtbot)
    assert shown.sending.dialog is not None
    press(shown.sending.dialog.forget, qtbot)
    qtbot.waitUntil(lambda: desk.app.replies.read_at(deaf.id) == "")


def test_what_is_left_at_the_provider_stands_on_its_card(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    own, other = sender(desk, shop, "tencent", "腾讯主账户"), sender(desk, shop, "aliyun", "阿里主账户")
    note_balance(desk.app.workspace.accounts, own.id, 12_345, desk.app.clock())
    page = open_settings(desk, qtbot)
    assert card(page, own.id).sending.balance.text().startswith("12,345 条（服务商 ")
    assert card(page, other.id).sending.balance.isHidden()


def test_replies_that_stop_the_sending_are_shown_masked_and_cleared(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    own = sender(desk, shop, "aliyun", "阿里主账户")
    desk.app.unread.met(own.id, "13800138000 ???", desk.app.clock())
    page = open_settings(desk, qtbot)
    shown = card(page, own.id)
    (note,) = shown.notes.findChildren(QPushButton)
    assert note.text() == "查看并清除…"
    (kept,) = desk.app.unread.waiting(own.id)
    assert ("???" in kept.said, "13800138000" in kept.said) == (True, False)
    asked = answer("confirm_yes")
    press(note, qtbot)
    qtbot.waitUntil(lambda: desk.app.unread.waiting(own.id) == ())
    assert asked.asked == ["把这些回复从服务商的队列里清除？"]


@pytest.mark.parametrize(("count", "left"), [(5, ""), (7, "另有 2 条这次不清除")])
def test_how_many_replies_are_not_cleared_yet_is_said(
    desk: Desk, shop: Account, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, count: int, left: str
) -> None:
    own = sender(desk, shop, "aliyun", "阿里主账户")
    for number in range(count):
        desk.app.unread.met(own.id, f"??? {number}", desk.app.clock())
    page, asked = open_settings(desk, qtbot), list[str]()
    monkeypatch.setattr(
        "campaign_app.ui.pages.account_card.confirm", lambda _parent, _title, text, **_: bool(asked.append(text))
    )
    press(card(page, own.id).notes.findChildren(QPushButton)[0], qtbot)
    assert asked[0].count("???") == 5
    assert left in asked[0]
    assert ("另有" in asked[0]) is bool(left)


def test_names_are_listed_as_the_language_does(desk: Desk, shop: Account, qtbot: QtBot) -> None:
    unverified = ("read_customers", "write_customers")
    report = ConnectionReport(
        True, shop.issuer_uscc, shop.issuer_name, "v1", simulated=False, clock_skew_seconds=0.1, pinned_keys="",
        unverified=unverified,
    )  # fmt: skip
    page, offer = open_settings(desk, qtbot), next(o for o in desk.app.accounts.offers() if o.name == "shopline")
    page.accounts._put(shop.id, accounts.Tested(report))
    assert "、".join(unverified) in card(page, shop.id).result.text()
    panel = ReportPanel(desk.kit)
    qtbot.addWidget(panel)
    panel.show_report(report, Asked("shopline"), offer)
    assert panel.unverified.text() == "、".join(unverified)


def test_the_buttons_of_a_card_go_on_in_the_next_line_where_there_is_no_room(
    desk: Desk, shop: Account, qtbot: QtBot
) -> None:
    pdd = sender(desk, shop, "pinduoduo", "拼多多店")
    desk.app.workspace.accounts.set_sender(pdd.id, pdd.id)
    page = open_settings(desk, qtbot)
    page.resize(760, 700)
    shown = card(page, pdd.id)
    area = next(each for each in page.findChildren(QScrollArea) if each.isAncestorOf(shown))
    qtbot.waitUntil(lambda: shown.test.y() < shown.leave.y())
    assert area.horizontalScrollBar().maximum() == 0
    part = shown.sending
    own = (shown.test, shown.choose_source, part.choose, part.read, part.compare, shown.leave)
    assert all(each.isVisible() and each.width() >= each.sizeHint().width() for each in own)
