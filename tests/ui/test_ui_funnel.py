"""核验: a screening is begun, followed and stopped; the funnel adds up, and opens to people and their proof."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot
from ui_sending import answer

from campaign_app import bootstrap
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.domain.ports import Job
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.screening import ScreeningStep
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.funnel import ORDER, funnel_of
from campaign_app.ui.viewmodels.progress import Pace, screened_of
from tests.fakes.remotes import ENTITY
from tests.helpers.staged import Staged, open_by_day, stage

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
SCREENED = Campaign(1, "x", ENTITY, "retail", Filter(), state=CampaignState.SCREENED, snapshot_size=10)


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


class Opened:
    """The step of one campaign, shown."""

    def __init__(self, qtbot: QtBot, desk: Desk, campaign: Campaign) -> None:
        self.model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
        self.model.load()
        self.step = ScreeningStep(desk, self.model)
        qtbot.addWidget(self.step)
        self.step.resize(900, 600)
        self.step.show()
        self.step.shown()

    def close(self) -> None:
        self.model.stop()
        self.step.hide()
        self.model.deleteLater()


Open = Callable[[Campaign], Opened]


@pytest.fixture
def open_step(qtbot: QtBot, inline_desk: Desk) -> Iterator[Open]:
    opened: list[Opened] = []

    def make(campaign: Campaign) -> Opened:
        opened.append(Opened(qtbot, inline_desk, campaign))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


# --- the view models -------------------------------------------------------------------------------------------------


def test_gates_stand_in_their_order_and_what_is_left_follows_from_them() -> None:
    state = funnel_of(SCREENED, {"ok": 4, "house_cap": 1, "withdrawn": 2, "no_record": 3})
    assert [(g.reason, g.before, g.after) for g in state.gates] == [
        ("no_record", 10, 7),
        ("withdrawn", 7, 5),
        ("house_cap", 5, 4),
    ]
    assert (state.audience, state.ready, state.excluded, state.adds_up) == (10, 4, 6, True)
    assert len(state.passed) == len(ORDER) - 3


def test_every_reason_has_a_kind_and_a_place() -> None:
    counts = {reason.value: 1 for reason in Reason} | {"unscreened": 1, "of_another_version": 1}
    state = funnel_of(replace(SCREENED, state=CampaignState.SCREENING), counts)
    assert [g.reason for g in state.gates] == [*ORDER, "unscreened", "of_another_version"]
    assert {g.kind for g in state.gates} == {"refused", "unproven", "limit", "unscreened"}
    assert (state.waiting, state.excluded, state.audience) == (1, len(ORDER) + 1, len(Reason) + 2)


@pytest.mark.parametrize("funnel", [{"ok": 9}, {"ok": 9, "unscreened": 1}, {}])
def test_numbers_that_do_not_add_up_say_so(funnel: dict[str, int]) -> None:
    assert not funnel_of(SCREENED, funnel).adds_up


def test_a_pace_is_told_once_there_is_one() -> None:
    pace = Pace(timedelta(seconds=10))
    assert pace.see(NOW, 0, 1_000).per_second is None
    assert pace.see(NOW + timedelta(seconds=0.5), 100, 1_000).per_second is None
    seen = pace.see(NOW + timedelta(seconds=2), 200, 1_000)
    assert (seen.per_second, seen.seconds_left) == (100.0, 8.0)
    # the last seconds count, not the beginning
    pace.see(NOW + timedelta(seconds=12), 300, 1_000)
    later = pace.see(NOW + timedelta(seconds=22), 400, 1_000)
    assert later.per_second == 10.0
    assert pace.see(NOW + timedelta(seconds=23), 5, 1_000).per_second is None, "other work"
    pace.forget()
    assert pace.see(NOW + timedelta(seconds=24), 5, 1_000).per_second is None


# --- the step --------------------------------------------------------------------------------------------------------


def test_a_draft_says_what_a_screening_is_and_begins_it(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.draft())
    assert made.step.empty.isVisible()
    qtbot.mouseClick(made.step.empty.button, Qt.MouseButton.LeftButton)
    assert staged.app.campaigns.get(made.model.id).state is CampaignState.SCREENING
    assert made.step.progress.isVisible()
    assert not made.step.empty.isVisible()


def test_a_running_screening_shows_how_far_it_is_and_can_be_stopped(
    staged: Staged, open_step: Open, qtbot: QtBot
) -> None:
    campaign = staged.draft()
    staged.app.campaigns.screen(campaign.id, actor="王")
    staged.app.workspace.campaigns.snapshot(campaign.id, staged.app.clock())
    job = staged.app.jobs.enqueue("screen", {"campaign_id": campaign.id}, staged.app.clock())
    staged.app.jobs.set_progress(job.id, 4, 10)
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert made.step.done.text() == "已核验 4 / 10"
    assert (made.step.bar.value(), made.step.bar.maximum()) == (4, 10)
    assert made.step.funnel.sum.text() == "受众 10 = 可以发送 0 + 未通过 0 + 还未核验 10"
    assert not made.step.funnel.passed.isVisible(), "no gate has been passed by everybody yet"
    qtbot.mouseClick(made.step.stop, Qt.MouseButton.LeftButton)
    assert staged.app.campaigns.get(campaign.id).state_note == "stopping"
    assert not made.step.stop.isEnabled()
    staged.put_state(campaign.id, CampaignState.DRAFT, state_note="by_user")
    made.model.load()
    assert made.step.empty.title.text() == "核验已停止"


def test_a_platform_that_does_not_answer_is_spoken_of_until_it_goes_on(
    staged: Staged, open_step: Open, qtbot: QtBot
) -> None:
    """It is asked again for many minutes, in which nothing else would move."""
    campaign = staged.draft()
    staged.app.campaigns.screen(campaign.id, actor="王")
    staged.app.workspace.campaigns.snapshot(campaign.id, staged.app.clock())
    job = staged.app.jobs.enqueue("screen", {"campaign_id": campaign.id}, staged.app.clock())
    staged.app.jobs.set_progress(job.id, 4, 10)
    made = open_step(staged.app.campaigns.get(campaign.id))
    slow, patience = made.step.slow, made.step.patience
    assert patience.isActive()
    assert not slow.isVisible()
    patience.start(0)
    qtbot.waitUntil(slow.isVisible)
    staged.app.jobs.set_progress(job.id, 5, 10)
    made.model.load()
    assert not slow.isVisible()
    assert patience.isActive()
    qtbot.mouseClick(made.step.stop, Qt.MouseButton.LeftButton)
    assert not patience.isActive(), "it was stopped: nobody waits for the platform any more"


def test_while_the_audience_is_frozen_no_former_numbers_are_shown(staged: Staged, open_step: Open) -> None:
    campaign = staged.screened()
    staged.app.campaigns.screen(campaign.id, actor="王")
    job = staged.app.jobs.enqueue("screen", {"campaign_id": campaign.id}, staged.app.clock())
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert made.step.done.text() == "正在冻结受众…"
    assert not made.step.funnel.isVisible()
    staged.app.workspace.campaigns.snapshot(campaign.id, staged.app.clock())
    staged.app.jobs.set_progress(job.id, 0, 10)
    made.model.load()
    assert made.step.done.text() == "已核验 0 / 10"
    assert made.step.funnel.isVisible()


def test_what_the_funnel_knows_counts_before_the_worker_tells_of_it() -> None:
    job = Job(1, "screen", {}, "running", 4, 10)
    view = CampaignView(SCREENED, {"ok": 3, "withdrawn": 2, "unscreened": 5}, job=job)
    assert screened_of(view) == (5, 10)
    assert screened_of(replace(view, funnel={"ok": 2, "unscreened": 8})) == (4, 10)
    assert screened_of(replace(view, job=replace(job, total=0))) == (0, 0)
    assert screened_of(replace(view, job=None)) == (0, 0)


def test_a_screening_that_failed_says_why(staged: Staged, open_step: Open) -> None:
    campaign = staged.draft()
    staged.put_state(campaign.id, CampaignState.DRAFT, state_note="platform_unavailable")
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert made.step.empty.title.text() == "核验没有完成"
    assert made.step.empty.text.text() == (
        "平台多次没有响应，任务已停下，已完成的部分保留，可稍后重试。\n文案和受众都保留；可以再核验一次。"
    )
    staged.app.campaigns.edit(campaign.id, actor="王", body="别的")
    made.model.load()
    assert made.step.empty.title.text() == "还没有核验"
    assert made.step.empty.text.text().startswith("核验逐个向平台确认")


def test_a_changed_campaign_asks_for_a_new_screening(staged: Staged, open_step: Open) -> None:
    campaign = staged.screened()
    edited = staged.app.campaigns.edit(campaign.id, actor="王", body="别的")
    made = open_step(edited)
    assert made.step.empty.title.text() == "需要重新核验"


def test_the_funnel_is_drawn_told_and_tabled(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.screened())
    funnel = made.step.funnel
    assert funnel.sum.text() == "受众 10 = 可以发送 7 + 未通过 3"
    assert list(funnel.bars.rows) == ["audience", "no_record", "withdrawn", "wrong_purpose", "ok"]
    assert funnel.bars.rows["withdrawn"].accessibleName() == "已撤回同意：1，10.0%"
    assert "撤回" in funnel.bars.rows["withdrawn"].toolTip()
    assert made.step.again.isVisible()
    assert "不到 1 小时" in made.step.ages.text()
    qtbot.mouseClick(funnel.switch, Qt.MouseButton.LeftButton)
    assert funnel.table.isVisible()
    texts = [funnel.model.index(row, 0).data() for row in range(funnel.model.rowCount())]
    assert texts == ["受众", "平台无同意记录", "已撤回同意", "用途不符", "可以发送"]
    funnel.table.opened.emit(2)
    assert made.step.rows.isVisible()


def test_a_broken_sum_is_said_in_red_and_nothing_can_be_approved(staged: Staged, open_step: Open) -> None:
    campaign = staged.screened()
    staged.put_state(campaign.id, CampaignState.SCREENED, snapshot_size=11)
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert made.step.funnel.sum.text().startswith("人数对不上：受众 11")
    assert made.step.funnel.sum.property("role") == "block"
    assert not staged.app.preflights.look(campaign.id).may_approve


def test_a_bar_opens_its_people_by_keyboard_and_one_of_them_their_proof(
    staged: Staged, open_step: Open, qtbot: QtBot
) -> None:
    made = open_step(staged.screened())
    qtbot.waitExposed(made.step)
    bar = made.step.funnel.bars.rows["withdrawn"]
    bar.setFocus()
    QTest.keyClick(bar, Qt.Key.Key_Return)
    rows = made.step.rows
    assert rows.isVisible()
    qtbot.waitUntil(lambda: rows.model.row(0) is not None or rows.model.cell(0, 0) is not None)
    assert rows.title.text() == "已撤回同意（1 人）"
    cells = [rows.model.index(0, column).data() for column in range(6)]
    assert cells[0] == "顾客2"
    assert "****" in cells[1]
    assert cells[2:5] == ["店c", "已撤回", "主动开启"]
    assert not rows.proof.isVisible()
    rows.table.opened.emit(0)
    assert rows.proof.isVisible()
    told = {label.text() for label in rows.proof.findChildren(QLabel)}
    assert {"登记处\n91110000MA0000009X", "已撤回同意", "c00002"} <= told
    assert len(rows.proof.findChildren(QPlainTextEdit)) == 3
    QTest.keyClick(rows, Qt.Key.Key_Escape)
    assert not rows.proof.isVisible()
    QTest.keyClick(rows, Qt.Key.Key_Escape)
    assert made.step.funnel.isVisible()


def test_nobody_who_gets_nothing_is_marked_green(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    """The platform still calls it confirmed, and says when it was withdrawn."""
    staged.shop.platforms[staged.account].truth["c00002"] = {"withdrawn_at": staged.app.clock() - timedelta(days=1)}
    rows = open_step(staged.screened()).step.rows
    levels = {}
    for reason in ("withdrawn", "ok"):
        rows._members.open(reason)
        qtbot.waitUntil(lambda: rows.model.cell(0, 3) is not None)
        cell = rows.model.cell(0, 3)
        assert cell is not None
        levels[reason] = (cell.text, cell.level)
    assert levels == {"withdrawn": ("已确认", "muted"), "ok": ("已确认", "ok")}


def test_whose_text_is_blocked_shows_what_of_it_by_which_law(
    staged: Staged, open_step: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    staged.shop.composer.banned = {"{level}"}
    made = open_step(staged.screened("{name}您好，{level}到店有礼。拒收请回复R"))
    qtbot.waitExposed(made.step)
    QTest.keyClick(made.step.funnel.bars.rows["content"], Qt.Key.Key_Return)
    rows = made.step.rows
    qtbot.waitUntil(lambda: rows.model.row(0) is not None or rows.model.cell(0, 0) is not None)
    rows.table.opened.emit(0)
    told = [label.text() for label in rows.proof.findChildren(QLabel)]
    assert any(each.startswith("“{level}”没有换成客户的内容\n") and "变量" in each for each in told)
    member = rows.model.row(0)
    assert (told[told.index("拦下的规则") + 1], told[told.index("规则版本") + 1]) == ("BAN-001", "v1")
    rows.export_to(tmp_path / "content.csv")
    qtbot.waitUntil((tmp_path / "content.csv").exists)
    with (tmp_path / "content.csv").open(encoding="utf-8-sig", newline="") as opened:
        head, *written = csv.reader(opened)
    assert head[-2:] == ["拦下的规则", "规则版本"]
    assert {tuple(line[-2:]) for line in written} == {("BAN-001", "v1")}
    rows.proof.show_member(member, ())
    qtbot.waitUntil(lambda: any("请重新核验" in label.text() for label in rows.proof.findChildren(QLabel)))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (CampaignState.SCREENED, "请重新核验。"),
        (CampaignState.APPROVED, "每一批发出前还会再核对一次。"),
        (CampaignState.SENDING, "每一批发出前还会再核对一次。"),
        (CampaignState.DONE, "是 48 小时前。"),
        (CampaignState.CANCELLED, "是 48 小时前。"),
    ],
)
def test_only_what_can_be_screened_again_asks_for_it_when_its_facts_are_old(
    staged: Staged, open_step: Open, state: CampaignState, said: str
) -> None:
    screened = staged.screened()
    staged.put_state(screened.id, state)
    made = open_step(staged.app.campaigns.get(screened.id))
    known = made.step._preflight.state
    assert known.found is not None
    ages = (known.found.seen.now - timedelta(hours=48), known.found.seen.now)
    old = replace(known.found, seen=replace(known.found.seen, ages=ages))
    made.step._draw_ages(replace(known, found=old))
    assert made.step.ages.text().endswith(said)


def test_the_arrows_go_from_bar_to_bar(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.screened())
    qtbot.waitExposed(made.step)
    bars = made.step.funnel.bars.rows
    bars["no_record"].setFocus()
    QTest.keyClick(bars["no_record"], Qt.Key.Key_Down)
    assert made.step.focusWidget() is bars["withdrawn"]
    QTest.keyClick(bars["withdrawn"], Qt.Key.Key_Up)
    assert made.step.focusWidget() is bars["no_record"]


def test_the_people_are_exported_masked(staged: Staged, open_step: Open, tmp_path: Path, inline_desk: Desk) -> None:
    made = open_step(staged.screened())
    made.step.funnel.opened.emit("ok")
    file = tmp_path / "名单.csv"
    made.step.rows.export_to(file)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        written = list(csv.reader(opened))
    assert written[0][:5] == ["店铺", "客户标识", "姓名（已掩码）", "手机号（已掩码）", "核验结果"]
    assert len(written) == 8
    assert {row[2] for row in written[1:]} == {"顾**"}
    assert {row[4] for row in written[1:]} == {"可以发送"}
    assert inline_desk.kit.messages.last is not None
    assert inline_desk.kit.messages.last.text == "已导出 7 行到“名单.csv”，姓名和手机号已掩码。"
    made.step.rows.export_to(tmp_path / "missing" / "x.csv")
    assert inline_desk.kit.messages.last.code == "file_unwritable"
    assert made.step.rows.export.isVisible()


def test_the_people_are_gone_from_view_once_they_are_screened_again(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.screened())
    made.step.funnel.opened.emit("ok")
    made.model.screen()
    assert not made.step.rows.isVisible()


def test_go_and_fix_lands_on_the_button_that_screens(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    draft, done = open_step(staged.draft()), open_step(staged.screened())
    for made, button in ((draft, draft.step.empty.button), (done, done.step.again)):
        qtbot.waitExposed(made.step)
        made.step.land("start")
        assert made.step.focusWidget() is button


def test_one_that_is_approved_is_screened_again_once_somebody_knows_what_that_voids(
    staged: Staged, open_step: Open
) -> None:
    campaign = staged.approved()
    made = open_step(campaign)
    assert made.step.again.isVisible()
    asked = answer("confirm_no")
    made.step.again.click()
    assert asked == ["重新核验？"]
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.APPROVED
    answer("confirm_yes")
    made.step.again.click()
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.SCREENING


def test_nothing_that_has_begun_can_be_screened_again(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    staged.app.campaigns.schedule(campaign.id, send_at=None, actor="李")
    staged.put_state(campaign.id, CampaignState.SENDING)
    assert not open_step(staged.app.campaigns.get(campaign.id)).step.again.isVisible()
