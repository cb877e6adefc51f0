"""One window per workspace: a second start brings the first window to the front and ends."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDir, QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS: Final = 500
ANSWER_MS: Final = 3_000
TURN_MS: Final = 20
_RAISE: Final = b"raise\n"
_PATH_MAX: Final = 100  # of a socket's name; the least that systems allow is 104
log = logging.getLogger(__name__)


def mark_of(folder: Path) -> str:
    """Tells one workspace from another; the folder itself is not in it."""
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]


def name_of(folder: Path) -> str:
    """The local socket's name for a workspace.

    It lies in the user's own runtime folder where there is one: nobody else can put something in its place there.
    """
    name = f"campaign-app-{mark_of(folder)}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "") if os.name == "posix" else ""
    path = f"{runtime}/{name}"
    return path if runtime and Path(runtime).is_dir() and len(path) <= _PATH_MAX else name


def raise_other(folder: Path) -> bool:
    """Asks the window of this workspace to come to the front; whether there is one. Waits for its answer."""
    name = name_of(folder)
    if not _is_ours(name):
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(CONNECT_MS):
        return False
    socket.write(_RAISE)
    socket.flush()
    # whoever accepted is alive, even if it is too busy to answer now
    for _ in range(ANSWER_MS // TURN_MS):
        # in turns: the interpreter is locked meanwhile, and the window's thread may want it
        if socket.bytesAvailable() or socket.waitForReadyRead(TURN_MS):
            break
    socket.disconnectFromServer()
    return True


def claim(folder: Path, parent: QObject | None = None) -> Single | None:
    """The right to be the window of this workspace, or None: then the window that is there was raised.

    Of two starts in the same moment one is first.
    """
    lock = QLockFile(f"{_path(name_of(folder))}.start")
    lock.tryLock(ANSWER_MS)
    try:
        return None if raise_other(folder) else Single(folder, parent)
    finally:
        lock.unlock()


def _path(name: str) -> str:
    return name if Path(name).is_absolute() else f"{QDir.tempPath()}/{name}"


def _is_ours(name: str) -> bool:
    if os.name != "posix":
        return True  # a pipe, whose access rights are those of its maker
    try:
        return Path(_path(name)).lstat().st_uid == os.getuid()
    except OSError:
        return False


class Single(QObject):
    """Listens for later starts; `raised` asks the window to come to the front."""

    raised = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        self.move(folder)

    def move(self, folder: Path) -> None:
        """The window is for another workspace now."""
        self._server.close()
        self.folder = folder
        # a socket left by a program that was killed is in the way
        QLocalServer.removeServer(name_of(folder))
        if not self._server.listen(name_of(folder)):
            # two windows of one workspace are still impossible: it has a lock
            log.warning("later starts cannot be noticed: %s", self._server.errorString())

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.write(b"ok\n")
            socket.flush()
            self.raised.emit()
