"""The last steps of an import: what it would do, how far it is, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from campaign_app.ui import show
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.import_words import ImportWords, Refused, Sum
from campaign_app.ui.viewmodels.importing import ImportModel, ImportState
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.table import Table


class Outcome(QWidget):
    """The sums at the left, the rows that are left out at the right."""

    def __init__(self, kit: Kit, words: ImportWords, name: str) -> None:
        super().__init__()
        self._words = words
        self.sums: RowsModel[Sum] = RowsModel(words.sum_columns(), (), self)
        self.refused: RowsModel[Refused] = RowsModel(words.refused_columns(), (), self)
        self.left = Table(kit.theme, f"{name}_sums", self.tr("结果"))
        self.right = Table(kit.theme, f"{name}_refused", self.tr("不能导入的行"))
        for table, model in ((self.left, self.sums), (self.right, self.refused)):
            table.use(model, model.columns)
        self.title = label(self.tr("不能导入的行"), "strong")
        self.none = label(self.tr("所有行都能导入。"), "muted")
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)  # below its heading, where the rows would be
        right = column(row(self.title, None), self.none, self.right, space=2, stretch=2)
        right.setStretch(1, 1)
        self.setLayout(
            row(
                column(label(self.tr("结果"), "strong"), self.left, space=2, stretch=1),
                right,
                space=4,
            )
        )

    def tell(self, sums: Sequence[Sum], refusals: Sequence[tuple[int, str, str]], total: int) -> None:
        self.sums.show(sums)
        self.refused.show([self._words.refused(each) for each in refusals])
        self.none.setVisible(not refusals)
        self.right.setVisible(bool(refusals))
        some = self.tr("（前 {some} 行，共 {total} 行）").format(
            some=show.count(len(refusals)), total=show.count(total)
        )
        self.title.setText(self.tr("不能导入的行") + (some if total > len(refusals) else ""))


class TrialStep(QWidget):
    def __init__(self, kit: Kit, model: ImportModel, words: ImportWords) -> None:
        super().__init__()
        self._words = words
        self.said = label("", "muted", name="import_trial_said", wrap=True)
        self.bar = _bar(self.tr("试运行进度"))
        self.stop = button(self.tr("停止"), name="import_trial_stop", click=model.back)
        self.outcome = Outcome(kit, words, "import_trial")
        self.rows = label("", "small", wrap=True, name="import_trial_rows")
        waiting = row(self.bar, self.stop, stretch=0, space=3)
        self.gap = QWidget()
        self.setLayout(column(self.said, waiting, column(self.outcome, self.gap, space=0), self.rows, stretch=2))

    def render_state(self, state: ImportState) -> None:
        trial = state.trial
        self.gap.setVisible(trial is None)
        working = state.busy
        self.bar.setVisible(working)
        self.stop.setVisible(working)
        self.bar.setValue(int(state.progress * 1000))
        self.outcome.setVisible(trial is not None)
        self.rows.setVisible(trial is not None)
        if trial is None:
            self.said.setText(self.tr("正在读完整个文件并与客户比对，不会改动任何内容…") if working else "")
            return
        if working:
            self.said.setText(self.tr("正在核对文件并写下这次导入…"))
            return
        self.said.setText(self.tr("这是试运行，还没有改动任何内容。点“导入”之后，才会补充客户资料；之后可以撤销。"))
        self.outcome.tell(self._words.of_trial(trial), trial.refusals, sum(trial.refused.values()))
        notes = []
        if trial.repaired:
            notes.append(self.tr("号码写法已修正的行：") + self._words.some(trial.repaired_rows, trial.repaired))
        if trial.consecutive_rows:
            rows = self._words.some(trial.consecutive_rows, trial.counts.consecutive)
            notes.append(self.tr("五个以上连着的号码（不可发送）：") + rows)
        self.rows.setText("\n".join(notes))


class ApplyingStep(QWidget):
    def __init__(self, kit: Kit, model: ImportModel) -> None:
        super().__init__()
        self._kit, self._model = kit, model
        self.said = label("", "heading", name="import_applying")
        self.bar = _bar(self.tr("导入进度"))
        self.stop = button(self.tr("停止导入"), name="import_stop", click=model.cancel_import)
        told = label(
            self.tr(
                "可以关闭这个对话框，导入会在后台继续；退出允发也不会丢，下次打开后接着导入。停止之后，已经导入的部分保留，也可以撤销。"
            ),
            "muted",
            wrap=True,
        )
        self.setLayout(column(None, self.said, self.bar, told, row(self.stop, None), None, space=3))

    def render_state(self, state: ImportState) -> None:
        share = f"{state.progress:.0%}"
        said = self.tr("正在停止…") if state.busy else self.tr("正在导入 {share}").format(share=share)
        self.said.setText(said)
        self.bar.setValue(int(state.progress * 1000))
        self.stop.setEnabled(not state.busy)


class DoneStep(QWidget):
    def __init__(self, kit: Kit, model: ImportModel, words: ImportWords, folder: Path) -> None:
        super().__init__()
        self._kit, self._model, self._words, self._folder = kit, model, words, folder
        self.said = label("", "heading", name="import_done", wrap=True)
        self.more = label("", "muted", name="import_done_more", wrap=True)
        self.outcome = Outcome(kit, words, "import_report")
        self.undo = button(self.tr("撤销导入"), "danger", name="import_undo", click=self._undo)
        self.export = button(self.tr("导出不能导入的行"), name="import_export", click=self._export)
        actions = row(self.undo, self.export, None)
        self.setLayout(column(self.said, self.more, self.outcome, actions, space=3, stretch=2))

    def render_state(self, state: ImportState) -> None:
        report = state.report
        if report is None:
            return
        self.outcome.tell(self._words.of_report(report), report.refusals, report.refused)
        self.export.setVisible(report.refused > 0)
        self.undo.setVisible(report.state != "undone")
        self.undo.setEnabled(not state.busy)
        self.said.setText(self._result(state))
        self.more.setText(self._kit.words.error(state.error) if state.error is not None else "")
        self.more.setVisible(state.error is not None)

    def _result(self, state: ImportState) -> str:
        if state.undone is not None:
            return self._words.undone(state.undone)
        words = {
            "done": self.tr("导入完成。"),
            "cancelled": self.tr("导入已停止，已导入的部分保留。"),
            "failed": self.tr("导入没有完成，已导入的部分保留。"),
        }
        return self.tr("正在撤销…") if state.busy else words.get(state.ended, "")

    def _undo(self) -> None:
        sure = confirm(
            self,
            self.tr("撤销这次导入？"),
            self.tr("导入补充的资料会恢复原值，等待匹配的行会删除；之后又改过的资料不动。同意记录和拒收名单不受影响。"),
            yes=self.tr("撤销导入"),
            no=self.tr("保留"),
            danger=True,
        )
        if sure:
            self._model.undo()

    def _export(self) -> None:
        name = self._folder / self.tr("不能导入的行.csv")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("导出不能导入的行"), str(name), "CSV (*.csv)")
        if path:
            header = (self.tr("行"), self.tr("列"), self.tr("原因"))
            self._model.export_refused(path, header, self._words.reason)


def _bar(name: str) -> QProgressBar:
    made = QProgressBar()
    made.setRange(0, 1000)
    made.setAccessibleName(name)
    return made
