"""结果: what became of every message, and what people answered."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from campaign_app.domain.campaign import CampaignState
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.results_answers import AnswersCard
from campaign_app.ui.pages.steps.results_compare import CompareCard
from campaign_app.ui.pages.steps.results_cost import CostCard
from campaign_app.ui.pages.steps.results_course import CourseCard, FailuresCard
from campaign_app.ui.pages.steps.results_export import ExportButton
from campaign_app.ui.pages.steps.step import Step
from campaign_app.ui.pages.steps.unknown_card import UnknownCard
from campaign_app.ui.viewmodels.answers import answers_of
from campaign_app.ui.viewmodels.budget import bill_of
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView, Outcome
from campaign_app.ui.viewmodels.course import course_of
from campaign_app.ui.viewmodels.progress import run_of
from campaign_app.ui.viewmodels.results import ANSWERS, Outcomes, ResultsState, outcomes_of, results_of
from campaign_app.ui.widgets.bars import Bar, Bars
from campaign_app.ui.widgets.basics import button, card, column, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.run_view import Number, Numbers

COLOURS = {"delivered": "ok", "waiting": "info", "failed": "block", "rejected": "warn", "unknown": "edge"}

REPORTED = frozenset({"delivered", "waiting", "failed"})  # which of them it is, reports tell


class ResultsStep(Step):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__(desk, model)
        kit = desk.kit
        self.setObjectName("results")
        self.results = results_of(desk.app, kit.tasks, desk.jobs, model)
        self.empty = Empty(
            kit.theme, "inbox", self.tr("还没有结果"),
            self.tr("开始发送之后，这里显示提交、送达、回复、退订和投诉，并自动更新。"),
            action=self.tr("去发送"), click=lambda: self.wanted.emit("sending", ""),
        )  # fmt: skip
        self.numbers = Numbers(self.tr("发送结果和收到的回应"), across=4)
        self.bars = Bars(kit.theme, self.tr("每条短信的结果"))
        self.sum = label("", "small", wrap=True, name="results_sum", select=True)
        self.untold = label("", "small", wrap=True, name="results_untold", select=True)
        self.whole = label("", "small", wrap=True, name="results_whole", select=True)
        self.unknown = UnknownCard(desk, model)
        self.bill = bill_of(desk.app, kit.tasks, model)
        self.cost = CostCard(self.bill)
        self.replies = answers_of(desk.app, kit.tasks, desk.jobs, model)
        self.answers = AnswersCard(kit, self.replies)
        self.course = course_of(desk.app, kit.tasks, model)
        self.over_time = CourseCard(kit, self.course)
        self.failures = FailuresCard(kit, self.course)
        self.compared = CompareCard(kit, model, self.course)
        self.export = ExportButton(kit, model, self.course, self.over_time.charts)
        shown = column(
            self._head(),
            self.unknown,
            card(self.numbers, self.whole),
            card(label(self.tr("每条短信的结果"), "heading"), self.bars, self.sum, self.untold, space=3),
            self.failures,
            self.over_time,
            self.answers,
            self.compared,
            self.cost,
            None,
            space=4,
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        area = scrolling(shown)
        area.setObjectName("results_area")
        area.setAccessibleName(self.tr("发送结果"))
        self.stack.addWidget(area)
        self.setLayout(column(self.stack))
        self.results.changed.connect(self._draw_state)
        self._draw_state(self.results.state)
        self.begin()

    def shown(self) -> None:
        self.results.load()
        self.bill.load()
        self.replies.load()
        self.course.load()
        self._model.load()

    def land(self, field: str) -> None:  # noqa: ARG002 there is one thing to do here
        self.fetch.setFocus()

    def render_view(self, view: CampaignView) -> None:
        self.unknown.render_view(view)
        self.compared.render_view(view)
        outcomes = outcomes_of(view.counts)
        self.stack.setCurrentIndex(1 if outcomes.submitted or view.withheld else 0)
        state = self._desk.kit.words.term("state", view.campaign.state)
        self.state.setText(self._state_words(view, state))
        self.numbers.show_numbers((*self._main(view, outcomes), *self._answers(view, outcomes)))
        self.bars.show_bars(self._bars(outcomes, view.outcome))
        parts = (outcomes.delivered, outcomes.waiting, outcomes.failed, outcomes.rejected, outcomes.unknown)
        said = {
            "asking": self.tr("已提交 {} = 已送达 {} + 等待回执 {} + 未送达 {} + 被通道拒绝 {} + 等待通道答复 {}"),
            "held": self.tr("已提交 {} = 已送达 {} + 等待回执 {} + 未送达 {} + 被通道拒绝 {} + 待核对 {}"),
            "unknown": self.tr("已提交 {} = 已送达 {} + 等待回执 {} + 未送达 {} + 被通道拒绝 {} + 结果不明 {}"),
        }[view.outcome]
        self._show_whole(view)
        self.sum.setText(said.format(*map(show.count, (outcomes.submitted, *parts))))

    def _show_whole(self, view: CampaignView) -> None:
        """Where everybody went for whom it was approved: nobody is missing without a word."""
        run, words = run_of(view), self._desk.kit.words
        show_if(self.whole, bool(run.withheld))
        numbers = map(show.count, (run.total, run.submitted, run.withheld, run.left))
        said = [self.tr("核验后可发送 {} = 已提交 {} + 发出前拦下 {} + 未发出 {}").format(*numbers)]
        whys = [f"{words.term('reason', reason)} {show.count(view.fallen[reason])}" for reason in sorted(view.fallen)]
        if whys:
            said.append(self.tr("发出前拦下：{}").format(self.tr("、").join(whys)))
        self.whole.setText("\n".join(said))

    def _head(self) -> QWidget:
        self.state = label("", "muted", wrap=True, name="results_state")
        self.mark = Pill(self._desk.kit.theme, self.tr("模拟：没有发出真实短信"), "info")
        self.fetch = button(self.tr("取回结果"), name="results_fetch", click=self.results.fetch)
        made = QWidget()
        made.setLayout(row(self.state, self.mark, self.export, self.fetch, stretch=0))
        return made

    def _state_words(self, view: CampaignView, state: str) -> str:
        if view.campaign.state in (CampaignState.DONE, CampaignState.CANCELLED):
            return self.tr("{}。回执、回复和投诉仍会陆续到达，这里自动更新。").format(state)
        return self.tr("{}，数字随发送更新。").format(state)

    def _draw_state(self, state: ResultsState) -> None:
        self.mark.setVisible(state.simulated)
        self.untold.setVisible(bool(state.untold))
        names = self.tr("、").join(state.untold)
        self.untold.setText(
            self.tr("{names} 的发送通道不告知送达情况：受理之后是否送达，这里看不到。").format(names=names)
        )
        self.fetch.setEnabled(bool(state.accounts))  # while it fetches too, or the keyboard would be sent elsewhere
        self.fetch.setText(self.tr("正在取回…") if state.fetching else self.tr("取回结果"))

    def _main(self, view: CampaignView, outcomes: Outcomes) -> tuple[Number, ...]:
        words, whole = self._desk.kit.words, outcomes.submitted
        return (
            Number("submitted", words.term("count", "submitted"), show.count(whole)),
            *(self._told(key, getattr(outcomes, key), outcomes) for key in ("delivered", "failed")),
            Number("withheld", words.term("count", "withheld"), show.count(view.withheld)),
        )

    def _answers(self, view: CampaignView, outcomes: Outcomes) -> tuple[Number, ...]:
        return tuple(self._number(key, view.counts.get(key, 0), outcomes.delivered) for key in ANSWERS)

    def _told(self, key: str, count: int, outcomes: Outcomes) -> Number:
        if outcomes.unreported:
            return Number(key, self._desk.kit.words.term("count", key), "–")
        return self._number(key, count, outcomes.submitted)

    def _number(self, key: str, count: int, whole: int) -> Number:
        # replies may be ahead of the receipts, or be several of one person
        share = show.share(count, whole) if whole >= max(count, 1) else ""
        return Number(key, self._desk.kit.words.term("count", key), show.count(count), share)

    def _bars(self, outcomes: Outcomes, outcome: Outcome) -> list[Bar]:
        words, whole = self._desk.kit.words, outcomes.submitted
        names = {key: words.term("outcome", key) for key in ("delivered", "failed", "rejected", "unknown")}
        names["waiting"] = self.tr("等待回执")
        unknown = {
            "asking": (self.tr("等待通道答复"), self.tr("正在等通道说明是否受理。")),
            "held": (self.tr("待核对"), self.tr("继续时先向通道核对，不会重发。")),
            "unknown": (names["unknown"], self.tr("通道没有说明结果；为免重复，不会重发。")),
        }
        names["unknown"], why = unknown[outcome]
        whys = {"waiting": self.tr("通道已受理，还没有说明是否送达。"), "unknown": why}
        untold = REPORTED if outcomes.unreported else frozenset()
        return [
            Bar(
                key, names[key], count, "" if key in untold else show.share(count, whole), 0.0,
                count / whole if whole else 0.0, colour, whys.get(key, ""), opens=False,
            )
            for key, colour in COLOURS.items()
            for count in (getattr(outcomes, key),)
        ]  # fmt: skip
