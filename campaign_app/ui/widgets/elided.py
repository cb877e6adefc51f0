"""Lines of text that give way: what does not fit ends in …, and the whole of it is in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from campaign_app.ui.widgets.basics import literal


class Elided(QLabel):
    def __init__(self, text: str = "", role: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        inside = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, inside.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        self.style().drawItemText(
            painter, inside, int(self.alignment()), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )


class ElidedButton(QPushButton):
    """Says a name that people gave; `hint` is what a click does, told whether or not the name fits."""

    def __init__(self, text: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(literal(text), parent)
        self._said, self._hint = text, hint
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOptionButton()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        shown = self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideRight, inside.width())
        self.setToolTip(self._hint if shown == self._said else f"{self._said}\n{self._hint}")
        option.text = literal(shown)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)
