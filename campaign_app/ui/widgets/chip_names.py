"""The names of variables, offered in the field of a text as soon as a brace is opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit

from campaign_app.ui.theme.theme import Theme

_OPEN: Final = re.compile(r"(?<![${])\{(\w{0,40})$")
_NAME: Final = Qt.ItemDataRole.UserRole
_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape})


class ChipNames(QCompleter):
    """Rows say a name with a sample value; the name alone is what is typed and what goes into the text."""

    def __init__(self, theme: Theme, field: QPlainTextEdit) -> None:
        super().__init__(field)
        self._field, self._theme = field, theme
        self._shown: tuple[tuple[str, str], ...] = ()
        self._list = QStandardItemModel(self)
        self.setModel(self._list)
        self.rows = QListView()
        self.rows.setObjectName("chip_names")
        self.rows.setAccessibleName(self.tr("变量"))
        self.setPopup(self.rows)
        self.setWidget(field)
        self.setCompletionRole(_NAME)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.activated[QModelIndex].connect(self._take)  # type: ignore[index]

    def show_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Each with the words of its row."""
        if tuple(names) != self._shown:
            self._shown = tuple(names)
            self._list.clear()
            for name, words in names:
                item = QStandardItem(words)
                item.setData(name, _NAME)
                self._list.appendRow(item)

    def follow(self) -> None:
        """The text was typed on."""
        found = _OPEN.search(self._before())
        self.setCompletionPrefix(found[1] if found is not None else "")
        if found is None or not self.completionCount() or self.currentCompletion() == found[1]:
            self.rows.hide()
            return
        self._theme.dress_list(self)
        at = self._field.cursorRect()
        at.setWidth(self.rows.sizeHintForColumn(0) + 48)
        self.complete(at)
        self.rows.setCurrentIndex(self.completionModel().index(0, 0))

    def takes(self, event: QKeyEvent) -> bool:
        """Keys that are for the list while it is shown: the list gets those that the field leaves."""
        return self.rows.isVisible() and event.key() in _KEYS

    def _take(self, index: QModelIndex | QPersistentModelIndex) -> None:
        found = _OPEN.search(self._before())
        if found is None:
            return
        cursor = self._field.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(found[1]))
        cursor.insertText(f"{index.data(_NAME)}}}")
        self._field.setTextCursor(cursor)

    def _before(self) -> str:
        cursor = self._field.textCursor()
        cursor.clearSelection()
        # a place of the document counts UTF-16 units, so that the text cannot be cut there
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()
