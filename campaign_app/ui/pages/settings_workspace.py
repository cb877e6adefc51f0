"""设置 → 工作区: where it lies, how large it is, what keeps its key; and another passphrase."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QProgressBar, QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.settings_section import Section, fact, facts
from campaign_app.ui.viewmodels.settings import WorkspaceModel, WorkspaceState
from campaign_app.ui.widgets.basics import button, card, column, fit, label, row
from campaign_app.ui.widgets.passphrase import NewPassphrase, hidden_field


class WorkspaceSection(Section):
    def __init__(self, desk: Desk, model: WorkspaceModel) -> None:
        super().__init__()
        self.title.setText(self.tr("工作区"))
        self.subtitle.setText(self.tr("客户、同意记录、活动和私钥都加密存放在这个文件夹里。"))
        self._desk, self._model = desk, model
        self.dialog: PassphraseDialog | None = None
        form = facts()
        self.folder = fact(form, self.tr("文件夹"), key="workspace_folder")
        self.used = fact(form, self.tr("占用空间"), key="workspace_size")
        self.key = fact(form, self.tr("密钥保管"), key="workspace_key")
        self.show_folder = button(self.tr("打开文件夹"), name="workspace_open", click=self._open)
        self.change = button(self.tr("修改口令…"), name="workspace_passphrase", click=self._change)
        backup = self.tr(
            "备份：先退出允发，再整个复制文件夹。密钥在系统钥匙串里的，还要备份钥匙串；"
            "没有密钥，备份也打不开。演示工作区关闭后即删除，无需备份。"
        )
        self.content.addWidget(card(form, row(self.show_folder, self.change, None)))
        self.content.addWidget(label(backup, "small", wrap=True))
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: WorkspaceState) -> None:
        kept = {
            "keychain": self.tr("系统钥匙串：用您的系统账户登录后自动打开"),
            "passphrase": self.tr("口令：每次打开时输入，密钥由 scrypt 保护"),
            "memory": self.tr("只在内存里：演示结束即消失"),
        }
        self.folder.setText("" if state.folder is None else str(state.folder))
        self.used.setText(QLocale().formattedDataSize(state.size) if state.size else "")
        self.key.setText(kept.get(state.key_lives, ""))
        self.show_folder.setEnabled(state.folder is not None)
        self.change.setVisible(state.key_lives == "passphrase")

    def _open(self) -> None:
        if self._model.state.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._model.state.folder)))

    def _change(self) -> None:
        self.dialog = PassphraseDialog(self._desk.kit, self._model, self)
        self.dialog.open()


class PassphraseDialog(QDialog):
    def __init__(self, kit: Kit, model: WorkspaceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("passphrase_dialog")
        self.setWindowTitle(self.tr("修改口令"))
        self.setFixedWidth(480)
        self._kit, self._model = kit, model
        model.forget_error()
        self.old = hidden_field("old_passphrase", self.tr("现在的口令"))
        self.new = NewPassphrase()
        self.reason = label("", "block", wrap=True, name="passphrase_reason")
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setAccessibleName(self.tr("正在修改口令"))
        self.go = button(self.tr("修改口令"), "primary", name="passphrase_go", click=self._go)
        self.go.setDefault(True)
        words = self.tr(
            "密钥不变，只换保护它的口令；新口令写入磁盘之前，旧口令一直有效。用口令文件的命令行也要一并更新。"
        )
        self.setLayout(
            column(
                label(self.tr("修改口令"), "heading"),
                label(words, "muted", wrap=True),
                self.old,
                self.new,
                self.reason,
                self.busy,
                row(None, button(self.tr("取消"), name="passphrase_cancel", click=self.reject), self.go),
                margin=5,
            )
        )
        self.old.textChanged.connect(self._enable)
        self.new.changed.connect(self._enable)
        model.changed.connect(self.show_state)
        model.passphrase_changed.connect(self._changed)
        self.finished.connect(self.deleteLater)
        self.show_state(model.state)

    def show_state(self, state: WorkspaceState) -> None:
        self.busy.setVisible(state.changing)
        self.reason.setText("" if state.error is None else self._kit.words.error(state.error))
        self.reason.setVisible(state.error is not None)
        self._enable()
        fit(self)

    def _enable(self) -> None:
        self.go.setEnabled(bool(self.old.text()) and self.new.good and not self._model.state.changing)

    def _go(self) -> None:
        self._model.change_passphrase(self.old.text(), self.new.text)

    def _changed(self) -> None:
        self._kit.messages.done(lambda: translate("PassphraseDialog", "口令已修改，下次打开时请用新口令。"))
        self.accept()
