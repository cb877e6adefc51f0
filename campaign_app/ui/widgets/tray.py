"""The icon in the system's tray while the window is hidden and the worker goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

_CLICKS = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)


class Tray(QObject):
    opened = Signal()
    left = Signal()
    followed = Signal()  # a notice was clicked

    def __init__(self, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.menu = QMenu()
        self.open_action = self.menu.addAction("")
        self.leave_action = self.menu.addAction("")
        self.open_action.triggered.connect(self.opened)
        self.leave_action.triggered.connect(self.left)
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._clicked)
        self._icon.messageClicked.connect(self.followed)
        self._lent = False

    @staticmethod
    def available() -> bool:
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def shown(self) -> bool:
        return self._icon.isVisible()

    def show(self) -> None:
        """In the language of now."""
        self._lent = False
        self._show(self.tr("允发正在后台发送"))

    def tell(self, text: str) -> None:
        """A notice of the system. It needs the icon, which goes again once somebody looks at the window."""
        if not self.shown:
            self._lent = True
            self._show(self.tr("允发"))
        self._icon.showMessage(self.tr("允发"), text, self._icon.icon())

    def calm(self) -> None:
        """Somebody looks at the window."""
        if self._lent:
            self.hide()

    def _show(self, tip: str) -> None:
        self.open_action.setText(self.tr("打开允发"))
        self.leave_action.setText(self.tr("退出"))
        self._icon.setToolTip(tip)
        self._icon.show()

    def hide(self) -> None:
        self._icon.hide()

    def release(self) -> None:
        """The window ends: the menu has no parent that would take it along."""
        self._icon.hide()
        self.menu.deleteLater()

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in _CLICKS:
            self.opened.emit()
