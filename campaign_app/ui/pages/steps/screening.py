"""核验: begins a screening, follows it, and shows who may be reached and why the others may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from campaign_app.domain.campaign import UNAPPROVED, CampaignState
from campaign_app.domain.team import Permission
from campaign_app.services.approvers import UNJUDGED
from campaign_app.services.campaigns import ENDED
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.screening_funnel import FunnelView
from campaign_app.ui.pages.steps.screening_rows import RowsView
from campaign_app.ui.pages.steps.step import Step, keeping_focus
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.funnel import funnel_of
from campaign_app.ui.viewmodels.members import MembersState, members_of
from campaign_app.ui.viewmodels.preflight import PreflightState, preflight_of
from campaign_app.ui.viewmodels.progress import Pace, screened_of
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, card, column, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import scrolling

STOPPING: Final = "stopping"
SLOW_MS: Final = 20_000  # without anybody judged; a platform that says nothing is asked again for many minutes


class ScreeningStep(Step):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__(desk, model)
        kit = desk.kit
        self.setObjectName("screening")
        self._pace, self._open = Pace(), ""
        self._at: int | None = None  # how many were judged when it last went on
        self._preflight = preflight_of(desk.app, kit.tasks, model, lambda: kit.prefs.language)
        self._members = members_of(desk.app, kit.tasks, model.id, model)
        self._invitation = self.tr(
            "核验逐个向平台确认：谁明确同意接收这类短信，谁退订过或投诉过。只有全部通过的人才会收到。"
        )
        self.empty = Empty(
            kit.theme, "people", self.tr("还没有核验"), self._invitation,
            action=self.tr("开始核验"), click=model.screen,
        )  # fmt: skip
        desk.allow(Permission.BUILD, self.empty.button)
        self.funnel = FunnelView(kit)
        self.funnel.opened.connect(self._members.open)
        self.rows = RowsView(kit, self._members)
        self.rows.closed.connect(self._members.close)
        results = QWidget()
        area = scrolling(column(self.funnel, None))
        area.setObjectName("screening_area")
        area.setAccessibleName(self.tr("核验结果"))
        results.setLayout(column(self._head(), self._progress(), area, space=3, stretch=2))
        self.stack = QStackedWidget()
        for page in (self.empty, results, self.rows):
            self.stack.addWidget(page)
        self.setLayout(column(self.stack))
        self._members.changed.connect(self._members_changed)
        self._preflight.changed.connect(self._draw_ages)
        self.begin()

    def shown(self) -> None:
        self._preflight.load()

    def land(self, field: str) -> None:
        """`start`: the button that screens, or screens again. `result`: what it found, or how far it is."""
        again = field == "start" and self.again.isVisibleTo(self)
        (self.again if again else self._first()).setFocus()

    def render_view(self, view: CampaignView) -> None:
        campaign = view.campaign
        running = campaign.state is CampaignState.SCREENING
        with keeping_focus(self, self._first):
            self._draw_progress(view, running=running)
            self._draw_empty(view)
            if running or (campaign.state is not CampaignState.DRAFT and view.funnel):
                self.funnel.show_funnel(funnel_of(campaign, view.funnel, view.cleared - view.ready))
            show_if(self.funnel, not running or screened_of(view)[1] > 0)
            self.again.setVisible(view.open and campaign.state not in UNJUDGED)
            if campaign.state in UNJUDGED and self._members.state.reason:
                self._members.close()
            self._draw_ages(self._preflight.state)
            self._show_page()

    def _first(self) -> QWidget:
        offered = (self.empty.button, self.stop)  # never the one that screens again: what is there would be void
        return next((made for made in offered if made.isVisibleTo(self) and made.isEnabled()), self.funnel.switch)

    def _head(self) -> QWidget:
        self.ages = label("", "muted", wrap=True, name="screening_ages")
        self.again = button(self.tr("重新核验"), name="screening_again", click=self._screen_again)
        self._desk.allow(Permission.BUILD, self.again)
        self.head = QWidget()
        self.head.setLayout(row(self.ages, self.again, stretch=0))
        return self.head

    def _screen_again(self) -> None:
        campaign = self._model.view.campaign
        if campaign.state in UNAPPROVED:
            self._model.screen()
            return
        void = (
            self.tr("批准和定时都作废：核验完要重新批准、重新安排发送。")
            if campaign.state is CampaignState.SCHEDULED
            else self.tr("批准作废：核验完要重新批准、重新安排发送。")
        )
        keep = self.tr("先不核验")
        if confirm(self, self.tr("重新核验？"), void, yes=self.tr("重新核验"), no=keep, careful=True):
            self._model.screen(knowing=True)

    def _progress(self) -> QWidget:
        self.bar = QProgressBar()
        self.bar.setObjectName("screening_bar")
        self.bar.setAccessibleName(self.tr("核验进度"))
        self.bar.setTextVisible(False)
        self.done = label("", "strong", name="screening_done")
        self.rate = label("", "muted", name="screening_rate")
        self.stop = button(self.tr("停止核验"), name="screening_stop", click=self._model.stop_screening)
        self._desk.allow(Permission.BUILD, self.stop)
        waits = self.tr("已有一会儿没有进展，平台可能没有回答。程序会接着试；也可以停止核验，文案和受众都保留。")
        self.slow = label(waits, "muted", wrap=True, name="screening_slow")
        self.patience = QTimer(self)
        self.patience.setSingleShot(True)
        self.patience.setInterval(SLOW_MS)
        self.patience.timeout.connect(self.slow.show)
        self.slow.hide()
        self.progress = card(row(self.done, self.rate, None, self.stop), self.bar, self.slow)
        self.progress.setObjectName("screening_progress")
        return self.progress

    def _draw_empty(self, view: CampaignView) -> None:
        note, words = view.campaign.state_note, self._desk.kit.words
        self.empty.button.setEnabled(view.unsaved == 0)
        if note and note != "by_user":
            kept = words.why("state_note", note) or self.tr("文案和受众都保留；可以再核验一次。")
            self.empty.title.setText(self.tr("核验没有完成"))
            self.empty.text.setText("\n".join((words.term("state_note", note), kept)))
        elif note == "by_user":
            self.empty.title.setText(self.tr("核验已停止"))
            self.empty.text.setText(self.tr("没有完成的核验不算数；文案和受众都保留，随时可以重新开始。"))
        elif view.campaign.state is CampaignState.SCREENED and not view.campaign.snapshot_size:
            self.empty.title.setText(self.tr("受众里没有人"))
            self.empty.text.setText(
                self.tr("没有客户符合受众的条件，不会发给任何人。请在“受众”里放宽条件，或同步客户之后再核验一次。")
            )
        elif view.funnel:
            self.empty.title.setText(self.tr("需要重新核验"))
            self.empty.text.setText(self.tr("核验之后受众、文案、签名或用途有改动，先前的结果不再有效。"))
        else:
            self.empty.title.setText(self.tr("还没有核验"))
            self.empty.text.setText(self._invitation)

    def _draw_progress(self, view: CampaignView, *, running: bool) -> None:
        show_if(self.progress, running)
        show_if(self.head, not running)
        if not running:
            self._pace.forget()
            self._wait(None)
            return
        done, total = screened_of(view)
        seen = self._pace.see(self._desk.app.clock(), done, total)
        stopping = view.campaign.state_note == STOPPING
        self._wait(done if total and not stopping else None)
        self.stop.setEnabled(not stopping)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if stopping:
            self.done.setText(self.tr("正在停止，手上的一批结束后停下…"))
        elif not total:
            self.done.setText(self.tr("正在冻结受众…"))
        else:
            self.done.setText(self.tr("已核验 {} / {}").format(show.count(done), show.count(total)))
        told = ""
        if seen.per_second is not None and seen.seconds_left is not None and not stopping:
            speed, left = round(seen.per_second), show.rest(seen.seconds_left)
            told = self.tr("每秒 {} 人 · 剩余 {}", "", speed).format(show.count(speed), left)
        self.rate.setText(told)

    def _wait(self, done: int | None) -> None:
        """Says so where `done` stays what it is for long; None where no platform is waited for."""
        if done == self._at:
            return
        self._at = done
        self.slow.hide()
        if done is None:
            self.patience.stop()
        else:
            self.patience.start()

    def _draw_ages(self, state: PreflightState) -> None:
        seen = state.seen
        if seen is None or seen.ages is None or seen.campaign.state in UNJUDGED:
            self.ages.setText("")
            return
        oldest, newest = seen.ages
        hours = (seen.now - oldest) / timedelta(hours=1)
        told = self.tr("同意记录读取于 {}，最旧的{}。").format(show.moment(newest), self._age(hours))
        at = seen.campaign.state
        if at is CampaignState.SCREENED and seen.now - oldest > seen.max_age:
            told += self.tr("已超过允许的时长，请重新核验。")
        elif at not in ENDED:
            told += self.tr("每一批发出前还会再核对一次。")
        self.ages.setText(told)

    def _age(self, hours: float) -> str:
        if hours < 1:
            return self.tr("不到 1 小时")
        return self.tr("是 {} 小时前", "", int(hours)).format(show.count(int(hours)))

    def _members_changed(self, state: MembersState) -> None:
        if state.reason == self._open:
            return
        former, self._open = self._open, state.reason
        self._show_page()
        bar = self.funnel.bars.rows.get(former)
        if state.reason:
            self.rows.table.setFocus()
        elif bar is not None:
            bar.setFocus()

    def _show_page(self) -> None:
        campaign, funnel = self._model.view.campaign, self._model.view.funnel
        if self._members.state.reason:
            self.stack.setCurrentIndex(2)
        elif campaign.state is CampaignState.DRAFT or (campaign.state is not CampaignState.SCREENING and not funnel):
            self.stack.setCurrentIndex(0)
        else:
            self.stack.setCurrentIndex(1)
