"""Messages of which nobody can tell what became: how many, why, that they stay as they are, and closing them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.pill import Pill


class UnknownCard(QFrame):
    """Shown while the campaign may be closed so; hidden else."""

    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("unknown")
        self._desk, self._model = desk, model
        self.pill = Pill(desk.kit.theme)
        self.title = label("", "heading", name="unknown_title")
        self.why = label("", wrap=True, name="unknown_why", select=True)
        self.safe = label(
            self.tr("为免有人收到两遍，这些短信永远不会自动重发，也不算送达。"),
            "strong",
            wrap=True,
            name="unknown_safe",
        )
        self.then = label("", "muted", wrap=True, name="unknown_then")
        self.close_button = button(self.tr("以结果不明结案…"), name="unknown_close", click=self._close)
        desk.allow(Permission.CLOSE, self.close_button)
        head = row(self.pill, self.title, None, self.close_button)
        self.setLayout(column(head, self.why, self.safe, self.then, space=2, margin=4))
        self.setAccessibleName(self.tr("结果不明的短信"))
        self.hide()

    def render_view(self, view: CampaignView) -> None:
        campaign = view.campaign
        self.setVisible(campaign.may_be_closed)
        if not campaign.may_be_closed:
            return
        count = view.counts.get("unknown", 0)
        self.pill.show_state(self._desk.kit.words.term("outcome", "unknown"), "warn")
        self.title.setText(self.tr("%Ln 条短信不知道有没有发出", "", count))
        self.why.setText(self._why(view))
        self.then.setText(self._then(campaign.state))
        self.setAccessibleDescription("".join(part.text() for part in (self.title, self.why, self.safe, self.then)))

    def _why(self, view: CampaignView) -> str:
        if not view.campaign.is_stuck:
            return self.tr("已经交给发送通道，问了多次，它的答复里都没有这些短信的结果，或它已不再保留这批记录。")
        note, words = view.campaign.state_note, self._desk.kit.words
        return self.tr("取消时要向发送通道问清已交出的短信，但没有问成。{}").format(words.term("state_note", note))

    def _then(self, state: CampaignState) -> str:
        if state is CampaignState.CANCELLING:
            return self.tr("程序会继续追问，问清后自动完成取消。若确定问不到，可以结案，不再追问。")
        if state is CampaignState.WAITING:
            return self.tr("请先到发送通道的后台查询；也可以在下面重新安排，程序会先再问一次。都查不到，就结案。")
        return self.tr("请先到发送通道的后台查询；查不到，就结案。结案后收到的回执仍会记入结果。")

    def _close(self) -> None:
        count = show.count(self._model.view.counts.get("unknown", 0))
        if confirm(
            self,
            self.tr("把 {} 条短信以结果不明结案？").format(count),
            self.tr("结案后不再追问，也不会重发；之后若收到回执，仍会记入结果。结案会写入记录，不能撤销。"),
            yes=self.tr("结案"),
            no=self.tr("先不结案"),
            danger=True,
        ):
            self._model.close_unknown()
