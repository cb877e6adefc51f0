"""The five steps above the editor: each says how far it is, and can be visited at any time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import BODY, RADIUS, SMALL, Tokens
from campaign_app.ui.widgets.basics import row
from campaign_app.ui.widgets.choices import Choices

HEIGHT: Final = 56
_DOT: Final = 24
_PAD: Final = 12
_LEVELS: Final = {"empty": "edge", "done": "ok", "busy": "accent", "attention": "warn"}


class StepButton(QAbstractButton):
    """A number that becomes a tick, a ring or an exclamation mark, the step's name, and a line about it."""

    def __init__(self, theme: Theme, number: int, title: str) -> None:
        super().__init__()
        self._theme, self._number = theme, number
        self.state, self.note = "empty", ""
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # its group sees to that; it is how a screen reader knows
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_state(self, state: str, note: str) -> None:
        """`state` is empty, done, busy or attention."""
        if (state, note) == (self.state, self.note):
            return
        self.state, self.note = state, note
        self.setAccessibleDescription(note)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(_PAD * 2 + _DOT + 96, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(_PAD * 2 + _DOT + 64, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, tokens)
        self._dot(painter, tokens)
        self._words(painter, tokens)

    def _ground(self, painter: QPainter, tokens: Tokens) -> None:
        inside = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if self.isChecked() or self.underMouse():
            painter.setPen(QPen(QColor(tokens.accent), 2) if tokens.high and self.isChecked() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft if self.isChecked() else tokens.raised))
            painter.drawRoundedRect(inside, RADIUS, RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inside, RADIUS, RADIUS)

    def _dot(self, painter: QPainter, tokens: Tokens) -> None:
        at = QRectF(_PAD, (self.height() - _DOT) / 2, _DOT, _DOT)
        colour = QColor(getattr(tokens, _LEVELS[self.state]))
        filled = self.state in ("done", "attention")
        painter.setPen(QPen(colour, 1.6))
        painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at.adjusted(1, 1, -1, -1))
        front = QColor(tokens.surface if filled else getattr(tokens, "accent" if self.isChecked() else "muted"))
        painter.setPen(QPen(front, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        if self.state == "done":
            x, y = at.center().x(), at.center().y()
            painter.drawPolyline([QPointF(x - 4.5, y + 0.5), QPointF(x - 1.2, y + 3.8), QPointF(x + 4.8, y - 3.4)])
            return
        painter.setFont(_font(painter.font(), SMALL, bold=True))
        signs = {"attention": "!", "busy": "…"}
        painter.drawText(at, Qt.AlignmentFlag.AlignCenter, signs.get(self.state, str(self._number)))

    def _words(self, painter: QPainter, tokens: Tokens) -> None:
        left = _PAD + _DOT + 8
        wide = self.width() - left - 6
        middle = self.height() / 2
        title = QRectF(left, middle - 20, wide, 20)
        painter.setFont(_font(painter.font(), BODY, bold=True))
        painter.setPen(QColor(tokens.accent if self.isChecked() else tokens.text))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setFont(_font(painter.font(), SMALL, bold=False))
        painter.setPen(QColor(tokens.warn if self.state == "attention" else tokens.muted))
        note = QFontMetrics(painter.font()).elidedText(self.note, Qt.TextElideMode.ElideRight, int(wide))
        painter.drawText(
            QRectF(left, middle, wide, 18), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, note
        )


class Stepper(QFrame):
    """`chosen` carries the key of the step that the user wants."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, steps: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.buttons: dict[str, StepButton] = {}
        self._group = QButtonGroup(self)
        self._choices = Choices(self)
        for number, (key, title) in enumerate(steps, start=1):
            made = StepButton(theme, number, title)
            made.setObjectName(f"step_{key}")
            made.setToolTip(f"{title}  Alt+{number}")
            self._choices.add(made, key, self.chosen.emit)
            self.buttons[key] = made
            self._group.addButton(made)
        self.setAccessibleName(self.tr("活动的步骤"))
        layout = row(*self.buttons.values(), space=1)
        layout.setContentsMargins(4, 4, 4, 4)
        self.setLayout(layout)

    def choose(self, key: str) -> None:
        """Marks a step as the one that is shown; says nothing."""
        self._choices.choose(self.buttons[key])


def _font(font: QFont, size: int, *, bold: bool) -> QFont:
    made = QFont(font)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made
