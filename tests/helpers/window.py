"""The window's application on a workspace of its own, whose worker is no process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.ui.app import Application, Plan
from campaign_app.ui.prefs import Prefs

PHRASE = "一句只有我知道的话"
ENTITY = "91330100MA0MN00023"
MS = 30_000


class Started:
    """An application on a workspace of its own, whose worker is no process."""

    def __init__(self, folder: Path, prefs: Prefs, qapp: QApplication, bot: QtBot, *, tray: bool) -> None:
        self.bot, self.exits = bot, list[int]()
        self.application = Application(qapp, Plan(folder), prefs, has_tray=lambda: tray)
        self.application.session.starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None)
        self.application.closing._leave = lambda: self.exits.append(0)

    def open(self) -> bootstrap.App:
        self.application.start()
        session = self.application.session
        self.bot.waitUntil(lambda: session.state.phase == "passphrase", timeout=MS)
        session.open(PHRASE)
        self.bot.waitUntil(lambda: session.state.worker == "running", timeout=MS)
        assert session.state.app is not None
        return session.state.app


Start = Callable[..., Started]
