"""Making a backup, and making a workspace of one: what opens it, where it goes, how far it is, and a way to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QProgressBar, QRadioButton, QWidget

from campaign_app.backups import SUFFIX
from campaign_app.ui.folders import tell_written
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.viewmodels.backups import BackupModel, RestoreModel, Work, WorkState
from campaign_app.ui.widgets.basics import button, column, fit, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.passphrase import NewPassphrase, hidden_field

WIDTH: Final = 520
STEPS: Final = 1_000


class WorkDialog(Dialog):
    """What both have in common: the bar, the reason, the buttons. Closing it while it works stops the work."""

    HELP = "settings.workspace"

    def __init__(self, kit: Kit, work: Work, go: str, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_dialog")
        self.setFixedWidth(WIDTH)
        self._kit, self._work = kit, work
        work.tell(None)
        self.reason = label("", "block", wrap=True, name=f"{name}_reason")
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.go = button(go, "primary", name=f"{name}_go")
        self.go.setDefault(True)
        self.stop = button(self.tr("取消"), name=f"{name}_cancel", click=self.reject)
        self.buttons = row(None, self.stop, self.go)
        work.changed.connect(self._show_work)
        self.finished.connect(self.deleteLater)

    def path_field(self, name: str, spoken: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setReadOnly(True)
        made.setAccessibleName(spoken)
        made.setPlaceholderText(spoken)
        made.textChanged.connect(lambda _: self._work.tell(None))  # what was said of another place
        return made

    def reject(self) -> None:
        self._work.stop()
        super().reject()

    def enable(self) -> None:
        self.go.setEnabled(self.ready() and not self._work.state.busy)

    def ready(self) -> bool:
        """Whether everything was said that is needed."""
        return True

    def _show_work(self, state: WorkState) -> None:
        self.bar.setValue(int(state.done * STEPS))
        show_if(self.bar, state.busy)
        self.reason.setText("" if state.error is None else self._kit.words.error(state.error))
        show_if(self.reason, state.error is not None)
        self.enable()
        fit(self)


class BackupDialog(WorkDialog):
    def __init__(
        self, kit: Kit, model: BackupModel, key_lives: str, first: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(kit, model.work, translate("BackupDialog", "开始备份"), "backup", parent)
        self.setWindowTitle(self.tr("备份工作区"))
        self._model = model
        self.bar.setAccessibleName(self.tr("备份进度"))
        self.file = self.path_field("backup_file", self.tr("备份文件"))
        self.file.setText(str(first))
        self.own = QRadioButton(self.tr("单独的口令：换一台电脑也能打开"))
        self.own.setObjectName("backup_own")
        by_workspace = {
            "passphrase": self.tr("工作区现在的口令：换一台电脑也能打开"),
            "keychain": self.tr("本机的系统钥匙串：这台电脑坏了就打不开"),
        }
        self.shared = QRadioButton(by_workspace.get(key_lives, ""))
        self.shared.setObjectName("backup_shared")
        self.shared.setVisible(key_lives in by_workspace)
        self.passphrase = NewPassphrase()
        words = self.tr("备份是一个加密的文件，正在进行的发送不受影响；写完才替换同名的旧备份。请另存到别的磁盘。")
        self.lost = label(self.tr("口令不会保存在任何地方，忘记后谁也打不开这份备份。"), "small", wrap=True)
        self.setLayout(
            column(
                label(self.tr("备份工作区"), "heading"),
                label(words, "muted", wrap=True),
                row(self.file, button(self.tr("更改…"), name="backup_choose", click=self._choose), stretch=0),
                label(self.tr("由什么打开"), "strong"),
                column(self.own, self.shared, space=1),
                self.passphrase,
                self.lost,
                self.reason,
                self.bar,
                self.buttons,
                margin=5,
            )
        )
        (self.shared if key_lives == "passphrase" else self.own).setChecked(True)
        self.go.clicked.connect(self._go)
        model.work.ended.connect(self._ended)
        self.own.toggled.connect(self._draw)
        self.passphrase.changed.connect(self.enable)
        self._draw()

    def ready(self) -> bool:
        return self.shared.isChecked() or self.passphrase.good

    def _draw(self) -> None:
        for part in (self.passphrase, self.lost):
            show_if(part, self.own.isChecked())
        self._show_work(self._work.state)

    def _choose(self) -> None:
        kinds = self.tr("允发备份") + f" (*{SUFFIX})"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("备份到"), self.file.text(), kinds)
        if chosen:
            self.file.setText(chosen if chosen.endswith(SUFFIX) else f"{chosen}{SUFFIX}")

    def _go(self) -> None:
        passphrase = self.passphrase.text if self.own.isChecked() else None
        self._model.back_up(Path(self.file.text()), passphrase)

    def _ended(self, _result: object) -> None:
        file = Path(self.file.text())
        tell_written(self._kit.messages, lambda: translate("BackupDialog", "已备份到 {}。").format(file.name), file)
        self.accept()


class RestoreDialog(WorkDialog):
    """`restored` carries the folder of the new workspace."""

    restored = Signal(object)

    def __init__(self, kit: Kit, model: RestoreModel, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(kit, model.work, translate("RestoreDialog", "开始恢复"), "restore", parent)
        self.setWindowTitle(self.tr("从备份恢复"))
        self._model = model
        model.setParent(self)
        self._asks = ""
        self.bar.setAccessibleName(self.tr("恢复进度"))
        self.file = self.path_field("restore_file", self.tr("备份文件"))
        self.folder = self.path_field("restore_folder", self.tr("恢复到的新文件夹"))
        self.folder.setText(str(folder))
        self.passphrase = hidden_field("restore_passphrase", self.tr("备份的口令"))
        words = self.tr(
            "恢复成一个新的工作区，已有的不会被覆盖。备份之后发过什么无从得知，所以其中的活动都会停下，由您逐个决定。"
        )
        self.setLayout(
            column(
                label(self.tr("从备份恢复"), "heading"),
                label(words, "muted", wrap=True),
                label(self.tr("备份文件"), "strong"),
                row(self.file, button(self.tr("选择…"), name="restore_choose", click=self._choose), stretch=0),
                self.passphrase,
                label(self.tr("恢复到"), "strong"),
                row(self.folder, button(self.tr("更改…"), name="restore_where", click=self._where), stretch=0),
                self.reason,
                self.bar,
                self.buttons,
                margin=5,
            )
        )
        self.go.clicked.connect(self._go)
        model.work.ended.connect(self._ended)
        model.asks.connect(self._asked)
        self.passphrase.textChanged.connect(self.enable)
        self._asked("")

    def ready(self) -> bool:
        return self._asks == "keychain" or bool(self._asks and self.passphrase.text())

    def take(self, file: Path) -> None:
        """This backup, whatever opens it."""
        self.file.setText(str(file))
        self._model.look(file)

    def _asked(self, asks: str) -> None:
        self._asks = asks
        spoken = self.tr("制作备份时工作区的口令") if asks == "workspace_passphrase" else self.tr("备份的口令")
        self.passphrase.setPlaceholderText(spoken)
        self.passphrase.setAccessibleName(spoken)
        show_if(self.passphrase, asks not in ("", "keychain"))
        self._show_work(self._work.state)

    def _choose(self) -> None:
        kinds = self.tr("允发备份") + f" (*{SUFFIX})"
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("选择备份文件"), self.file.text(), kinds)
        if chosen:
            self.take(Path(chosen))

    def _where(self) -> None:
        parent = str(Path(self.folder.text()).parent)
        chosen = QFileDialog.getExistingDirectory(self, self.tr("选择一个空文件夹"), parent)
        if chosen:
            self.folder.setText(chosen)

    def _go(self) -> None:
        passphrase = None if self._asks == "keychain" else self.passphrase.text()
        self._model.restore(Path(self.file.text()), Path(self.folder.text()), passphrase)

    def _ended(self, result: object) -> None:
        self.restored.emit(result)
        self.accept()
