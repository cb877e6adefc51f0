"""Completion in a field that holds several values: it works on the one that is being typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from campaign_app.ui.theme.theme import Theme

_LAST: Final = re.compile(r"^(.*[、，,;；]\s*)?([^、，,;；]*)$", re.DOTALL)
SHOWN: Final = 12
_NOTHING: Final = "\0"  # no value has it


class Values(QCompleter):
    """`several`: values stand one after the other, marks between. `chosen` carries the whole text of the field."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, field: QLineEdit, *, several: bool) -> None:
        super().__init__(field)
        self._field, self.several = field, several
        self._known: tuple[str, ...] = ()
        self._list = QStringListModel(self)
        self.setModel(self._list)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setMaxVisibleItems(SHOWN)
        field.setCompleter(self)
        field.textEdited.connect(lambda _: theme.dress_list(self))
        # after the field has taken the value
        self.activated.connect(lambda _: self.chosen.emit(field.text()), Qt.ConnectionType.QueuedConnection)

    def show_values(self, values: Sequence[str]) -> None:
        if self._known != tuple(values):
            self._known = tuple(values)
            self._list.setStringList(list(values))

    def splitPath(self, path: str) -> list[str]:  # noqa: N802
        typed = self._parts(path)[1].strip() if self.several else path
        # what is typed to its end has nothing more to offer, and an open list would take the next click for itself
        offered = [each for each in self._known if typed.casefold() in each.casefold()]
        return [_NOTHING if offered == [typed] else typed]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:  # noqa: N802
        chosen = str(index.data())
        return self._parts(self._field.text())[0] + chosen if self.several else chosen

    def _parts(self, text: str) -> tuple[str, str]:
        found = _LAST.match(text)
        return (found[1] or "", found[2]) if found is not None else ("", text)
