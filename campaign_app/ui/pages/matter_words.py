"""The sentences for what needs a person today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.domain.team import Permission, granted_to
from campaign_app.services.complaint_matters import CODES as COMPLAINTS
from campaign_app.services.matters import Matter
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.account_words import AccountWords

ACCOUNTS: Final = frozenset({"untold", "expires", "expired", "shared"})  # codes of `account_matters`

WAITING: Final = frozenset({"waiting", "waiting_here", "waiting_elsewhere"})


class MatterWords(QObject):
    """`may`: what whoever sits here is allowed; what others have to do is said as theirs."""

    def __init__(
        self, kit: Kit, clock: Callable[[], datetime], may: Callable[[Permission], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._kit, self._clock, self._may = kit, clock, may
        self._accounts = AccountWords(kit, self)

    def of(self, matter: Matter) -> tuple[str, str, str]:
        """(title, text, word on the button)."""
        if matter.page == "campaigns" and not matter.code.startswith("signature"):
            return self._campaign_words(matter)
        if matter.code in ACCOUNTS:
            return self._accounts.of(matter, self._clock())
        if matter.code in ("copied", "job", "backup", "held", "tasks", "certificate", *WAITING, *COMPLAINTS):
            return self._of_itself(matter)
        if matter.code == "account":
            text = self.tr("它名下的店铺都已断开，客户和记录都在，但不能核验也不能发送。")
            return self.tr("{} · 没有已连接的店铺").format(matter.subject), text, self.tr("去连接")
        if matter.code == "rules":
            text = self.tr("文件 {} 有错误，自有规则没有更新，仍按上一次可用的版本核对。").format(matter.subject)
            return self.tr("自有规则有错误"), text, self.tr("去看看")
        return self._signature_words(matter)

    def _backup_words(self, matter: Matter) -> tuple[str, str, str]:
        lost = self.tr("之后发过短信：电脑坏了，发送记录、退订和投诉都找不回来。")
        if matter.at is None:
            lost = self.tr("发过短信：电脑坏了，发送记录、退订和投诉都找不回来。")
            return self.tr("还没有备份"), lost, self.tr("去备份")
        return self.tr("上次备份是 {}").format(show.day(matter.at)), lost, self.tr("去备份")

    def _of_itself(self, matter: Matter) -> tuple[str, str, str]:
        """Of the workspace, or of jobs."""
        words = self._kit.words
        if matter.code in COMPLAINTS:
            return self._complaint_words(matter)
        if matter.code in WAITING:
            return self._waiting_words(matter)
        simple = {
            "backup": self._backup_words,
            "held": self._held_words,
            "tasks": self._task_words,
            "certificate": self._certificate_words,
        }
        if told := simple.get(matter.code):
            return told(matter)
        if matter.code == "job":
            title = self.tr("{} · 同步失败") if matter.subject else self.tr("导入文件失败")
            why = words.term("state_note", matter.note)
            text = self.tr("{}：{} 已收到的数据都保留。").format(show.moment(matter.at), why)
            return title.format(matter.subject), text, self.tr("去看看")
        return words.term("state_note", matter.note), words.why("state_note", matter.note), self.tr("去处理")

    def _complaint_words(self, matter: Matter) -> tuple[str, str, str]:
        look = self.tr("去处理")
        if matter.code == "complaints_overdue":
            return (
                self.tr("%Ln 个投诉已经超期", "", matter.number),
                self.tr("超过了认领或答复的期限，请尽快处理。"),
                look,
            )
        if matter.code == "complaints_due":
            return self.tr("%Ln 个投诉今天到期", "", matter.number), self.tr("今天是认领或答复的最后一天。"), look
        title = self.tr("投诉 {} · 已超期") if matter.code == "complaint_overdue" else self.tr("投诉 {} · 今天到期")
        what = self._kit.words.term("complaint_timer", matter.note)
        told = self.tr("{at} 收到，要做的是：{what}。").format(at=show.moment(matter.at), what=what)
        if matter.code == "complaint_overdue":
            told += self.tr("已超期 %Ln 天。", "", matter.number)
        return title.format(matter.subject), told, look

    def _waiting_words(self, matter: Matter) -> tuple[str, str, str]:
        """Of work that no worker of the team takes."""
        what, at = self._kit.words.term("queue", matter.subject), show.moment(matter.at)
        title = self.tr("{} · 没有后台进程处理").format(what)
        waits = self.tr("自 {} 起有 %Ln 项在等：", "", matter.number).format(at)
        if matter.code == "waiting_elsewhere":
            todo = self.tr("文件在另一台电脑上，请在那台电脑上打开允发，导入会接着做完。")
            return title, waits + todo, ""
        if matter.code == "waiting_here":
            todo = self.tr("文件在本机，要由本机处理；启动后从停下的地方继续。")
        else:
            todo = self.tr("正在运行的后台进程都不负责这一项。可以由本机处理，或请管理员启动负责它的后台进程。")
        return title, waits + todo, self.tr("由本机处理")

    def _held_words(self, matter: Matter) -> tuple[str, str, str]:
        """Behind a team's server that took over from another one."""
        waits = self.tr("还在等 %Ln 台，请保持那里的后台进程运行。", "", matter.number)
        text = self.tr("正在等各台电脑核对有没有丢失数据，核对完自动继续；到 {} 还有没核对的，活动会暂停，等人处理。")
        return self.tr("服务器刚刚切换 · 暂不发送"), text.format(show.clock(matter.at)) + waits, ""

    def _certificate_words(self, matter: Matter) -> tuple[str, str, str]:
        text = self.tr("{} 到期，之后谁都连不上，定时的活动也不会发送。请管理员在那之前换好证书。")
        title = self.tr("数据库服务器的证书还有 %Ln 天到期", "", matter.number)
        return title, text.format(show.day(matter.at)), ""

    def _task_words(self, matter: Matter) -> tuple[str, str, str]:
        first = self.tr("最早的是“{what}”：期限 {day}，负责人 {who}。")
        text = first.format(what=matter.subject, day=show.day(matter.at), who=matter.note)
        return self.tr("%Ln 项整改已到期", "", matter.number), text, self.tr("去看看")

    def _campaign_words(self, matter: Matter) -> tuple[str, str, str]:
        words, name = self._kit.words, matter.subject
        if matter.code == "stopped":
            return self.tr("{} · 等待处理").format(name), words.note(matter.note), self.tr("去处理")
        if matter.code == "screened":
            return self.tr("{} · 已核验，待批准").format(name), *self._screened_words(show.count(matter.number))
        if matter.code == "draft":
            goes_on = self.tr("最近的草稿，可以接着做。"), self.tr("继续编辑")
            looks = self.tr("最近的草稿，还没有核验。"), self.tr("去看看")
            return self.tr("{} · 草稿").format(name), *(goes_on if self._may(Permission.BUILD) else looks)
        if matter.code == "approved":
            text = self.tr("批准过的活动要安排时间才会发送。")
            return self.tr("{} · 已批准，待安排").format(name), text, self.tr("去安排")
        at = show.clock(matter.at)
        text = self.tr("发送时程序或后台进程要开着，否则会等您处理，不会迟发。")
        return self.tr("{} · 今天 {} 发送").format(name, at), text, self.tr("查看")

    def _screened_words(self, people: str) -> tuple[str, str]:
        if self._may(Permission.APPROVE):
            return self.tr("受众 {} 人，核对后就可以批准和安排发送。").format(people), self.tr("去批准")
        who = self.tr("、").join(self._kit.words.term("role", role) for role in granted_to(Permission.APPROVE))
        return self.tr("受众 {} 人，等{}批准。").format(people, who), self.tr("去看看")

    def _signature_words(self, matter: Matter) -> tuple[str, str, str]:
        name, action = matter.subject, self.tr("去更换") if matter.page == "campaigns" else self.tr("去看看")
        if matter.code == "signature_expires":
            title = self.tr("签名【{}】还有 %Ln 天到期", "", matter.number).format(name)
            return title, self.tr("到期后不能再用，请先在平台续期或换一个签名。"), action
        if matter.code == "signature_expired":
            return self.tr("签名【{}】已过期").format(name), self.tr("过期的签名不能发送，请在平台续期。"), action
        if matter.code == "signature_unusable":
            text = self.tr("活动“{}”用到它，但它没有通过审核或没有在运营商报备，不能发送。").format(matter.note)
            return self.tr("签名【{}】还不能用").format(name), text, action
        if matter.code == "signature_gone":
            text = self.tr("活动“{}”用到它，发送通道却已没有这个签名，到时会停下。请在平台恢复它，或换一个签名。")
            return self.tr("签名【{}】在发送通道已查不到").format(name), text.format(matter.note), self.tr("去处理")
        title, names = self.tr("%Ln 个签名还不能用", "", matter.number), self.tr("、").join(matter.names)
        return (
            title,
            self.tr("{}：没有通过审核、没有在运营商报备，或很久没有读到；同步时自动更新。").format(names),
            action,
        )
