"""What is said while the worker still brings a batch to its end, once the window is closed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel


class EndingNote(QLabel):
    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.CustomizeWindowHint | Qt.WindowType.WindowTitleHint)
        self.setObjectName("ending")
        self.setWindowTitle(QGuiApplication.applicationDisplayName())  # as the window's
        self.setText(
            self.tr("正在结束…\n正在交出的一批短信有了结果就会关闭，最多一分多钟；余下的以后接着发，不会重发。")
        )
        self.setMargin(24)

    def say(self) -> None:
        """Painted at once: whoever calls this waits on the window's thread."""
        self.show()
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.repaint()
