"""Answers the question that the next action of a test asks."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from campaign_app.ui.widgets.ask import Question

AGAIN_MS: Final = 10
PATIENCE_S: Final = 30.0
_waiting: list[Answer] = []


class Answer:
    def __init__(self, name: str, patience: float) -> None:
        self.name = name
        self.asked: list[str] = []
        self.text = ""
        self._until = time.monotonic() + patience
        self._timer = QTimer()
        self._timer.timeout.connect(self._press)
        self._timer.start(AGAIN_MS)

    def _press(self) -> None:
        asked = QApplication.activeModalWidget()
        if isinstance(asked, Question):
            self.stop()
            self.asked.append(asked.text())
            self.text = asked.accessibleDescription()
            button = asked.findChild(QPushButton, self.name)
            assert isinstance(button, QPushButton)
            button.click()
        elif time.monotonic() >= self._until:  # what asks it may wait for something first, but not for ever
            self._timer.stop()

    @property
    def over(self) -> bool:
        """Whether it was answered, or is not waited for any longer."""
        return not self._timer.isActive()

    def stop(self) -> None:
        self._timer.stop()
        if self in _waiting:
            _waiting.remove(self)


def answer(name: str, patience: float = PATIENCE_S) -> Answer:
    """Presses the button of that name as soon as the question is there: confirm_yes or confirm_no."""
    made = Answer(name, patience)
    _waiting.append(made)
    return made


def unasked() -> list[str]:
    """The buttons of the questions that were never asked; nobody waits for one of them any longer."""
    found = [each.name for each in _waiting]
    for each in list(_waiting):
        each.stop()
    return found
