"""Questions that need an answer before something is done; the safe answer is the default."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget


def confirm(parent: QWidget | None, title: str, text: str, *, yes: str, no: str, danger: bool = False) -> bool:
    """Asks with the words of the deed on the buttons (删除 / 保留), never 是 / 否."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, title, parent=parent)
    box.setObjectName("confirm")
    box.setInformativeText(text)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    accept.setObjectName("confirm_yes")
    refuse.setObjectName("confirm_no")
    accept.setProperty("kind", "danger" if danger else "primary")
    box.setDefaultButton(refuse if danger else accept)
    box.setEscapeButton(refuse)
    box.exec()
    return box.clickedButton() is accept
