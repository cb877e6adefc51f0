"""The people behind one bar, and the proof of the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from campaign_app.domain.consent import ConsentFact, ConsentStatus, Reason
from campaign_app.services.members import Member
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.ui.folders import documents, tell_written
from campaign_app.ui.itemmodels.paged import PagedModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.proof import ProofPanel
from campaign_app.ui.viewmodels.members import MembersModel, MembersState
from campaign_app.ui.widgets.actions import action
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.table import Table
from campaign_app.words import Words

LEVELS = {ConsentStatus.CONFIRMED: "ok", ConsentStatus.WITHDRAWN: "block", ConsentStatus.DECLINED: "block"}


class RowsView(QWidget):
    """`closed`: back to the funnel."""

    closed = Signal()

    def __init__(self, kit: Kit, members: MembersModel) -> None:
        super().__init__()
        self._kit, self._members, self._shown = kit, members, ""
        self.back = button(self.tr("返回漏斗"), "quiet", name="rows_back", click=self.closed.emit)
        self.back.setIcon(kit.theme.icon("left", "accent"))
        self.title = label("", "heading", name="rows_title")
        self.export = button(self.tr("导出（已掩码）…"), name="rows_export", click=self._ask_file)
        self.stop = button(self.tr("停止导出"), name="rows_stop", click=members.cancel_export)
        self.exporting = label("", "small", name="rows_exporting")
        self.why = label("", "muted", wrap=True, name="rows_why")
        self._columns = self._table_columns()
        self.model: PagedModel[Member] = PagedModel(kit.tasks, self._columns, self)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(kit.messages.error)
        self.table = Table(kit.theme, "rows_table", self.tr("名单"))
        self.table.use(self.model, self._columns)
        self.table.moved.connect(self._follow)
        self.table.clicked.connect(lambda index: self._choose(index.row()))
        self.table.opened.connect(self._choose)
        self.proof = ProofPanel(kit)
        self.proof.closed.connect(lambda: members.choose(None))
        head = row(self.back, self.title, self.exporting, self.stop, self.export, stretch=1)
        self.setLayout(column(head, self.why, row(self.table, self.proof, space=3, stretch=0), space=2, stretch=2))
        action(self, "rows.back", self._escape)
        members.changed.connect(self.render_state)
        members.exported.connect(self._exported)
        self.render_state(members.state)

    def render_state(self, state: MembersState) -> None:
        if state.reason and state.reason != self._shown:
            self.title.setText(self._kit.words.term("reason", state.reason))
            self.why.setText(self._kit.words.why("reason", state.reason))
            self.model.show(self._members.rows())
        self._shown = state.reason
        self.proof.show_member(state.chosen, state.stops)
        busy = state.written is not None
        self.stop.setVisible(busy)
        self.export.setVisible(not busy)
        self.exporting.setText(self._written(state.written) if state.written is not None else "")

    def export_to(self, file: Path) -> None:
        words = self._kit.words

        def cells(member: Member) -> tuple[str, ...]:
            return (words.term("reason", member.reason), *_fact_words(words, member), *_stop_words(member))

        person = self.tr("店铺"), self.tr("客户标识"), self.tr("姓名（已掩码）"), self.tr("手机号（已掩码）")
        fact = self.tr("核验结果"), self.tr("平台记录"), self.tr("同意方式"), self.tr("核对时间")
        stop = self.tr("拦下的规则"), self.tr("规则版本")
        head = (*person, *fact, self.tr("出具方"), self.tr("回执编号"), self.tr("说明"), *stop)
        self._members.export(file, head, cells, self._kit.messages.error)

    def _ask_file(self) -> None:
        name = str(documents() / f"{self._kit.words.term('reason', self._members.state.reason)}.csv")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("导出名单"), name, "CSV (*.csv)")
        if chosen:
            self.export_to(Path(chosen))

    def _exported(self, file: Path, rows: int) -> None:
        words = ExportedWords()
        tell_written(self._kit.messages, lambda: words.said(file.name, rows), file)

    def _written(self, rows: int) -> str:
        return self.tr("已写入 {} 行", "", rows).format(show.count(rows))

    def _counted(self, total: int) -> None:
        name = self._kit.words.term("reason", self._members.state.reason)
        self.title.setText(self.tr("{}（{} 人）", "", total).format(name, show.count(total)))

    def _choose(self, number: int) -> None:
        self._members.choose(self.model.row(number), self._kit.prefs.language)

    def _follow(self, number: int) -> None:
        """An open proof is that of the row where the keyboard is."""
        if self._members.state.chosen is not None:
            self._choose(number)

    def _escape(self) -> None:
        if self._members.state.chosen is not None:
            self._members.choose(None)
            self.table.setFocus()
        else:
            self.closed.emit()

    def _table_columns(self) -> tuple[Column[Member], ...]:
        words = self._kit.words

        def of_fact(say: Callable[[ConsentFact], Cell]) -> Callable[[Member], Cell]:
            return lambda member: NOTHING if member.fact is None else say(member.fact)

        def status(member: Member) -> Cell:
            """Nothing is green of whoever gets nothing: they may have withdrawn what the platform still confirms."""
            fact = member.fact
            if fact is None:
                return NOTHING
            note = words.term("fact_note", fact.note) if fact.note else ""
            level = LEVELS.get(fact.status, "muted")
            calm = level == "ok" and member.reason != Reason.OK
            return Cell(words.term("consent_status", fact.status), note, "muted" if calm else level)

        return (
            Column(self.tr("姓名"), 96, lambda member: Cell(member.name) if member.name else NOTHING, grows=True),
            Column(self.tr("手机号"), 124, lambda member: Cell(member.phone) if member.phone else NOTHING),
            Column(self.tr("店铺"), 130, lambda member: Cell(member.shop), grows=True, rank=2, named=True),
            Column(self.tr("平台记录"), 112, status),
            Column(
                self.tr("同意方式"), 104, of_fact(lambda fact: Cell(words.term("consent_method", fact.method))), rank=1
            ),
            Column(self.tr("核对时间"), MOMENT, of_fact(lambda fact: Cell(show.moment(fact.checked_at))), rank=1),
        )


def _fact_words(words: Words, member: Member) -> tuple[str, ...]:
    fact = member.fact
    if fact is None:
        return ("",) * 6
    receipt = fact.evidence.receipt_id if fact.evidence is not None else ""
    note = words.term("fact_note", fact.note) if fact.note else ""
    status, method = words.term("consent_status", fact.status), words.term("consent_method", fact.method)
    return status, method, show.exported(fact.checked_at), member.issuer_name, receipt, note


def _stop_words(member: Member) -> tuple[str, str]:
    return ("", "") if member.stopped is None else (" ".join(member.stopped.rules), member.stopped.rule_packs)


class ExportedWords(QObject):
    """Outlives the page: a notice says it, in whatever language the window has by then."""

    def said(self, file: str, rows: int) -> str:
        return self.tr("已导出 {} 行到“{}”，姓名和手机号已掩码。", "", rows).format(show.count(rows), file)
