"""Where one writes, carried over to the same field of a window that is built anew."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget


def carry_caret(former: QWidget, now: QWidget) -> None:
    """Caret and selection, where both fields hold the same text; else nothing happens."""
    if isinstance(former, QLineEdit) and isinstance(now, QLineEdit) and former.text() == now.text():
        now.setCursorPosition(former.cursorPosition())
    elif (
        isinstance(former, QPlainTextEdit)
        and isinstance(now, QPlainTextEdit)
        and former.toPlainText() == now.toPlainText()
    ):
        was, cursor = former.textCursor(), now.textCursor()
        cursor.setPosition(was.anchor())
        cursor.setPosition(was.position(), QTextCursor.MoveMode.KeepAnchor)
        now.setTextCursor(cursor)
