"""Where one fact comes from, word for word."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QVBoxLayout

from campaign_app.domain.consent import ConsentFact
from campaign_app.domain.finding import Finding
from campaign_app.services.members import Member
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.basics import button, clear, column, frame, label, row
from campaign_app.ui.widgets.page import scrolling

PROOF_WIDTH: Final = 320
LINE: Final = 26  # letters of an id
LINE_HEIGHT: Final = 20
MOST_LINES: Final = 14


class ProofPanel(QScrollArea):
    """Hidden while nobody is chosen."""

    closed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        self.title = label("", "strong", wrap=True, name="proof_title")
        self.close_button = button(self.tr("关闭"), "quiet", name="proof_close", click=self.closed.emit, small=True)
        inner = frame("card", column(row(self.title, self.close_button, stretch=0), self._lines, None, margin=4))
        made = scrolling(column(inner))
        self.setWidget(made.takeWidget())
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(PROOF_WIDTH)
        self.setObjectName("proof")
        self.setAccessibleName(self.tr("同意记录的证据"))
        self._shown: tuple[Member | None, tuple[Finding, ...] | None] = (None, None)
        self.hide()

    def show_member(self, member: Member | None, stops: tuple[Finding, ...] | None = None) -> None:
        if (member, stops) == self._shown:
            return
        self._shown = member, stops
        self.setVisible(member is not None)
        clear(self._lines)
        if member is None:
            return
        self.title.setText(member.name or self.tr("已删除的客户"))
        for name, said in (*self._stops(stops), *self._stopped(member), *self._told(member)):
            if said:
                self._lines.addLayout(column(label(name, "small"), label(said, wrap=True, select=True), space=1))
        proof = None if member.fact is None else member.fact.evidence
        exact = () if proof is None else (
            (self.tr("回执编号"), proof.receipt_id), (self.tr("查询编号"), proof.request_id),
            (self.tr("签名覆盖的原文"), proof.leaf),
        )  # fmt: skip
        for name, text in exact:
            self._lines.addLayout(column(label(name, "small"), _exact(name, text), space=1))

    def _stops(self, stops: tuple[Finding, ...] | None) -> list[tuple[str, str]]:
        """Why the text of this person may not be sent; a value of theirs may hold what the text does not."""
        if stops == ():
            stopped = self.tr("按现在的规则和资料没有问题了，请重新核验。")
            return [(self.tr("被拦下的文字"), stopped)]
        return [(self.tr("被拦下的文字"), self._stop(finding)) for finding in stops or ()]

    def _stopped(self, member: Member) -> list[tuple[str, str]]:
        """By which rules, as it was kept then: those of today may say something else."""
        by = member.stopped
        if by is None:
            return []
        return [(self.tr("拦下的规则"), self.tr("、").join(by.rules)), (self.tr("规则版本"), by.rule_packs)]

    def _stop(self, finding: Finding) -> str:
        law = self.tr("；").join(one.named for one in (finding.citation, *finding.beside))
        return "\n".join(filter(None, (finding.message, law, finding.fix)))

    def _told(self, member: Member) -> list[tuple[str, str]]:
        words, fact = self._kit.words, member.fact
        first = [(self.tr("核验结果"), words.term("reason", member.reason)), (self.tr("客户标识"), member.ref)]
        if fact is None:
            return [*first, (self.tr("证据"), self.tr("平台没有给出任何记录。"))]
        note = words.term("fact_note", fact.note) if fact.note else ""
        return [
            *first,
            (self.tr("平台记录"), words.term("consent_status", fact.status)),
            (self.tr("同意方式"), words.term("consent_method", fact.method)),
            (self.tr("渠道与用途"), self._scope(fact)),
            (self.tr("同意于"), show.moment(fact.obtained_at)),
            (self.tr("有效期至"), show.moment(fact.expires_at)),
            (self.tr("撤回于"), show.moment(fact.withdrawn_at) if fact.withdrawn_at else ""),
            (self.tr("平台核对于"), show.moment(fact.checked_at, seconds=True)),
            (self.tr("读取于"), show.moment(fact.observed_at, seconds=True)),
            (self.tr("说明"), note),
            *self._evidence(member, fact),
        ]

    def _scope(self, fact: ConsentFact) -> str:
        words = self._kit.words
        purposes = self.tr("、").join(words.term("purpose", each) for each in sorted(fact.purposes)) or "–"
        return f"{words.term('channel', fact.channel)} · {purposes}"

    def _evidence(self, member: Member, fact: ConsentFact) -> list[tuple[str, str]]:
        proof = fact.evidence
        if proof is None:
            return [(self.tr("证据"), self.tr("没有经过签名的证据，不能作为同意。"))]
        simulated = self.tr("模拟记录：只能用于模拟通道。") if proof.simulated else ""
        return [
            (self.tr("出具方"), f"{member.issuer_name}\n{proof.issuer_uscc}"),
            (self.tr("接口版本"), f"{proof.platform} {proof.api_version}"),
            (self.tr("查询接口"), proof.api_method),
            (self.tr("注意"), simulated),
        ]


def _exact(name: str, text: str) -> QPlainTextEdit:
    """To the letter, broken anywhere: ids and signed text have no spaces to break at."""
    made = QPlainTextEdit(text)
    made.setObjectName("proof_exact")
    made.setAccessibleName(name)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    made.setFixedHeight(min(MOST_LINES, 1 + len(text) // LINE) * LINE_HEIGHT + 20)
    return made
