"""An account's card on opt-outs in both directions, and the receipts of people whom its platform had erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_accounts import card, open_settings, press
from ui_people import add_people, add_shop

from campaign_app.domain.customer import Account
from campaign_app.services.following import RECEIPTS, changes_read_name
from campaign_app.ui import show
from campaign_app.ui.desk import Desk


@pytest.fixture
def shop(desk: Desk) -> int:
    made = add_shop(desk.app)
    add_people(desk.app, made, 5)
    return made


def told(desk: Desk, shop: int, *minutes: float) -> None:
    """That many minutes after each of the first customers said no, the platform knew of it."""
    workspace, now = desk.app.workspace, desk.app.clock()
    refs = [f"ou-{number:05d}" for number in range(len(minutes))]
    for customer in workspace.customers.ids_of_refs(shop, refs).values():
        workspace.opt_outs.add(customer, now, "reply", "")
    for one, took in zip(workspace.opt_outs.waiting(shop, 9), minutes, strict=True):
        workspace.opt_outs.settle([one], "told", one.since + timedelta(minutes=took))


def test_a_card_says_until_when_changes_were_read(desk: Desk, shop: int, qtbot: QtBot) -> None:
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    assert shown.following.read.text() == "还没有读过：第一次核验之后开始"
    at, accounts = desk.app.clock(), desk.app.workspace.accounts
    desk.app.workspace.facts.begin_changes(accounts.account(shop), "c9")
    accounts.set_setting(changes_read_name(shop), at.isoformat())
    page.accounts.load()
    qtbot.waitUntil(lambda: shown.following.read.text() == show.moment(at, seconds=True))


def test_a_card_says_how_long_the_platform_was_without_an_opt_out(desk: Desk, shop: int, qtbot: QtBot) -> None:
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    assert not shown.following.told.isVisible()
    told(desk, shop, 0.2, 3, 150)
    page.accounts.load()
    qtbot.waitUntil(shown.following.told.isVisible)
    assert shown.following.told.text() == "最近 3 位：半数在 3 分钟内告知平台，最久 2 小时"
    assert desk.app.following.lag(shop) is not None


@pytest.mark.parametrize(
    ("minutes", "said"), [(-9, "最久 1 分钟"), (0.5, "最久 1 分钟"), (59, "最久 59 分钟"), (60 * 49, "最久 2 天")]
)
def test_a_lag_is_said_in_the_unit_that_fits(desk: Desk, shop: int, minutes: float, said: str, qtbot: QtBot) -> None:
    told(desk, shop, minutes)
    page = open_settings(desk, qtbot)
    assert card(page, shop).following.told.text().endswith(said)


def test_receipts_are_behind_the_details_and_say_what_is_kept(desk: Desk, shop: int, qtbot: QtBot) -> None:
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    assert not shown.following.erased.isVisible()
    press(shown.more, qtbot)
    press(shown.following.erased, qtbot)
    dialog = shown.following.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.said.text() == "还没有删除过任何人：平台没有要求，也没有客户在此提出。")
    dialog.close()
    now = desk.app.clock()
    desk.app.workspace.customers.upsert_page(shop, (), "", now, ["ou-00001"])
    press(shown.following.erased, qtbot)
    dialog = shown.following.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.rows.rowCount() == 1)
    (receipt,) = desk.app.following.erasures(shop)
    row = [dialog.rows.index(0, column).data(Qt.ItemDataRole.DisplayRole) for column in range(5)]
    assert row == [show.moment(now, seconds=True), "平台", receipt.ref_hmac, f"#{receipt.entry}", receipt.digest]
    assert "已发短信的原文" in dialog.said.text()
    assert "最近" not in dialog.said.text()
    dialog.render_receipts((receipt,) * RECEIPTS)
    assert f"最近 {show.count(RECEIPTS)} 份" in dialog.said.text()
    press(dialog.leave, qtbot)


def test_a_receipt_says_whether_the_platform_or_the_person_asked(desk: Desk, shop: int, qtbot: QtBot) -> None:
    store, now = desk.app.workspace, desk.app.clock()
    store.customers.upsert_page(shop, (), "", now, ["ou-00001"])
    other = desk.app.subjects.find(shop, "ou-00002")
    desk.app.subjects.erase(other, actor="window")
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    press(shown.more, qtbot)
    press(shown.following.erased, qtbot)
    dialog = shown.following.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.rows.rowCount() == 2)
    asked = [dialog.rows.index(place, 1).data(Qt.ItemDataRole.DisplayRole) for place in range(2)]
    assert asked == ["客户本人，在此提出", "平台"]
    told = dialog.rows.cell(0, 1)
    assert told is not None
    assert "window" in told.tip
    assert "平台或客户本人的要求" in dialog.said.text()


def test_a_sender_without_people_has_no_receipts(desk: Desk, shop: int, qtbot: QtBot) -> None:
    known = desk.app.workspace.accounts.account(shop)
    sender = Account(
        0, "tencent", "腾讯", "https://sms.example", known.entity_uscc, "tencent.com", "腾讯云", "t", True, ""
    )  # fmt: skip
    carrier = desk.app.workspace.accounts.add_account(sender).id
    page = open_settings(desk, qtbot)
    shown = card(page, carrier)
    press(shown.more, qtbot)
    assert not shown.following.erased.isVisible()
    assert not shown.following.read.isVisible()
