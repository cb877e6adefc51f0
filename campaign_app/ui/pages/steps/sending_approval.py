"""The approval: the number typed by a person, and afterwards who approved what."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from campaign_app.domain.campaign import Campaign
from campaign_app.ui import actors, show
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.preflight import PreflightState
from campaign_app.ui.widgets.basics import column, label, row, show_if


class ApprovalCard(QFrame):
    """`typed` carries the text of the field, `entered` that Enter was pressed in it."""

    typed = Signal(str)
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("approval")
        self.title = label("", "heading")
        self.ask = label("", "muted", wrap=True)
        self.field = QLineEdit()
        self.field.setObjectName("approval_count")
        self.field.setAccessibleName(self.tr("收件人数"))
        self.field.setMaxLength(14)
        self.field.setFixedWidth(120)
        self.field.textEdited.connect(self.typed)
        self.field.returnPressed.connect(self.entered)
        self.beside = label("", "strong", name="approval_ready")
        self.hint = label("", "small", wrap=True, name="approval_hint")
        self.facts = label("", wrap=True, name="approval_facts", select=True)
        self.entry = QWidget()
        self.entry.setLayout(row(self.field, self.beside, None))
        self.setLayout(column(self.title, self.ask, self.entry, self.facts, self.hint, space=2, margin=4))

    def show_state(self, campaign: Campaign, state: PreflightState, missing: str, by_another: str) -> None:
        """`by_another`: why another person has to approve it; "" where whoever looks at it may."""
        approved = bool(campaign.approved_at)
        void = state.seen is not None and state.seen.void
        held = self.tr("批准已失效") if void else self.tr("已批准")
        self.title.setText(held if approved else self.tr("批准"))
        show_if(self.ask, not approved)
        show_if(self.entry, not approved)
        show_if(self.facts, approved)
        if approved:
            self._approved(campaign)
        else:
            self._asking(state, missing, by_another)

    def _asking(self, state: PreflightState, missing: str, by_another: str) -> None:
        ready = 0 if state.seen is None else state.seen.ready
        usable = state.ready_to_approve
        self.ask.setText(
            self.tr("输入收件人数，表示您知道这条短信要发给多少人。")
            if usable
            else by_another or self.tr("左边的检查通过后才能批准。")
        )
        show_if(self.entry, usable)
        if self.field.text() != state.typed:
            self.field.setText(state.typed)
        self.beside.setText(self.tr("核验后可发送 {} 人").format(show.count(ready)))
        wrong = bool(state.typed) and not state.count_right
        set_property(self.field, "invalid", wrong)
        set_property(self.hint, "role", "block" if wrong else "small")
        said = self.tr("与核验后的人数不一致。") if wrong else missing
        self.hint.setText(said)
        self.hint.setVisible(bool(said))

    def _approved(self, campaign: Campaign) -> None:
        self.facts.setText(
            self.tr("由 {} 于 {} 批准，只对这份文案、签名、用途和 {} 名受众有效。").format(
                actors.who(campaign.approved_by), show.moment(campaign.approved_at), show.count(campaign.snapshot_size)
            )
        )
        set_property(self.hint, "role", "small")
        self.hint.setText(self.tr("任何一项改动，批准即失效。"))
        self.hint.setVisible(True)
