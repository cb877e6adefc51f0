"""Which legal entity something is put down for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from campaign_app.domain.customer import Entity

MINIMUM: Final = 200


class EntityBox(QComboBox):
    """Of several none is chosen beforehand: what is put down for the wrong one does not hold for the right one."""

    def __init__(self, name: str, spoken: str, parent: QWidget | None = None, *, codes: bool = False) -> None:
        """`codes`: with the code of each beside its name."""
        super().__init__(parent)
        self._codes = codes
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setMinimumWidth(MINIMUM)
        self.offer(())

    @property
    def uscc(self) -> str:
        """ "" while none is chosen."""
        return str(self.currentData() or "")

    def offer(self, entities: Iterable[Entity]) -> None:
        offered = [(each.uscc, f"{each.name}  {each.uscc}" if self._codes else each.name) for each in entities]
        self.setPlaceholderText(self.tr("请选择主体") if offered else self.tr("先连接店铺账户"))
        if [(self.itemData(at), self.itemText(at)) for at in range(self.count())] == offered:
            return
        before = self.uscc
        chosen = before if self.count() > 1 else ""  # the only one there was nobody chose
        with QSignalBlocker(self):  # whoever is told that it is empty offers them anew
            self.clear()
            for uscc, name in offered:
                self.addItem(name, uscc)
            self.setCurrentIndex(0 if len(offered) == 1 else self.findData(chosen) if chosen else -1)
        if self.uscc != before:
            self.currentIndexChanged.emit(self.currentIndex())
