"""The messages behind one reason of a look-back with their proof, and what two look-backs find differently."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from campaign_app.domain.consent import ConsentFact
from campaign_app.domain.errors import AppError
from campaign_app.domain.lookback import Difference, Group, Run
from campaign_app.services.lookback import Looked
from campaign_app.ui import show
from campaign_app.ui.cells import Cell, Column
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.lookback_columns import LookBackColumns, reason_of, rules_of
from campaign_app.ui.viewmodels.lookback import PAGE_ROWS, LookBackModel
from campaign_app.ui.widgets.basics import button, column, frame, label, row, show_if
from campaign_app.ui.widgets.table import Table


class ResultDialog(QDialog):
    def __init__(self, kit: Kit, model: LookBackModel, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit, self._model = kit, model
        self.setObjectName(name)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(920, 600).boundedTo(parent.window().size() - QSize(48, 32)))
        self.columns = LookBackColumns(lambda: kit.words, model.name_of, model.today, self)
        self.leave = button(self.tr("关闭"), name=f"{name}_close", click=self.close)


class RowsDialog(ResultDialog):
    def __init__(self, kit: Kit, model: LookBackModel, group: Group, parent: QWidget) -> None:
        super().__init__(kit, model, "lookback_rows", parent)
        self._group, self._first, self._last = group, 0, 0
        words = kit.words
        rules = rules_of(words, group.reason, group.rules)
        about = [reason_of(words, group.reason), rules, words.term("lookback_era", group.era)]
        self.setWindowTitle(" · ".join([model.state.name_of(group.campaign_id), *filter(None, about)]))
        self.said = label(self.tr("正在读取…"), "muted", name="lookback_rows_said", wrap=True)
        self.rows: RowsModel[Looked] = RowsModel(self.columns.rows(), (), self)
        self.table = Table(kit.theme, "lookback_rows_table", self.tr("这些短信"))
        self.table.use(self.rows, self.rows.columns)
        self.table.moved.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index.row()))
        self.proof = label("", wrap=True, name="lookback_proof", select=True)
        self.card = frame("card", column(self.proof, margin=3))
        self.card.hide()
        self.back = button(self.tr("从头"), name="lookback_rows_back", small=True, click=lambda: self._read(0))
        self.more = button(
            self.tr("后面的"), name="lookback_rows_more", small=True, click=lambda: self._read(self._last)
        )
        foot = row(self.back, self.more, None, self.leave)
        self.setLayout(column(self.said, self.table, self.card, foot, space=3, margin=5, stretch=1))
        self._read(0)

    def _read(self, after: int) -> None:
        self._first = after
        self._model.rows(self._group, after, self._show)

    def _show(self, rows: tuple[Looked, ...]) -> None:
        self.rows.show(rows)
        self._last = rows[-1].found.ledger_id if rows else self._first
        self.card.hide()
        self.back.setEnabled(bool(self._first))
        self.more.setEnabled(len(rows) == PAGE_ROWS)
        told = self.tr("共 {total} 条，这里列出 {count} 条。姓名和号码打码；选中一条看它当时和现在的同意记录。")
        self.said.setText(told.format(total=show.count(self._group.messages), count=show.count(len(rows))))

    def _open(self, number: int) -> None:
        looked = self.rows.row(number)
        show_if(self.card, looked is not None)
        if looked is None:
            return
        also = self.tr("、").join(reason_of(self._kit.words, each) for each in looked.found.also.split(",") if each)
        lines = [
            looked.text or self.tr("原文没有留存。"),
            self.tr("发送时所依据：{fact}").format(fact=self._fact(looked.then)),
            self.tr("现在的记录：{fact}").format(fact=self._fact(looked.now)),
            self.tr("另有：{also}").format(also=also) if also else "",
        ]
        self.proof.setText("\n".join(filter(None, lines)))

    def _fact(self, fact: ConsentFact | None) -> str:
        if fact is None:
            return self.tr("没有记录")
        words = self._kit.words
        parts = [words.term("consent_status", fact.status), words.term("consent_method", fact.method)]
        if fact.withdrawn_at is not None:
            parts.append(self.tr("撤回于 {at}").format(at=show.moment(fact.withdrawn_at)))
        parts.append(self.tr("读取于 {at}").format(at=show.moment(fact.checked_at)))
        if fact.evidence is not None and fact.evidence.receipt_id:
            parts.append(self.tr("回执 {id}").format(id=fact.evidence.receipt_id))
        return self.tr("，").join(parts)


class CompareDialog(ResultDialog):
    def __init__(self, kit: Kit, model: LookBackModel, parent: QWidget) -> None:
        super().__init__(kit, model, "lookback_compare_dialog", parent)
        self.setWindowTitle(self.tr("比较两次回头看"))
        finished = model.state.finished
        self.older = self._choice("lookback_older", self.tr("较早的一次"), finished, 1)
        self.newer = self._choice("lookback_newer", self.tr("较晚的一次"), finished, 0)
        self.said = label("", "strong", wrap=True, name="lookback_difference")
        self.rows: RowsModel[tuple[str, Group]] = RowsModel(self._columns(), (), self)
        self.table = Table(kit.theme, "lookback_difference_table", self.tr("两次的差别"))
        self.table.use(self.rows, self.rows.columns)
        choices = row(label(self.tr("较早"), "small"), self.older, label(self.tr("较晚"), "small"), self.newer, None)
        self.setLayout(column(choices, self.said, self.table, row(None, self.leave), space=3, margin=5, stretch=2))
        for each in (self.older, self.newer):
            each.activated.connect(lambda _: self._compare())
        self._compare()

    def _choice(self, name: str, spoken: str, runs: tuple[Run, ...], chosen: int) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(spoken)
        for run in runs:
            made.addItem(f"#{run.id}  {show.moment(run.asked_at)}", run.id)
        made.setCurrentIndex(min(chosen, len(runs) - 1))
        return made

    def _compare(self) -> None:
        self.said.setText(self.tr("正在比较…"))
        self._model.compare(self.older.currentData(), self.newer.currentData(), self._show, self._failed)

    def _show(self, told: Difference) -> None:
        words = self.tr("新出现 {new} 条，已消失 {gone} 条，没变 {same} 条。只比两次都复查过的短信。")
        counts = {"new": show.count(told.new), "gone": show.count(told.gone), "same": show.count(told.same)}
        self.said.setText(words.format(**counts))
        self.rows.show([*(("new", each) for each in told.new_groups), *(("gone", each) for each in told.gone_groups)])

    def _failed(self, error: AppError) -> None:
        self.rows.show(())
        self.said.setText(self._kit.words.error(error))

    def _columns(self) -> tuple[Column[tuple[str, Group]], ...]:
        def change(each: tuple[str, Group]) -> Cell:
            came = each[0] == "new"
            return Cell(self.tr("新出现") if came else self.tr("已消失"), level="block" if came else "ok")

        of_group = [_of_group(one) for one in self.columns.groups()]
        return (Column(self.tr("变化"), 100, change), *of_group)


def _of_group(one: Column[Group]) -> Column[tuple[str, Group]]:
    return Column(one.title, one.width, lambda each: one.cell(each[1]), one.right, one.grows, one.rank)
