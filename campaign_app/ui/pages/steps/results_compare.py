"""This campaign beside earlier ones of the same entity and purpose: counts, rates, and what may be said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame

from campaign_app.domain.campaign import Campaign
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.course_words import RATES, CourseWords, rate_of
from campaign_app.ui.theme.tokens import ROW
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.course import CourseModel, CourseState
from campaign_app.ui.viewmodels.results import outcomes_of
from campaign_app.ui.widgets.basics import column, label, show_if
from campaign_app.ui.widgets.table import Table


@dataclass(frozen=True, slots=True)
class _Row:
    campaign: Campaign
    counts: Mapping[str, int]
    this: bool = False


class CompareCard(QFrame):
    """Hidden until it is known whether there are earlier ones."""

    def __init__(self, kit: Kit, model: CampaignModel, course: CourseModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("results_compare")
        self._kit, self._model, self._course = kit, model, course
        self._words = CourseWords(kit.words, self)
        self.table = Table(kit.theme, "compare_table", self.tr("与以前的活动比较"))
        self.rows: RowsModel[_Row] = RowsModel(self._columns(), parent=self)
        self.table.use(self.rows, self.rows.columns)
        self.none = label(
            self.tr("同一主体、同一用途还没有更早发出的活动，以后可以在这里比较。"),
            "muted",
            wrap=True,
            name="compare_none",
        )
        self.verdicts = label("", "small", wrap=True, name="compare_verdicts", select=True)
        heading = label(self.tr("与以前的活动比较"), "heading")
        self.setLayout(column(heading, self.none, self.table, self.verdicts, space=3, margin=4))
        course.changed.connect(self._told)  # a method ends with its widget, and the model outlives it
        self.render_view(model.view)

    def _told(self, _: object) -> None:
        self.render_view(self._model.view)

    def render_view(self, view: CampaignView) -> None:
        state: CourseState = self._course.state
        earlier = state.earlier
        show_if(self, state.course is not None)
        for part in (self.table, self.verdicts):
            show_if(part, bool(earlier))
        show_if(self.none, not earlier)
        rows = [_Row(view.campaign, view.counts, this=True), *(_Row(each.campaign, each.counts) for each in earlier)]
        self.rows.show(rows)
        self.table.setFixedHeight(2 + ROW + len(rows) * ROW)  # titles that nobody has seen yet say less than they need
        self.verdicts.setText("\n".join(self._words.verdict(key, view.counts, earlier) for key in RATES))

    def _columns(self) -> tuple[Column[_Row], ...]:
        term = self._kit.words.term

        def rate(key: str) -> Column[_Row]:
            return Column(term("count", key), 118, lambda each: self._rate(key, each), right=True)

        return (
            Column(self.tr("活动"), 150, self._name, grows=3, named=True),
            Column(self.tr("发送时间"), MOMENT, lambda each: Cell(show.moment(each.campaign.send_at)), rank=1),
            Column(
                term("count", "submitted"), 92,
                lambda each: Cell(show.count(each.counts.get("submitted", 0))), right=True,
            ),
            *map(rate, RATES),
        )  # fmt: skip

    def _name(self, each: _Row) -> Cell:
        name = each.campaign.name
        return Cell(self.tr("本次：{}").format(name) if each.this else name)

    def _rate(self, key: str, each: _Row) -> Cell:
        if key == "delivered" and outcomes_of(each.counts).unreported:
            return NOTHING
        rate = rate_of(key, each.counts)
        return Cell(f"{show.count(rate.part)}  {show.share(rate.part, rate.whole)}")
