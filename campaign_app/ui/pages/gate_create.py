"""A new workspace: where, and what keeps its key. Without a keychain a passphrase does; never a plain file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QRadioButton, QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.session import Session, SessionState
from campaign_app.ui.widgets.basics import button, card, column, label, row
from campaign_app.ui.widgets.passphrase import NewPassphrase


class CreatePanel(QWidget):
    back = Signal()
    grew = Signal()  # it wants another height

    def __init__(self, kit: Kit, session: Session) -> None:
        super().__init__()
        self._kit, self._session = kit, session
        self.folder = QLineEdit()
        self.folder.setObjectName("gate_folder")
        self.folder.setReadOnly(True)
        self.folder.setAccessibleName(self.tr("工作区文件夹"))
        self.keychain = QRadioButton(self.tr("系统钥匙串（推荐）：登录系统后自动打开"))
        self.keychain.setObjectName("gate_keychain")
        self.by_passphrase = QRadioButton(self.tr("口令：每次打开时输入，换电脑也能打开"))
        self.by_passphrase.setObjectName("gate_by_passphrase")
        self.passphrase = NewPassphrase()
        self.passphrase.changed.connect(self._draw)
        self.reason = label("", "block", wrap=True, select=True, name="gate_create_reason")
        self.make = button(self.tr("新建工作区"), "primary", name="gate_create", click=self._create)
        for field in (self.passphrase.first, self.passphrase.again):
            field.returnPressed.connect(self.make.click)  # which does nothing while it is off
        self.setLayout(column(self._card()))
        self.keychain.setChecked(True)
        self.keychain.toggled.connect(self._draw)
        self._draw()

    def begin(self) -> None:
        self.folder.setText(str(self._session.plan.folder))
        self.reason.setText("")
        self.keychain.setChecked(True)
        self._draw()

    def show_state(self, state: SessionState) -> None:
        """Why the last attempt failed; what was typed is kept."""
        self.folder.setText(str(self._session.plan.folder))
        self.reason.setText("" if state.error is None else self._kit.words.error(state.error))
        if state.error is not None and state.error.code == "no_keychain":
            self.by_passphrase.setChecked(True)
            self.passphrase.setFocus()
        self._draw()

    def forget(self) -> None:
        self.passphrase.clear()

    def _card(self) -> QWidget:
        choose = button(self.tr("更改…"), name="gate_choose", click=self._choose)
        lost = label(
            self.tr("口令不会保存在任何地方：忘记后谁也打不开工作区，请妥善记录。"),
            "small",
            wrap=True,
        )
        self._lost = lost
        return card(
            label(self.tr("新建工作区"), "heading"),
            label(self.tr("文件夹"), "strong"),
            row(self.folder, choose, stretch=0),
            label(self.tr("密钥由什么保管"), "strong"),
            column(self.keychain, self.by_passphrase, space=1),
            self.passphrase,
            lost,
            self.reason,
            row(button(self.tr("返回"), "quiet", name="gate_create_back", click=self.back.emit), None, self.make),
            space=3,
            margin=5,
        )

    def _draw(self) -> None:
        asks = self.by_passphrase.isChecked()
        self.passphrase.setVisible(asks)
        self._lost.setVisible(asks)
        self.reason.setVisible(bool(self.reason.text()))
        self.make.setEnabled(not asks or self.passphrase.good)
        self.grew.emit()

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("选择一个空文件夹"), str(Path(self.folder.text()).parent)
        )
        if chosen:
            self.folder.setText(chosen)

    def _create(self) -> None:
        passphrase = self.passphrase.text if self.by_passphrase.isChecked() else None
        self._session.create(passphrase, Path(self.folder.text()))
