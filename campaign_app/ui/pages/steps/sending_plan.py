"""When it leaves: now, or at a time within the day's window."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QRadioButton

from campaign_app.services.situation import Situation
from campaign_app.services.window import BEIJING
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.preflight import PreflightState
from campaign_app.ui.widgets.basics import column, label
from campaign_app.ui.widgets.flow import Flow
from campaign_app.ui.widgets.moment_edit import MomentEdit
from campaign_app.ui.widgets.timeline import Day, Timeline


class PlanCard(QFrame):
    """`later` whether a time is chosen, `timed` which."""

    later = Signal(bool)
    timed = Signal(object)  # datetime

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("plan")
        self.now = QRadioButton(self.tr("立即发送"))
        self.now.setObjectName("plan_now")
        self.at_time = QRadioButton(self.tr("定时（北京时间）"))
        self.at_time.setObjectName("plan_later")
        self._group = QButtonGroup(self)
        for choice in (self.now, self.at_time):
            self._group.addButton(choice)
        # a screen reader does not click: it toggles
        self.at_time.toggled.connect(self.later)
        self.field = MomentEdit("plan_time")
        self.field.setAccessibleName(self.tr("发送时间（北京时间）"))
        self.field.dateTimeChanged.connect(self._changed)
        self.timeline = Timeline(theme)
        self.refused = label("", "block", wrap=True, name="plan_refused")
        self.hint = label("", "small", wrap=True, name="plan_hint")
        title, choices = label(self.tr("发送时间"), "heading"), Flow(SPACE[4])
        for choice in (self.now, self.at_time):
            choices.addWidget(choice)
        told = (self.timeline, self.refused, self.hint)
        self.setLayout(column(title, choices, self.field, *told, space=2, margin=4))

    def show_state(self, state: PreflightState, missing: str) -> None:
        """`missing` is what a person has still to do before it can leave."""
        seen = state.seen
        if seen is None:
            return
        (self.at_time if state.later else self.now).setChecked(True)
        self.field.setVisible(state.later)
        if state.at is not None and state.at != self.field.moment():
            self._put(state.at)
        self._draw_day(state, seen)
        refusal = state.refusal
        said = self._refusal(refusal, seen, later=state.later) if refusal else missing
        self.refused.setText(said)
        self.refused.setVisible(bool(said))
        set_property(self.refused, "role", "block" if refusal else "warn")
        set_property(self.field, "invalid", bool(refusal) and state.later)
        self.hint.setText(self.tr("到 {:%H:%M} 没发完的停下等您另选时间，不会自动补发。").format(seen.closes))

    def _draw_day(self, state: PreflightState, seen: Situation) -> None:
        now = seen.now.astimezone(BEIJING)
        chosen = state.at.astimezone(BEIJING) if state.later and state.at is not None else None
        today = chosen is None or chosen.date() == now.date()
        self.timeline.show_day(
            Day(seen.opens, seen.closes, now.time() if today else None, now.time() if chosen is None else chosen.time())
        )

    def _refusal(self, code: str, seen: Situation, *, later: bool) -> str:
        if code == "in_the_past":
            return self.tr("这个时间已经过去，请选以后的时间。")
        if code and not later:
            return self.tr("现在不在发送时段（{:%H:%M}–{:%H:%M}），请选定时发送。").format(seen.opens, seen.closes)
        if code:
            return self.tr("只能在 {:%H:%M}–{:%H:%M} 发送，请另选时间。").format(seen.opens, seen.closes)
        return ""

    def _put(self, at: datetime) -> None:
        self.field.blockSignals(True)
        self.field.put(at)
        self.field.blockSignals(False)

    def _changed(self) -> None:
        self.timed.emit(self.field.moment())
