"""发送: checks with a way to mend each, the typed number, the approval, the time, and the sending while it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QEvent, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot
from ui_sending import Open, Opened, answer, app, open_step, staged

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.services.preflight import HEARTBEAT
from campaign_app.services.window import BEIJING
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.sending import SendingStep
from campaign_app.ui.viewmodels.preflight import PreflightModel, number, refusal_of, suggested
from campaign_app.ui.widgets.basics import lay_out
from campaign_app.ui.widgets.checklist import Checklist, Item
from campaign_app.ui.widgets.moment_edit import CIVIL
from campaign_app.ui.widgets.timeline import Day
from tests.helpers.account_state import set_account_state
from tests.helpers.staged import FILED, WARNED, Staged

__all__ = ["app", "open_step", "staged"]  # fixtures


# --- what a person enters --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1945", 1945),
        ("1,945", 1945),
        ("１９４５", 1945),
        (" 1 945 ", 1945),
        ("", None),
        ("1945人", None),
        ("-3", None),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, meant: int | None) -> None:
    assert number(typed) == meant


def test_the_suggested_time_lies_in_the_window(staged: Staged) -> None:
    seen = staged.app.preflights.look(staged.screened().id).seen
    at = suggested(seen)
    assert refusal_of(at, seen) == ""
    assert timedelta(minutes=30) <= at - seen.now
    assert (at.minute, at.tzinfo) == (0, BEIJING)


@pytest.mark.parametrize(
    ("opens", "closes", "meant"),
    [
        (time(8), time(22), time(9)),  # before nine rule TIM-002 asks for a second thought
        (time(8), time(9), time(8)),
        (time(12, 10), time(12, 50), time(12, 10)),
        (time(0, 10), time(0, 50), time(0, 10)),
        (time(12), time(12), time(12)),  # nothing can be sent at all, which the time says
    ],
)
def test_a_time_is_suggested_whatever_the_window_is(staged: Staged, opens: time, closes: time, meant: time) -> None:
    seen = staged.app.preflights.look(staged.screened().id).seen
    night = seen.now.astimezone(BEIJING).replace(hour=1, minute=20)
    at = suggested(replace(seen, now=night, opens=opens, closes=closes))
    assert at.time() == meant
    assert timedelta(minutes=30) <= at - night <= timedelta(days=1)


def test_a_time_is_refused_for_its_reason(staged: Staged) -> None:
    seen = staged.app.preflights.look(staged.screened().id).seen
    day = seen.now.astimezone(BEIJING) + timedelta(days=1)
    assert refusal_of(day.replace(hour=7, minute=59), seen) == "quiet_hours"
    assert refusal_of(day.replace(hour=22, minute=0), seen) == "quiet_hours"
    assert refusal_of(day.replace(hour=21, minute=59), seen) == ""
    assert refusal_of(seen.now - timedelta(minutes=1), seen) == "in_the_past"
    assert Day(time(8), time(22), chosen=time(21, 59)).inside
    assert not Day(time(8), time(22), chosen=time(22)).inside


# --- the step --------------------------------------------------------------------------------------------------------


def test_what_has_passed_is_said_above_its_list_only(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    """As after a change of language, when a step is built anew of what is known."""
    made = open_step(staged.screened())
    again = SendingStep(inline_desk, made.model)
    qtbot.addWidget(again)
    assert (again.summary.text(), dict(again.checks.rows)) == ("", {})
    qtbot.waitUntil(lambda: again.summary.text() != "")
    assert again.checks.rows.keys() == made.step.checks.rows.keys()


def test_a_draft_is_led_to_its_screening(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.draft())
    assert made.levels()["audience"] == "block"
    assert made.step.summary.text() == "有 1 项要先处理"
    assert made.step.primary.text() == "去核验"
    made.press_primary()
    assert made.wanted == [("screening", "start")]
    assert not made.step.approval.field.isVisible()
    assert not made.step.plan.isVisible()


def test_a_screening_under_way_is_no_alarm(staged: Staged, open_step: Open) -> None:
    campaign = staged.draft()
    staged.put_state(campaign.id, CampaignState.SCREENING)
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert {key: made.levels()[key] for key in ("audience", "recipients")} == {"audience": "info", "recipients": "info"}
    assert made.step.summary.text() == "等核验完成"
    assert not made.step.primary.isVisible()


@pytest.mark.parametrize(
    ("key", "place"),
    [("audience", ("screening", "start")), ("text", ("content", "body")), ("signature", ("content", "signature"))],
)
def test_go_and_fix_lands_on_the_very_field(
    staged: Staged, open_step: Open, key: str, place: tuple[str, str], qtbot: QtBot
) -> None:
    campaign = staged.app.campaigns.edit(staged.draft().id, actor="王", signature="", body="")
    made = open_step(campaign)
    qtbot.mouseClick(made.step.checks.rows[key].mend, Qt.MouseButton.LeftButton)
    assert made.wanted == [place]


def test_a_sender_is_mended_in_the_settings_and_a_worker_is_started_again(
    staged: Staged, open_step: Open, inline_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = staged.approved()
    staged.app.workspace.accounts.set_setting(HEARTBEAT, None)
    set_account_state(staged.app.workspace.accounts, staged.account, "disconnected")
    went: list[tuple[str, object]] = []
    inline_desk.way.went.connect(lambda page, what: went.append((page, what)))
    started: list[bool] = []
    monkeypatch.setattr(inline_desk.session, "restart_worker", lambda: started.append(True))
    made = open_step(campaign)
    made.step.checks.rows["sender"].mend.click()
    made.step.checks.rows["worker"].mend.click()
    assert (went, started) == ([("settings", ("field", "accounts", ()))], [True])
    assert made.step.primary.text() == "去处理：发送通道"


def test_the_step_names_who_carries_and_sends_to_where_replies_and_purposes_are_recorded(
    staged: Staged, open_step: Open, inline_desk: Desk
) -> None:
    campaign, store = staged.screened(), staged.app.workspace.accounts
    shop = store.account(staged.account)
    carrier = store.add_account(replace(shop, id=0, platform="aliyun", label="阿里主账户", key_id="ali"))
    staged.app.accounts.send_through(shop.id, carrier.id, actor="王")
    store.put_signatures(carrier.id, [replace(FILED, scopes=())], staged.app.clock())
    went: list[tuple[str, object]] = []
    inline_desk.way.went.connect(lambda page, what: went.append((page, what)))
    made = open_step(campaign)
    assert f"{shop.label} → 阿里主账户" in made.step.checks.rows["sender"].item.text
    assert (made.levels()["replies"], made.levels()["signature"]) == ("block", "block")
    made.step.checks.rows["replies"].mend.click()
    made.step.checks.rows["signature"].mend.click()
    assert went == [
        ("settings", ("field", "accounts", (shop.label,))),
        ("signatures", (campaign.entity_uscc, campaign.signature)),
    ]


def test_the_number_has_to_be_the_screened_one(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.screened())
    assert made.step.primary.text() == "批准发送"
    assert not made.step.primary.isEnabled()
    assert made.step.approval.beside.text() == "核验后可发送 7 人"
    assert made.step.approval.hint.text() == "还需：输入人数"
    made.type_count("70")
    assert made.step.approval.field.property("invalid") is True
    assert not made.step.primary.isEnabled()
    made.type_count("7")
    assert made.step.approval.field.property("invalid") is False
    assert made.step.primary.isEnabled()
    QTest.keyClick(made.step.approval.field, Qt.Key.Key_Return)
    campaign = staged.app.campaigns.get(made.model.id)
    assert campaign.state is CampaignState.APPROVED
    assert made.step.approval.title.text() == "已批准"
    assert "本机操作人" in made.step.approval.facts.text()
    assert "失效" in made.step.approval.hint.text()


def test_every_warning_is_ticked_by_a_person(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.screened(WARNED))
    warned = [key for key in made.step.checks.rows if key.startswith("warning:")]
    assert warned
    made.type_count("7")
    assert made.step.approval.hint.text() == f"还需：确认 {len(warned)} 条提醒"
    assert not made.step.primary.isEnabled()
    for key in warned:
        row = made.step.checks.rows[key]
        assert row.item.level == "warn"
        row.tick.setFocus()
        qtbot.keyClick(row.tick, Qt.Key.Key_Space)
        assert made.step.checks.rows[key].item.level == "ok"
    made.press_primary()
    assert staged.app.campaigns.get(made.model.id).state is CampaignState.APPROVED
    assert warned[0] not in made.step.checks.rows, "confirmed once is enough"


def test_the_warning_of_a_chosen_time_is_ticked_before_it_is_planned(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.approved())
    made.step.land("time")
    holiday = datetime(2027, 1, 1, 10, 0, tzinfo=BEIJING)
    put_time(made, holiday)
    assert made.step.plan.refused.text() == "还需：确认 1 条提醒"
    assert not made.step.primary.isEnabled()
    made.step.checks.rows["warning:TIM-002"].tick.click()
    assert made.step.primary.isEnabled()
    put_time(made, datetime(2027, 2, 6, 10, 0, tzinfo=BEIJING))
    assert not made.step.primary.isEnabled(), "it was ticked for another day"
    put_time(made, holiday)
    made.step.checks.rows["warning:TIM-002"].tick.click()
    put_time(made, holiday.replace(hour=11))
    assert made.step.primary.isEnabled(), "and for all of that"
    answer("confirm_yes")
    made.press_primary()
    assert staged.app.campaigns.get(made.model.id).send_at == holiday.replace(hour=11)


def test_what_is_found_in_anybodys_text_is_asked_for(staged: Staged, open_step: Open) -> None:
    campaign = staged.screened()
    staged.app.workspace.campaigns.add_warnings(campaign.id, {"ABS-003": 1})
    made = open_step(campaign)
    assert "那份文案现在已经不同" in made.step.checks.rows["warning:ABS-003"].text.text()
    made.type_count("7")
    made.step.checks.rows["warning:ABS-003"].tick.click()
    made.press_primary()
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.APPROVED


def test_what_was_typed_is_void_once_the_text_changes(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.screened(WARNED))
    made.type_count("7")
    made.step.preflight.confirm("OPT-002", on=True)
    made.model.edit(body="别的文案")
    state = made.step.preflight.state
    assert (state.typed, state.confirmed) == ("", frozenset())
    assert made.step.primary.text() == "去核验"


def test_what_was_typed_survives_a_window_that_is_built_anew(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = open_step(staged.screened())
    made.type_count("70")
    again = SendingStep(inline_desk, made.model)
    qtbot.addWidget(again)
    assert again.approval.field.text() == "70"
    former, made.step = made.step, again
    former.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    again.preflight.type_count("7")
    made.model.load()
    assert again.approval.field.text() == "7"


def test_a_block_leads_to_its_mending_and_hides_the_number(staged: Staged, open_step: Open) -> None:
    campaign = staged.screened()
    staged.app.workspace.accounts.put_signatures(staged.account, [], staged.app.clock())
    made = open_step(campaign)
    assert made.levels()["signature"] == "block"
    assert not made.step.approval.field.isVisible()
    assert made.step.primary.text().startswith("去处理：")
    made.press_primary()
    assert made.wanted[0][0] == "content"


def test_a_text_that_may_not_be_sent_is_mended_before_its_want_of_recipients(staged: Staged, open_step: Open) -> None:
    nobody = {f"c{number:05d}": {"status": ConsentStatus.NO_RECORD} for number in range(10)}
    staged.shop.platforms[staged.account].truth = dict(nobody)
    made = open_step(staged.screened("国家级冬装满300元减50元，11月30日前有效。拒收请回复R"))
    assert (made.levels()["recipients"], made.levels()["text"]) == ("block", "block")
    assert made.step.primary.text() == "去处理：文案"
    made.press_primary()
    assert made.wanted[0][0] == "content"


def test_sending_now_asks_once_more_with_the_number(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.approved())
    assert made.step.primary.text() == "立即发送给 7 人"
    asked = answer("confirm_no")
    made.press_primary()
    assert asked == ["现在发给 7 人？"]
    assert staged.app.campaigns.get(made.model.id).state is CampaignState.APPROVED
    answer("confirm_yes")
    made.press_primary()
    assert staged.app.campaigns.get(made.model.id).state is CampaignState.SCHEDULED
    assert made.step.run.isVisible()
    assert not made.step.prepare.isVisible()


def put_time(made: Opened, at: datetime) -> None:
    local = at.astimezone(BEIJING)
    day, hour = QDate(local.year, local.month, local.day), QTime(local.hour, local.minute)
    made.step.plan.field.setDateTime(QDateTime(day, hour, CIVIL))


def said_of_window(made: Opened) -> tuple[str, str]:
    row = made.step.checks.rows["window"]
    return row.item.level, row.text.text()


def test_a_time_outside_the_window_is_refused_in_place(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.approved())
    made.step.land("time")
    plan = made.step.plan
    assert plan.at_time.isChecked()
    assert made.step.primary.isEnabled()
    tomorrow = staged.app.clock().astimezone(BEIJING) + timedelta(days=1)
    put_time(made, tomorrow.replace(hour=22, minute=30))
    assert plan.refused.text() == "只能在 08:00–22:00 发送，请另选时间。"
    assert plan.field.property("invalid") is True
    assert not made.step.primary.isEnabled()
    for _ in range(2):  # by the clock it is looked at again
        assert said_of_window(made) == ("warn", "所选时间不在发送时段（08:00–22:00），请另选时间。")
        assert made.levels()["text"] == "ok", "no text mends a time"
        assert made.step.primary.text() == "定时发送给 7 人"
        made.step.preflight.look_again()
    put_time(made, tomorrow - timedelta(days=2))
    assert plan.refused.text() == "这个时间已经过去，请选以后的时间。"
    assert said_of_window(made) == ("warn", "所选时间已经过去，请选以后的时间。")
    made.step.preflight.load()
    assert made.levels()["text"] == "ok"
    put_time(made, tomorrow.replace(hour=10, minute=0))
    assert not plan.refused.isVisible()
    assert said_of_window(made) == ("ok", "所选时间可以发送，时段 08:00–22:00。")
    assert plan.timeline.accessibleName() == "发送时段 08:00 到 22:00，选定 10:00"
    asked = answer("confirm_yes")
    made.press_primary()
    assert asked == ["定时发给 7 人？"]
    planned = staged.app.campaigns.get(made.model.id)
    assert planned.send_at == tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)
    assert "开始，最晚发到" in made.step.run.view.pace.text()
    qtbot.mouseClick(plan.now, Qt.MouseButton.LeftButton)
    assert not made.step.preflight.state.later


def test_a_time_that_proves_to_be_refused_is_judged_anew_without_it(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    """Chosen before the first look, which alone tells the hours: what was said of the text was said of that time."""
    made = open_step(staged.approved())
    tomorrow = staged.app.clock().astimezone(BEIJING) + timedelta(days=1)
    fresh = PreflightModel(staged.app, inline_desk.kit.tasks, made.model, lambda: "zh_CN")
    fresh.choose_time(tomorrow.replace(hour=22, minute=30))
    fresh.choose_later(later=True)
    qtbot.waitUntil(lambda: fresh.state.found is not None)
    assert fresh.state.refusal == "quiet_hours"
    levels = {check.key: check.level for check in fresh.state.checks}
    assert (levels["text"], levels["window"]) == ("ok", "warn")


def test_now_is_refused_outside_the_window_and_the_next_time_in_it_stands_there(
    staged: Staged, open_step: Open
) -> None:
    opens = (staged.app.clock().astimezone(BEIJING) + timedelta(hours=1)).time()
    staged.app.workspace.accounts.set_setting("window_opens", f"{opens:%H:%M}")
    made = open_step(staged.approved())
    plan, state = made.step.plan, made.step.preflight.state
    assert (plan.at_time.isChecked(), state.seen is not None and state.at == suggested(state.seen)) == (True, True)
    assert made.step.primary.text() == "定时发送给 7 人"
    assert made.step.primary.isEnabled()
    plan.now.click()
    made.step.preflight.look_again()
    assert plan.now.isChecked(), "whoever chooses it is left with it, and told"
    assert made.levels()["window"] == "warn"
    assert "请选定时发送" in plan.refused.text()
    assert not made.step.primary.isEnabled()
    made.step.checks.rows["window"].mend.click()
    assert made.step.primary.isEnabled()


def test_on_a_small_screen_nothing_of_it_lies_beyond_the_edge(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.screened(WARNED))
    made.step.resize(640, 500)
    lay_out()
    assert made.step.findChild(QScrollArea, "sending_area").horizontalScrollBar().maximum() == 0


def test_checks_are_shown_in_the_same_turn_as_the_words_above_them(inline_desk: Desk, qtbot: QtBot) -> None:
    listed = Checklist(inline_desk.kit.theme, "发送前检查")
    qtbot.addWidget(listed)
    listed.show()
    listed.show_items([Item("text", "ok", "通过", "文案", "没有必须修改的问题。")])
    assert [row.isVisible() for row in listed.rows.values()] == [True]
