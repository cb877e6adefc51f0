"""The words of the first campaign's guide, and where each of its buttons leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.domain.team import Permission, granted_to
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.single import mark_of
from campaign_app.ui.viewmodels.guide import GuideModel, Lead

# what whoever does it has to be allowed; nobody needs anything to look on
NEEDED: Final[Mapping[str, Permission]] = {
    "connect": Permission.CONNECT,
    "cut_off": Permission.CONNECT,
    "sync": Permission.SYNC,
    "new": Permission.BUILD,
    "audience": Permission.BUILD,
    "loose": Permission.BUILD,
    "no_text": Permission.BUILD,
    "no_signature": Permission.BUILD,
    "blocked": Permission.BUILD,
    "unkept": Permission.BUILD,
    "judging": Permission.BUILD,
    "screen": Permission.BUILD,
    "failed": Permission.BUILD,
    "approve": Permission.APPROVE,
    "schedule": Permission.SCHEDULE,
}
# code → (step, field) of the editor
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "audience": ("audience", "filter"),
    "loose": ("audience", "unfinished"),
    "no_text": ("content", "body"),
    "no_signature": ("content", "signature"),
    "blocked": ("content", "body"),
    "unkept": ("content", "body"),
    "judging": ("content", "body"),
    "screen": ("screening", "start"),
    "failed": ("screening", "start"),
    "running": ("screening", "result"),
    "nobody": ("screening", "result"),
    "approve": ("sending", "next"),
    "schedule": ("sending", "next"),
    "scheduled": ("sending", "next"),
    "sending": ("sending", "next"),
    "stopped": ("sending", "next"),
}
ELSEWHERE: Final[Mapping[str, tuple[str, object]]] = {
    "connect": ("settings", ("field", "accounts", ())),
    "cut_off": ("settings", ("field", "accounts", ())),
    "sync": ("customers", "sync"),
    "syncing": ("customers", "sync"),
    "new": ("campaigns", "new"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """`text` is one sentence; `action` the words on the button, "" where there is nothing to go to; `own` whether

    whoever looks may do it: the button stands out then.
    """

    text: str
    action: str
    own: bool


class GuideWords(QObject):
    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    def titles(self) -> dict[str, str]:
        return {
            "connect": self.tr("连接平台"),
            "customers": self.tr("同步客户"),
            "audience": self.tr("选受众"),
            "content": self.tr("写内容"),
            "screening": self.tr("核验"),
            "sending": self.tr("检查并发送"),
        }

    def said(self, lead: Lead) -> Said:
        text, action = self._words()[lead.code]
        needed = NEEDED.get(lead.code)
        if needed is None or self._desk.may(needed):
            return Said(text, action, own=True)
        words = self._desk.kit.words
        who = self.tr("、").join(words.term("role", role) for role in granted_to(needed))
        # nothing can be looked at before it is there
        look = "" if lead.code == "new" else self.tr("去看看")
        return Said(self.tr("这一步要由{}来做，做完这里自动打勾。").format(who), look, own=False)

    def go(self, lead: Lead, campaign_id: int | None) -> None:
        """To the very field."""
        if lead.code in ELSEWHERE:
            self._desk.way.to(*ELSEWHERE[lead.code])
        elif campaign_id is not None:
            self._desk.way.to("campaigns", (campaign_id, *FIELDS[lead.code]))

    def _words(self) -> dict[str, tuple[str, str]]:
        """The sentence and the words on the button, by the code of a lead."""
        return {
            "connect": (self.tr("填平台给的地址和密钥；密钥只存在加密的工作区里。"), self.tr("去连接")),
            "cut_off": (self.tr("店铺都已断开，重新连接后才能核验和发送。"), self.tr("去连接")),
            "sync": (self.tr("客户和同意记录从平台同步过来；文件只能补充资料，不能代替同意。"), self.tr("去同步")),
            "syncing": (self.tr("正在从平台同步，收到客户后就能继续。"), self.tr("看进度")),
            "new": (self.tr("新建一个活动，再选发给哪些客户。"), self.tr("新建活动")),
            "audience": (self.tr("加上条件，只选合适的人；要发给全部客户，直接写内容就行。"), self.tr("去选受众")),
            "loose": (self.tr("受众有条件还没存下来：填好，或者删掉。"), self.tr("去填好")),
            "no_text": (self.tr("写清谁发的、有什么优惠、怎么退订；边写边看合规提示。"), self.tr("去写正文")),
            "no_signature": (self.tr("选一个签名，收件人靠它认出您。"), self.tr("去选签名")),
            "blocked": (self.tr("内容里有必须处理的地方，合规提示里写着怎么办。"), self.tr("去修改")),
            "unkept": (self.tr("文案的改动没有存下来，请重试。"), self.tr("去看看")),
            "judging": (self.tr("正在检查文案…"), ""),
            "screen": (self.tr("逐个向平台确认谁同意接收，只有通过的人才会收到。"), self.tr("去核验")),
            "failed": (self.tr("上次核验没有完成，文案和受众都在，再核验一次就好。"), self.tr("去核验")),
            "running": (self.tr("正在核验，完成后再检查和发送。"), self.tr("看进度")),
            "nobody": (self.tr("没有人可以发送：看看原因，或者放宽受众。"), self.tr("看原因")),
            "approve": (self.tr("看一遍检查项，有红色的先处理；再输入收件人数，批准发送。"), self.tr("去检查")),
            "schedule": (self.tr("已批准。选立即发送，或者定个时间。"), self.tr("去发送")),
            "scheduled": (self.tr("已定时，到时自动发出；允发或后台进程要开着。"), self.tr("去看看")),
            "sending": (self.tr("正在发送，随时可以暂停。"), self.tr("看进度")),
            "stopped": (self.tr("发送停下了，要有人处理后才继续。"), self.tr("去处理")),
        }


def guide_of(desk: Desk) -> GuideModel:
    """The one of the open workspace: it outlives the pages. Of a demo, which is thrown away, nothing is remembered."""

    def make() -> GuideModel:
        plan = desk.session.plan
        mark = "" if plan.demo else mark_of(plan.folder)
        return GuideModel(desk.app, desk.kit.tasks, desk.jobs, desk.kit.prefs, mark, desk.session)

    return desk.kept(GuideModel, make)


def hide(desk: Desk, guide: GuideModel) -> None:
    """Out of the way, with a word on where it is and a way to undo it."""
    guide.hide(hidden=True)
    desk.kit.messages.done(
        lambda: translate("GuideWords", "“第一次活动”指引已隐藏；在“设置”→“界面”里可以找回。"),
        label=lambda: translate("GuideWords", "撤销"),
        action=partial(guide.hide, hidden=False),
    )
