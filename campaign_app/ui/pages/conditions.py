"""Conditions in words and how many people that is: the same for the audience of a campaign and among the customers."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from campaign_app.domain.audience import Op
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.conditions import ConditionsModel, ConditionsState
from campaign_app.ui.widgets.basics import button, column, label, row, show_if
from campaign_app.ui.widgets.conditions import Builder
from campaign_app.ui.widgets.flow import Flow


class ConditionsCard(QFrame):
    """`everybody` says whom no condition at all means, `deep` what becomes of those that cannot be shown."""

    def __init__(self, kit: Kit, model: ConditionsModel, heading: str, everybody: str, deep: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._model = model
        self.heading = label(heading, "heading", wrap=True)
        self.builder = Builder(kit.theme)
        self._forward()
        self.loading = label(self.tr("正在读取客户…"), "muted")
        self.everybody = label(everybody, "muted", wrap=True)
        self.deep = QWidget()
        self.reset = button(self.tr("从头设置"), name="audience_reset", click=model.clear)
        self.deep.setLayout(column(label(deep, "muted", wrap=True), row(self.reset, None)))
        self.quick = self._quick()
        parts = (self.heading, self.loading, self.everybody, self.deep, self.quick, self.builder)
        self.setLayout(column(*parts, space=3, margin=4))
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def render_state(self, state: ConditionsState) -> None:
        loading = state.total is None
        shown = state.draft is not None and not loading
        show_if(self.builder, shown)
        self.loading.setVisible(loading)
        self.deep.setVisible(state.draft is None and not loading)
        empty = state.draft is not None and not state.draft.parts
        show_if(self.everybody, shown and empty)
        show_if(self.quick, shown and empty)
        if state.draft is not None:
            self.builder.show_draft(state.draft, state.problems, state.values)

    def allow(self, on: bool) -> None:  # noqa: FBT001 as setEnabled has it
        """Whether the conditions may be changed now."""
        for part in (self.builder, self.quick, self.reset):
            part.setEnabled(on)

    def land(self, *, unfinished: bool = False) -> None:
        """Puts the cursor into the first condition, or the first that is unfinished, or where one is added."""
        draft, problems = self._model.state.draft, self._model.state.problems
        if unfinished and problems:
            self.builder.focus_line(min(problems))
        elif draft is not None and draft.lines:
            self.builder.focus_line(draft.lines[0].key)
        else:
            self.builder.add.setFocus()

    def _forward(self) -> None:
        self.builder.line_changed.connect(self._model.change)
        self.builder.removed.connect(self._model.remove)
        self.builder.added.connect(self._add)
        self.builder.group_added.connect(self._add_group)
        self.builder.joined.connect(lambda group, every: self._model.join(group, every=every))

    def _add(self, group: int) -> None:
        self._model.add(group)
        self._into_newest()

    def _add_group(self) -> None:
        self._model.add_group()
        self._into_newest()

    def _quickly(self, name: str, op: Op, text: str) -> None:
        self._model.add(0, name, op, text)
        self._into_newest()

    def _into_newest(self) -> None:
        draft = self._model.state.draft
        if draft is not None and draft.lines:
            self.builder.focus_line(max(line.key for line in draft.lines))

    def _quick(self) -> QWidget:
        choices = (
            (self.tr("近 90 天下过单"), "days_since_order", Op.AT_MOST, "90"),
            (self.tr("累计消费满 300 元"), "spend_cents", Op.AT_LEAST, "300"),
            (self.tr("老客：满 2 单"), "order_count", Op.AT_LEAST, "2"),
            (self.tr("某些省份"), "province", Op.IN, ""),
        )
        made = [
            button(words, name=f"quick_{name}", small=True, click=partial(self._quickly, name, op, text))
            for words, name, op, text in choices
        ]
        flow, usual = Flow(), label(self.tr("常用"), "small")
        usual.setFixedHeight(made[0].sizeHint().height())
        for each in (usual, *made):
            flow.addWidget(each)
        quick = QWidget()
        quick.setLayout(flow)
        return quick


class CountCard(QFrame):
    """How many people the conditions find, as they are typed.

    `nobody` is said where there is no customer at all, `hint` below the number.
    """

    def __init__(self, model: ConditionsModel, nobody: str, hint: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._nobody = nobody
        self.count = label("–", "number", wrap=True, name="audience_count")
        self.of = label("", "muted", wrap=True, name="audience_of")
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedHeight(4)
        self.busy.setAccessibleName(self.tr("正在计算人数"))
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        parts = (label(self.tr("符合条件"), "heading"), self.count, self.of, self.busy)
        self.hint = label(hint, "small", wrap=True)
        show_if(self.hint, bool(hint))
        self.setLayout(column(*parts, self.hint, space=2, margin=4))
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def render_state(self, state: ConditionsState) -> None:
        self.busy.setVisible(state.counting)
        if state.unfinished:
            self.count.setText("–")
            self.of.setText(self.tr("有 %Ln 个条件没有填好，填好后再计算和保存。", "", state.unfinished))
            return
        if state.count is not None:
            about = self.tr("约 {} 人", "", state.count) if state.count else self.tr("{} 人", "", 0)
            self.count.setText(about.format(show.count(state.count)))
        total = state.total or 0
        share = show.share(state.count or 0, total)
        self.of.setText(self.tr("共 {} 人，占 {}", "", total).format(show.count(total), share) if total else "")
        if state.count == 0 and total:
            self.of.setText(self.tr("共 {} 人，没有人符合。请放宽条件。").format(show.count(total)))
        if state.total == 0:
            self.of.setText(self._nobody)
