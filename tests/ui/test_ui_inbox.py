"""退订与投诉: every reply, the newest first, with what it was taken for and who was told; nobody's number is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.message import InboundMessage
from campaign_app.domain.phone import Phone
from campaign_app.jobs import poll, telling
from campaign_app.services.opt_outs import TELL
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.inbox import InboxPage
from campaign_app.ui.viewmodels.inbox import PAGE_ROWS
from tests.helpers.staged import Staged, open_by_day, stage

STRANGER = Phone("13911112222")


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def page(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[InboxPage]:
    made = InboxPage(inline_desk)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.shown()
    yield made
    made.hide()
    made.model.deleteLater()


def said(staged: Staged, *replies: tuple[str, Phone | None, str]) -> None:
    now, stream = staged.app.clock(), staged.shop.gateways[staged.account].stream
    held = stream.setdefault("inbound", [])
    for ref, phone, text in replies:
        held.append(InboundMessage(f"i{len(held)}", ref, phone, text, now + timedelta(seconds=len(held))))
    while poll.poll_inbound(staged.shop.context, staged.account):
        pass


def listed(page: InboxPage, qtbot: QtBot) -> list[list[str]]:
    """Every cell behind the time, once all pages are read."""
    page.shown()
    rows = page.rows

    def whole() -> bool:
        cells = [rows.cell(at, 0) for at in range(rows.rowCount())]
        return None not in cells and not rows._former

    qtbot.waitUntil(whole)
    found = []
    for at in range(rows.rowCount()):
        cells = (rows.cell(at, column) for column in range(1, len(rows.columns)))
        found.append([cell.text for cell in cells if cell is not None])
    return found


def test_an_empty_inbox_says_what_will_come_in(page: InboxPage) -> None:
    assert page.stack.currentWidget() is page.nothing
    assert page.subtitle.text().startswith("共 0 条")


def test_replies_of_campaigns_and_of_nobody_are_listed_with_what_came_of_them(
    staged: Staged, page: InboxPage, qtbot: QtBot
) -> None:
    campaign = staged.sent()
    said(staged, ("c00000", None, "ＴＤ"), ("c00000", None, "怎么退货？"), ("", STRANGER, "退订"))
    shop = staged.app.workspace.accounts.account(staged.account).label
    assert listed(page, qtbot) == [
        ["139****2222", "退订", "退订", "已拒收", "–", shop],
        ["c00000", "怎么退货？", "回复", "–", campaign.name, shop],
        ["c00000", "ＴＤ", "退订", "待回写平台", campaign.name, shop],
    ]
    page.table.selectRow(2)
    assert page.shown_answer is not None
    assert "尚未回写平台" in page.shown_answer.came.text()
    telling.tell_opt_outs(staged.shop.context, staged.account)
    assert listed(page, qtbot)[2][3] == "已拒收"
    assert "已回写平台" in page.shown_answer.came.text()
    assert STRANGER.digits not in repr([listed(page, qtbot), page.shown_answer.who.text()])


def test_replies_are_found_by_kind_number_reference_and_words(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    staged.sent()
    said(staged, ("c00000", None, "TD"), ("c00001", None, "怎么退货？"), ("", STRANGER, "满100%吗"))
    said(staged, ("", Phone("13911113333"), "2"))
    page.tabs.setCurrentIndex(1)
    assert [row[0] for row in listed(page, qtbot)] == ["c00000"]
    page.tabs.setCurrentIndex(2)
    assert len(listed(page, qtbot)) == 3
    page.tabs.setCurrentIndex(0)
    for text, found in (
        (f" {STRANGER.digits} ", ["139****2222"]),
        ("c00001", ["c00001"]),
        ("0%", ["139****2222"]),
        ("退货", ["c00001"]),
    ):
        page.search.setText(text)
        assert [row[0] for row in listed(page, qtbot)] == found
        assert page.subtitle.text().startswith("找到 1 条")
    page.search.setText("nothing of this")
    assert page.stack.currentWidget() is page.no_match
    page._reset()
    assert len(listed(page, qtbot)) == 4


def test_a_reply_of_several_lines_is_one_line_of_the_list(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    said(staged, ("c00000", None, "N\n"), ("c00000", None, "你好\n\n几点开门"))
    assert [row[1] for row in listed(page, qtbot)] == ["你好 几点开门", "N"]
    page.table.selectRow(1)
    assert page.shown_answer is not None
    assert page.shown_answer.said.text() == "N"


def test_a_customers_number_finds_what_they_said_without_it(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    said(staged, ("c00001", None, "2"), ("c00002", None, "2"))
    customers = staged.app.workspace.customers
    one = next(c for c in customers.by_ids(range(1, 11)).values() if c.ref == "c00001")
    assert one.phone is not None
    page.search.setText(one.phone.digits)
    assert [row[0] for row in listed(page, qtbot)] == ["c00001"]


def test_pages_stand_still_while_more_comes_in(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    said(staged, *(("", STRANGER, f"第{n}条") for n in range(PAGE_ROWS + 7)))
    first = listed(page, qtbot)
    assert [row[1] for row in first] == [f"第{n}条" for n in reversed(range(PAGE_ROWS + 7))]
    source = page.model.source()
    assert source.count() == PAGE_ROWS + 7
    said(staged, ("", STRANGER, "还有一条"))
    assert [each.answer.text for each in source.page(1)] == [f"第{n}条" for n in reversed(range(7))]
    assert listed(page, qtbot)[0][1] == "还有一条"


def test_what_came_in_meanwhile_is_shown_once_a_poll_ended(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    said(staged, ("c00000", None, "TD"))
    job = staged.app.jobs.enqueue(TELL, {"account_id": staged.account}, staged.app.clock())
    page._desk.jobs.ended.emit(job)
    assert page.rows.rowCount() == 1


def test_the_open_reply_stays_open_while_newer_ones_come_in_above_it(
    staged: Staged, page: InboxPage, qtbot: QtBot
) -> None:
    said(staged, ("c00000", None, "TD"), ("", STRANGER, "怎么退货？"))
    listed(page, qtbot)
    page.table.selectRow(1)
    said(staged, ("c00001", None, "还有货吗"))
    telling.tell_opt_outs(staged.shop.context, staged.account)
    assert [row[1] for row in listed(page, qtbot)] == ["还有货吗", "怎么退货？", "TD"]
    assert page.shown_answer is not None
    assert page.shown_answer.said.text() == "TD"
    assert "已回写平台" in page.shown_answer.came.text()
    assert page.table.currentIndex().row() == 2
