"""Opt-outs that a platform does not know of yet: on its account's card, and on the overview when it takes too long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from ui_accounts import card, open_settings, section
from ui_people import add_people, add_shop

from campaign_app.domain.consent import CustomerRef, LocalOptOut
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.overview import OverviewPage
from campaign_app.ui.pages.settings import SettingsPage
from tests.helpers.account_state import set_account_state

HOURS = 3


@pytest.fixture
def shop(desk: Desk) -> int:
    made = add_shop(desk.app)
    add_people(desk.app, made, 3)
    return made


def says_no(desk: Desk, shop: int, *numbers: int, hours: int = HOURS) -> None:
    store = desk.app.workspace.opt_outs
    since = desk.app.clock() - timedelta(hours=hours)
    ids = desk.app.workspace.customers.ids_of_refs(shop, [f"ou-{number:05d}" for number in numbers])
    for customer_id in ids.values():
        store.add(customer_id, since, "reply", "")


def tried(desk: Desk, shop: int, error: str) -> None:
    job = desk.app.jobs.enqueue("tell", {"account_id": shop}, desk.app.clock())
    desk.app.jobs.set_state(job.id, "failed", error=error)


def test_a_card_says_nothing_while_nothing_waits(desk: Desk, shop: int, qtbot: QtBot) -> None:
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    assert not shown.notes.isVisible()


def test_a_card_says_how_many_wait_since_when_and_why(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0, 1)
    tried(desk, shop, "unauthorized")
    page = open_settings(desk, qtbot)
    (line,) = card(page, shop).notes.lines
    assert (line.level, line.title, line.action) == ("warn", "2 位客户的退订还没有告知平台", "立即重试")
    assert show.moment(desk.app.clock() - timedelta(hours=HOURS))[:13] in line.text
    assert "平台不认可此账户的凭证" in line.text
    assert "不再给他们发" in line.text


def test_a_moment_is_no_warning(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0, hours=0)
    page = open_settings(desk, qtbot)
    (line,) = card(page, shop).notes.lines
    assert line.level == "info"
    assert "原因" not in line.text


def test_whoever_tries_again_is_told_how_it_ended(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0)
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    qtbot.mouseClick(shown.notes.findChild(QPushButton, "todo_tell"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "正在告知平台" in shown.notes.lines[0].text)
    assert shown.notes.lines[0].action == ""
    (job,) = desk.app.jobs.open_jobs()
    assert (job.kind, job.args) == ("tell", {"account_id": shop})
    with qtbot.waitSignal(desk.kit.messages.told) as told:
        desk.app.jobs.set_state(job.id, "failed", error="timeout")
    assert told.args is not None
    assert told.args[0].code == "timeout"
    qtbot.waitUntil(lambda: "平台没有及时回答" in shown.notes.lines[0].text)
    waiting = desk.app.workspace.opt_outs.waiting(shop, 9)
    desk.app.workspace.opt_outs.settle(waiting, "told", desk.app.clock())
    desk.app.jobs.set_state(desk.app.jobs.enqueue("tell", {"account_id": shop}, desk.app.clock()).id, "running")
    qtbot.waitUntil(lambda: desk.jobs.of("tell", account_id=shop) is not None)
    desk.app.jobs.set_state(desk.app.jobs.open_jobs()[0].id, "done")
    qtbot.waitUntil(lambda: not shown.notes.isVisible())


def test_an_attempt_of_the_worker_that_fails_is_not_told_over_and_over(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0)
    page = open_settings(desk, qtbot)
    shown = card(page, shop)
    for kind in ("sync", "tell"):
        job = desk.app.jobs.enqueue(kind, {"account_id": shop}, desk.app.clock())
        qtbot.waitUntil(lambda kind=kind: desk.jobs.of(kind, account_id=shop) is not None)
        desk.app.jobs.set_state(job.id, "failed", error="timeout")
        qtbot.waitUntil(lambda kind=kind: desk.jobs.of(kind, account_id=shop) is None)
    qtbot.waitUntil(lambda: "平台没有及时回答" in shown.notes.lines[0].text)
    assert desk.kit.messages.last is None


def test_what_a_platform_will_not_take_is_said_with_what_to_do(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0, 1, 2)
    store, since = desk.app.workspace.opt_outs, desk.app.workspace.opt_outs.waiting(shop, 1)[0].since
    now = desk.app.clock()
    store.settle([LocalOptOut(CustomerRef(shop, "ou-00000"), since, "reply")], "refused", now, code="bad_ref")
    rest = store.waiting(shop, 9)
    store.settle(rest, "untellable", now, code="not_offered")
    page = open_settings(desk, qtbot)
    lines = card(page, shop).notes.lines
    assert [(line.key, line.level, line.action) for line in lines] == [
        ("refused", "warn", ""),
        ("untellable", "info", ""),
    ]
    assert "1 位" in lines[0].title
    assert "平台后台" in lines[1].text


def test_the_overview_says_it_after_an_hour_and_leads_to_the_card(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0, hours=0)
    page = OverviewPage(desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.state.loaded)
    assert page.todos.lines == ()
    says_no(desk, shop, 1)
    tried(desk, shop, "timeout")
    page.model.load()
    qtbot.waitUntil(lambda: bool(page.todos.lines))
    (line,) = page.todos.lines
    assert line.title == "安宁店 · 同意查询服务（Platform Consent API） · 2 位客户的退订还没有告知平台"
    assert "3 小时" in line.text
    assert "平台没有及时回答" in line.text
    assert "平台还不知道" in line.text
    went: list[tuple[str, object]] = []
    desk.way.went.connect(lambda where, what: went.append((where, what)))
    qtbot.mouseClick(page.todos.findChild(QPushButton, f"todo_{line.key}"), Qt.MouseButton.LeftButton)
    assert went == [("settings", ("account", shop))]
    settings = SettingsPage(desk)
    qtbot.addWidget(settings)
    settings.show()
    settings.open(("account", shop))  # before anything was read, as from another page
    settings.shown()
    qtbot.waitUntil(lambda: section(settings).cards != {})
    wanted = card(settings, shop).notes.findChild(QPushButton)
    settings.activateWindow()
    qtbot.waitUntil(lambda: settings.focusWidget() is wanted)


def test_a_shop_that_is_cut_off_is_to_be_connected_again(desk: Desk, shop: int, qtbot: QtBot) -> None:
    says_no(desk, shop, 0, hours=30)
    set_account_state(desk.app.workspace.accounts, shop, "disconnected")
    page = OverviewPage(desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.state.loaded)
    (line,) = [each for each in page.todos.lines if "退订" in each.title]
    assert (line.level, line.action) == ("block", "重新连接")
    assert "1 天" in line.text
    assert "该账户已断开" in line.text
    settings = open_settings(desk, qtbot)
    assert card(settings, shop).notes.lines[0].action == ""
    settings.open(("renew", shop))
    dialog = section(settings).dialog
    assert dialog is not None
    assert dialog.form.fields["base_url"].text() == "http://127.0.0.1"
