"""设置 → 工作区: where it lies, what keeps its key, its backups, and what is to be done with one that is a copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from campaign_app.backups import SUFFIX
from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.folders import show_folder
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.backup_dialogs import BackupDialog, RestoreDialog
from campaign_app.ui.pages.login_card import LoginCard
from campaign_app.ui.pages.settings_section import Section, fact, facts
from campaign_app.ui.viewmodels.backups import BackupModel, BackupState, RestoreModel
from campaign_app.ui.viewmodels.settings import WorkspaceModel, WorkspaceState
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, card, column, fit, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.passphrase import NewPassphrase, hidden_field


class WorkspaceSection(Section):
    def __init__(self, desk: Desk, model: WorkspaceModel, backups: BackupModel) -> None:
        super().__init__()
        self.title.setText(self.tr("工作区"))
        self.subtitle.setText(self._where(shared=desk.app.workspace.shared))
        self._desk, self._model, self._backups = desk, model, backups
        self.dialog: PassphraseDialog | BackupDialog | RestoreDialog | None = None
        form = facts()
        self.folder = fact(form, self.tr("文件夹"), key="workspace_folder")
        if desk.app.workspace.shared:
            self.server = fact(form, self.tr("服务器"), key="workspace_server")
        self.used = fact(form, self.tr("占用空间"), key="workspace_size")
        self.key = fact(form, self.tr("密钥保管"), key="workspace_key")
        person = desk.app.person
        if person.login:
            self.who = fact(form, self.tr("身份"), key="workspace_who")
            self.who.setText(show.who(desk.kit.words, person))
        self.show_folder = button(self.tr("打开文件夹"), name="workspace_open", click=self._open)
        self.change = button(self.tr("修改口令…"), name="workspace_passphrase", click=self._change)
        self.content.addWidget(self._copy_card())
        self.content.addWidget(card(form, row(self.show_folder, self.change, None)))
        self.login = LoginCard(desk, model)
        self.content.addWidget(self.login)
        self.content.addWidget(self._backup_card())
        model.changed.connect(self.show_state)
        backups.changed.connect(self.show_backups)
        backups.accepted.connect(self._accepted)
        self.show_state(model.state)
        self.show_backups(backups.state)

    def _where(self, *, shared: bool) -> str:
        if shared:
            return self.tr(
                "客户、同意记录和活动在团队的服务器上，号码和私钥加密存放；这个文件夹里只有打开它要用的信息。"
            )
        return self.tr("客户、同意记录、活动和私钥都加密存放在这个文件夹里。")

    def _backup_card(self) -> QFrame:
        form = facts()
        self.last = fact(form, self.tr("上次备份"), key="workspace_last_backup")
        self.back_up = button(self.tr("备份…"), name="workspace_backup", click=self._back_up)
        self.restore = button(self.tr("恢复…"), name="workspace_restore", click=self._restore)
        self.demo = label(self.tr("演示工作区关闭后即删除，无需备份。"), "small", wrap=True)
        words = self.tr("备份是一个加密文件，发送时也能做。恢复总是另建一个工作区，不会覆盖现有的。")
        told = label(words, "small", wrap=True)
        if self._desk.app.workspace.shared:  # nothing of it can be made here, nor is any missing
            told.setText(self._desk.kit.words.error(AppError("backup_team", "It is backed up where its server is")))
            form.setRowVisible(self.last, False)
            self.back_up.hide()
        return card(form, told, self.demo, row(self.back_up, self.restore, None))

    def _copy_card(self) -> QFrame:
        """What stands above everything while the workspace is taken for a copy."""
        self.copied = label("", "strong", wrap=True, name="workspace_copied")
        self.copied_why = label("", wrap=True, name="workspace_copied_why")
        self.accept = button(self.tr("仍使用这个工作区…"), name="workspace_accept", click=self._accept)
        self._desk.allow(Permission.WORK, self.accept)
        self.copy_card = card(self.copied, self.copied_why, row(self.accept, None))
        return self.copy_card

    def show_state(self, state: WorkspaceState) -> None:
        kept = {
            "keychain": self.tr("系统钥匙串：用您的系统账户登录后自动打开"),
            "passphrase": self.tr("口令：每次打开时输入，不保存在任何地方"),
            "memory": self.tr("只在内存里：演示结束即消失"),
        }
        self.folder.setText("" if state.folder is None else str(state.folder))
        if state.server:
            self.server.setText(state.server)
        self.used.setText(QLocale().formattedDataSize(state.size) if state.size else "")
        self.key.setText(kept.get(state.key_lives, ""))
        self.show_folder.setEnabled(state.folder is not None)
        self.change.setVisible(state.key_lives == "passphrase")
        demo = state.key_lives in ("", "memory")
        self.back_up.setEnabled(not demo)
        self.restore.setEnabled(not demo)
        show_if(self.demo, state.key_lives == "memory")

    def show_backups(self, state: BackupState) -> None:
        words = self._desk.kit.words
        when = self.tr("还没有备份过") if state.last is None else show.moment(state.last)
        self.last.setText(when if state.file is None else f"{when} · {state.file}")
        self.copied.setText(words.term("state_note", state.copy) if state.copy else "")
        known = self.tr("它的记录到 {} 为止。").format(show.moment(state.copy_of)) if state.copy_of else ""
        gap = "" if words.language == "zh_CN" else " "
        self.copied_why.setText(gap.join((words.why("state_note", state.copy), known)) if state.copy else "")
        show_if(self.copy_card, bool(state.copy))

    def _back_up(self) -> None:
        state = self._model.state
        if state.folder is None:
            return
        former = self._backups.state.file
        name = f"{state.folder.name}-{show.stamp(self._desk.app.clock())}{SUFFIX}"
        first = (Path.home() if former is None else former.parent) / name
        self.dialog = BackupDialog(self._desk.kit, self._backups, state.key_lives, first, self)
        self.dialog.open()

    def _restore(self) -> None:
        folder = self._model.state.folder
        if folder is None:
            return
        model = RestoreModel(self._desk.kit.tasks, self._desk.app.clock)
        self.dialog = RestoreDialog(self._desk.kit, model, folder.with_name(f"{folder.name}-restored"), self)
        self.dialog.restored.connect(self._restored)
        self.dialog.open()

    def _restored(self, folder: Path) -> None:
        kit = self._desk.kit
        kit.messages.done(
            lambda: translate("WorkspaceSection", "已恢复到 {}。现在打开的仍是原来的工作区。").format(folder),
            label=lambda: translate("WorkspaceSection", "下次启动打开它"),
            action=lambda: _open_next(kit, folder),
        )

    def _accept(self) -> None:
        if confirm(
            self,
            self.tr("仍使用这个工作区？"),
            self.tr(
                "另一份还在用的，请先停用：回复和退订只会到其中一份。之后发过什么、谁退订过，它都不知道。"
                "确认后，停下的活动仍要逐个继续；每一批先问发送通道，问不清的不再发。"
            ),
            yes=self.tr("仍使用"),
            no=self.tr("先不用"),
            careful=True,
        ):
            self._backups.accept()

    def _accepted(self) -> None:
        self._desk.kit.messages.done(
            lambda: translate("WorkspaceSection", "已确认。停下的活动可以到“活动”里逐个继续或取消。")
        )

    def _open(self) -> None:
        if self._model.state.folder is not None:
            show_folder(self._desk.kit.messages, self._model.state.folder)

    def _change(self) -> None:
        self.dialog = PassphraseDialog(self._desk.kit, self._model, self)
        self.dialog.open()


def _open_next(kit: Kit, folder: Path) -> None:
    former, kit.prefs.workspace = kit.prefs.workspace, folder
    kit.messages.done(
        lambda: translate("WorkspaceSection", "下次启动时打开 {}。").format(folder),
        label=lambda: translate("WorkspaceSection", "撤销"),
        action=lambda: _open_former(kit, former),
    )


def _open_former(kit: Kit, folder: Path | None) -> None:
    kit.prefs.workspace = folder
    kit.messages.done(lambda: translate("WorkspaceSection", "下次启动时仍打开原来的工作区。"))


class PassphraseDialog(Dialog):
    HELP = "settings.workspace"

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
