"""What stands where there is nothing yet: what will be here, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import button, column, label, row

_SIZE = 44


class Empty(QWidget):
    def __init__(
        self,
        theme: Theme,
        picture: str,
        title: str,
        text: str,
        *,
        action: str = "",
        click: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._picture = theme, picture
        self._image = QLabel()
        self._image.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title = label(title, "heading")
        self.text = label(text, "muted", wrap=True)
        for each in (self.title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMinimumWidth(420)
        parts = [None, self._image, self.title, row(None, self.text, None)]
        if action:
            self.button = button(action, "primary", click=click, name="empty_action")
            parts.append(row(None, self.button, None))
        self.setLayout(column(*parts, None, space=3))
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self._image.setPixmap(icons.pixmap(self._picture, self._theme.tokens.faint, _SIZE, self.devicePixelRatioF()))
