"""Ctrl+/: every shortcut of the window, by where it holds."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from campaign_app.ui.messages import QT_TRANSLATE_NOOP, translate
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.actions import GROUPS, SHORTCUTS, native
from campaign_app.ui.widgets.basics import button, column, fit, label, row
from campaign_app.ui.widgets.dialog import Dialog

WIDTH: Final = 760
COLUMNS: Final = 2


class ShortcutSheet(Dialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle(self.tr("快捷键"))
        self.setFixedWidth(WIDTH)
        self.close_button = button(self.tr("关闭"), name="shortcuts_close", click=self.accept)
        self.close_button.setDefault(True)
        groups = [self._group(place) for place in GROUPS]
        half = column(*groups[: len(groups) // COLUMNS], None, space=4)
        rest = column(*groups[len(groups) // COLUMNS :], None, space=4)
        sides = row(half, rest, space=6)
        for index in range(COLUMNS):
            sides.setStretch(index, 1)
        heading = label(self.tr("快捷键"), "title")
        hint = label(
            self.tr("键盘焦点在哪里，哪里的快捷键才有效；Ctrl+K 能找到每个页面、活动和操作。"), "muted", wrap=True
        )
        self.setLayout(column(column(heading, hint, space=1), sides, row(None, self.close_button), space=5, margin=5))
        fit(self)

    def _group(self, place: str) -> QFrame:
        rows = QGridLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(SPACE[2])
        rows.setColumnStretch(0, 1)
        for number, (source, keys) in enumerate(rows_of(place).items()):
            said, written = translate("Shortcuts", source), label(keys, "keys")
            written.setAccessibleName(f"{said}: {keys}")
            rows.addWidget(label(said, wrap=True), number, 0)
            rows.addWidget(written, number, 1, Qt.AlignmentFlag.AlignRight)
        made = QFrame()
        made.setLayout(column(label(translate("Shortcuts", GROUPS[place]), "strong", wrap=True), rows, space=2))
        return made


def rows_of(place: str) -> dict[str, str]:
    """What is done → its keys; deeds that differ by a number only are one row, from the first to the last."""
    found: dict[str, list[str]] = {}
    either = translate("Shortcuts", QT_TRANSLATE_NOOP("Shortcuts", " 或 "))
    for each in SHORTCUTS.values():
        if each.place == place:
            found.setdefault(each.source, []).append(either.join(native(keys) for keys in each.keys))
    return {source: keys[0] if len(keys) == 1 else f"{keys[0]} – {keys[-1]}" for source, keys in found.items()}
