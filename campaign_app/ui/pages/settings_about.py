"""设置 → 关于: version and licences, and whether there is a newer release."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QSize, qVersion
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QLineEdit, QPlainTextEdit, QProgressBar, QWidget

from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.settings_section import Section, fact, facts
from campaign_app.ui.viewmodels.about import AboutModel, AboutState
from campaign_app.ui.viewmodels.backups import WorkState
from campaign_app.ui.widgets.basics import button, card, column, label, room, row, show_if

if TYPE_CHECKING:
    from campaign_app.updates import Found

LICENCE: Final = "Apache-2.0"


class AboutSection(Section):
    def __init__(self, desk: Desk, model: AboutModel) -> None:
        super().__init__()
        self.title.setText(self.tr("关于"))
        self.subtitle.setText(self.tr("允发：只发给平台接口确认同意过的人。本程序帮助遵守规则，不是法律意见。"))
        self._desk, self._model = desk, model
        self.dialog: NoticesDialog | None = None
        self.content.addWidget(self._program_card())
        self.content.addWidget(self._update_card())
        model.changed.connect(self.show_state)
        model.work.changed.connect(self._show_work)
        model.kept.connect(self._kept)
        self.show_state(model.state)

    def _program_card(self) -> QFrame:
        form = facts()
        self.version = fact(form, self.tr("版本"), key="about_version")
        fact(form, self.tr("许可"), key="about_licence").setText(LICENCE)
        fact(form, self.tr("运行环境"), key="about_runs").setText(
            f"Python {platform.python_version()} · Qt {qVersion()} · {platform.system()} {platform.machine()}"
        )
        words = self.tr("Qt 按 LGPL-3.0 使用，可以换成您自己编译的版本；其他组件的许可和全文见第三方声明。")
        self.notices = button(self.tr("第三方声明…"), name="about_notices", click=self._show_notices)
        return card(form, label(words, "small", wrap=True), row(self.notices, None))

    def _update_card(self) -> QFrame:
        words = self.tr(
            "只在您点击时检查，只告知，不自动下载，也不自动安装。清单须由维护者签名，旧的、过期的都不采用。"
        )
        self.address = QLineEdit()
        self.address.setObjectName("about_address")
        self.address.setAccessibleName(self.tr("发布清单的地址"))
        self.address.setPlaceholderText(self.tr("发布清单的地址（https），没有内置地址"))
        self.address.textChanged.connect(lambda _: self._enable())
        self.keep = button(self.tr("保存地址"), name="about_keep", click=self._keep)
        self.check = button(self.tr("检查更新"), "primary", name="about_check", click=self._model.check)
        self.from_file = button(self.tr("从文件检查…"), name="about_file", click=self._choose)
        self.stop = button(self.tr("停止"), name="about_stop", click=self._model.work.stop)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(self.tr("正在检查更新"))
        self.verdict = label("", "strong", wrap=True, name="about_verdict", select=True)
        self.told = label("", wrap=True, name="about_told", select=True)
        self.files = label("", "small", wrap=True, name="about_files", select=True)
        self.reason = label("", "block", wrap=True, name="about_reason")
        return card(
            label(self.tr("更新"), "strong"),
            label(words, "small", wrap=True),
            row(self.address, self.keep, stretch=0),
            row(self.check, self.from_file, self.stop, None),
            *(self.bar, self.verdict, self.told, self.files, self.reason),
        )

    def show_state(self, state: AboutState) -> None:
        self.version.setText(state.version)
        if not self.address.isModified() and self.address.text() != state.address:
            self.address.setText(state.address)
        found = state.found
        self.verdict.setText("" if found is None else self._verdict(found))
        self.told.setText("" if found is None else found.release.changes[self._desk.kit.words.language])
        self.files.setText("" if found is None else "\n".join(self._file_lines(found)))
        for part in (self.verdict, self.told, self.files):
            show_if(part, bool(part.text()))
        self._show_work(self._model.work.state)

    def _verdict(self, found: Found) -> str:
        release = found.release
        names = {"version": release.version, "date": show.day(release.date), "first": found.first}
        if found.first:
            return self.tr("有新版本 {version}（{date}），但要先装 {first}，再装它。").format(**names)
        if found.newer:
            return self.tr("有新版本 {version}（{date}）。请从维护者处下载，并核对下面的哈希。").format(**names)
        return self.tr("已是最新：{version}（{date}）。").format(**names)

    def _file_lines(self, found: Found) -> list[str]:
        if not found.newer:
            return []
        size = QLocale().formattedDataSize
        return [f"{each.name} · {size(each.size)} · SHA-256 {each.sha256}" for each in found.release.files]

    def _show_work(self, work: WorkState) -> None:
        error = work.error or self._model.state.error
        self.reason.setText("" if error is None else self._desk.kit.words.error(error))
        for part, on in ((self.bar, work.busy), (self.stop, work.busy), (self.reason, error is not None)):
            show_if(part, on)
        self._enable()

    def _enable(self) -> None:
        busy, state = self._model.work.state.busy, self._model.state
        self.keep.setEnabled(self.address.text().strip() != state.address)
        self.check.setEnabled(not busy and bool(state.address))
        self.from_file.setEnabled(not busy)

    def _keep(self) -> None:
        self._model.use(self.address.text().strip())

    def _kept(self) -> None:
        self.address.setModified(False)
        self.address.setText(self._model.state.address)
        self._desk.kit.messages.done(lambda: translate("AboutSection", "发布清单的地址已保存。"))

    def _choose(self) -> None:
        kinds = self.tr("发布清单 (*.json)") + ";;" + self.tr("所有文件 (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("选择发布清单"), str(Path.home()), kinds)
        if chosen:
            self._model.check_file(Path(chosen))

    def _show_notices(self) -> None:
        self.dialog = NoticesDialog(self._model, self)
        self.dialog.open()


class NoticesDialog(QDialog):
    """Whose work is in the program, and under which licence."""

    def __init__(self, model: AboutModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices_dialog")
        self.setWindowTitle(self.tr("第三方声明"))
        self.resize(QSize(820, 620).boundedTo(room(self)))
        self.text = QPlainTextEdit()
        self.text.setObjectName("notices_text")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("第三方声明"))
        self.text.setPlaceholderText(self.tr("正在读取…"))
        close = button(self.tr("关闭"), "primary", name="notices_close", click=self.accept)
        close.setDefault(True)
        words = self.tr("本程序带有下列组件。它们的许可文本是原文，没有翻译。")
        head = label(self.tr("第三方声明"), "heading")
        self.setLayout(column(head, label(words, "muted", wrap=True), self.text, row(None, close), margin=5, stretch=2))
        model.noticed.connect(self.text.setPlainText)
        self.finished.connect(self.deleteLater)
        model.read_notices()
