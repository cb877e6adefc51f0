"""Questions that need an answer before something is done.

What cannot be taken back is never the default: Enter leaves things as they are where it is a `danger` or `careful`.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QDialog, QWidget

from campaign_app.ui.widgets.basics import button, column, fit, label, row
from campaign_app.ui.widgets.dialog import Dialog

WIDTH: Final = 440


class Question(Dialog):
    def __init__(
        self, parent: QWidget | None, title: str, text: str, *, yes: str, no: str, danger: bool, careful: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("confirm")
        self.setWindowTitle(title)
        self.setAccessibleDescription(text)
        self.setFixedWidth(WIDTH)
        self._title = title
        accept = button(yes, "danger" if danger else "primary", name="confirm_yes", click=self.accept)
        refuse = button(no, name="confirm_no", click=self.reject)
        answers = row(None, accept, refuse) if danger else row(None, refuse, accept)
        heading = label(title, "heading", wrap=True)
        self.setLayout(column(heading, label(text, wrap=True), answers, space=4, margin=5))
        safe = refuse if danger or careful else accept
        safe.setDefault(True)
        safe.setFocus()
        fit(self)

    def text(self) -> str:
        """What is asked."""
        return self._title


def confirm(
    parent: QWidget | None, title: str, text: str, *, yes: str, no: str, danger: bool = False, careful: bool = False
) -> bool:
    """Asks with the words of the deed on the buttons (删除 / 保留), never 是 / 否."""
    asked = Question(parent, title, text, yes=yes, no=no, danger=danger, careful=careful)
    answer = asked.exec()
    asked.deleteLater()
    return answer == QDialog.DialogCode.Accepted
