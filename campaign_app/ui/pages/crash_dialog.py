"""What a user sees of a bug: what it means for them, and a report they can read before they send it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from campaign_app.ui.folders import documents
from campaign_app.ui.messages import Messages, translate
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.dialog import Dialog

KEPT: Final = 20  # different bugs in one dialog; every one of them is in the log


class CrashDialog(Dialog):
    HELP = "trouble"

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crash")
        self.setWindowTitle(self.tr("程序出错了"))
        self.resize(720, 480)
        self._seen: Counter[str] = Counter()
        self.report = QPlainTextEdit()
        self.report.setObjectName("crash_report")
        self.report.setReadOnly(True)
        self.report.setAccessibleName(self.tr("错误报告"))
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.more = label("", "small", name="crash_more")
        words = self.tr(
            "刚才的操作没有完成，已保存的内容都在，没有多发短信。"
            "您可以继续使用；若再次出现，请把下面的报告发给我们，号码和密钥已打码，发送前可以先看。"
        )
        self.go_on = button(self.tr("继续使用"), "primary", click=self.accept, name="crash_continue")
        self.setLayout(
            column(
                label(self.tr("程序出错了"), "heading"),
                label(words, "muted", wrap=True),
                self.report,
                row(
                    button(self.tr("复制报告"), click=self._copy, name="crash_copy"),
                    button(self.tr("另存为…"), click=self._save, name="crash_save"),
                    self.more,
                    None,
                    self.go_on,
                ),
                margin=5,
            )
        )
        self.add(report)
        self.go_on.setFocus()

    def add(self, report: str) -> None:
        """Another bug while this dialog is shown: appended if it is a different one, else counted."""
        self._seen[report] += 1
        if self._seen[report] == 1 and len(self._seen) <= KEPT:
            self.report.appendPlainText(f"{'─' * 60}\n{report}" if len(self._seen) > 1 else report)
        total = self._seen.total()
        self.more.setText(self.tr("共出现 %Ln 次", "", total) if total > 1 else "")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("保存报告"), str(documents() / "yunfa-report.txt"))
        if name:
            try:
                Path(name).write_text(self.report.toPlainText(), encoding="utf-8")
            except OSError as error:
                self.report.appendPlainText("\n" + self.tr("没有保存：{}").format(error.strerror))


class CrashReports(QObject):
    """One dialog at a time; a bug that the user has seen before is only mentioned, so that the program stays usable."""

    def __init__(self, messages: Messages, window: Callable[[], QWidget], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages, self._window = messages, window
        self._told: set[str] = set()
        self.dialog: CrashDialog | None = None

    @Slot(str)
    def tell(self, report: str) -> None:
        if self.dialog is not None and shiboken6.isValid(self.dialog) and self.dialog.isVisible():
            self.dialog.add(report)
        elif report in self._told:
            self._messages.warn(
                lambda: translate("CrashReports", "同样的错误又出现了，已记入日志。"),
                label=lambda: translate("CrashReports", "查看报告"),
                action=lambda: self._show(report),
            )
        else:
            self._show(report)
        self._told.add(report)

    def _show(self, report: str) -> None:
        self.dialog = CrashDialog(report, self._window())
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()
