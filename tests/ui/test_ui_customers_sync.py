"""Syncs on the page of customers: begun, followed, stopped, tried again, and what is told of their end."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from ui_customers import Show, notices, show_page, texts
from ui_people import add_people, add_shop

from campaign_app.domain.ports import Job
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Level
from campaign_app.ui.pages.customers import CustomersPage


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Show:
    """Builds the page once the store holds what the test wants."""
    return lambda: show_page(desk, qtbot)


def begun(desk: Desk, page: CustomersPage, qtbot: QtBot) -> Job:
    qtbot.waitUntil(page.sync.isEnabled)
    page.sync.begin_all()
    qtbot.waitUntil(lambda: bool(page.model.state.syncing))
    (job,) = desk.app.jobs.open_jobs()
    return job


def test_a_sync_shows_its_progress_in_place_and_its_result(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    shown, said = page(), notices(desk)
    job = begun(desk, shown, qtbot)
    assert not shown.sync.isEnabled()
    shown.model.sync(shop)
    desk.app.jobs.set_state(job.id, "running")
    desk.app.jobs.set_progress(job.id, 1_200, 0)
    qtbot.waitUntil(lambda: "已收到 1,200 位客户" in texts(shown.strip))
    assert len(desk.app.jobs.open_jobs()) == 1, "never twice at once"
    assert shown.strip.y() > shown.stack.y(), "nothing that is read or clicked moves as it comes and goes"
    add_people(desk.app, shop, 4)
    desk.app.jobs.set_state(job.id, "done", result={"rows": 1_200, "new": 4, "broken": 2, "pages": 3})
    qtbot.waitUntil(lambda: shown.strip.isHidden() and shown.rows.rowCount() == 4)
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].level is Level.OK
    assert said[-1].text == "安宁店 已同步：收到 1,200 位客户，其中新增 4 位。另有 2 条不合约定，没有采用。"
    assert shown.stack.currentWidget() is shown.table


def test_a_platform_that_lists_no_customers_is_no_error(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_shop(desk.app)
    shown, said = page(), notices(desk)
    job = begun(desk, shown, qtbot)
    desk.app.jobs.set_state(job.id, "done", result={"rows": 0, "new": 0, "broken": 0, "customers": "not_offered"})
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].level is Level.OK
    assert said[-1].text == "安宁店：这个平台不提供客户名单，没有可同步的客户。"


def test_whom_the_platform_keeps_to_itself_is_told(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_shop(desk.app)
    shown, said = page(), notices(desk)
    for rows, expected in (
        (1_200, "安宁店 已同步：收到 1,200 位客户，其中新增 4 位。平台另有约 3,400 位顾客不对外提供，无法同步。"),
        (0, "安宁店 已是最新，平台没有新的变化。平台另有约 3,400 位顾客不对外提供，无法同步。"),
    ):
        job = begun(desk, shown, qtbot)
        result = {"rows": rows, "new": 4, "broken": 0, "pages": 3, "unreachable": 3_400}
        desk.app.jobs.set_state(job.id, "done", result=result)
        qtbot.waitUntil(lambda expected=expected: [each.text for each in said][-1:] == [expected])


def test_whom_the_platform_had_erased_is_told(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_shop(desk.app)
    shown, said = page(), notices(desk)
    for rows, expected in (
        (0, "安宁店 已同步，没有别的变化。已按平台要求删除 2 位客户的资料。"),
        (9, "安宁店 已同步：收到 9 位客户，其中新增 0 位。已按平台要求删除 2 位客户的资料。"),
    ):
        job = begun(desk, shown, qtbot)
        desk.app.jobs.set_state(job.id, "done", result={"rows": rows, "new": 0, "broken": 0, "erased": 2})
        qtbot.waitUntil(lambda expected=expected: [each.text for each in said][-1:] == [expected])


def test_how_many_there_are_comes_while_a_long_sync_runs(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 3)
    gate, asked = threading.Event(), list[int]()
    shown = page()
    model, read = shown.model, shown.model._read

    def slow() -> object:
        asked.append(1)
        assert gate.wait(20)
        return read()

    model._read = slow  # type: ignore[method-assign,assignment]
    add_people(desk.app, shop, 5)
    model.load()
    qtbot.waitUntil(lambda: bool(asked))
    for _ in range(3):
        model.refresh()  # as the clock does during a sync, every three seconds
    gate.set()
    qtbot.waitUntil(lambda: model.state.everybody == 5)
    qtbot.waitUntil(lambda: len(asked) == 2)


def test_a_sync_that_failed_can_be_tried_again(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_shop(desk.app)
    shown, said = page(), notices(desk)
    job = begun(desk, shown, qtbot)
    desk.app.jobs.set_state(job.id, "failed", error="unreachable")
    qtbot.waitUntil(lambda: bool(said))
    assert (said[-1].level, said[-1].code, said[-1].label) == (Level.BLOCK, "unreachable", "重试")
    again = said[-1].action
    assert again is not None
    again()
    qtbot.waitUntil(lambda: [each.id for each in desk.app.jobs.open_jobs()] == [job.id + 1])


def test_a_sync_is_stopped_and_says_what_was_kept(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    shown, said = page(), notices(desk)
    job = begun(desk, shown, qtbot)
    desk.app.jobs.set_progress(job.id, 400, 0)
    stop = shown.strip.findChild(QPushButton, f"stop_sync_{shop}")
    assert isinstance(stop, QPushButton)
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(said))
    assert desk.app.jobs.job(job.id).state == "cancelled"
    assert said[-1].text == "安宁店 的同步已停止，已收到的 400 位客户保留。"
    assert shown.sync.isEnabled()


def test_several_shops_are_offered_by_name(desk: Desk, page: Show, qtbot: QtBot) -> None:
    first, second = add_shop(desk.app), add_shop(desk.app, "甲&乙店", "k2")
    shown = page()
    qtbot.waitUntil(shown.sync.isEnabled)
    menu = shown.sync.menu()
    assert [action.text() for action in menu.actions()] == ["全部店铺", "", "安宁店", "甲&&乙店"]
    menu.actions()[-1].trigger()
    qtbot.waitUntil(lambda: set(shown.model.state.syncing) == {second})
    assert [action.isEnabled() for action in menu.actions()] == [True, True, True, False]
    assert shown.sync.isEnabled()
    shown.sync.begin_all()
    qtbot.waitUntil(lambda: set(shown.model.state.syncing) == {first, second})
    assert len(desk.app.jobs.open_jobs()) == 2
