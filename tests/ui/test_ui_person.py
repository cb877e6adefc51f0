"""个人信息请求 as a user makes them on a real workspace: a copy, erasure, restriction, and who may not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_customers import notices, read_drawer, show_page, texts
from ui_people import ENTITY, NOW, add_people, add_shop, person

from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Suppression,
    SuppressionKind,
)
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.team import Person, Role
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Level
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.person_requests import PersonRequests
from campaign_app.ui.widgets.pill import Pill
from campaign_app.wiring import wire
from tests.helpers.driving import Driver

WHO = 3


@pytest.fixture
def opened(desk: Desk, qtbot: QtBot) -> tuple[CustomersPage, Driver]:
    """The page with somebody open, and what drives it."""
    add_people(desk.app, add_shop(desk.app), 5)
    page = show_page(desk, qtbot)
    page.model.open(WHO + 1)
    read_drawer(page, qtbot)
    return page, Driver(lambda: page)


def saved_as(monkeypatch: pytest.MonkeyPatch, file: Path) -> list[Any]:
    """What the save dialog is asked with; it answers with this file."""
    asked: list[Any] = []

    def save(*given: object) -> tuple[str, str]:
        asked.append(given)
        return str(file), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    return asked


def said(driver: Driver, name: str, qtbot: QtBot, part: str) -> str:
    qtbot.waitUntil(lambda: part in driver.wait(QLabel, name).text())
    return driver.find(QLabel, name).text()


def test_a_copy_goes_to_a_new_file_with_numbers_masked(
    desk: Desk, opened: tuple[CustomersPage, Driver], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, driver = opened
    asked = saved_as(monkeypatch, tmp_path / "副本")
    driver.click("customer_requests")
    number = person(WHO).phone
    assert number is not None
    assert driver.wait(QLabel, "person_who").text() == f"王** · {number.masked} · ou-00003 · 安宁店"
    driver.click("person_export")
    file = Path(driver.wait(QLineEdit, "person_file").text())
    assert file == tmp_path / "副本.json"
    assert QFileDialog.Option.DontConfirmOverwrite in asked[0], "nothing is replaced, whatever is answered"
    written = file.read_text("utf-8")
    told = json.loads(written)
    assert (told["customer"]["ref"], told["customer"]["phone"]) == ("ou-00003", number.masked)
    assert not re.search(r"1\d{10}", written)
    driver.wait(QPushButton, "person_export")
    driver.click("person_export")
    assert "没有覆盖" in said(driver, "person_said", qtbot, "没有覆盖")
    assert file.read_text("utf-8") == written
    saved_as(monkeypatch, tmp_path / "没有的文件夹" / "副本.json")
    driver.click("person_export")
    assert "换一个位置" in said(driver, "person_said", qtbot, "无法写入")
    last = desk.kit.messages.last
    assert last is not None
    assert last.level is Level.OK, "no line below the page that would still be there once it went well"
    driver.click("person_leave")
    assert [each.action for each in desk.app.workspace.audit.entries(limit=9)].count("customer.exported") == 1


def test_an_erasure_asks_for_the_end_of_the_reference_and_leaves_what_the_law_wants_kept(
    desk: Desk, opened: tuple[CustomersPage, Driver], qtbot: QtBot
) -> None:
    page, driver = opened
    found = notices(desk)
    driver.click("customer_requests")
    driver.click("person_erase")
    typed = driver.wait(QLineEdit, "person_erase_typed")
    yes = driver.wait(QPushButton, "person_erase_dialog_save", enabled=False)
    assert not yes.isEnabled()
    QTest.keyClicks(typed, "0004")
    assert driver.wait(QLabel, "person_erase_hint").text() == "与客户标识的最后几个字符不一致。"
    QTest.keyClick(typed, Qt.Key.Key_Return)
    assert desk.app.people.person(WHO + 1).row.name == "王芳3", "Enter leaves things as they are"
    typed.clear()
    QTest.keyClicks(typed, "0003")
    driver.click("person_erase_dialog_save")
    qtbot.waitUntil(lambda: page.drawer.isHidden() and bool(found))
    assert "依法须留存的仍保留：客户标识、同意记录" in found[-1].text
    qtbot.waitUntil(lambda: not page.findChildren(PersonRequests))
    qtbot.waitUntil(lambda: page.rows.index(WHO, 0).data() not in (None, "王芳3"))
    left = desk.app.people.person(WHO + 1).row
    assert (left.ref, left.name, left.phone, left.province) == ("ou-00003", "", "", "")
    page.model.open(WHO + 1)
    qtbot.waitUntil(lambda: "资料已按要求删除" in read_drawer(page, qtbot))
    driver.click("customer_requests")
    driver.click("person_erase")
    QTest.keyClicks(driver.wait(QLineEdit, "person_erase_typed"), "0003")
    driver.click("person_erase_dialog_save")
    qtbot.waitUntil(lambda: "没有可再删除的" in found[-1].text)


def test_a_restricted_person_is_shown_as_such_also_after_a_later_withdrawal(
    desk: Desk, opened: tuple[CustomersPage, Driver], qtbot: QtBot
) -> None:
    page, driver = opened
    driver.click("customer_requests")
    driver.click("person_restrict")
    driver.type("person_restrict_note", "来函 7 号")
    driver.click("person_restrict_dialog_save")
    qtbot.waitUntil(lambda: "只存储，不作他用，不再发送" in read_drawer(page, qtbot))
    assert "已限制处理" in [each.accessibleName() for each in page.drawer.findChildren(Pill)]
    drawer = read_drawer(page, qtbot)
    assert ("本人要求停止处理" in drawer, "来函 7 号" in drawer, "平台称" in drawer) == (True, True, False)
    assert SuppressionKind.WITHDRAWN in {each.kind for each in desk.app.people.person(WHO + 1).row.suppressions}
    since = desk.app.people.person(WHO + 1).restricted_at
    qtbot.waitUntil(lambda: not page.findChildren(PersonRequests))
    key = desk.app.workspace.phone_keys.of_ref(CustomerRef(desk.app.accounts.all()[0].id, "ou-00003"))
    later = desk.app.clock() + timedelta(minutes=1)
    desk.app.workspace.suppressions.add([Suppression(ENTITY, key, SuppressionKind.WITHDRAWN, later, "platform")])
    assert desk.app.people.person(WHO + 1).restricted_at == since is not None
    driver.click("customer_requests")
    assert not driver.wait(QPushButton, "person_restrict", enabled=False).isEnabled(), "it is so already"
    assert "起限制处理" in texts(driver.find(PersonRequests, "person_requests"))
    driver.click("person_leave")


def test_somebody_without_a_number_is_said_to_be_known_at_one_shop_only(desk: Desk, qtbot: QtBot) -> None:
    people: list[PlatformCustomer] = [person(0, phone=None)]
    desk.app.workspace.customers.upsert_page(add_shop(desk.app), people, "x", NOW)
    page = show_page(desk, qtbot)
    page.model.open(1)
    read_drawer(page, qtbot)
    page.drawer.ask()
    assert "只保证这家店铺不再发送" in texts(page)


def test_an_operator_sees_who_may_export_and_erase(inline_desk: Desk, qtbot: QtBot) -> None:
    app = inline_desk.app
    add_people(app, add_shop(app), 1)
    workspace = replace(app.workspace, person=Person("anna", frozenset({Role.OPERATOR})))
    page = show_page(replace(inline_desk, app=wire(workspace, app.keeper, app.offset)), qtbot)
    page.model.open(1)
    page.drawer.ask()
    shown = page.findChild(PersonRequests)
    assert shown is not None
    buttons: list[QWidget] = [shown.export, shown.erase, shown.restrict]
    assert [each.isEnabled() for each in buttons] == [False, False, True]
    assert "审核" in texts(shown)
    assert "审核" in shown.export.accessibleDescription()


def test_a_reviewer_lifts_an_opt_out_only_once_the_platform_tells_a_later_grant(
    desk: Desk, opened: tuple[CustomersPage, Driver], qtbot: QtBot
) -> None:
    page, driver = opened
    store, shop, customer = desk.app.workspace, desk.app.accounts.all()[0], WHO + 1
    store.opt_outs.add(customer, desk.app.clock() - timedelta(minutes=5), "by_hand", "来电", "李")
    page.model.refresh()
    driver.click("customer_lift")
    assert not driver.wait(QPushButton, "person_lift_dialog_save", enabled=False).isEnabled(), "nobody is named"
    driver.type("person_lift_reviewer", "王")
    driver.click("person_lift_dialog_save")
    assert "不能解除拒收" in said(driver, "person_lift_dialog_wrong", qtbot, "不能解除拒收")
    driver.click("person_lift_dialog_leave")
    at = desk.app.clock()
    granted = ConsentFact(
        CustomerRef(shop.id, "ou-00003"), ConsentStatus.CONFIRMED, at, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS,
        frozenset({"retail"}), shop.entity_uscc, at, None, None, None, at,
    )  # fmt: skip
    store.facts.append([granted], [])
    page.model.refresh()
    qtbot.waitUntil(lambda: page.model.state.person is not None and bool(page.model.state.person.facts))
    driver.click("customer_lift")
    assert "取得，方式" in said(driver, "person_lift_told", qtbot, "取得")
    driver.type("person_lift_reviewer", "王")
    driver.click("person_lift_dialog_save")
    qtbot.waitUntil(lambda: not store.suppressions.of_customers([customer]))
    (entry,) = store.audit.entries(limit=1)
    assert (entry.action, entry.actor) == ("suppression.lifted", "王")
    qtbot.waitUntil(lambda: "没有拒收记录" in read_drawer(page, qtbot))
