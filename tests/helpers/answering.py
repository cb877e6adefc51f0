"""Answers the question that the next action of a test asks."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from campaign_app.ui.widgets.ask import Question


def answer(name: str) -> None:
    """Presses the button of that name as soon as the box is open: confirm_yes or confirm_no."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, Question)
        button = box.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        button.click()

    QTimer.singleShot(0, press)
