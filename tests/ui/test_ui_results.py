"""结果: outcomes that add up, what people answered, and fetching it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus, Reason
from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome
from campaign_app.jobs import poll
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.results import ResultsStep
from campaign_app.ui.pages.steps.results_compare import CompareCard
from campaign_app.ui.pages.steps.results_export import PICTURE, with_ending
from campaign_app.ui.pages.steps.screening import ScreeningStep
from campaign_app.ui.theme.tokens import LIGHT
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.campaign_steps import marks
from campaign_app.ui.viewmodels.progress import run_of
from campaign_app.ui.viewmodels.results import outcomes_of
from campaign_app.ui.widgets.basics import lay_out
from tests.helpers.account_state import set_account_state
from tests.helpers.staged import Staged, open_by_day, stage
from tests.helpers.writing import discard


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


class Opened:
    def __init__(self, qtbot: QtBot, desk: Desk, campaign: Campaign) -> None:
        self.model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
        self.model.load()
        self.step = ResultsStep(desk, self.model)
        self.wanted: list[tuple[str, str]] = []
        self.step.wanted.connect(lambda step, field: self.wanted.append((step, field)))
        qtbot.addWidget(self.step)
        self.step.resize(800, 500)
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


def test_outcomes_add_up_to_what_was_handed_over() -> None:
    found = outcomes_of(
        {"submitted": 100, "accepted": 90, "delivered": 60, "failed": 5, "rejected": 7, "unknown": 3, "withheld": 2}
    )
    assert found.waiting == 25
    assert found.submitted == found.delivered + found.failed + found.rejected + found.unknown + found.waiting
    assert outcomes_of({}).submitted == 0


def test_who_fell_out_after_the_approval_is_counted_and_said(staged: Staged, open_step: Open) -> None:
    approved = staged.approved()
    platform = staged.shop.platforms[staged.account]
    platform.changes = ["c00004", "c00005"]
    platform.truth["c00004"], platform.truth["c00005"] = (
        {"status": ConsentStatus.WITHDRAWN},
        {"status": ConsentStatus.NO_RECORD},
    )
    staged.app.campaigns.schedule(approved.id, send_at=None, actor="李")
    staged.shop.set_state(approved.id, CampaignState.SENDING)
    staged.shop.run(approved.id)
    results = staged.app.campaigns.results(approved.id)
    assert results.fallen == {Reason.WITHDRAWN.value: 1, Reason.NO_RECORD.value: 1}
    assert results.funnel["withdrawn"] == 2, "of whom one had withdrawn before"
    made = open_step(approved)
    run = run_of(made.model.view)
    assert (run.total, run.submitted, run.withheld, run.left) == (7, 5, 2, 0)
    assert made.step.numbers.values["withheld"].text() == "2"
    assert made.step.whole.isVisible()
    first, second = made.step.whole.text().split("\n")
    assert first == "核验后可发送 7 = 已提交 5 + 发出前拦下 2 + 未发出 0"
    assert second.startswith("发出前拦下：")
    assert second.count(" 1") == 2


def test_screening_and_results_say_the_same_number_of_who_fell_out(
    staged: Staged, inline_desk: Desk, qtbot: QtBot
) -> None:
    approved = staged.approved()
    platform = staged.shop.platforms[staged.account]
    platform.changes, platform.truth["c00004"] = ["c00004"], {"status": ConsentStatus.WITHDRAWN}
    staged.let_go(approved)
    model = CampaignModel(staged.app, inline_desk.kit.tasks, inline_desk.kit.messages, approved)
    model.load()
    assert marks(model.view)["screening"].number == run_of(model.view).total == 7
    screening = ScreeningStep(inline_desk, model)
    qtbot.addWidget(screening)
    assert screening.funnel.sum.text() == "受众 10 = 可以发送 6 + 未通过 4"
    assert screening.funnel.fallen.text() == "核验时可以发送 7 人，其中 1 人在发出前被拦下，已计入未通过。"
    assert not screening.funnel.fallen.isHidden()
    discard(model)


def test_nobody_has_fallen_out_of_a_screening(staged: Staged) -> None:
    with staged.app.workspace.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET phone_key = x'01' WHERE ref IN ('c00004', 'c00005')")
    approved = staged.approved()
    assert staged.app.campaigns.results(approved.id).funnel["duplicate_number"] == 1
    assert staged.app.campaigns.results(approved.id).fallen == {}


def test_before_anything_left_it_says_what_will_be_here(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.draft())
    assert made.step.empty.isVisible()
    qtbot.mouseClick(made.step.empty.button, Qt.MouseButton.LeftButton)
    assert made.wanted == [("sending", "")]


def test_numbers_shares_and_bars_of_a_campaign(staged: Staged, open_step: Open) -> None:
    campaign = staged.sent()
    gateway = staged.shop.gateways[staged.account]
    ids = [f"s-{message.message_id}" for batch in gateway.accepted.values() for message in batch]
    now = staged.app.clock()
    gateway.stream["reports"] = [
        DeliveryReport(f"r{n}", provider_id, Outcome.FAILED if n == 0 else Outcome.DELIVERED, "", now)
        for n, provider_id in enumerate(ids[:5])
    ]
    gateway.stream["inbound"] = [InboundMessage("i1", "c00000", None, "R", now)]
    poll.poll_reports(staged.shop.context, staged.account)
    poll.poll_inbound(staged.shop.context, staged.account)
    made = open_step(campaign)
    values = made.step.numbers.values
    assert {key: value.text() for key, value in values.items()} == {
        "submitted": "7", "delivered": "4", "failed": "1", "withheld": "0", "replies": "1", "opt_outs": "1",
        "complaints": "0",
    }  # fmt: skip
    assert made.step.numbers.shares["delivered"].text() == "57.1%"
    assert made.step.numbers.shares["opt_outs"].text() == "25.0%"
    bars = {key: (row.bar.count, row.bar.share) for key, row in made.step.bars.rows.items()}
    assert bars["waiting"] == (2, "28.6%")
    assert made.step.sum.text() == "已提交 7 = 已送达 4 + 等待回执 2 + 未送达 1 + 被通道拒绝 0 + 结果不明 0"
    assert not made.step.bars.rows["failed"].bar.opens
    assert made.step.state.text().startswith("已完成。")


def test_replies_that_are_ahead_of_the_receipts_are_no_share_of_them(staged: Staged, open_step: Open) -> None:
    campaign = staged.sent()
    gateway, now = staged.shop.gateways[staged.account], staged.app.clock()
    sent = [message for batch in gateway.accepted.values() for message in batch]
    gateway.stream["reports"] = [DeliveryReport("r0", f"s-{sent[0].message_id}", Outcome.DELIVERED, "", now)]
    gateway.stream["inbound"] = [InboundMessage(m.message_id, m.recipient.ref.ref, None, "好的", now) for m in sent[:3]]
    poll.poll_reports(staged.shop.context, staged.account)
    poll.poll_inbound(staged.shop.context, staged.account)
    numbers = open_step(campaign).step.numbers
    assert (numbers.values["replies"].text(), numbers.shares["replies"].text()) == ("3", "")


def test_before_a_report_has_come_no_share_is_said(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.sent())
    numbers = made.step.numbers
    assert [numbers.values[key].text() for key in ("submitted", "delivered", "failed")] == ["7", "–", "–"]
    assert numbers.shares["delivered"].text() == ""
    bars = {key: (row.bar.count, row.bar.share, row.accessibleName()) for key, row in made.step.bars.rows.items()}
    assert bars == {
        "delivered": (0, "", "已送达：0"), "waiting": (7, "", "等待回执：7"), "failed": (0, "", "未送达：0"),
        "rejected": (0, "0.0%", "被通道拒绝：0，0.0%"), "unknown": (0, "0.0%", "结果不明：0，0.0%"),
    }  # fmt: skip


def test_simulated_results_are_marked(staged: Staged, open_step: Open) -> None:
    assert open_step(staged.sent()).step.mark.isVisible()


def test_whose_deliveries_nobody_tells_is_named(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.sent())
    assert not made.step.untold.isVisible()
    store = staged.app.workspace.accounts
    account = store.account(staged.account)
    shop = store.add_account(replace(account, id=0, platform="top", label="淘宝店", key_id="top", options={}))
    staged.app.accounts.send_through(shop.id, shop.id, actor="王")
    made.step.results.load()
    assert made.step.untold.isVisible()
    assert made.step.untold.text() == "淘宝店 的发送通道不告知送达情况：受理之后是否送达，这里看不到。"


def test_fetching_asks_every_account_once_and_says_so(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = open_step(staged.sent())
    qtbot.mouseClick(made.step.fetch, Qt.MouseButton.LeftButton)
    made.step.results.fetch()
    (job,) = staged.app.jobs.open_jobs()
    assert (job.kind, dict(job.args)) == ("poll", {"account_id": staged.account})
    assert made.step.fetch.text() == "正在取回…"
    assert made.step.focusWidget() is made.step.fetch, "the keyboard stays where it was"
    staged.app.jobs.set_state(job.id, "done")
    inline_desk.jobs.look()
    assert made.step.fetch.text() == "取回结果"


@pytest.mark.parametrize(
    ("state", "named"),
    [
        (CampaignState.SENDING, "等待通道答复"),
        (CampaignState.PAUSED, "待核对"),
        (CampaignState.CANCELLING, "等待通道答复"),
        (CampaignState.DONE, "结果不明"),
    ],
)
def test_what_is_still_being_asked_is_not_called_unknown(
    staged: Staged, open_step: Open, state: CampaignState, named: str
) -> None:
    made = open_step(staged.sent())
    campaign = replace(made.model.view.campaign, state=state)
    made.step.render_view(replace(made.model.view, campaign=campaign, counts={"submitted": 7, "unknown": 7}))
    assert made.step.bars.rows["unknown"].bar.text == named
    assert made.step.sum.text().endswith(f"{named} 7")


def test_without_an_account_there_is_nobody_to_ask(staged: Staged, open_step: Open) -> None:
    campaign = staged.sent()
    set_account_state(staged.app.workspace.accounts, staged.account, "disconnected")
    assert not open_step(campaign).step.fetch.isEnabled()


def test_the_course_is_drawn_read_out_and_shown_as_a_table(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.sent())
    _report(staged, made)
    chart = made.step.over_time.landed.chart
    assert sum(sum(column.counts) for column in chart.columns) == 7
    assert chart.accessibleDescription().endswith("用左右方向键逐段查看。")
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_End)
    told = chart.columns[-1].told
    assert "已送达" in told
    assert chart.accessibleDescription() == told == made.step.over_time.landed.told.text()
    qtbot.mouseClick(made.step.over_time.tables, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    table = made.step.over_time.landed.table
    assert table.isVisible()
    shown = [str(table.model().index(row, 1).data()) for row in range(table.model().rowCount())]
    assert shown == [str(column.counts[0]) for column in chart.columns]
    course = made.step.course.state.course
    assert course is not None
    made.step.over_time.landed.show_span(replace(course.landed, slots=course.landed.slots[:1]))
    assert table.model().rowCount() == 1, "it goes on with the chart while it is looked at"


def test_failures_are_bars_by_reason(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.sent())
    _report(staged, made)
    qtbot.waitUntil(made.step.failures.isVisible)
    (only,) = made.step.failures.bars.rows.values()
    assert only.accessibleName() == "运营商回执：未送达：2，100.0%"
    assert "kannel_failed" in only.toolTip()


def test_a_few_messages_are_not_called_a_difference(staged: Staged, open_step: Open) -> None:
    first = open_step(staged.sent())
    assert first.step.compared.none.isVisible()
    second = open_step(staged.sent())
    assert second.step.compared.table.model().rowCount() == 2
    said = second.step.compared.verdicts.text().split("\n")
    assert len(said) == 4
    assert all(line.endswith(("数量太少，还说不出高低。", "先不比较。")) for line in said)
    assert said[0].startswith("已送达：本次 –，"), "nobody has reported"
    model = second.step.compared.table.model()
    assert [model.index(row, 3).data() for row in range(2)] == ["–", "–"]


def test_all_campaigns_that_are_compared_are_in_sight(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot, qapp: QApplication
) -> None:
    staged.sent()
    opened = open_step(staged.sent())
    dressed = qapp.styleSheet()
    qapp.setStyleSheet("")  # as of what is built before it is seen
    card = CompareCard(inline_desk.kit, opened.model, opened.step.course)
    qapp.setStyleSheet(dressed)
    qtbot.addWidget(card)
    card.resize(1_000, 400)
    card.show()
    lay_out()
    assert (card.table.model().rowCount(), card.table.verticalScrollBar().maximum()) == (2, 0)


def test_what_is_counted_later_finds_no_page_that_another_language_has_replaced(
    staged: Staged, open_step: Open, qtbot: QtBot
) -> None:
    first = open_step(staged.sent())
    course = first.step.course
    shiboken6.delete(first.step.compared)
    with qtbot.captureExceptions() as raised:
        course.changed.emit(course.state)
    assert raised == []


def test_results_are_exported_with_nobody_in_them(staged: Staged, open_step: Open, tmp_path: Path) -> None:
    made = open_step(staged.sent())
    _report(staged, made)
    for ending in ("xlsx", "csv", "png"):
        made.step.export.export_to(tmp_path / f"结果.{ending}")
        assert staged.app.workspace.audit.entries(limit=1)[0].action == "results.exported"
    picture = QImage(str(tmp_path / "结果.png"))
    assert picture.width() == 2 * PICTURE.width()
    assert picture.pixelColor(2, 2).name() == LIGHT.surface
    text = (tmp_path / "结果.csv").read_text("utf-8-sig")
    assert "未送达,运营商回执：未送达,kannel_failed,2" in text
    assert "c0000" not in text
    assert (tmp_path / "结果.xlsx").stat().st_size > 0


def test_what_cannot_be_written_is_said(staged: Staged, open_step: Open, inline_desk: Desk, tmp_path: Path) -> None:
    made = open_step(staged.sent())
    for ending in ("png", "csv"):
        made.step.export.export_to(tmp_path / "gone" / f"a.{ending}")
        last = inline_desk.kit.messages.last
        assert last is not None
        assert f"a.{ending}" in last.text
    assert with_ending(tmp_path / "a", ".csv").name == "a.csv"
    assert with_ending(tmp_path / "a.PNG", ".csv").name == "a.PNG"


def _report(staged: Staged, made: Opened) -> None:
    """Five were delivered, two were not, by the carrier's receipt."""
    ids = [row.message_id for row in staged.app.workspace.ledger.rows(1)]
    now = staged.app.clock()
    staged.shop.gateways[staged.account].stream["reports"] = [
        DeliveryReport(
            f"r{n}", f"p-{each}", Outcome.DELIVERED if n < 5 else Outcome.FAILED, "" if n < 5 else "kannel_failed", now,
            message_id=each,
        )
        for n, each in enumerate(ids)
    ]  # fmt: skip
    while poll.poll_reports(staged.shop.context, staged.account):
        pass
    made.step.course.load()
