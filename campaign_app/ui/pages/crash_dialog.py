"""What a user sees of a bug: what it means for them, and a report they can read before they send it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QWidget

from campaign_app.ui.widgets.basics import button, column, label, row


class CrashDialog(QDialog):
    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crash")
        self.setWindowTitle(self.tr("程序出错了"))
        self.resize(720, 480)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setAccessibleName(self.tr("错误报告"))
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        words = self.tr(
            "刚才的操作没有完成，已保存的内容都在，没有多发短信。"
            "您可以继续使用；若再次出现，请把下面的报告发给我们，号码和密钥已打码，发送前可以先看。"
        )
        self.setLayout(
            column(
                label(self.tr("程序出错了"), "heading"),
                label(words, "muted", wrap=True),
                self.report,
                row(
                    button(self.tr("复制报告"), click=self._copy, name="crash_copy"),
                    button(self.tr("另存为…"), click=self._save, name="crash_save"),
                    None,
                    button(self.tr("继续使用"), "primary", click=self.accept, name="crash_continue"),
                ),
                margin=5,
            )
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("保存报告"), "yunfa-report.txt")
        if name:
            try:
                Path(name).write_text(self.report.toPlainText(), encoding="utf-8")
            except OSError as error:
                self.report.appendPlainText(f"\n{self.tr('没有保存：')}{error.strerror}")
