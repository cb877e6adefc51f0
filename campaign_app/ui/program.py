"""The program as Qt and the system know it: its name, the files it is handed, and how its users type Chinese."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

from PySide6.QtCore import QEvent, QLibraryInfo, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication

from campaign_app import assets


class Program(QApplication):
    """`opened`: the system hands a file to the running program, as macOS does; elsewhere that is a start of its own."""

    opened = Signal(str)

    def __init__(self) -> None:
        if sys.platform == "linux":
            reach_fcitx(os.environ, Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)))
        super().__init__(sys.argv[:1])
        self.setApplicationName("campaign_app")
        self.setApplicationDisplayName("允发 Yunfa")
        self.setDesktopFileName("campaign-app")
        self.setWindowIcon(QIcon(str(assets.path("icons", "app.svg"))))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self.opened.emit(event.file())
        return super().event(event)


def reach_fcitx(environment: MutableMapping[str, str], plugins: Path) -> None:
    """Whoever types by fcitx is reached by the way of ibus, which fcitx 5 answers as well.

    Qt as it is shipped has no plug-in for fcitx, and nothing but Latin letters could be typed. Its plug-in for ibus
    looks for that program and is used without it only by the way of portals, as sandboxed programs take it.
    """
    if any(plugins.glob("platforminputcontexts/*fcitx*")):  # a Qt of the system's own
        return
    for name in ("QT_IM_MODULES", "QT_IM_MODULE"):
        wanted = environment.get(name, "").split(";")
        reached = ["ibus" if each.startswith("fcitx") else each for each in wanted]
        if reached != wanted:
            environment[name] = ";".join(dict.fromkeys(reached))
            environment["IBUS_USE_PORTAL"] = "1"
