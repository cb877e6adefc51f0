"""A small file read in: which it is, what its columns are, its first rows with their errors, a trial, then the deed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QWidget,
)

from campaign_app.domain.complaint import Source
from campaign_app.domain.customer import Entity
from campaign_app.services.case_file import NAMES, PREVIEW_ROWS, CaseFile, CaseTrial
from campaign_app.services.import_columns import IGNORE, PHONE
from campaign_app.services.import_columns import Column as FileColumn
from campaign_app.services.import_plan import PreviewRow
from campaign_app.services.sheets import SheetSource
from campaign_app.services.suppressing import REASON_MAX, ListTrial
from campaign_app.ui import show
from campaign_app.ui.cells import NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.pages.backup_dialogs import STEPS
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.backups import ACTOR, Work, WorkState
from campaign_app.ui.widgets.basics import button, clear, column, divider, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.entity_box import EntityBox
from campaign_app.ui.widgets.table import Table

SIZE: Final = QSize(980, 680)
Tick = Callable[[float], object]
COLUMNS_BESIDE: Final = 3  # that are mapped in one line


@dataclass(frozen=True, slots=True)
class Tried:
    """What a look or a trial found. `told` is the sum in words, `good` how many rows would be taken.

    `rows` are the first ones; of a trial those that are left out, where the first ones are not all there are.
    """

    rows: tuple[PreviewRow, ...]
    columns: tuple[FileColumn, ...] = ()
    told: str = ""
    good: int = 0
    trial: bool = False
    done: bool = False


class SheetDialog(QDialog):
    """Subclasses say what is read, tried and done."""

    def __init__(self, desk: Desk, name: str, targets: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_dialog")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(SIZE.boundedTo(parent.window().size() - QSize(48, 32)))
        self._desk, self._targets = desk, targets
        self._columns: dict[str, str] = {}
        self._found: Tried | None = None
        self.work = Work(desk.kit.tasks, self)
        self.file = QLineEdit()
        self.file.setObjectName(f"{name}_file")
        self.file.setReadOnly(True)
        self.file.setAccessibleName(self.tr("文件"))
        self.file.setPlaceholderText(self.tr("CSV 或 XLSX 文件"))
        self.path = ""
        self.choose = button(self.tr("选择文件…"), name=f"{name}_choose", click=self._choose)
        self.mapping = QGridLayout()
        self.mapping.setHorizontalSpacing(SPACE[3])
        self.mapping.setVerticalSpacing(SPACE[1])
        self.table = Table(desk.kit.theme, f"{name}_rows", self.tr("文件的前几行"))
        self.said = label("", "strong", wrap=True, name=f"{name}_said", select=True)
        self.reason = label("", "block", wrap=True, name=f"{name}_reason")
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName(self.tr("进度"))
        self.leave = button(self.tr("取消"), "quiet", name=f"{name}_close", click=self.close)
        self.try_out = button(self.tr("试运行"), name=f"{name}_try", click=self._try)
        self.go = button("", "primary", name=f"{name}_go", click=self._go)
        self.lacks_what = label("", "small", name=f"{name}_lacks")
        self.top = column(space=3)
        first, told = self.tr("这里显示文件的前几行"), self.tr("先看其中的错误，再试运行；确认之前什么都不会改动。")
        self._rest = Empty(desk.kit.theme, "import", first, told)  # where the rows come, until there are any
        self._rest.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setLayout(
            column(
                self.top,
                row(self.file, self.choose, stretch=0),
                self.mapping,
                self.table,
                self._rest,
                self.said,
                self.reason,
                self.bar,
                divider(),
                row(self.leave, None, self.lacks_what, self.try_out, self.go),
                space=3, margin=5, stretch=3,
            )
        )  # fmt: skip
        self.work.changed.connect(self._show_work)
        self.work.ended.connect(self._ended)
        self.finished.connect(self.deleteLater)
        self._render()

    # --- what a subclass says ---

    def look(self) -> Tried:
        raise NotImplementedError

    def trial(self, tick: Tick) -> Tried:
        raise NotImplementedError

    def apply(self, tick: Tick) -> Tried:
        raise NotImplementedError

    def lacking(self) -> str:
        """What a person has to say before a trial, "" if nothing."""
        return ""

    def lacks(self) -> QWidget:
        """Where that is said."""
        return self.try_out

    def taken(self) -> str:
        """Of a row of which nothing is wrong."""
        return self.tr("可以登记")

    def deed(self, count: int) -> str:
        raise NotImplementedError

    def called(self, target: str) -> str:
        """What a column may be."""
        return self._desk.kit.words.term("complaint_column", target)

    # --- what all have in common ---

    @property
    def source(self) -> SheetSource:
        return SheetSource(self.path, columns=dict(self._columns))

    def take(self, path: str) -> None:
        """Reads this file anew, as its columns are guessed."""
        self.path, self._columns = path, {}
        self.file.setText(Path(path).name)
        self._look()

    def changed(self) -> None:
        """What the trial rests on was changed: it is to be tried again."""
        if self.path and (self._found is None or not self._found.done):
            self._look()

    def done(self, result: int) -> None:
        self.work.stop()
        super().done(result)

    def _choose(self) -> None:
        first = str(Path(self.path).parent) if self.path else str(Path.home())
        kinds = self.tr("表格文件 (*.csv *.txt *.tsv *.xlsx *.xlsm);;所有文件 (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("选择文件"), first, kinds)
        if path:
            self.take(path)

    def _look(self) -> None:
        self.work.stop()
        self._found = None
        self.work.begin(lambda _: self.look())
        self._render()

    def _try(self) -> None:
        self.work.begin(self.trial)

    def _go(self) -> None:
        if self._found is not None and self._found.done:
            self.accept()
        else:
            self.work.begin(self.apply)

    def _ended(self, found: Tried) -> None:
        before = self._found
        kept = found if found.columns or before is None else Tried(
            found.rows or before.rows, before.columns, found.told, found.good, found.trial, found.done
        )  # fmt: skip
        self._found = kept
        if found.columns:
            self._map(found.columns)
        self._rows(kept)
        self._render()
        if not isinstance(self.focusWidget(), QLineEdit):  # else somebody types meanwhile
            goes_on = self.go if kept.done else self.lacks() if self.lacking() else self.try_out
            goes_on.setFocus()  # what had been pressed was off while it worked, and lost it, maybe to 取消

    def _show_work(self, state: WorkState) -> None:
        self.bar.setValue(int(state.done * STEPS))
        self._render()

    def _render(self) -> None:
        state, found = self.work.state, self._found
        show_if(self.bar, state.busy)
        self.reason.setText("" if state.error is None else self._desk.kit.words.error(state.error))
        show_if(self.reason, state.error is not None)
        self.said.setText("" if found is None else found.told)
        show_if(self.said, bool(self.said.text()))
        show_if(self.table, found is not None)
        show_if(self._rest, found is None)
        tried, done = found is not None and found.trial, found is not None and found.done
        self.go.setText(self.tr("完成") if done else self.deed(found.good if found is not None and tried else 0))
        good, lacking = found is not None and found.good > 0, "" if found is None else self.lacking()
        self.go.setEnabled(not state.busy and (done or (tried and good and not lacking)))
        self.try_out.setEnabled(not state.busy and found is not None and not lacking)
        self.lacks_what.setText(lacking)
        self.try_out.setAccessibleDescription(lacking)
        show_if(self.try_out, not done)
        self.leave.setText(self.tr("关闭") if done else self.tr("取消"))
        self.choose.setEnabled(not state.busy and not done)

    def _map(self, columns: Sequence[FileColumn]) -> None:
        clear(self.mapping)
        for each in columns:
            made = QComboBox()
            made.setObjectName(f"sheet_column_{each.index}")
            made.setAccessibleName(self.tr("列“{name}”的用途").format(name=each.name))
            for target in (*self._targets, IGNORE):
                made.addItem(self.called(target), target)
            made.setCurrentIndex(max(0, made.findData(each.target)))
            made.activated.connect(partial(self._mapped, each.name, made))
            line, beside = divmod(each.index, COLUMNS_BESIDE)
            name = label(each.name, "muted")
            name.setMaximumWidth(110)
            name.setToolTip(each.name)
            self.mapping.addWidget(name, line, 2 * beside)
            self.mapping.addWidget(made, line, 2 * beside + 1)
            self.mapping.setColumnStretch(2 * beside + 1, 1)

    def _mapped(self, name: str, made: QComboBox, _at: int) -> None:
        self._columns[name] = made.currentData()
        self._look()

    def _rows(self, found: Tried) -> None:
        used = [each for each in found.columns if each.target != IGNORE]
        columns: list[Column[PreviewRow]] = [
            Column(self.tr("行"), 52, lambda line: Cell(str(line.number), tint=_tint(line)), right=True),
            Column(self.tr("检查"), 180, self._check, grows=3),
            *(Column(each.name, 110, partial(_cell, each.index), grows=1, rank=1) for each in used),
        ]
        model = RowsModel(columns, found.rows, self)
        self.table.use(model, model.columns)

    def _check(self, line: PreviewRow) -> Cell:
        if not line.code:
            return Cell(self.taken(), level="ok")
        return Cell(self.refused(line.code, line.where), tint="block")

    def refused(self, code: str, where: str) -> str:
        said = self._desk.kit.words.term("refusal", code)
        if code == "duplicate_in_file" and where:
            return self.tr("{said}（第 {row} 行）").format(said=said, row=where)
        return self.tr("{column}：{said}").format(column=where, said=said) if where else said

    def reasons(self, refused: dict[str, int]) -> str:
        term, most = self._desk.kit.words.term, sorted(refused.items(), key=lambda item: -item[1])
        lines = (self.tr("{why}（%Ln 行）", "", count).format(why=term("refusal", code)) for code, count in most)
        return self.tr("；").join(lines)


class CaseFileDialog(SheetDialog):
    def __init__(self, desk: Desk, entities: Sequence[Entity], parent: QWidget) -> None:
        super().__init__(desk, "case_file", tuple(NAMES), parent)
        self.setWindowTitle(self.tr("从文件导入投诉"))
        self.entity, self.origin = EntityBox("sheet_entity", self.tr("被投诉的主体")), QComboBox()
        self.entity.offer(entities)
        self.origin.setObjectName("case_file_source")
        self.origin.setAccessibleName(self.tr("由谁转来"))
        for source in Source:
            self.origin.addItem(desk.kit.words.term("complaint_source", source), source)
        told = self.tr("每行一个投诉：投诉人号码和投诉时间必填，同一编号不会登记两次。登记后投诉人立即加入拒收名单。")
        self.top.addWidget(label(told, "muted", wrap=True))
        named = (label(self.tr("被投诉的主体")), self.entity, label(self.tr("由谁转来")), self.origin, None)
        self.top.addLayout(row(*named, space=3))
        for combo in (self.entity, self.origin):
            combo.activated.connect(lambda _: self.changed())

    def lacking(self) -> str:
        return "" if self.entity.uscc else self.tr("先选择主体")

    def lacks(self) -> QWidget:
        return self.entity

    def look(self) -> Tried:
        found = self._desk.app.case_files.preview(self._file())
        return Tried(found.rows, found.columns)

    def trial(self, tick: Tick) -> Tried:
        return self._tried(self._desk.app.case_files.trial(self._file(), tick), done=False)

    def apply(self, tick: Tick) -> Tried:
        return self._tried(self._desk.app.case_files.apply(self._file(), actor=ACTOR, tick=tick), done=True)

    def deed(self, count: int) -> str:
        return self.tr("登记 %Ln 个投诉", "", count) if count else self.tr("登记")

    def _file(self) -> CaseFile:
        return CaseFile(self.source, self.entity.uscc, Source(self.origin.currentData()))

    def _tried(self, found: CaseTrial, *, done: bool) -> Tried:
        words = self.tr("已登记 {added} 个，") if done else self.tr("可以登记 {added} 个，")
        told = words.format(added=show.count(found.added))
        told += self.tr("共 {rows} 行。").format(rows=show.count(found.rows))
        if found.refused:
            told += self.tr("其余没有登记：{why}。").format(why=self.reasons(dict(found.refused)))
        return Tried(_left_out(found.refusals, found.rows), (), told, found.added, trial=True, done=done)


class NumberListDialog(SheetDialog):
    def __init__(self, desk: Desk, entities: Sequence[Entity], parent: QWidget) -> None:
        super().__init__(desk, "number_list", (PHONE,), parent)
        self.setWindowTitle(self.tr("导入拒收名单"))
        self.entity, self.why = EntityBox("sheet_entity", self.tr("哪个主体")), QLineEdit()
        self.entity.offer(entities)
        self.why.setObjectName("number_list_why")
        self.why.setAccessibleName(self.tr("原因"))
        self.why.setPlaceholderText(self.tr("原因，例如 运营商转来的谢绝名单"))
        self.why.setMaxLength(REASON_MAX)
        told = self.tr("名单里的号码立即加入主体的拒收名单，所有店铺都不再发送，并回写平台；文件里的其他列不读。")
        self.top.addWidget(label(told, "muted", wrap=True))
        named = (label(self.tr("主体")), self.entity, label(self.tr("原因")), self.why)
        self.top.addLayout(row(*named, space=3, stretch=3))
        self.entity.activated.connect(lambda _: self.changed())
        self.why.textChanged.connect(lambda _: self._render())
        self._render()

    def lacking(self) -> str:
        if not self.entity.uscc:
            return self.tr("先选择主体")
        return "" if self.why.text().strip() else self.tr("先填写原因")

    def lacks(self) -> QWidget:
        return self.why if self.entity.uscc else self.entity

    def taken(self) -> str:
        return self.tr("可以加入")

    def called(self, target: str) -> str:
        return self.tr("手机号") if target == PHONE else super().called(target)

    def look(self) -> Tried:
        found = self._desk.app.suppressing.preview(self.source)
        return Tried(found.rows, found.columns)

    def trial(self, tick: Tick) -> Tried:
        found = self._desk.app.suppressing.trial(self.entity.uscc, self.source, tick)
        return self._tried(found, done=False)

    def apply(self, tick: Tick) -> Tried:
        found = self._desk.app.suppressing.apply(
            self.entity.uscc, self.source, reason=self.why.text(), actor=ACTOR, tick=tick
        )
        return self._tried(found, done=True)

    def deed(self, count: int) -> str:
        return self.tr("加入 %Ln 个号码", "", count) if count else self.tr("加入")

    def _tried(self, found: ListTrial, *, done: bool) -> Tried:
        words = self.tr("新加入 {new} 个，") if done else self.tr("将新加入 {new} 个，")
        told = words.format(new=show.count(found.new))
        told += self.tr("已在名单里 {known} 个，重复 {repeated} 行，共 {rows} 行。").format(
            known=show.count(found.known), repeated=show.count(found.repeated), rows=show.count(found.rows)
        )
        if found.refused:
            told += self.tr("没有加入：{why}。").format(why=self.reasons(dict(found.refused)))
        return Tried(_left_out(found.refusals, found.rows), (), told, found.new, trial=True, done=done)


def _left_out(refusals: Sequence[tuple[int, str, str]], rows: int) -> tuple[PreviewRow, ...]:
    if rows <= PREVIEW_ROWS:
        return ()
    return tuple(PreviewRow(number, (), code, where) for number, code, where in refusals)


def _tint(line: PreviewRow) -> str:
    return "block" if line.code else ""


def _cell(index: int, line: PreviewRow) -> Cell:
    text = line.cells[index] if index < len(line.cells) else ""
    return Cell(text, tint=_tint(line)) if text else Cell(NOTHING.text, faint=True, tint=_tint(line))
