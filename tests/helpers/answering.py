"""Answers the question that the next action of a test asks."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from campaign_app.ui.widgets.ask import Question

AGAIN_MS = 10


def answer(name: str) -> None:
    """Presses the button of that name as soon as the question is there: confirm_yes or confirm_no."""

    def press() -> None:
        asked = QApplication.activeModalWidget()
        if not isinstance(asked, Question):
            QTimer.singleShot(AGAIN_MS, press)  # what asks it waits for something first
            return
        button = asked.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        button.click()

    QTimer.singleShot(0, press)
