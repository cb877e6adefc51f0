"""Page 活动: the list, a new campaign, and the frame of the editor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import words
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Entity
from campaign_app.services import campaign_rows
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.ui.itemmodels.campaigns import COLUMNS, UNDER, CampaignTable
from campaign_app.ui.pages.campaign_table import LEAST
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.new_campaign import NewCampaign
from campaign_app.ui.pages.records import RecordsPage
from campaign_app.ui.viewmodels.campaigns import GROUPS
from campaign_app.ui.widgets.basics import lay_out
from campaign_app.ui.widgets.notice_bar import passes
from tests.helpers.answering import answer
from tests.helpers.desk_of import ENTITY, NAME, Workplace, workplace


@pytest.fixture
def place(tmp_path: Path, qapp: QApplication) -> Iterator[Workplace]:
    with workplace(tmp_path, qapp, inline=False) as made:
        yield made


def open_page(place: Workplace, qtbot: QtBot) -> CampaignsPage:
    page = CampaignsPage(place.desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    qtbot.waitUntil(lambda: page.model.state.loaded)
    return page


def names(page: CampaignsPage) -> list[str]:
    rows = page.list.table.rows
    return [rows.index(at, 0).data() for at in range(rows.rowCount())]


def cell(page: CampaignsPage, name: str, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    rows = page.list.table.rows
    return str(rows.index(names(page).index(name), COLUMNS.index(column)).data(role) or "")


def choose(page: CampaignsPage, name: str) -> None:
    page.list.table.selectRow(names(page).index(name))


def edit(page: CampaignsPage, campaign_id: int, qtbot: QtBot, step: str = "") -> None:
    page.open((campaign_id, step) if step else campaign_id)
    qtbot.waitUntil(lambda: page.editor is not None and page.model.current is not None)


# --- list ------------------------------------------------------------------------------------------------------------


def test_in_a_narrow_window_the_name_is_the_last_to_be_cut(place: Workplace, qtbot: QtBot) -> None:
    """As on a laptop whose letters are large: of twelve characters two were left beside columns of dashes."""
    place.add_shop(3)
    place.campaign("双十一会员日第一波预热")
    page = open_page(place, qtbot)
    table = page.list.table
    for width, gone in ((1200, []), (860, ["changed"]), (712, ["changed", "submitted", "audience"])):
        page.resize(width, 700)
        lay_out()
        assert [name for name in COLUMNS if table.isColumnHidden(COLUMNS.index(name))] == sorted(
            gone, key=COLUMNS.index
        )
        assert table.columnWidth(0) >= LEAST - 12, width  # a scroll bar
    page.resize(1200, 700)
    lay_out()
    assert not any(table.isColumnHidden(at) for at in range(len(COLUMNS)))


def test_the_row_under_the_mouse_is_shaded_as_a_whole(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    place.campaign("双十一预热", State.DRAFT)
    page = open_page(place, qtbot)
    view = page.list.table
    row = view.visualRect(view.rows.index(0, 0)).center()
    where = QPointF(row)
    move = QMouseEvent(
        QEvent.Type.MouseMove, where, view.viewport().mapToGlobal(where), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), move)
    seen = view.viewport().grab().toImage()
    top, last = row.y() - 20, view.viewport().width() - 4
    shades = {seen.pixelColor(x, top).name() for x in (4, last // 2, last)}
    assert shades == {place.desk.kit.theme.tokens.raised}


def test_the_newest_campaign_comes_first_with_its_state_and_times(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(10)
    place.campaign("先")
    place.campaign("后", State.SCHEDULED, snapshot_size=12_345, send_at=place.app.clock() + timedelta(hours=1))
    page = open_page(place, qtbot)
    assert names(page) == ["后", "先"]
    assert cell(page, "后", "state") == "已定时"
    assert cell(page, "后", "audience") == "12,345"
    assert cell(page, "后", "name", UNDER) == f"{NAME} · 零售"
    assert cell(page, "后", "submitted") == "–"
    assert cell(page, "先", "planned") == "–"
    assert cell(page, "先", "changed") != "–"


def test_a_list_of_many_campaigns_asks_no_more_often_than_one_of_few(place: Workplace) -> None:
    engine, asked = place.app.workspace.database.engine, Counter[int]()
    place.add_shop()
    for number in range(24):  # some of them are as they were known, others are always counted anew
        place.campaign(f"会员日{number}", State.DONE)
        if number not in (1, 23):
            continue
        listen = sa.event.listens_for(engine, "before_cursor_execute")
        note = listen(lambda *_, at=number: asked.update([at]))
        found = campaign_rows.rows(place.app.campaigns, place.app.accounts)
        sa.event.remove(engine, "before_cursor_execute", note)
        assert [each.counts["submitted"] for each in found] == [0] * (number + 1)
    assert asked[23] == asked[1] > 0


def test_nothing_is_said_of_deliveries_before_a_report_has_come(qapp: QApplication) -> None:
    campaign = Campaign(1, "双十一", ENTITY, "retail", Filter(), state=State.DONE)
    rows = CampaignTable(lambda: words.load("zh_CN"), lambda: datetime.now(UTC))
    column = COLUMNS.index("delivered")
    for reported, told in (({}, ("–", "")), ({"failed": 1}, ("0", "0.0%")), ({"delivered": 4}, ("4", "50.0%"))):
        rows.show_rows([CampaignRow(campaign, NAME, {"submitted": 8, **reported}, None)])
        cell = rows.index(0, column)
        assert (cell.data(), cell.data(UNDER)) == told


def test_campaigns_are_found_by_state_and_by_name(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    for name, state in (
        ("草案", State.DRAFT),
        ("双十一", State.SENDING),
        ("双十二", State.WAITING),
        ("去年", State.DONE),
    ):
        place.campaign(name, state)
    page = open_page(place, qtbot)
    tabs = page.list.tabs
    told = ["全部 4", "需处理 1", "草稿 1", "待发送 1", "发送中 1", "已结束 1"]
    assert [tabs.tabText(at) for at in range(tabs.count())] == told
    tabs.setCurrentIndex(list(GROUPS).index("sending"))
    assert names(page) == ["双十一"]
    tabs.setCurrentIndex(0)
    page.list.search.setText("双十")
    assert names(page) == ["双十二", "双十一"]
    page.list.search.setText("没有的")
    assert page.list.stack.currentWidget() is page.list.no_match
    qtbot.mouseClick(page.list.findChild(QPushButton, "campaign_reset"), Qt.MouseButton.LeftButton)
    assert len(names(page)) == 4


def test_a_campaign_that_waits_for_a_person_says_what_to_do(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    waiting = place.campaign("会员日", State.WAITING, state_note="window_over")
    page = open_page(place, qtbot)
    assert cell(page, "会员日", "state", UNDER) == "发送时段已过"
    (line,) = page.list.todos.lines
    assert "请重新安排时间" in line.text
    page.list.todos.chosen.emit(line.key)
    qtbot.waitUntil(lambda: page.model.current is not None)
    assert page.model.current is not None
    assert page.model.current.id == waiting.id
    assert page.model.step == "sending"


def test_all_that_wait_for_a_person_are_found_together(place: Workplace, qtbot: QtBot) -> None:
    """Two of them stand above the list; of the others nobody would know among hundreds."""
    place.add_shop()
    for number, state in enumerate((State.WAITING, State.DONE, State.PAUSED, State.SENDING, State.WAITING)):
        place.campaign(f"会员日{number}", state)
    place.campaign("没有完成", State.DRAFT, state_note="screening_failed")
    page = open_page(place, qtbot)
    page.resize(640, 500)
    lay_out()
    tabs = page.list.tabs
    assert tabs.tabRect(tabs.count() - 1).right() < tabs.width(), "none of them lies behind arrows"
    assert len(page.list.todos.lines) == 2
    page.list.tabs.setCurrentIndex(list(GROUPS).index("needs_person"))
    assert names(page) == ["没有完成", "会员日4", "会员日2", "会员日0"]


def test_who_did_what_with_a_campaign_is_one_step_from_the_list(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一")
    place.campaign("会员日")
    page = open_page(place, qtbot)
    choose(page, "双十一")
    page.list.table.noted_action.trigger()
    assert place.went == [("records", made.id)]
    records = RecordsPage(place.desk)
    qtbot.addWidget(records)
    records.search.setText("谁也没做过")
    records.open(made.id)
    records.shown()
    qtbot.waitUntil(lambda: records.model.state.total == 1)
    qtbot.waitUntil(lambda: records.campaigns.currentText() == f"#{made.id} 双十一")


def test_names_that_differ_at_their_end_look_different_where_they_are_cut(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    for number in range(2):
        place.campaign("双十一会员日冬装上新老客复购召回满三百减五十" * 2 + str(number))
    page = open_page(place, qtbot)
    table = page.list.table
    first, second = (table.visualRect(table.rows.index(row, 0)) for row in range(2))
    assert table.viewport().grab(first).toImage() != table.viewport().grab(second).toImage()


def test_the_list_follows_what_happens_meanwhile(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    moving = place.campaign("双十一", State.SENDING)
    page = open_page(place, qtbot)
    choose(page, "双十一")
    place.put(moving.id, state=State.PAUSED, state_note="sender_unavailable")
    qtbot.waitUntil(lambda: cell(page, "双十一", "state") == "已暂停")
    chosen = page.list.table.chosen()
    assert chosen is not None
    assert chosen.id == moving.id


def test_nobody_looks_for_a_list_that_is_not_seen(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    page = open_page(place, qtbot)
    assert page.model._timer.isActive()
    page.hide()
    assert not page.model._timer.isActive()


def test_enter_opens_and_escape_does_no_harm(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    choose(page, "双十一")
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.current is not None)
    assert page.model.current is not None
    assert page.model.current.id == made.id


def test_a_copy_is_chosen_also_where_an_older_reading_comes_first(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    place.campaign("去年双十一", State.CANCELLED)
    page = open_page(place, qtbot)
    qtbot.waitUntil(lambda: names(page) == ["去年双十一"])
    choose(page, "去年双十一")
    before, (row,) = page.model.state, page.model.state.rows
    copy = replace(row, campaign=replace(row.campaign, id=row.campaign.id + 1, name="去年双十一（副本）"))
    page.list._copied(copy.campaign)
    page.list.render_state(before)
    page.list.render_state(replace(before, rows=(copy, row)))
    assert page.list.table.chosen() == copy.campaign


def test_a_copy_is_a_new_draft_that_can_be_opened(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    place.campaign("去年双十一", State.DONE)
    page = open_page(place, qtbot)
    page.list.tabs.setCurrentIndex(list(GROUPS).index("ended"))
    choose(page, "去年双十一")
    page.list.table.copy_action.trigger()
    qtbot.waitUntil(lambda: names(page) == ["去年双十一（副本）", "去年双十一"])
    chosen = page.list.table.chosen()
    assert chosen is not None
    assert chosen.name == "去年双十一（副本）", "it is at hand, also where drafts were not looked at"
    notice = place.desk.kit.messages.last
    assert notice is not None
    assert passes(notice), "and nothing of it stays once it is opened"


def test_a_draft_is_deleted_only_after_it_was_said_that_it_is_for_good(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    place.campaign("草案")
    page = open_page(place, qtbot)
    choose(page, "草案")
    answer("confirm_no")
    page.list.table.delete_action.trigger()
    assert names(page) == ["草案"]
    answer("confirm_yes")
    page.list.table.delete_action.trigger()
    qtbot.waitUntil(lambda: names(page) == [])
    assert page.list.nothing.currentWidget() is page.list.first


def test_what_was_sent_is_not_deleted(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    place.campaign("去年", State.DONE)
    page = open_page(place, qtbot)
    choose(page, "去年")
    page.list.table.delete_action.trigger()
    notice = place.desk.kit.messages.last
    assert notice is not None
    assert "只有草稿可以删除" in notice.text
    assert names(page) == ["去年"]


# --- new -------------------------------------------------------------------------------------------------------------


def dialog_of(page: CampaignsPage) -> NewCampaign:
    made = page.findChild(QDialog, "new_campaign")
    assert isinstance(made, NewCampaign)
    return made


def test_a_new_campaign_opens_at_its_audience(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(5)
    page = open_page(place, qtbot)
    qtbot.mouseClick(page.new_button, Qt.MouseButton.LeftButton)
    dialog = dialog_of(page)
    assert dialog.entities.currentText() == NAME
    assert dialog.name.endswith("日活动")
    dialog.name_field.clear()
    assert not dialog.make.isEnabled()
    dialog.name_field.setText("会员日")
    dialog.purposes.button(1).click()
    qtbot.mouseClick(dialog.make, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.editor is not None)
    current = page.model.current
    assert current is not None
    assert (current.view.campaign.name, current.view.campaign.purpose) == ("会员日", "membership")
    assert current.view.campaign.entity_uscc == ENTITY
    assert page.model.step == "audience"


def test_whoever_is_quicker_than_the_list_is_not_sent_to_the_settings(place: Workplace, qtbot: QtBot) -> None:
    """From the overview: the page is built in this very moment, and knows no shop yet."""
    place.add_shop(5)
    page = CampaignsPage(place.desk)
    qtbot.addWidget(page)
    page.show()
    page.open("new")
    qtbot.waitUntil(lambda: page.findChild(QDialog, "new_campaign") is not None)
    assert dialog_of(page).entities.currentText() == NAME


def test_the_name_that_is_offered_is_not_taken(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    now = place.app.clock()
    senders = place.app.accounts.entities()
    first = NewCampaign(place.desk.kit, senders, (), now)
    qtbot.addWidget(first)
    second = NewCampaign(place.desk.kit, senders, (first.name, f"{first.name} 2"), now)
    qtbot.addWidget(second)
    assert second.name == f"{first.name} 3"


def test_without_a_connected_shop_everything_leads_to_the_settings(place: Workplace, qtbot: QtBot) -> None:
    page = open_page(place, qtbot)
    assert page.list.nothing.currentWidget() is page.list.no_account
    page.new_action.trigger()
    qtbot.waitUntil(lambda: page.findChild(QDialog, "new_campaign") is not None)
    dialog = dialog_of(page)
    qtbot.mouseClick(dialog.nothing.button, Qt.MouseButton.LeftButton)
    assert place.went == [("settings", "accounts")]


def test_an_entity_whose_shops_are_disconnected_cannot_send(place: Workplace, qtbot: QtBot) -> None:
    account = place.add_shop()
    place.app.accounts.disconnect(account, actor="test")
    page = open_page(place, qtbot)
    assert page.model.state.senders == ()


def test_of_several_entities_a_new_campaign_takes_none_by_itself(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    senders = (*place.app.accounts.entities(), Entity("91330100MA0000002X", "宜居百货有限公司"))
    dialog = NewCampaign(place.desk.kit, senders, (), place.app.clock())
    qtbot.addWidget(dialog)
    assert (dialog.entity, dialog.make.isEnabled(), dialog.lacks.text()) == ("", False, "先选择主体")
    dialog.entities.setCurrentIndex(1)
    assert (dialog.entity, dialog.make.isEnabled(), dialog.lacks.text()) == ("91330100MA0000002X", True, "")
    dialog.name_field.clear()
    assert (dialog.make.isEnabled(), dialog.lacks.text()) == (False, "还没有名称")
