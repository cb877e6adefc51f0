"""Exporting what proves one complaint's message: where to, how far it is, and a way to stop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from campaign_app.domain.complaint import Case
from campaign_app.reports.case_pack import SUFFIX
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.backup_dialogs import WorkDialog
from campaign_app.ui.viewmodels.cases import CasesModel
from campaign_app.ui.widgets.basics import button, column, label, row


class PackDialog(WorkDialog):
    def __init__(self, kit: Kit, model: CasesModel, case: Case, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(kit, model.packing, translate("PackDialog", "导出"), "case_pack", parent)
        self.setWindowTitle(self.tr("导出举证包"))
        self._model, self._case, self._folder = model, case, folder
        self.bar.setAccessibleName(self.tr("导出进度"))
        self.file = self.path_field("case_pack_file", self.tr("举证包文件"))
        self.file.setText(self._first())
        told = self.tr(
            "一个压缩包：可以递交的 PDF，供程序读取的全部内容，和别人不用本程序也能验证的证据。"
            "里面有同意记录与回执、短信原文、签名报备、规则版本、批准、送达回执和审计摘录；手机号已遮盖。导出会记入审计。"
        )
        self.setLayout(
            column(
                label(self.tr("导出举证包"), "heading"),
                label(told, "muted", wrap=True),
                row(self.file, button(self.tr("更改…"), name="case_pack_choose", click=self._choose), stretch=0),
                self.reason,
                self.bar,
                self.buttons,
                margin=5,
            )
        )
        self.go.clicked.connect(self._go)
        model.packing.ended.connect(self._ended)
        self._show_work(self._work.state)

    def _first(self) -> str:
        """A name that is free: nothing is replaced."""
        stem = self.tr("举证包-投诉{number}").format(number=self._case.id)
        names = (f"{stem}{more}{SUFFIX}" for more in ("", *(f"-{at}" for at in range(2, 1_000))))
        return next((str(self._folder / name) for name in names if not (self._folder / name).exists()), "")

    def _choose(self) -> None:
        kinds = self.tr("压缩包") + f" (*{SUFFIX})"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("导出到"), self.file.text(), kinds)
        if chosen:
            self.file.setText(chosen if chosen.endswith(SUFFIX) else f"{chosen}{SUFFIX}")

    def _go(self) -> None:
        self._model.pack(self._case.id, Path(self.file.text()))

    def _ended(self, _made: object) -> None:
        self.accept()
