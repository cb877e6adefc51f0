"""Complaints, the suppression list and what rises, in the window: entered, matched, answered, packed, looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.complaint import Case, CaseState, NewCase, Source, Way
from campaign_app.domain.customer import Entity
from campaign_app.domain.message import ComplaintClue
from campaign_app.domain.phone import Phone
from campaign_app.jobs import poll
from campaign_app.services.case_timers import shipped
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.case_words import CaseWords
from campaign_app.ui.pages.inbox import InboxPage
from campaign_app.ui.pages.sheet_dialogs import Tried
from campaign_app.words import load
from tests.helpers.shop import ENTITY, person
from tests.helpers.staged import Staged, open_by_day, stage

STRANGER = Phone("13911112222")


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    made = stage(app)
    made.shop.platforms[made.account].signs = False
    return made


@pytest.fixture
def page(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[InboxPage]:
    made = InboxPage(inline_desk)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    made.shown()
    yield made
    made.hide()
    made.cases.model.deleteLater()
    made.model.deleteLater()


def phone(who: int) -> Phone:
    found = person("c", who).phone
    assert found is not None
    return found


def told(staged: Staged, who: int = 4, *, days: int = 0, number: str = "GD-1") -> Case:
    at = staged.app.clock() - timedelta(days=days)
    new = NewCase(ENTITY, Source.R12321, Way.FORM, at, at, number, phone(who), text="骚扰短信")
    return staged.app.complaints.add(new, actor="李")


def listed(page: InboxPage, qtbot: QtBot) -> list[list[str]]:
    page.shown()
    rows = page.cases.rows
    qtbot.waitUntil(lambda: None not in [rows.cell(at, 0) for at in range(rows.rowCount())] and not rows._former)
    found = []
    for at in range(rows.rowCount()):
        cells = (rows.cell(at, column) for column in range(1, len(rows.columns)))
        found.append([cell.text for cell in cells if cell is not None])
    return found


def press(page: InboxPage, name: str) -> None:
    found = page.findChild(QPushButton, name)
    assert found is not None, name
    assert found.isEnabled(), name
    found.click()


def test_what_the_feed_brings_is_listed_with_its_deadline_and_nobodys_number(
    staged: Staged, page: InboxPage, qtbot: QtBot
) -> None:
    staged.sent()
    page.open("cases")
    assert page.cases.stack.currentWidget() is page.cases.nothing
    clue = ComplaintClue("F1", "", STRANGER, "", staged.app.clock())
    staged.shop.gateways[staged.account].stream["complaints"] = [clue]
    poll.poll_complaints(staged.shop.context, staged.account)
    told(staged, days=20, number="GD-7")
    assert listed(page, qtbot) == [
        ["超期 15 天", phone(4).masked, "12321 举报", "骚扰短信", "没有对应短信", "–", "–"],
        ["11-13 前", "139****2222", "平台", "F1", "没有对应短信", "–", "–"],
    ]
    assert page.subtitle.text().startswith("共 2 个投诉")
    page.cases.search.setText(STRANGER.digits)
    assert [row[1] for row in listed(page, qtbot)] == ["139****2222"]
    page.cases.search.setText("nothing of this")
    assert page.cases.stack.currentWidget() is page.cases.no_match


def test_what_waits_longest_is_on_top_of_what_is_to_be_done(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    """It was entered last: among hundreds nobody would find it."""
    for days in (2, 40, 20):
        told(staged, days=days, number=f"GD-{days}")
    page.open("cases")
    overdue = [row[0] for row in listed(page, qtbot)]
    assert overdue[:2] == ["超期 31 天", "超期 15 天"]
    assert overdue[2].endswith("前")


def selected(page: InboxPage) -> list[int | None]:
    chosen = (page.cases.rows.row(index.row()) for index in page.cases.table.selectionModel().selectedRows())
    return [None if each is None else each[0].id for each in chosen]


def test_a_case_that_is_opened_from_elsewhere_is_selected(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    overdue, other = told(staged, days=40), told(staged, 5, number="GD-2")
    page.open(("case", overdue.id))
    listed(page, qtbot)
    assert (selected(page), page.cases.drawer.isVisible()) == ([overdue.id], True)
    page.cases.search.setText("GD-2")
    page.cases.tabs.setCurrentIndex(1)
    page.open(("case", overdue.id))
    assert len(listed(page, qtbot)) == 2
    assert selected(page) == [overdue.id]

    older = told(staged, 6, days=60, number="GD-3")
    listed(page, qtbot)
    assert selected(page) == [overdue.id], "a row further down by now"
    page.cases.table.selectRow(0)
    assert (page.cases.model.state.opened, selected(page)) == (older.id, [older.id])
    page.cases.drawer.closed.emit()
    page.cases.table.selectRow(2)
    assert (page.cases.model.state.opened, selected(page)) == (None, [other.id])


def test_a_deadline_says_what_it_rests_on_and_what_is_not_known(staged: Staged) -> None:
    words = CaseWords(lambda: load("zh_CN"))
    case = told(staged)
    due = shipped().answer_by(replace(case, received_at=datetime(2026, 12, 30, tzinfo=UTC)), staged.app.clock())
    said = words.rests_on(due)
    for part in ("2027-01-20", "征求意见稿", "从未生效", "未与原文核对", "2027 年的节假日安排还没有，只按周末计算"):
        assert part in said, part


def test_a_complaint_is_entered_by_a_form_and_opens_matched(staged: Staged, page: InboxPage, qtbot: QtBot) -> None:
    campaign = staged.sent()
    page.open("cases")
    page.shown()
    dialog = page.cases.new_dialog()
    assert not dialog.go.isEnabled()
    dialog.phone.setText("123")
    dialog.go.click()
    assert "不是有效的大陆手机号" in dialog.reason.text()
    dialog.phone.setText(phone(4).digits)
    assert dialog.reason.isHidden(), "it is being mended"
    dialog.number.setText("GD-1")
    dialog.text.setPlainText("一直收到短信")
    dialog.go.click()
    case = staged.app.complaints.case(1)
    assert (case.state, case.campaign_id, case.text) == (CaseState.MATCHED, campaign.id, "一直收到短信")
    assert page.cases.drawer.isVisible()
    assert "GD-1" in page.cases.drawer.title.text()
    again = page.cases.new_dialog()
    again.phone.setText(phone(4).digits)
    again.number.setText("GD-1")
    again.go.click()
    assert "已经登记过" in again.reason.text()
    again.number.setText("GD-2")
    assert again.reason.isHidden()
    again.reject()


def test_of_several_entities_none_is_taken_for_the_one_complained_of(staged: Staged, page: InboxPage) -> None:
    """Of the wrong one the person would be put on a list that holds nobody back."""
    accounts = staged.app.workspace.accounts
    accounts.add_entity(Entity("91330100MA0000002X", "宜居百货有限公司"))
    page.open("cases")
    page.shown()
    dialog = page.cases.new_dialog()
    dialog.phone.setText(phone(4).digits)
    assert (dialog.go.isEnabled(), dialog.lacks.text()) == (False, "先选择主体")
    assert dialog.focusWidget() is dialog.entity
    dialog.entity.setCurrentIndex(dialog.entity.findData(ENTITY))
    assert (dialog.go.isEnabled(), dialog.lacks.text()) == (True, "")
    dialog.phone.clear()
    assert (dialog.go.isEnabled(), dialog.lacks.text()) == (False, "填写投诉人的号码或客户标识")
    dialog.phone.setText(phone(4).digits)
    dialog.reject()
    assert page.cases.file_dialog().lacking() == "先选择主体"
    page.open(("case", told(staged).id))
    said = [each.text() for each in page.cases.drawer.findChildren(QLabel) if each.text().startswith("只查了")]
    assert said == ["只查了“安宁百货有限公司”发的短信。别的主体也可能发过：那要在那个主体下另行登记。"]
    panel = page.refusals
    panel.shown()
    panel.number.setText(STRANGER.digits)
    panel.why.setText("门店来电")
    assert not panel.look.isEnabled()
    assert not panel.add.isEnabled()
    panel.entity.setCurrentIndex(panel.entity.findData(ENTITY))
    panel.add.click()
    assert panel.answer.text() == "已加入，从现在起不再发送。"
    accounts.add_entity(Entity("91330100MA0000003X", "第三家百货有限公司"))
    panel.shown()
    assert (panel.entity.count(), panel.entity.uscc) == (3, ENTITY), "it was chosen"


def test_from_a_case_one_sees_on_what_consent_its_message_was_sent(
    staged: Staged, page: InboxPage, inline_desk: Desk
) -> None:
    staged.sent()
    went: list[tuple[str, object]] = []
    inline_desk.way.went.connect(lambda where, what: went.append((where, what)))
    case = told(staged)
    page.open(("case", case.id))
    (message,) = staged.app.complaints.found(case.id).candidates
    press(page, f"case_person_{message.ledger_id}")
    assert went == [("customers", message.customer_id)]


def test_a_case_is_handled_from_its_owner_to_its_end(staged: Staged, page: InboxPage, tmp_path: Path) -> None:
    staged.sent()
    case = told(staged)
    page.open(("case", case.id))
    drawer, complaints = page.cases.drawer, staged.app.complaints
    assert not drawer.take.isEnabled()
    drawer.owner.setText("王")
    press(page, "case_own")
    assert complaints.case(case.id).owner == "王"
    assert not drawer.answer.isEnabled(), "nothing was said yet"
    drawer.saying.setPlainText("已电话致歉并说明来源")
    press(page, "case_note")
    assert drawer.saying.toPlainText() == ""
    drawer.saying.setPlainText("已书面答复 12321")
    press(page, "case_answer")
    assert complaints.case(case.id).state is CaseState.ANSWERED
    dialog = page.cases.pack_dialog(complaints.case(case.id))
    dialog.file.setText(str(tmp_path / "pack.zip"))
    dialog.go.click()
    assert (tmp_path / "pack.zip").is_file()
    press(page, "case_close")
    assert complaints.case(case.id).state is CaseState.CLOSED
    drawer.saying.setPlainText("用户再次投诉")
    press(page, "case_reopen")
    assert complaints.case(case.id).state is CaseState.MATCHED
    press(page, "case_none")
    assert complaints.case(case.id).state is CaseState.UNMATCHED
    assert not drawer.export.isEnabled()
    ledger_id = complaints.found(case.id).candidates[0].ledger_id
    press(page, f"case_match_{ledger_id}")
    assert complaints.case(case.id).ledger_id == ledger_id
    drawer.closed.emit()
    assert not drawer.isVisible()


def test_a_file_is_shown_with_its_errors_tried_and_put_down(staged: Staged, page: InboxPage, tmp_path: Path) -> None:
    staged.sent()
    page.open("cases")
    page.shown()
    path, today = tmp_path / "c.csv", staged.app.clock().strftime("%Y-%m-%d")
    path.write_text(f"工单编号,投诉人号码,投诉时间\nK1,{phone(4).digits},{today}\nK2,12,{today}\n", encoding="utf-8")
    dialog = page.cases.file_dialog()
    dialog.grab()
    assert dialog.file.geometry().top() < dialog.height() // 3, "what is to be done first stands at the top"
    assert dialog._rest.title.text() == "这里显示文件的前几行", "and below it what will be there"
    dialog.take(str(path))
    model = dialog.table.model()
    assert [model.index(at, 1).data() for at in range(2)] == ["可以登记", "投诉人号码：不是有效的大陆手机号"]
    assert not dialog.go.isEnabled(), "tried first"
    dialog.try_out.click()
    assert dialog.said.text().startswith("可以登记 1 个，共 2 行。")
    assert staged.app.complaints.count(staged.app.complaints.query())[0] == 0
    dialog.go.click()
    assert dialog.said.text().startswith("已登记 1 个")
    assert [case.number for case in staged.app.complaints.page(staged.app.complaints.query(), 9, 0, 9)] == ["K1"]
    dialog.go.click()
    assert phone(4).digits not in "".join(str(model.index(0, at).data()) for at in range(model.columnCount()))


def test_of_a_longer_file_the_trial_shows_every_row_that_is_left_out(page: InboxPage, tmp_path: Path) -> None:
    page.places.setCurrentIndex(2)
    path = tmp_path / "n.csv"
    numbers = [f"138{n:08d}" for n in range(0, 300, 10)]
    path.write_text("\n".join(["手机号", *numbers, "12"]), encoding="utf-8")
    dialog = page.refusals.file_dialog()
    dialog.take(str(path))
    assert dialog.table.model().rowCount() == 20
    dialog.why.setText("谢绝名单")
    dialog.try_out.click()
    model = dialog.table.model()
    assert [model.index(at, 0).data() for at in range(model.rowCount())] == ["32"]
    assert dialog.go.text() == "加入 30 个号码"
    assert dialog.said.text().endswith("没有加入：不是有效的大陆手机号（1 行）。"), "a count"
    dialog.reject()


def test_a_number_is_looked_up_and_added_and_a_list_too(staged: Staged, page: InboxPage, tmp_path: Path) -> None:
    page.places.setCurrentIndex(2)
    panel = page.refusals
    panel.number.setText(STRANGER.digits)
    panel.look.click()
    assert panel.answer.text() == "这个号码不在拒收名单里。"
    assert not panel.add.isEnabled(), "a reason is needed"
    panel.why.setText("来电要求")
    panel.add.click()
    assert panel.answer.text() == "已加入，从现在起不再发送。"
    panel.look.click()
    assert panel.answer.text() == "这个号码在拒收名单里："
    panel.number.setText("12")
    panel.look.click()
    assert "不是有效的大陆手机号" in panel.problem.text()
    path = tmp_path / "n.csv"
    path.write_text(f"手机号\n{STRANGER.digits}\n{phone(4).digits}\n", encoding="utf-8")
    dialog = panel.file_dialog()
    dialog.take(str(path))
    assert (dialog.try_out.isEnabled(), dialog.lacks_what.text()) == (False, "先填写原因")
    assert dialog.focusWidget() is dialog.why, "and not the button that gives it up"
    assert dialog.table.model().index(0, 1).data() == "可以加入"
    dialog.why.setText("谢绝名单")
    dialog.try_out.setFocus()
    dialog.try_out.click()
    assert dialog.focusWidget() is dialog.try_out
    assert dialog.said.text().startswith("将新加入 1 个，已在名单里 1 个")
    dialog.go.click()
    dialog.go.click()
    (mark,) = staged.app.suppressing.look(ENTITY, phone(4).digits)
    assert (mark.note, mark.by) == ("谢绝名单", "window")


def test_what_rises_stands_with_its_counts(staged: Staged, page: InboxPage) -> None:
    page.places.setCurrentIndex(3)
    panel = page.trends
    assert panel.stack.currentWidget() is panel.nothing
    assert panel.nothing.title.text() == "这两期没有投诉，也没有发送"
    told(staged, 1, days=3, number="GD-2")
    panel.shown()
    assert panel.stack.currentWidget() is panel.nothing
    assert panel.nothing.title.text() == "这两期没有能对上短信的投诉，也没有发送"
    staged.sent()
    told(staged)
    panel.shown()
    model = panel.table.model()
    assert [model.index(0, at).data() for at in range(4)] == [
        "双十一",
        "投诉太少，不能判断",
        "1 件 / 7 条",
        "0 件 / 0 条",
    ]
    assert panel.total.text() == "合计：本期 1 件 / 7 条；上期 0 件 / 0 条。投诉太少，不能判断。"
    assert panel.rest.text() == "对不上短信的投诉：本期 1 件，上期 0 件。"
    panel.tabs.setCurrentIndex(2)
    assert model is not None
    assert panel.table.model().index(0, 0).data() == "未保存的条件：双十一"


def test_without_a_shop_the_page_says_why_nothing_can_be_entered(inline_desk: Desk, qtbot: QtBot) -> None:
    page = InboxPage(inline_desk)
    qtbot.addWidget(page)
    page.show()
    page.open("cases")
    page.shown()
    assert not page.cases.enter.isEnabled()
    assert page.cases.stack.currentWidget() is page.cases.no_shop
    with qtbot.waitSignal(inline_desk.way.went) as went:
        page.cases.no_shop.button.click()
    assert went.args == ["settings", "accounts"]
    page.hide()
    page.cases.model.deleteLater()
    page.model.deleteLater()


def test_why_a_case_has_no_proof_yet_stands_below_the_button(staged: Staged, page: InboxPage) -> None:
    stranger = told(staged)
    page.open(("case", stranger.id))
    drawer = page.cases.drawer
    assert not drawer.export.isEnabled()
    assert drawer.unproved.isVisible()


def test_what_a_file_of_complaints_still_lacks_stands_beside_its_buttons(staged: Staged, page: InboxPage) -> None:
    staged.app.workspace.accounts.add_entity(Entity("91330100MA0000002X", "宜居百货有限公司"))
    page.open("cases")
    page.shown()
    dialog = page.cases.file_dialog()
    dialog._found = Tried((), told="")
    dialog._render()
    assert (dialog.lacks_what.text(), dialog.try_out.isEnabled()) == ("先选择主体", False)
    dialog.entity.setCurrentIndex(1)
    dialog._render()
    assert (dialog.lacks_what.text(), dialog.try_out.isEnabled()) == ("", True)
    dialog.reject()
