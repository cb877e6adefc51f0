"""合规 → 大促预案: plans for peaks, the list of the one that is open, and every time that everything was paused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QStackedWidget, QWidget

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.peak import PauseAll, Plan, PlanState, Stop
from campaign_app.domain.team import Permission
from campaign_app.services.peak_checks import OWN
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.pages.peak_dialogs import PauseDialog, PlanDialog, WordDialog
from campaign_app.ui.pages.peak_words import PeakWords
from campaign_app.ui.pages.section import Section
from campaign_app.ui.viewmodels.peaks import PeaksModel, PeaksState
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, frame, label, row, show_if
from campaign_app.ui.widgets.checklist import Checklist
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import over_panels, tab_bar

PLANS_HEIGHT: Final = 112
PAUSES_HEIGHT: Final = 116
LIST, PAUSES = range(2)


class PeaksSection(Section):
    about = frozenset({"peak"})

    def __init__(self, desk: Desk) -> None:
        self.stop = button("", "danger", name="peak_pause_all", small=True)
        self.make = button("", "primary", name="peak_add", small=True)
        super().__init__(self.stop, self.make)
        self.setObjectName("peaks_section")
        self._desk, self.model = desk, model_of(desk)
        self.stop.setText(self.tr("全部暂停…"))
        self.make.setText(self.tr("新建预案…"))
        self.stop.clicked.connect(lambda _=False: self.ask_pause(drill=False))
        self.make.clicked.connect(lambda _=False: self.plan_dialog(None))
        self.words = PeakWords(lambda: desk.kit.words, self.model.name_of, self)
        self.plans: RowsModel[Plan] = RowsModel(self.words.plans(), parent=self)
        self.pauses: RowsModel[PauseAll] = RowsModel(self.words.pauses(), parent=self)
        self.stops: RowsModel[Stop] = RowsModel(self.words.stops(self._pause), parent=self)
        self.table = self._table("peak_plans", self.tr("大促预案"), self.plans)
        self.stopped = self._table("peak_pauses", self.tr("每次全部暂停"), self.pauses)
        self.each = self._table("peak_stops", self.tr("各活动停下的情况"), self.stops)
        self.each.setMinimumHeight(PLANS_HEIGHT)
        self.stack = QStackedWidget()
        self.body, self.empty = QWidget(), self._nothing()
        self.body.setLayout(column(self.table, self._standing(), self._below(), space=3, stretch=2))
        for each in (self.body, self.empty):
            self.stack.addWidget(each)
        self.setLayout(column(self.stack))
        desk.allow(Permission.SCHEDULE, self.make, self.edit, self.ready, self.over, self.resume, self.empty.button)
        desk.allow(Permission.STOP, self.stop)
        self._connect()
        self.render_state(self.model.state)

    def shown(self) -> None:
        self.model.load()

    def told(self) -> str:
        if self.model.state.plans is None:
            return self.tr("正在读取…")
        return self.tr("大促前逐项查清、演练全部暂停。清单是本软件的做法，不是法律条文。")

    def plan_dialog(self, plan: Plan | None) -> PlanDialog:
        made = PlanDialog(self._desk.kit, self.model, plan, self)
        made.open()
        return made

    def ask_pause(self, *, drill: bool) -> None:
        """The dialog opens once it is known what would be paused."""
        plan = self.model.state.opened
        if plan is not None and self._desk.may(Permission.STOP):
            self.model.would_pause(plan, lambda found: self._pause_dialog(plan, found, drill=drill))

    def render_state(self, state: PeaksState) -> None:
        self.stack.setCurrentWidget(self.empty if state.plans == () else self.body)
        plan = state.opened
        for part in (self.stop, self.make):
            show_if(part, bool(state.plans))
        self.plans.show(state.plans or ())
        self.pauses.show(state.pauses)
        self.table.hold(PLANS_HEIGHT)
        self.stopped.hold(PAUSES_HEIGHT)
        self._render_plan(plan)
        at = next((n for n, each in enumerate(state.plans or ()) if plan is not None and each.id == plan.id), -1)
        if at >= 0 and self.table.currentIndex().row() != at:
            self.table.selectRow(at)
        if state.pauses and self._pause() is None:
            self.stopped.selectRow(0)
        self._render_pause()
        self.said.emit()

    def _render_plan(self, plan: Plan | None) -> None:
        looked = self.model.state.looked
        found = () if looked is None else looked.items
        going = plan is not None and plan.state is not PlanState.OVER
        for part, on in (
            (self.edit, going),
            (self.ready, plan is not None and plan.state is PlanState.DRAFT),
            (self.over, going),
        ):
            show_if(part, on)
        self.list.show_items(self.words.items(found, confirming=going and self._desk.may(Permission.SCHEDULE)))
        if plan is not None:
            self.summary.setText(
                self.tr("{name}：{state}").format(name=plan.wish.name, state=self.words.summary(found))
            )
            self.facts.setText(self._facts(plan))

    def _facts(self, plan: Plan) -> str:
        known = {entity.uscc: entity.name for entity in self.model.state.entities}
        names = self.tr("、").join(known.get(uscc, uscc) for uscc in plan.wish.entities) or self.tr("全部主体")
        said = [self.words.days(plan), names, self._desk.kit.words.term("peak_state", plan.state)]
        if plan.open_items:
            said.append(self.tr("标记时未办好：{}").format(self.words.titles(plan.open_items)))
        said += [f"{each.name} {each.when}".strip() for each in plan.wish.duty]
        return " · ".join(said)

    def _render_pause(self) -> None:
        pause, resumed = self._pause(), self.model.state.resumed
        self.stops.show(() if pause is None else pause.stops)
        show_if(self.none_yet, not self.model.state.pauses)
        for part in (self.stopped, self.each, self.why):
            show_if(part, bool(self.model.state.pauses))
        waits = pause is not None and pause.resumed_at is None and bool(pause.stops)
        show_if(self.resume, waits)
        if pause is None:
            return
        told = self.words.told(pause)
        if resumed is not None and resumed.pause.id == pause.id:
            told += self._left(resumed.late, resumed.changed)
        self.why.setText(told)

    def _left(self, late: Sequence[Campaign], changed: Sequence[Campaign]) -> str:
        said = ""
        for sentence, campaigns in (
            (self.tr("已过发送时段、没有恢复：{}。"), late),
            (self.tr("之后有人动过、没有恢复：{}。"), changed),
        ):
            if campaigns:
                said += sentence.format(self.tr("、").join(each.name for each in campaigns))
        return said

    def _pause(self) -> PauseAll | None:
        return self.pauses.row(self.stopped.currentIndex().row())

    def _mend(self, key: str) -> None:
        looked = self.model.state.looked
        place = next((each.place for each in looked.items if each.key == key), None) if looked is not None else None
        if looked is None or place is None:
            return
        page, what = place
        if page != OWN:
            self._desk.way.to(page, what)
        elif what == "drill":
            self.ask_pause(drill=True)
        elif self._desk.may(Permission.SCHEDULE):
            self.plan_dialog(looked.plan)

    def _tick(self, key: str, *, on: bool) -> None:
        plan = self.model.state.opened
        if plan is None:
            return
        if not on:
            self.model.take_back(plan, key)
            return
        item = self.list.rows[key].item
        made = WordDialog(self._desk.kit, self.model, plan, item, self)
        made.rejected.connect(lambda: self._render_plan(self.model.state.opened))  # the box is as it was
        made.open()

    def _declare(self) -> None:
        """A plan with something open is called ready only by somebody who was told what that is."""
        looked = self.model.state.looked
        if looked is None:
            return
        left = looked.open_items
        words = self.tr("还有没办好的：{}。这些会记在预案里，清单上照样看得到。").format(self.words.titles(left))
        if not left or confirm(
            self, self.tr("仍标记就绪？"), words, yes=self.tr("标记就绪"), no=self.tr("先去处理"), careful=True
        ):
            self.model.declare(looked.plan, PlanState.READY, knowing=bool(left))

    def _end(self) -> None:
        plan = self.model.state.opened
        words = self.tr("结束后保持原样，不能再改；记录一直都在。")
        if plan is not None and confirm(
            self, self.tr("结束这个预案？"), words, yes=self.tr("结束预案"), no=self.tr("返回"), careful=True
        ):
            self.model.declare(plan, PlanState.OVER)

    def _edit(self) -> None:
        plan = self.model.state.opened
        if plan is not None and plan.state is not PlanState.OVER and self._desk.may(Permission.SCHEDULE):
            self.plan_dialog(plan)

    def _resume(self) -> None:
        pause = self._pause()
        if pause is None:
            return
        names = self.tr("、").join(self.model.name_of(stop.campaign_id) for stop in pause.stops)
        words = self.tr("只恢复这一次暂停、之后没有人动过、还没过发送时段的：{}。").format(names)
        if confirm(self, self.tr("恢复这些活动？"), words, yes=self.tr("恢复"), no=self.tr("先不恢复"), careful=True):
            self.model.resume(pause)

    def _pause_dialog(self, plan: Plan, found: Sequence[Campaign], *, drill: bool) -> None:
        made = PauseDialog(self._desk.kit, self.model, plan, found, self, drill=drill)
        made.accepted.connect(lambda: self.tabs.setCurrentIndex(PAUSES))
        made.accepted.connect(self.stopped.clearSelection)
        made.open()

    def _choose(self, number: int) -> None:
        plan = self.plans.row(number)
        if plan is not None and plan != self.model.state.opened:
            self.model.open(plan.id)

    def _connect(self) -> None:
        self.table.moved.connect(self._choose)
        self.table.clicked.connect(lambda index: self._choose(index.row()))
        self.table.opened.connect(lambda _: self._edit())
        self.stopped.moved.connect(lambda _: self._render_pause())
        self.stopped.clicked.connect(lambda _: self._render_pause())
        self.list.mended.connect(self._mend)
        self.list.ticked.connect(lambda key, on: self._tick(key, on=on))
        # the model outlives this page: a lambda would still be called when it is gone
        self.model.changed.connect(self.render_state)

    def _standing(self) -> QFrame:
        self.summary = label("", "strong", wrap=True, name="peak_summary")
        self.facts = label("", "small", wrap=True, name="peak_facts", select=True)
        self.edit = button(self.tr("修改…"), name="peak_edit", small=True, click=self._edit)
        self.ready = button(self.tr("标记就绪"), name="peak_ready", small=True, click=self._declare)
        self.over = button(self.tr("结束…"), name="peak_over", small=True, click=self._end)
        layout = row(column(self.summary, self.facts, space=1), self.edit, self.ready, self.over, stretch=0)
        layout.setContentsMargins(16, 12, 12, 12)
        return frame("card", layout, name="peak_standing")

    def _below(self) -> QWidget:
        self.list = Checklist(self._desk.kit.theme, self.tr("检查清单"))
        self.why = label("", "muted", wrap=True, name="peak_why", select=True)
        self.resume = button(self.tr("恢复这些活动…"), name="peak_resume", small=True, click=self._resume)
        words = self.tr("还没有全部暂停过。发送中的活动在跑时演练一次，就知道从下令到停下要多久。")
        self.none_yet = label(words, "muted", wrap=True, name="peak_none_yet")
        self.none_yet.setAlignment(Qt.AlignmentFlag.AlignTop)
        told = row(self.why, self.resume, stretch=0)
        looked_up = _scrolled("peak_list", self.tr("检查清单"), column(self.list, None))
        parts = column(self.none_yet, self.stopped, told, self.each, space=2, stretch=3)
        records = _scrolled("peak_records", self.tr("全部暂停的记录"), parts)
        titles = self.tr("检查清单"), self.tr("全部暂停的记录")
        self.tabs = tab_bar("peak_tabs", self.tr("检查清单或暂停记录"), titles)
        return over_panels(self.tabs, looked_up, records)

    def _nothing(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "compliance",
            self.tr("还没有大促预案"),
            self.tr(
                "双十一、618 之前写一个预案：哪几天、谁值班。软件替您查受众、频次、预算、签名、授权、备份、退订回写，"
                "说出哪一项没办好、去哪里办；再演练一次全部暂停，量出从下令到停下要多久。"
            ),
            action=self.tr("新建预案…"),
            click=lambda: self.plan_dialog(None),
        )

    def _table(self, name: str, spoken: str, rows: RowsModel[Plan] | RowsModel[PauseAll] | RowsModel[Stop]) -> Table:
        made = Table(self._desk.kit.theme, name, spoken)
        made.use(rows, rows.columns)
        return made


def _scrolled(name: str, spoken: str, layout: QLayout) -> QScrollArea:
    made, held = Area(), QWidget()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    held.setLayout(layout)
    made.setWidget(held)
    return made


def model_of(desk: Desk) -> PeaksModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(PeaksModel, lambda: PeaksModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.session))
