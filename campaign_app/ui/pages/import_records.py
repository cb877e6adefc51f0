"""The imports there have been, each with its result, and the way to take it back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from campaign_app.domain.customer import ChunkCounts, ImportGlance
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.pages.import_words import ImportWords
from campaign_app.ui.viewmodels.imports_list import ImportsModel
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.table import Table

_LEVELS = {"running": "info", "done": "ok", "undoing": "warn", "undone": "muted", "purged": "muted"}


class ImportRecords(Dialog):
    HELP = "customers.import"

    def __init__(self, desk: Desk, model: ImportsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("import_records")
        self.setWindowTitle(self.tr("导入记录"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(QSize(1010, 520).boundedTo(parent.window().size() - QSize(48, 32)))
        self._desk, self._model = desk, model
        self._words = ImportWords(lambda: desk.kit.words, self)
        self.rows: RowsModel[ImportGlance] = RowsModel(self._columns(), (), self)
        self.table = Table(desk.kit.theme, "import_records_table", self.tr("导入记录"))
        self.table.use(self.rows, self.rows.columns)
        self.said = label(self.tr("正在读取…"), "muted", name="import_records_said", wrap=True)
        self.undo = button(self.tr("撤销所选的导入"), "danger", name="import_records_undo", click=self._undo)
        desk.allow(Permission.IMPORT, self.undo)
        self.leave = button(self.tr("关闭"), name="import_records_close", click=self.close)
        foot = row(self.undo, None, self.leave)
        self.setLayout(column(self.said, self.table, foot, space=3, margin=5, stretch=1))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        model.changed.connect(self.render_imports)
        model.undone.connect(self._undone)
        self._enable()
        model.load()

    def render_imports(self, imports: tuple[ImportGlance, ...] | None) -> None:
        if imports is None:
            return
        self.rows.show(imports)
        if imports:
            self.said.setText(self.tr("撤销会让资料恢复原值；同意记录和拒收名单不受影响。"))
        else:
            self.said.setText(self.tr("还没有导入过文件。导入可以给客户补充会员等级之类的资料。"))
        self._enable()

    def _columns(self) -> tuple[Column[ImportGlance], ...]:
        words = self._desk.kit.words
        return (
            Column(self.tr("文件"), 120, lambda each: Cell(each.file_name), grows=1, named=True),
            Column(
                self.tr("状态"),
                116,
                lambda each: Cell(words.term("import_state", each.state), level=_LEVELS.get(each.state, "muted")),
            ),
            # what follows adds up to the rows
            Column(self.tr("行数"), 76, lambda each: Cell(show.count(each.rows_total)), right=True),
            Column(self.tr("更新客户"), 88, lambda each: _count(each, "changed"), right=True),
            Column(self.tr("已是最新"), 88, lambda each: _count(each, "unchanged"), right=True),
            Column(self.tr("等待匹配"), 92, lambda each: _count(each, "waiting"), right=True),
            Column(self.tr("连号"), 104, lambda each: _count(each, "consecutive"), right=True),
            Column(self.tr("不能导入"), 88, lambda each: _count(each, "refused"), right=True),
            Column(self.tr("时间"), MOMENT, lambda each: Cell(show.moment(each.started_at)), right=True),
        )

    def _chosen(self) -> ImportGlance | None:
        chosen = self.table.selectionModel().selectedRows()
        return self.rows.row(chosen[0].row()) if chosen else None

    def _enable(self) -> None:
        chosen = self._chosen()
        can = chosen is not None and chosen.state in {"done", "undoing"} and chosen.id not in self._model.undoing
        self.undo.setEnabled(can)

    def _undo(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        sure = confirm(
            self,
            self.tr("撤销导入“{file}”？").format(file=chosen.file_name),
            self.tr("导入补充的资料会恢复原值，等待匹配的行会删除；之后又改过的资料不动。同意记录和拒收名单不受影响。"),
            yes=self.tr("撤销导入"),
            no=self.tr("保留"),
            danger=True,
        )
        if sure:
            self._model.undo(chosen.id)

    def _undone(self, _: int, counts: ChunkCounts) -> None:
        self._desk.kit.messages.done(lambda: ImportWords.undone(counts))


def _count(each: ImportGlance, name: str) -> Cell:
    return Cell(show.count(each.counts[name])) if each.counts.get(name) else NOTHING
