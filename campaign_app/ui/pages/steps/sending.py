"""发送: what has to be right before it, the approval, the time, and the sending while it runs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.team import Permission
from campaign_app.services.approvers import PLANNED, UNJUDGED
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.sending_approval import ApprovalCard
from campaign_app.ui.pages.steps.sending_budget import BudgetCard
from campaign_app.ui.pages.steps.sending_checks import PLACES, TO_RECORD, CheckWords
from campaign_app.ui.pages.steps.sending_plan import PlanCard
from campaign_app.ui.pages.steps.sending_run import RunPanel
from campaign_app.ui.pages.steps.sending_trial import TrialCard
from campaign_app.ui.pages.steps.step import Step, keeping_focus
from campaign_app.ui.viewmodels.budget import budget_of
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.preflight import PreflightState, preflight_of, suggested
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, card, column, divider, insert, label, row, show_if
from campaign_app.ui.widgets.checklist import Checklist
from campaign_app.ui.widgets.page import scrolling

AGAIN_MS: Final = 8_000
SIDE: Final = 340
NARROW: Final = 740  # where the checks would have no room beside it
NARROW_SIDE: Final = 280
NEEDED: Final = {"approve": Permission.APPROVE, "send": Permission.SCHEDULE}
PREPARING: Final = frozenset({*UNJUDGED, CampaignState.SCREENED, CampaignState.APPROVED, CampaignState.WAITING})


class SendingStep(Step):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__(desk, model)
        self.setObjectName("sending")
        kit = desk.kit
        self.preflight = preflight_of(desk.app, kit.tasks, model, lambda: kit.prefs.language)
        self._words = CheckWords(self)
        self._act = ""
        self._run: RunPanel | None = None
        self._plan: PlanCard | None = None
        self._landing = False  # somebody was sent to what is next, and it is not known yet
        self._listing = False  # many parts: they are built a turn after the rest of the step
        self.prepare = self._prepare()
        self._parts = column(self.prepare, None, space=3)
        self._area = scrolling(self._parts)
        self._area.setObjectName("sending_area")
        self._area.setAccessibleName(self.tr("发送前检查与发送"))
        self.setLayout(column(self._area))
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._look_again)
        self.preflight.changed.connect(self._preflight_changed)
        self.begin()
        soon = QTimer(self)
        soon.setSingleShot(True)
        soon.timeout.connect(self._preflight_changed)
        soon.start(0)

    @property
    def run(self) -> RunPanel:
        """Built when there is first something of a sending to show."""
        if self._run is None:
            self._run = RunPanel(self._desk, self._model)
            self._run.results.connect(lambda: self.wanted.emit("results", ""))
            self._run.replanned.connect(self._replan)
            insert(self._parts, 0, self._run, after=self._area)
        return self._run

    @property
    def plan(self) -> PlanCard:
        """Built when there is first something to plan."""
        if self._plan is None:
            self._plan = PlanCard(self._desk.kit.theme)
            self._plan.later.connect(lambda later: self._choose_later(later=later))
            self._plan.timed.connect(self.preflight.choose_time)
            insert(self._side, 1, self._plan, after=self.approval.field)
        return self._plan

    def shown(self) -> None:
        self.preflight.load()
        self.trial.trying.load()

    def renew(self, kinds: frozenset[str]) -> None:
        """The checks are looked at by the clock."""
        if "staff" in kinds:
            self.trial.trying.load()

    def land(self, field: str) -> None:
        """`time`, `count`, `budget`, `next` (what stands in the way, as soon as that is known), or the main button."""
        self._landing = field == "next"
        if self._landing:
            self._land_on_next(self.preflight.state)
            return
        if field == "time":
            self._choose_later(later=True)
            self.plan.field.setFocus()
        elif field == "budget":
            self.budget.edit.setFocus()
        elif field == "count":
            self.approval.field.setFocus()
        else:
            self.primary.setFocus()

    def begins(self) -> QWidget:
        at = self._model.view.campaign.state
        if at not in PREPARING:
            return self.run.first()
        return self.approval.field if at is CampaignState.SCREENED else self.primary

    def _land_on_next(self, state: PreflightState) -> None:
        """On the check that stops it, the tick or the number that is asked for, else on the main button."""
        at = self._model.view.campaign.state
        if at in (CampaignState.SCREENED, *PLANNED):
            if not self._listing or state.found is None:
                return
            self._part_of_next(at, state).setFocus()
        elif at in PREPARING:
            self.primary.setFocus()
        else:
            self.run.first().setFocus()
        self._landing = False

    def _part_of_next(self, at: CampaignState, state: PreflightState) -> QWidget:
        rows, block = self.checks.rows, state.first_block
        if block is not None and rows[block.key].item.mend:
            return rows[block.key].mend
        tick = next((row.tick for row in rows.values() if row.item.ticked is False), None)
        if tick is not None:
            return tick
        typing = at is CampaignState.SCREENED and state.ready_to_approve and not state.count_right
        return self.approval.field if typing and self.approval.field.isEnabled() else self.primary

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._again.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._beside.setFixedWidth(SIDE if self.width() >= NARROW else NARROW_SIDE)

    def _preflight_changed(self) -> None:
        self._listing = True
        self.render_view(self._model.view)
        if self._landing:
            self._land_on_next(self.preflight.state)

    def _look_again(self) -> None:
        if self._model.view.campaign.state in (*PREPARING, CampaignState.SCHEDULED):
            self.preflight.look_again()

    def render_view(self, view: CampaignView) -> None:
        state = view.campaign.state
        running = state not in PREPARING
        with keeping_focus(self, lambda: self.run.first() if running else self.primary):
            on_its_way = running or state is CampaignState.WAITING
            if on_its_way or self._run is not None:
                self.run.render_view(view, self._foreseen(state))
                self._show(self.run, on_its_way)
            if running:
                self._draw_primary(state, self.preflight.state)
            else:
                self._draw(self.preflight.state)
            show_if(self.prepare, not running)

    def _foreseen(self, state: CampaignState) -> str:
        """Of what is scheduled; nobody may be looking when its time comes."""
        found = self.preflight.state.found
        if state is not CampaignState.SCHEDULED or found is None or found.seen.campaign.state is not state:
            return ""
        return self._words.foreseen(found.stops, self._desk.kit.words)

    def _show(self, part: QWidget, on: bool) -> None:  # noqa: FBT001 as setVisible has it
        """What is built while the step is looked at would else be shown a turn later, and could not have the focus."""
        if self.isVisible():
            part.setVisible(on)
        else:
            show_if(part, on)

    def _prepare(self) -> QWidget:
        kit = self._desk.kit
        self.summary = label("", "heading", name="preflight_summary")
        self.looking = label(self.tr("正在检查…"), "small", name="preflight_looking")
        self.checks = Checklist(kit.theme, self.tr("发送前检查"))
        self.checks.mended.connect(self._mend)
        self.checks.ticked.connect(lambda key, on: self.preflight.confirm(key.partition(":")[2], on=on))
        self.approval = ApprovalCard()
        self._desk.allow(Permission.APPROVE, self.approval.field)
        self.approval.typed.connect(self.preflight.type_count)
        self.approval.entered.connect(self._entered)
        self.primary = button("", "primary", name="sending_primary", click=self._do)
        side = self._beside = QWidget()
        self.budget = BudgetCard(budget_of(self._desk.app, kit.tasks, kit.messages, self._model, self.preflight))
        self._desk.allow(Permission.BUILD, self.budget.edit)
        self.trial = TrialCard(self._desk, self._model)
        self._desk.allow(Permission.BUILD, self.trial.send)
        self._side = column(self.approval, self.primary, self.trial, self.budget, None, space=3)
        side.setLayout(self._side)
        listed = card(row(self.summary, None, self.looking), divider(), self.checks, space=2)
        made = QWidget()
        both = row(listed, side, space=4, stretch=0)
        both.setAlignment(listed, Qt.AlignmentFlag.AlignTop)
        made.setLayout(both)
        return made

    def _draw(self, state: PreflightState) -> None:
        campaign = self._model.view.campaign
        approving, approved = campaign.state is CampaignState.SCREENED, campaign.state in PLANNED
        ready = self._listing and state.found is not None  # "all passed" stands above its list only
        self.looking.setVisible(not ready)
        if ready:
            items = self._words.items(state, self._desk.kit.words, ticking=approving or approved)
            self.summary.setText(self._words.summary(items))
            self.checks.show_items(items)
        missing = self._words.missing(state, approved=approved) if approving or approved else ""
        if approving and not self._desk.may(Permission.APPROVE):
            missing = self._desk.why_not(Permission.APPROVE)
        self.approval.show_state(campaign, state, missing, self._words.by_another(state, self._desk.kit.words))
        if approved or self._plan is not None:
            self.plan.show_state(state, missing)
            self._show(self.plan, approved)
        self._draw_primary(campaign.state, state)

    def _draw_primary(self, at: CampaignState, state: PreflightState) -> None:
        self._act, words, enabled = self._next(at, state)
        self.primary.setVisible(bool(words))
        self.primary.setText(words)
        needed = NEEDED.get(self._act)
        closed = "" if needed is None or self._desk.may(needed) else self._desk.why_not(needed)
        if needed is not None and not closed:
            closed = self._words.by_another(state, self._desk.kit.words)
        self.primary.setEnabled(enabled and not closed)
        self.primary.setToolTip(closed)
        self.primary.setAccessibleDescription(closed)

    def _next(self, at: CampaignState, state: PreflightState) -> tuple[str, str, bool]:
        """The one sensible act: (what, its words, whether it can be done)."""
        found, block = state.found, state.first_block
        if at is CampaignState.DRAFT and not state.loose:
            return "mend:audience", self.tr("去核验"), True
        if found is None or at is CampaignState.SCREENING or at not in PREPARING:
            return "", "", False
        stops = not state.ready_to_approve if at is CampaignState.SCREENED else not state.ready_to_send
        if stops and block is not None and block is not state.by_another:
            title = self._desk.kit.words.term("check_title", block.key)
            return f"mend:{block.key}", self.tr("去处理：{}").format(title), True
        if at is CampaignState.SCREENED:
            return "approve", self.tr("批准发送"), state.may_approve
        number = found.seen.ready
        ready = show.count(number)
        if state.later:
            return "send", self.tr("定时发送给 {} 人", "", number).format(ready), state.may_send
        return "send", self.tr("立即发送给 {} 人", "", number).format(ready), state.may_send

    def _do(self) -> None:
        if self._act.startswith("mend:"):
            self._mend(self._act.removeprefix("mend:"))
        elif self._act == "approve":
            self.preflight.approve()
        elif self._act == "send":
            self._send()

    def _entered(self) -> None:
        if self._act == "approve" and self.primary.isEnabled():
            self._do()

    def _send(self) -> None:
        state = self.preflight.state
        if state.seen is None:
            return
        number = state.seen.ready
        ready = show.count(number)
        if state.later:
            title = self.tr("定时发给 {} 人？", "", number).format(ready)
            text = self.tr("将于北京时间 {} 开始。开始之前可以取消，发送中可以暂停。").format(show.moment(state.at))
        else:
            title = self.tr("现在发给 {} 人？", "", number).format(ready)
            text = self.tr("发出的短信不能收回；发送中可以暂停。每一批发出前都会再核对同意记录。")
        yes = self.tr("定时发送") if state.later else self.tr("发送")
        if confirm(self, title, text, yes=yes, no=self.tr("先不发"), careful=True):
            self.preflight.send()

    def _replan(self, former: datetime) -> None:
        """Another time is chosen from the former one on: whoever takes one back does not mean now."""
        self.preflight.choose_time(former)
        self.preflight.choose_later(later=True)
        self._model.replan()

    def _choose_later(self, *, later: bool) -> None:
        state = self.preflight.state
        if later and state.seen is not None and state.at is None:
            self.preflight.choose_time(suggested(state.seen))
        self.preflight.choose_later(later=later)

    def _meant(self, key: str) -> tuple[str, ...]:
        """What to look for in the settings: the kind of amount, or the accounts that the check names."""
        if key.startswith("cost"):
            return ("price" if key == "cost_price" else "month",)
        facts = next((each.facts for each in self.preflight.state.checks if each.key == key), {})
        names, mute = facts.get("names", ()), facts.get("mute", "")
        return (*(names if isinstance(names, tuple) else (str(names),)), *([str(mute)] if mute else []))

    def _mend(self, key: str) -> None:
        state = self.preflight.state
        if state.seen is not None and any(each.key == key and each.code in TO_RECORD for each in state.checks):
            self._desk.way.to("signatures", (state.seen.campaign.entity_uscc, state.seen.campaign.signature))
            return
        kind, _, rule = key.partition(":")
        step, field = PLACES[kind]
        if step == "worker":
            self._desk.session.restart_worker()
        elif step == "settings":
            self._desk.way.to("settings", ("field", field, self._meant(key)))
        elif step == "sending":
            self.land(field)
        else:
            self.wanted.emit(step, f"{field}:{rule}" if rule else field)
