"""A new passphrase, typed twice: what is still missing is said while it is typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from campaign_app.domain.passphrase import LEAST, passphrase_problem
from campaign_app.ui.widgets.basics import column, label


def hidden_field(name: str, spoken: str) -> QLineEdit:
    """For what nobody should read over one's shoulder."""
    made = QLineEdit()
    made.setObjectName(name)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setAccessibleName(spoken)
    made.setPlaceholderText(spoken)
    return made


class NewPassphrase(QWidget):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.first = hidden_field("new_passphrase", self.tr("新口令，至少 %Ln 个字符", "", LEAST))
        self.again = hidden_field("new_passphrase_again", self.tr("再输入一次"))
        self.hint = label("", "small", wrap=True, name="new_passphrase_hint")
        self.setLayout(column(self.first, self.again, self.hint, space=2))
        self.setFocusProxy(self.first)
        for field in (self.first, self.again):
            field.textChanged.connect(self._draw)
        self._draw()

    @property
    def text(self) -> str:
        return self.first.text()

    @property
    def good(self) -> bool:
        return not passphrase_problem(self.text) and self.text == self.again.text()

    def clear(self) -> None:
        self.first.clear()
        self.again.clear()

    def _draw(self) -> None:
        self.hint.setText(self._hint())
        self.changed.emit()

    def _hint(self) -> str:
        problem = passphrase_problem(self.text)
        if not self.text:
            return self.tr("建议用一句只有您知道的话，比单个词更难猜。")
        if problem == "passphrase_short":
            return self.tr("还差 %Ln 个字符。", "", LEAST - len(self.text))
        if problem:
            return self.tr("太容易猜到：请混用文字、字母、数字或符号。")
        return self.tr("两次输入一致。") if self.good else self.tr("两次输入还不一致。")
