"""One window per workspace: a second start brings the first window to the front and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS: Final = 500
_RAISE: Final = b"raise\n"


def name_of(folder: Path) -> str:
    """The local socket's name for a workspace; the folder itself is not in it."""
    return f"campaign-app-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}"


def raise_other(folder: Path) -> bool:
    """Asks the window of this workspace, if there is one, to come to the front; whether it answered."""
    socket = QLocalSocket()
    socket.connectToServer(name_of(folder))
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(_RAISE)
    socket.flush()
    answered = socket.waitForReadyRead(WAIT_MS)
    socket.disconnectFromServer()
    return answered


class Single(QObject):
    """Listens for later starts; `raised` asks the window to come to the front."""

    raised = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        # a socket left by a program that was killed is in the way
        QLocalServer.removeServer(name_of(folder))
        self._server.listen(name_of(folder))

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.write(b"ok\n")
            socket.flush()
            self.raised.emit()
