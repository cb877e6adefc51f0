"""Lines of text that give way: what does not fit ends in …, of a name its middle; the whole of it is in the tooltip."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFrame,
    QStylePainter,
)

from campaign_app.ui.widgets.basics import literal

_INNER: Final = 2  # what a QLineEdit leaves at both sides of its text


class Elided(QLabel):
    """`named`: a name that people gave, of which many may begin alike and end differently."""

    def __init__(self, text: str = "", role: str = "", name: str = "", *, named: bool = False) -> None:
        super().__init__(text)
        self._mode = Qt.TextElideMode.ElideMiddle if named else Qt.TextElideMode.ElideRight
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
        shown = self.fontMetrics().elidedText(self.text(), self._mode, inside.width())
        # names come from people and files: none of them is read as HTML
        whole = html.escape(self.text()) if "<" in self.text() else self.text()
        self.setToolTip(whole if shown != self.text() else "")
        self.style().drawItemText(
            painter, inside, int(self.alignment()), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )


class ElidedEdit(QLineEdit):
    """A field for a name, cut in its middle where it does not fit, until one writes in it."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        inside.adjust(_INNER, 0, -_INNER, 0)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, inside.width())
        if self.hasFocus() or shown == self.text():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawItemText(inside, flags, self.palette(), self.isEnabled(), shown, QPalette.ColorRole.Text)


class ElidedButton(QPushButton):
    """Says a name that people gave; `hint` is what a click does, told whether or not the name fits."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(literal(text))
        self._said, self._hint = text, hint
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOptionButton()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        shown = self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideMiddle, inside.width())
        self.setToolTip(self._hint if shown == self._said else f"{self._said}\n{self._hint}")
        option.text = literal(shown)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)
