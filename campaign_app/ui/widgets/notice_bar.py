"""The bar above a page that says what happened, what was kept and what to do; it stays until it is closed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Level, Notice
from campaign_app.ui.theme import icons
from campaign_app.ui.widgets.basics import button, label, row
from campaign_app.ui.widgets.pill import ICONS, colours

SECONDS: Final = 8  # good news goes by itself; an error never does


class NoticeBar(QFrame):
    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._kit = kit
        self._notice: Notice | None = None
        self._image = QLabel()
        self.text = label("", wrap=True, name="notice_text", select=True)
        self.action = button("", "quiet", name="notice_action", click=self._act)
        self.close_button = QToolButton()
        self.close_button.setObjectName("notice_close")
        self.close_button.setAccessibleName(self.tr("关闭提示"))
        self.close_button.setToolTip(self.tr("关闭提示"))
        self.close_button.clicked.connect(self.dismiss)
        layout = row(self._image, self.text, self.action, self.close_button, stretch=1)
        layout.setContentsMargins(16, 8, 12, 8)
        self.setLayout(layout)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        kit.messages.told.connect(self.show_notice)
        kit.theme.changed.connect(self._draw)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        return self._notice

    def show_notice(self, notice: Notice) -> None:
        self._notice = notice
        self.text.setText(notice.text)
        self.action.setText(notice.label)
        self.action.setVisible(notice.action is not None)
        self._draw()
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self.text, QAccessible.Event.Alert))
        if notice.level in (Level.OK, Level.INFO) and notice.action is None:
            self._timer.start(SECONDS * 1000)
        else:
            self._timer.stop()

    def dismiss(self) -> None:
        self._notice = None
        self._timer.stop()
        self.hide()

    def _act(self) -> None:
        notice = self._notice
        self.dismiss()
        if notice is not None and notice.action is not None:
            notice.action()

    def _draw(self) -> None:
        if self._notice is None:
            return
        tokens = self._kit.theme.tokens
        front, ground = colours(tokens, self._notice.level)
        self.setStyleSheet(f"QFrame#notice {{ background: {ground}; border: none; border-bottom: 1px solid {front}; }}")
        self._image.setPixmap(icons.pixmap(ICONS[self._notice.level], front, 18, self.devicePixelRatioF()))
        self.close_button.setIcon(self._kit.theme.icon("close", "text"))
