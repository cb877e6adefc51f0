"""Making a file of the self-check report: which kind, where, how far it is, and a way to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QRadioButton, QWidget

from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.backup_dialogs import WorkDialog
from campaign_app.ui.viewmodels.self_check import SelfCheckModel
from campaign_app.ui.widgets.basics import button, column, label, row

PDF: Final = ".pdf"
XLSX: Final = ".xlsx"


class MakeDialog(WorkDialog):
    def __init__(self, kit: Kit, model: SelfCheckModel, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(kit, model.make_work, translate("MakeDialog", "生成"), "report", parent)
        self.setWindowTitle(self.tr("生成自查报告"))
        self._model, self._folder, self._chosen = model, folder, False
        self.bar.setAccessibleName(self.tr("生成进度"))
        self.bar.setObjectName("report_dialog_bar")
        self.pdf = QRadioButton(self.tr("PDF：封面、目录、编号的表和图，可直接报送"))
        self.pdf.setObjectName("report_pdf")
        self.xlsx = QRadioButton(self.tr("XLSX：每个数字和它背后的行，号码已遮盖"))
        self.xlsx.setObjectName("report_xlsx")
        self.pdf.setChecked(True)
        self.file = self.path_field("report_file", self.tr("报告文件"))
        self.file.setText(self._first())
        period = model.state.period
        what = self.tr("{first} 至 {last} · {stage}").format(
            first=show.day(period.first),
            last=show.day(period.last),
            stage=kit.words.term("report_stage", model.state.stage),
        )
        told = self.tr("数字在生成时重新统计。报告附审计链头，文件的 SHA-256 记入审计；已有的文件不会被覆盖。")
        self.setLayout(
            column(
                label(self.tr("生成自查报告"), "heading"),
                label(what, "strong"),
                label(told, "muted", wrap=True),
                column(self.pdf, self.xlsx, space=1),
                row(self.file, button(self.tr("更改…"), name="report_choose", click=self._choose), stretch=0),
                self.reason,
                self.bar,
                self.buttons,
                margin=5,
            )
        )
        self.pdf.toggled.connect(lambda _: self._renamed())
        self.go.clicked.connect(lambda _=False: model.make(Path(self.file.text())))
        model.make_work.ended.connect(self._ended)
        self._show_work(self._work.state)

    def ready(self) -> bool:
        return bool(self.file.text())

    @property
    def _suffix(self) -> str:
        return PDF if self.pdf.isChecked() else XLSX

    def _first(self) -> str:
        """A name that is free: nothing is replaced."""
        period = self._model.state.period
        stem = self.tr("自查报告-{first}-{last}").format(first=period.first, last=period.last)
        names = (f"{stem}{more}{self._suffix}" for more in ("", *(f"-{at}" for at in range(2, 1_000))))
        return next((str(self._folder / name) for name in names if not (self._folder / name).exists()), "")

    def _renamed(self) -> None:
        self.file.setText(str(Path(self.file.text()).with_suffix(self._suffix)) if self._chosen else self._first())

    def _choose(self) -> None:
        kinds = self.tr("自查报告") + f" (*{self._suffix})"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("保存到"), self.file.text(), kinds)
        if chosen:
            self._chosen = True
            self.file.setText(chosen if chosen.endswith(self._suffix) else f"{chosen}{self._suffix}")

    def _ended(self, _result: object) -> None:
        self.accept()
