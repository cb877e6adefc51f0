"""Closing while something is being sent or scheduled: what it is, what will become of it, and the choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.logins import AtLogin
from campaign_app.ui import show
from campaign_app.ui.viewmodels.closing import OnItsWay
from campaign_app.ui.widgets.basics import button, column, fit, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog

SHOWN = 6


class Choice(IntEnum):
    """As `QDialog.result` has it: closing the dialog itself is going back."""

    BACK = 0
    LEAVE = 1
    STAY_HIDDEN = 2
    WORKER = 3


class ClosingDialog(Dialog):
    HELP = "closing"

    def __init__(
        self,
        campaigns: Sequence[OnItsWay],
        *,
        tray: bool,
        demo: bool,
        own_worker: bool,
        login: AtLogin,
        why_not: Callable[[AppError], str],
        parent: QWidget | None = None,
    ) -> None:
        """`why_not` puts into words why the worker cannot start at `login`."""
        super().__init__(parent)
        self.setObjectName("closing")
        self.setWindowTitle(self.tr("还有活动没有发完"))
        self.setFixedWidth(640)
        hide = self.tr("最小化到托盘") if tray else self.tr("最小化窗口")
        self.stay = button(hide, "primary", name="closing_hide", click=lambda: self.done(Choice.STAY_HIDDEN))
        self.leave = button(self.tr("仍要退出"), "danger", name="closing_leave", click=lambda: self.done(Choice.LEAVE))
        self.back = button(self.tr("返回"), name="closing_back", click=self.reject)
        self.worker = button(
            self.tr("登录后由后台进程接着发"), name="closing_worker", click=lambda: self.done(Choice.WORKER)
        )
        self.worker.setEnabled(login.refused is None)
        words = self._consequence(demo=demo, own_worker=own_worker, at_login=login.on)
        self.what = label(words, wrap=True, name="closing_what")
        heir = self._heir() if login.refused is None else why_not(login.refused)
        self.heir = label(heir, "muted", wrap=True, name="closing_heir")
        self.worker.setAccessibleDescription(heir)
        self.setLayout(
            column(
                label(self.tr("还有活动没有发完"), "heading"),
                self._names(campaigns),
                self.what,
                label(self._hiding(tray=tray), "muted", wrap=True),
                self.heir,
                row(self.back, None, self.leave, self.worker, self.stay),
                margin=5,
                space=4,
            )
        )
        for part in (self.worker, self.heir):
            show_if(part, not demo and (own_worker or not login.on))
        self.stay.setDefault(True)
        self.stay.setFocus()
        fit(self)

    def _names(self, campaigns: Sequence[OnItsWay]) -> QVBoxLayout:
        lines = [self._line(campaign) for campaign in campaigns[:SHOWN]]
        if len(campaigns) > SHOWN:
            lines.append(label(self.tr("另有 %Ln 个活动", "", len(campaigns) - SHOWN), "muted"))
        return column(*lines, space=1)

    def _line(self, campaign: OnItsWay) -> QLabel:
        sending = campaign.send_at is None
        state = self.tr("正在发送") if sending else self.tr("定时 {at}").format(at=show.moment(campaign.send_at))
        return label(self.tr("“{name}”  {state}").format(name=campaign.name, state=state), "strong", wrap=True)

    def _consequence(self, *, demo: bool, own_worker: bool, at_login: bool) -> str:
        if demo:
            return self.tr("这是演示：退出后模拟发送停止，演示数据全部删除。")
        if not own_worker:
            return self.tr("后台进程独立运行：退出窗口不影响发送，活动按时继续。")
        if at_login:
            return self.tr(
                "退出后发送暂停，还没发出的短信留在原处，不会丢失也不会重复；最迟在下次打开或登录这台电脑时接着发。"
                "若那时已过当天可发送的时间，活动会等您重新安排，不会自动补发。"
            )
        return self.tr(
            "退出后发送暂停，还没发出的短信留在原处，不会丢失也不会重复；下次打开时接着发。"
            "若那时已过当天可发送的时间，活动会等您重新安排，不会自动补发。"
        )

    def _hiding(self, *, tray: bool) -> str:
        if tray:
            return self.tr("最小化到托盘后，窗口收起，发送照常进行；从托盘图标可以再打开。")
        return self.tr("最小化后，发送照常进行；从任务栏可以再打开。")

    def _heir(self) -> str:
        return self.tr("登录后由后台进程接着发：窗口关闭后立即由后台进程接手，以后每次登录这台电脑自动启动。")
