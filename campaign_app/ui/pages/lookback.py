"""合规 → 回头看: the runs, the result of the one that is open by reason, and what is to be put right."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QProgressBar, QStackedWidget, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.domain.lookback import Group, Run, RunState, Task
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.pages.lookback_columns import LookBackColumns, why_of
from campaign_app.ui.pages.lookback_dialogs import StartDialog, TaskDialog
from campaign_app.ui.pages.lookback_results import CompareDialog, RowsDialog
from campaign_app.ui.pages.section import Section
from campaign_app.ui.viewmodels.lookback import LookBackModel, LookBackState
from campaign_app.ui.widgets.basics import button, column, frame, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import over_panels, tab_bar

RUNS_HEIGHT: Final = 168
OPEN: Final = (RunState.RUNNING, RunState.PAUSED)


class LookBackSection(Section):
    about = frozenset({"lookback"})

    def __init__(self, desk: Desk) -> None:
        self.compare = button("", name="lookback_compare", small=True)
        self.start = button("", "primary", name="lookback_start", small=True)
        super().__init__(self.compare, self.start)
        self.setObjectName("lookback_section")
        self._desk, self.model = desk, model_of(desk)
        self.compare.setText(self.tr("比较两次…"))
        self.start.setText(self.tr("开始回头看…"))
        self.compare.clicked.connect(lambda _=False: self.compare_dialog())
        self.start.clicked.connect(lambda _=False: self.start_dialog())
        columns = LookBackColumns(lambda: desk.kit.words, self.model.name_of, self.model.today, self)
        self.runs: RowsModel[Run] = RowsModel(columns.runs(), parent=self)
        self.groups: RowsModel[Group] = RowsModel(columns.groups(), parent=self)
        self.tasks: RowsModel[Task] = RowsModel(columns.tasks(), parent=self)
        self.table = self._table("lookback_runs", self.tr("各次回头看"), self.runs)
        self.reasons = self._table("lookback_groups", self.tr("按原因分的结果"), self.groups)
        self.todo = self._table("lookback_tasks", self.tr("整改清单"), self.tasks)
        self.stack = QStackedWidget()
        self.body, self.empty = QWidget(), self._nothing()
        self.body.setLayout(column(self.table, self._progress(), self._below(), space=3, stretch=2))
        for each in (self.body, self.empty):
            self.stack.addWidget(each)
        self.setLayout(column(self.stack))
        begins, goes_on = (self.start, self.empty.button), (self.pause, self.resume, self.cancel)
        desk.allow(Permission.LOOK_BACK, *begins, *goes_on, self.add, self.change)
        self._connect()
        self.render_state(self.model.state)

    def shown(self) -> None:
        self.model.load()

    def told(self) -> str:
        if self.model.state.runs is None:
            return self.tr("正在读取…")
        return self.tr("用现在的规则和同意记录复查已发出的短信：哪些现在不能发、为什么。已发出的记录不会改动。")

    def start_dialog(self) -> StartDialog:
        made = StartDialog(self._desk.kit, self.model, self)
        made.open()
        return made

    def compare_dialog(self) -> CompareDialog:
        made = CompareDialog(self._desk.kit, self.model, self)
        made.open()
        return made

    def rows_dialog(self, number: int) -> RowsDialog | None:
        """The messages of a group."""
        group = self.groups.row(number)
        if group is None:
            return None
        made = RowsDialog(self._desk.kit, self.model, group, self)
        made.open()
        return made

    def task_dialog(self, task: Task | None, group: Group | None = None) -> TaskDialog:
        made = TaskDialog(self._desk.kit, self.model, task, group, self)
        made.open()
        return made

    def render_state(self, state: LookBackState) -> None:
        self.stack.setCurrentWidget(self.empty if state.runs == () else self.body)
        show_if(self.compare, len(state.finished) > 1)
        show_if(self.start, state.runs != ())
        self.runs.show(state.runs or ())
        self.table.hold(RUNS_HEIGHT)
        self.groups.show(state.groups)
        self.tasks.show(state.tasks)
        show_if(self.no_tasks, not state.tasks)
        show_if(self.todo, bool(state.tasks))
        self._render_run(state)
        self._render_choice()
        self.said.emit()

    def _render_run(self, state: LookBackState) -> None:
        run = state.opened
        at = next((n for n, each in enumerate(state.runs or ()) if run is not None and each.id == run.id), -1)
        if at >= 0 and self.table.currentIndex().row() != at:
            self.table.selectRow(at)
        standing = None if run is None else run.state
        for part, on in (
            (self.bar, standing in OPEN),
            (self.pause, standing is RunState.RUNNING),
            (self.resume, standing in (RunState.PAUSED, RunState.FAILED)),
            (self.cancel, standing in (*OPEN, RunState.FAILED)),
        ):
            show_if(part, on)
        if run is not None:
            self.bar.setRange(0, max(1, run.total))
            self.bar.setValue(run.looked)
            self.summary.setText(self._summary(run))
            self.facts.setText(self._facts(run))

    def _summary(self, run: Run) -> str:
        """The parts are those of the whole, and add up to it."""
        words = self._desk.kit.words
        counted = ((words.term("lookback_kind", kind), number) for kind, number in run.counts().items())
        parts = " + ".join(f"{name} {show.count(number)}" for name, number in counted)
        return self.tr("已复查 {looked} 条 = {parts}").format(looked=show.count(run.looked), parts=parts)

    def _facts(self, run: Run) -> str:
        words = self._desk.kit.words
        said = [self.tr("#{id} {state}").format(id=run.id, state=words.term("lookback_state", run.state))]
        if run.state is not RunState.DONE:
            said.append(self.tr("范围内共 {total} 条").format(total=show.count(run.total)))
        if run.state is RunState.FAILED:
            said.append(words.error(AppError(run.note, run.note)))
        if run.rule_packs:
            said.append(self.tr("规则版本 {packs}").format(packs=run.rule_packs))
        return " · ".join(said)

    def _render_choice(self) -> None:
        group, task = self._group(), self.tasks.row(self.todo.currentIndex().row())
        may = self._desk.may(Permission.LOOK_BACK)
        self.look.setEnabled(group is not None)
        self.add.setEnabled(group is not None and may)
        self.change.setEnabled(task is not None and may)
        self.why.setText(self._why(group))

    def _why(self, group: Group | None) -> str:
        words = self._desk.kit.words
        if group is None:
            clean = self.model.state.opened is not None and not self.model.state.groups
            nothing = self.tr("没有发现现在不能发送的短信。")
            return nothing if clean else self.tr("选中一行看说明；按回车列出这些短信。")
        return "".join(filter(None, (words.why("lookback_kind", group.kind), why_of(words, group.reason))))

    def _group(self) -> Group | None:
        return self.groups.row(self.reasons.currentIndex().row())

    def _choose(self, number: int) -> None:
        run = self.runs.row(number)
        if run is not None:
            self.model.open(run.id)

    def _change_task(self, number: int = -1) -> None:
        task = self.tasks.row(number if number >= 0 else self.todo.currentIndex().row())
        if task is not None and self._desk.may(Permission.LOOK_BACK):
            self.task_dialog(task)

    def _connect(self) -> None:
        desk = self._desk
        self.table.moved.connect(self._choose)
        self.table.clicked.connect(lambda index: self._choose(index.row()))
        self.reasons.opened.connect(self.rows_dialog)
        for each in (self.reasons, self.todo):
            each.moved.connect(lambda _: self._render_choice())
            each.clicked.connect(lambda _: self._render_choice())
        self.todo.opened.connect(self._change_task)
        # the model outlives this page: a lambda would still be called when it is gone
        self.model.changed.connect(self.render_state)
        desk.jobs.changed.connect(self.model.follow)
        desk.jobs.ended.connect(self.model.ended)

    def _progress(self) -> QFrame:
        self.summary = label("", "strong", wrap=True, name="lookback_summary")
        self.facts = label("", "small", name="lookback_facts", wrap=True, select=True)
        self.bar = QProgressBar()
        self.bar.setObjectName("lookback_bar")
        self.bar.setAccessibleName(self.tr("回头看的进度"))
        self.pause = button(self.tr("暂停"), name="lookback_pause", small=True, click=self.model.pause)
        self.resume = button(self.tr("继续"), name="lookback_resume", small=True, click=self.model.resume)
        self.cancel = button(self.tr("取消"), "danger", name="lookback_cancel", small=True, click=self.model.cancel)
        layout = row(
            column(self.summary, self.facts, self.bar, space=1), self.pause, self.resume, self.cancel, stretch=0
        )
        layout.setContentsMargins(16, 12, 12, 12)
        return frame("card", layout, name="lookback_progress")

    def _below(self) -> QWidget:
        """What was found, and what is to be done about it."""
        self.why = label("", "muted", wrap=True, name="lookback_why")
        self.look = button(self.tr("查看短信…"), name="lookback_look", small=True)
        self.look.clicked.connect(lambda _=False: self.rows_dialog(self.reasons.currentIndex().row()))
        self.add = button(self.tr("加入整改…"), name="lookback_add", small=True)
        self.add.clicked.connect(lambda _=False: self.task_dialog(None, self._group()))
        self.change = button(self.tr("修改…"), name="lookback_change", small=True)
        self.change.clicked.connect(lambda _=False: self._change_task())
        words = self.tr("还没有整改项。在“结果”里选中一行，点“加入整改”，写明负责人和期限。")
        self.no_tasks = label(words, "muted", wrap=True, name="lookback_no_tasks")
        result, todo = QWidget(), QWidget()
        result.setLayout(column(self.reasons, row(self.why, self.look, self.add, stretch=0), space=2, stretch=0))
        todo.setLayout(column(self.no_tasks, self.todo, row(None, self.change), space=2, stretch=1))
        titles = self.tr("结果"), self.tr("整改清单")
        self.tabs = tab_bar("lookback_tabs", self.tr("结果或整改"), titles)
        return over_panels(self.tabs, result, todo)

    def _nothing(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "compliance",
            self.tr("还没有回头看过"),
            self.tr(
                "规则会更新，同意会撤回，签名会过期。回头看用现在的规则和同意记录复查已经发出的短信，"
                "说明哪些现在不能发、为什么，并把要整改的事交给负责人。也可以在“设置 → 策略”里设定每隔多少天自动进行。"
            ),
            action=self.tr("开始回头看…"),
            click=self.start_dialog,
        )

    def _table(self, name: str, spoken: str, rows: RowsModel[Run] | RowsModel[Group] | RowsModel[Task]) -> Table:
        made = Table(self._desk.kit.theme, name, spoken)
        made.use(rows, rows.columns)
        return made


def model_of(desk: Desk) -> LookBackModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(LookBackModel, lambda: LookBackModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.session))
