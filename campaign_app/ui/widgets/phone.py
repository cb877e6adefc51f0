"""A telephone that shows a message as its reader sees it, with the places where a new part begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import Tokens
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.utf16 import Units

WIDTH: Final = 292
TALL: Final = 632  # as telephones are; what a large window has left stays below
_BEZEL: Final = 9
_ROUND: Final = 30
_HEAD: Final = 46
_LOW: Final = 220  # a lower one has no head: the message needs the room
_PAD: Final = 12
_TEXT: Final = 14
_LINE: Final = 1.22  # lines of text, in heights of the font
_NUMBER: Final = 9
_UNSIGNED: Final = "【】"


class Bubble(QWidget):
    """The message itself. Lines break as telephones break them: no number is torn, no stop begins a line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self._marks: tuple[int, ...] = ()
        self._torn: frozenset[int] = frozenset()
        self._units: list[int] = []
        self._layout = QTextLayout()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands on each line."""
        units = Units(self._text)
        found = (self._layout.lineAt(n) for n in range(self._layout.lineCount()))
        return tuple(
            self._text[units.point(line.textStart()) : units.point(line.textStart() + line.textLength())]
            for line in found
        )

    def show_message(self, text: str, marks: Sequence[int], torn: Sequence[int] = ()) -> None:
        """`marks` are the code points at which a new part begins, `torn` those of them that cut a character in two.

        Where no signature is chosen yet nothing stands for it: nobody's telephone shows empty brackets.
        """
        if text.startswith(_UNSIGNED):
            text, before = text.removeprefix(_UNSIGNED), len(_UNSIGNED)
            marks, torn = [each - before for each in marks], [each - before for each in torn]
        if (text, tuple(marks)) == (self._text, self._marks):
            return
        units = Units(text)
        self._text, self._marks = text, tuple(marks)
        self._units = [units.of(mark) for mark in marks]
        self._torn = frozenset(units.of(mark) for mark in torn)
        self.setAccessibleName(text)
        self.setToolTip(self.tr("此处会把一个字符切成两段") if torn else "")
        self._lay_out()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if not self._text:
            return
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised if tokens.dark else tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()), 14, 14)
        painter.setPen(QColor(tokens.text))
        self._layout.draw(painter, QPointF(_PAD, _PAD - 3))
        for number, unit in enumerate(self._units):
            self._paint_mark(painter, number + 2, unit)

    def _paint_mark(self, painter: QPainter, part: int, unit: int) -> None:
        """A cut before the part's first character, and the part's number above it; one through a character warns."""
        line = self._layout.lineForTextPosition(unit)
        if not line.isValid():
            return
        found: object = line.cursorToX(unit)
        x = _PAD + float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]
        top, tokens = _PAD - 3 + line.y(), self._theme.tokens
        colour = QColor(tokens.warn if unit in self._torn else tokens.accent)
        painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top - 1), QPointF(x, top + line.height() + 2))
        font = QFont(self.font())
        font.setPixelSize(_NUMBER)
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        badge = QRectF(x - 6, top - 8, 12, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(part))

    def _lay_out(self) -> None:
        font = QFont(self.font())
        font.setPixelSize(_TEXT)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        # a line separator is what a layout breaks at; it is one unit, as the break is
        self._layout = QTextLayout(self._text.replace("\n", "\u2028"), font)
        self._layout.setTextOption(option)
        self._layout.beginLayout()
        y = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(max(40, self.width() - 2 * _PAD))
            line.setPosition(QPointF(0, y + line.height() * (_LINE - 1) / 2))
            y += line.height() * _LINE
        self._layout.endLayout()
        self.setFixedHeight(int(y) + 2 * _PAD - 6)


class Phone(QFrame):
    """Its text alternative is in its accessible description. Long messages scroll."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("phone")
        self.setMinimumSize(WIDTH, 150)
        self.setMaximumHeight(TALL)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.bubble = Bubble(theme)
        canvas = QWidget()
        canvas.setObjectName("canvas")
        inside = QVBoxLayout(canvas)
        inside.setContentsMargins(10, 8, 10, 10)
        inside.addWidget(self.bubble)
        inside.addStretch(1)
        self.area = Area()
        self.area.setObjectName("phone_scroll")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(canvas)
        self.area.viewport().setAutoFillBackground(False)
        self._inside = QVBoxLayout(self)
        self._inside.addWidget(self.area)
        self._fit()
        self.area.setAccessibleName(self.tr("手机预览"))
        self.setAccessibleName(self.tr("手机预览"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(WIDTH, 420)

    @property
    def low(self) -> bool:
        return self.height() < _LOW

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        head, foot = (4, 4) if self.low else (_HEAD, 14)
        self._inside.setContentsMargins(_BEZEL + 2, _BEZEL + head, _BEZEL + 2, _BEZEL + foot)

    def show_message(self, text: str, marks: Sequence[int], described: str, torn: Sequence[int] = ()) -> None:
        """`described` says in words for whom it is and how many parts it has."""
        self.bubble.show_message(text, marks, torn)
        for each in (self, self.area):
            each.setAccessibleDescription(f"{described}\n{self.bubble.accessibleName()}")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        # an edge of its own keeps the case apart from a dark ground
        painter.setPen(QPen(QColor(tokens.edge), 1))
        painter.setBrush(QColor(tokens.bezel))
        painter.drawRoundedRect(body, _ROUND, _ROUND)
        screen = body.adjusted(_BEZEL, _BEZEL, -_BEZEL, -_BEZEL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(screen, _ROUND - _BEZEL, _ROUND - _BEZEL)
        if not self.low:
            self._draw_head(painter, screen, tokens)

    def _draw_head(self, painter: QPainter, screen: QRectF, tokens: Tokens) -> None:
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        head = QRectF(screen.left(), screen.top() + 8, screen.width(), _HEAD - 20)
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, self.tr("短信"))
        painter.setPen(QPen(QColor(tokens.line), 1))
        rule = screen.top() + _HEAD - 8
        painter.drawLine(QPointF(screen.left(), rule), QPointF(screen.right(), rule))
