"""Tells how an import ended whose wizard was closed meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.viewmodels.importing import ImportModel, ImportState


class ImportNotices(QObject):
    def __init__(self, kit: Kit, model: ImportModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        model.ended.connect(self._ended)

    def _ended(self, state: ImportState) -> None:
        dialog = QApplication.activeModalWidget()
        if state.report is None or (dialog is not None and dialog.objectName() == "import_wizard"):
            return
        file, counts = state.report.file_name, state.report.counts
        if state.error is not None:
            self._kit.messages.error(state.error)
            return
        self._kit.messages.done(
            lambda: translate("ImportNotices", "{file} 已导入：更新 {changed} 位客户，{refused} 行不能导入。").format(
                file=file,
                changed=show.count(counts.get("changed", 0)),
                refused=show.count(counts.get("refused", 0)),
            )
        )
