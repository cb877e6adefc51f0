"""A campaign that is planned, on its way or over: what the run view shows, and pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from campaign_app.domain.campaign import NEW_TIME, Campaign, CampaignState
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.unknown_card import UnknownCard
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView, Outcome
from campaign_app.ui.viewmodels.progress import Pace, Progress, Run, run_of
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import column
from campaign_app.ui.widgets.run_view import Number, RunLook, RunView

LEVELS: Final[Mapping[CampaignState, str]] = {
    CampaignState.SCHEDULED: "info",
    CampaignState.SENDING: "info",
    CampaignState.PAUSED: "warn",
    CampaignState.WAITING: "warn",
    CampaignState.CANCELLING: "warn",
    CampaignState.DONE: "ok",
}
# seconds; a window is never longer, and a rest of millions of years no timedelta
_DAY: Final = 86_400
_OVER: Final = frozenset({CampaignState.CANCELLING, CampaignState.CANCELLED, CampaignState.DONE})
ACTIONS: Final[Mapping[CampaignState, frozenset[str]]] = {
    CampaignState.SCHEDULED: frozenset({"pause", "cancel"}),
    CampaignState.SENDING: frozenset({"pause", "cancel"}),
    CampaignState.PAUSED: frozenset({"resume", "cancel"}),
    CampaignState.WAITING: frozenset({"cancel"}),
    CampaignState.DONE: frozenset({"results"}),
    CampaignState.CANCELLING: frozenset({"copy"}),
    CampaignState.CANCELLED: frozenset({"copy", "results"}),
}


class RunPanel(QWidget):
    """`replanned` carries the time that somebody takes back."""

    results = Signal()
    replanned = Signal(datetime)

    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model
        self._pace = Pace()
        self.view = RunView(desk.kit.theme)
        self.view.wanted.connect(self._wanted)
        for key in ("resume", "replan"):
            desk.allow(Permission.SCHEDULE, self.view.buttons[key])
        desk.allow(Permission.BUILD, self.view.buttons["copy"])
        self.unknown = UnknownCard(desk, model)
        self.setLayout(column(self.view, self.unknown))

    def first(self) -> QWidget:
        """The first thing that can be done here and undone: never the cancelling, nor another time."""
        done = (made for key, made in self.view.buttons.items() if key not in ("cancel", "replan", "copy"))
        offered = (made for made in done if not made.isHidden())
        return next(offered, self.view)

    def render_view(self, view: CampaignView, foreseen: str = "") -> None:
        """`foreseen` says what would stop it at its time."""
        campaign = view.campaign
        run = run_of(view)
        sending = campaign.state is CampaignState.SENDING
        if not sending:
            self._pace.forget()
        seen = self._pace.see(self._desk.app.clock(), run.handled, run.total) if sending else None
        self.unknown.render_view(view)
        words = self._desk.kit.words
        self.view.show_run(
            RunLook(
                state=words.term("state", campaign.state),
                level=LEVELS.get(campaign.state, "muted"),
                headline=self._headline(campaign.state, run),
                done=run.handled,
                total=run.total,
                pace=self._pace_words(view, seen),
                note=self._note(view) or foreseen,
                hint="" if campaign.may_be_closed else self._hint(view, run),
                actions=self._actions(campaign),
                numbers=self._numbers(run, view.outcome),
            )
        )

    def _actions(self, campaign: Campaign) -> frozenset[str]:
        offered = ACTIONS.get(campaign.state, frozenset())
        return offered | {"replan"} if campaign.may_be_replanned(self._desk.app.clock()) else offered

    def _headline(self, state: CampaignState, run: Run) -> str:
        if not run.handled and state not in _OVER:
            return self.tr("将发给 {} 人", "", run.total).format(show.count(run.total))
        return self.tr("已处理 {} / {}").format(show.count(run.handled), show.count(run.total))

    def _pace_words(self, view: CampaignView, seen: Progress | None) -> str:
        campaign = view.campaign
        if campaign.state is CampaignState.SCHEDULED:
            return self.tr("将于北京时间 {} 开始，最晚发到 {}。").format(
                show.moment(campaign.send_at), show.moment(campaign.window_end)
            )
        if campaign.paused_early(self._desk.app.clock()):
            return self.tr("继续后不会马上发：仍于北京时间 {} 开始，最晚发到 {}。").format(
                show.moment(campaign.send_at), show.moment(campaign.window_end)
            )
        return self._sending_words(view, seen) if campaign.state is CampaignState.SENDING else ""

    def _sending_words(self, view: CampaignView, seen: Progress | None) -> str:
        if view.held_until is not None:
            said = self.tr("服务器刚刚切换，正在等各台电脑核对有没有丢失数据，核对完自动继续，最迟等到 {}。")
            return said.format(show.clock(view.held_until))
        ends = view.campaign.window_end
        if seen is None or seen.per_second is None or seen.seconds_left is None:
            return self.tr("最晚发到 {}。").format(show.moment(ends))
        speed = self._speed(seen.per_second)
        if ends is not None and timedelta(seconds=min(seen.seconds_left, _DAY)) > ends - self._desk.app.clock():
            return self.tr("{} · 照此速度到 {} 发不完，余下的会等您另选时间。").format(speed, show.moment(ends))
        return self.tr("{} · 剩余 {} · 最晚发到 {}").format(speed, show.rest(seen.seconds_left), show.moment(ends))

    def _speed(self, per_second: float) -> str:
        if per_second < 1:
            return self.tr("每分钟 {} 条").format(show.count(max(1, round(per_second * 60))))
        return self.tr("每秒 {} 条").format(show.count(round(per_second)))

    def _note(self, view: CampaignView) -> str:
        campaign, words = view.campaign, self._desk.kit.words
        note = campaign.state_note
        if not note or note == "by_user" or campaign.may_be_closed:  # the card below says all of it
            return ""
        said, why = words.term("state_note", note), words.why("state_note", note)
        if ":" not in note:
            return why or said
        end = self.tr("。")
        return said + ("" if said.endswith(end.strip()) else end) + why

    def _hint(self, view: CampaignView, run: Run) -> str:
        campaign = view.campaign
        if not run.handled and campaign.paused_early(self._desk.app.clock()):
            return self.tr("还没有开始发送；批准保留，每一批发出前再核对同意记录。")
        if campaign.state_note == NEW_TIME:  # says all of it
            return ""
        if campaign.state is CampaignState.WAITING and view.open:
            return self.tr("还没有发出任何一条。请在下面另选时间；也可以改内容或受众，再核验、批准，或取消活动。")
        again = self.tr("要改了再发，可以复制一份。") + (
            self.tr("已收到的人仍在副本的受众里，到了频次上限的会在核验时排除。") if run.submitted else ""
        )
        wrong = (
            self.tr("文案写错了就不要继续：取消活动，再复制一份改好；已发出的不能收回。") + "\n"
            if run.submitted
            else ""
        )
        hints = {
            CampaignState.SCHEDULED: self.tr("请保持后台进程运行；错过时段的不会补发，会等您另选时间。"),
            CampaignState.SENDING: self.tr("暂停后，已发出的不会重发，余下的人和批准都保留，继续时从停下处接着发。"),
            CampaignState.PAUSED: wrong
            + self.tr("已发出的不会重发；继续时从停下处接着发，每一批发出前再核对同意记录。"),
            CampaignState.WAITING: self.tr("余下的人都保留。请在下面另选时间，或取消活动。"),
            CampaignState.CANCELLED: self.tr("余下的人没有发送；取消后不能恢复。") + again,
            CampaignState.CANCELLING: self.tr("不再发出新的短信；正在核对已经交出的每一条的结果。") + again,
        }
        return hints.get(campaign.state, "")

    def _numbers(self, run: Run, outcome: Outcome) -> tuple[Number, ...]:
        words = self._desk.kit.words
        names = {"asking": self.tr("等待通道答复"), "held": self.tr("待核对")}
        counted = {
            "accepted": run.accepted,
            "rejected": run.rejected,
            "unknown": run.unknown,
            "withheld": run.withheld,
        }
        whys = {
            "withheld": self.tr("发出前的再次核对没有通过，例如刚刚退订。"),
            "unknown": self.tr("继续时先向通道核对，不会重发。")
            if outcome == "held"
            else self.tr("通道还没有说明结果。"),
        }
        return tuple(
            Number(
                key,
                (key == "unknown" and names.get(outcome)) or words.term("count", key),
                show.count(count),
                show.share(count, run.handled) if run.handled else "",
                why=whys.get(key, ""),
            )
            for key, count in counted.items()
        )

    def _wanted(self, what: str) -> None:
        if what == "pause":
            self._model.pause()
        elif what == "resume" and not self._model.view.campaign.came_with_copy:
            self._model.resume()
        elif what == "resume":
            self._resume_copied()
        elif what == "replan":
            self._replan()
        elif what == "results":
            self.results.emit()
        elif what == "copy":
            campaign = self._model.view.campaign
            self._desk.way.to("campaigns", ("copy", campaign.id, campaign.name))
        elif self._sure(run_of(self._model.view)):
            self._model.cancel()

    def _replan(self) -> None:
        """Asked first: until another time is chosen nothing is sent."""
        kept = self.tr("原定于北京时间 {} 的发送作废，批准保留；在下面另选时间之前不会发送。")
        if confirm(
            self,
            self.tr("改时间？"),
            kept.format(show.moment(self._model.view.campaign.send_at)),
            yes=self.tr("改时间"),
            no=self.tr("保留原定时间"),
        ):
            self.replanned.emit(self._model.view.campaign.send_at)

    def _resume_copied(self) -> None:
        if confirm(
            self,
            self.tr("继续来自备份或旧副本的活动？"),
            self.tr(
                "副本之后发过什么无从得知。每一批会先问发送通道：已发过的不会重发，问不清的也不再发。"
                "如果之后换过发送通道，请取消活动。"
            ),
            yes=self.tr("继续发送"),
            no=self.tr("先不继续"),
            careful=True,
        ):
            self._model.resume(knowing=True)

    def _sure(self, run: Run) -> bool:
        left, sent = show.count(run.left), show.count(run.submitted)
        kept = self.tr(
            "已发出的 {} 条不能收回，结果会保留；余下的不再发送，取消后不能恢复。", "", run.submitted
        ).format(sent)
        return confirm(
            self,
            self.tr("取消活动？还有 {} 人没有发送", "", run.left).format(left),
            kept if run.submitted else self.tr("取消后不再发送，不能恢复。"),
            yes=self.tr("取消活动"),
            no=self.tr("继续保留"),
            danger=True,
        )
