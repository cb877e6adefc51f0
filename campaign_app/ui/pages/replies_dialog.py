"""Who reads what people answer to a sender's messages, and where, for a sender that does not hand that in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from campaign_app.services.replies import WHERE_MAX
from campaign_app.ui.widgets.basics import button, column, fit, label, row
from campaign_app.ui.widgets.dialog import Dialog


class RepliesDialog(Dialog):
    HELP = "campaign.results"

    recorded = Signal(str)  # "" takes the word back

    def __init__(self, sender: str, where: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replies_dialog")
        self.setWindowTitle(self.tr("登记查看回复"))
        self.setFixedWidth(480)
        self.where = QLineEdit(where)
        self.where.setObjectName("replies_where")
        self.where.setAccessibleName(self.tr("由谁、在哪里查看"))
        self.where.setPlaceholderText(self.tr("例如：服务商短信控制台，王丽每天 10 点和 17 点"))
        self.where.setMaxLength(WHERE_MAX)
        self.where.textChanged.connect(lambda _: self._show())
        words = self.tr(
            "“{name}”不会把客户的回复送到这里：有人回复退订，本程序看不到。"
            "请写明由谁、在哪里每天查看；看到退订的人，请到“退订与投诉”把号码加入拒收名单。此登记会写入审计记录。"
        ).format(name=sender)
        self._had = bool(where)
        self.save = button(self.tr("登记"), "primary", name="replies_save", click=self._save)
        self.forget = button(self.tr("撤销登记"), "danger", name="replies_forget", click=self._forget)
        self.leave = button(self.tr("返回"), name="replies_leave", click=self.reject)
        self.forget.setVisible(self._had)
        self.setLayout(
            column(
                label(self.tr("回复由谁查看"), "heading"),
                label(words, wrap=True),
                self.where,
                row(self.forget, None, self.leave, self.save),
                margin=5,
            )
        )
        self.save.setDefault(True)
        self.finished.connect(self.deleteLater)
        self._show()
        fit(self)

    def _show(self) -> None:
        self.save.setEnabled(bool(self.where.text().strip()))

    def _save(self) -> None:
        self.recorded.emit(self.where.text())
        self.accept()

    def _forget(self) -> None:
        self.recorded.emit("")
        self.accept()
