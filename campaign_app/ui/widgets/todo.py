"""What needs a person: a line each, with what is the matter, what to do, and the button that leads there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import button, clear, column, divider, label, row
from campaign_app.ui.widgets.pill import ICONS, colours

_ICON = 18


@dataclass(frozen=True, slots=True)
class Todo:
    """`level` is warn, block, info or ok; `action` is the word on the button, "" for a line that leads nowhere."""

    key: str
    level: str
    title: str
    text: str
    action: str = ""


class Todos(QFrame):
    """`chosen` carries the key of the line whose button was pressed."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, *, name: str, role: str = "card") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", role)
        self._theme = theme
        self._shown: tuple[Todo, ...] = ()
        self._images: list[tuple[QLabel, str]] = []
        self._column = column(space=0)
        self.setLayout(self._column)
        theme.changed.connect(self._draw)
        self.hide()

    @property
    def lines(self) -> tuple[Todo, ...]:
        return self._shown

    def show_lines(self, lines: Sequence[Todo]) -> None:
        """Hidden while there are none."""
        if tuple(lines) == self._shown:
            return
        self._shown, self._images = tuple(lines), []
        clear(self._column)
        for number, line in enumerate(self._shown):
            if number:
                self._column.addWidget(divider())
            self._column.addWidget(self._line(line))
        self._draw()
        self.setVisible(bool(self._shown))

    def _line(self, line: Todo) -> QWidget:
        image = QLabel()
        image.setFixedWidth(_ICON + 4)
        self._images.append((image, line.level))
        title, text = label(line.title, "strong", wrap=True), label(line.text, "muted", wrap=True)
        if not line.text:
            text.hide()
        parts: list[QWidget] = []
        if line.action:
            act = button(line.action, name=f"todo_{line.key}", click=lambda: self.chosen.emit(line.key), small=True)
            act.setAccessibleName(self.tr("{}：{}").format(line.action, line.title))
            parts = [act]
        layout = row(image, column(title, text, space=1), *parts, space=3, stretch=1)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setAlignment(image, Qt.AlignmentFlag.AlignTop)
        made = QWidget()
        made.setLayout(layout)
        return made

    def _draw(self) -> None:
        for image, level in self._images:
            front, _ = colours(self._theme.tokens, level)
            image.setPixmap(icons.pixmap(ICONS[level] or "info", front, _ICON, self.devicePixelRatioF()))
