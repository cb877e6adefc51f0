"""The problems of a text, one row each: how grave, which words, by which law, why, and what one key does about it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGraphicsOpacityEffect,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.basics import button, column, label, literal, row, show_if
from campaign_app.ui.widgets.flow import Flow
from campaign_app.ui.widgets.pill import Pill

FIXES: Final = 4
SLOW_MS: Final = 200  # a check that is over sooner would only make the panel flicker
_DIM: Final = 0.45
_HINT_FROM: Final = 540
LEVELS: Final = ("block", "warn", "info")


@dataclass(frozen=True, slots=True)
class Row:
    """`verified` None means that there is no article to verify; `fixes` None that they are still being tried out."""

    key: Hashable
    level: str
    word: str
    message: str
    law: str
    verified: bool | None
    why: str = ""
    note: str = ""
    advice: str = ""
    fixes: tuple[str, ...] | None = None


class ProblemRow(QAbstractButton):
    """`chosen` when it is clicked or Enter is pressed on it; `fix_wanted` carries the number of a fix.

    A button, so that a screen reader says that it can be pressed; it looks as the sheet has it.
    """

    chosen = Signal()
    fix_wanted = Signal(int)
    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "problem")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.clicked.connect(lambda _=False: self.chosen.emit())
        self.shown: Row | None = None
        self._current: bool | None = None
        self.pill = Pill(theme)
        self.message = label("", "strong", wrap=True)
        self.law = label("", "small", wrap=True)
        self.unverified = Pill(theme, self.tr("未核实"), "warn")
        self.unverified.setToolTip(self.tr("这一条出处还没有人与原文核对过。"))
        self.note = label("", "small", wrap=True)
        self.why = label("", "muted", wrap=True)
        self.fixes = [self._fix(number) for number in range(FIXES)]
        self._flow = Flow()
        for fix in self.fixes:
            self._flow.addWidget(fix)
        self.advice = label("", "small", wrap=True)
        head = row(self.pill, self.message, space=2, stretch=1)
        head.setAlignment(self.pill, Qt.AlignmentFlag.AlignTop)
        law = row(self.unverified, self.law, space=2, stretch=1)
        law.setAlignment(self.unverified, Qt.AlignmentFlag.AlignTop)
        layout = column(head, law, self.note, self.why, self._flow, self.advice, space=1)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(5)
        self.setLayout(layout)
        self.show_current(current=False)

    def show_row(self, shown: Row) -> None:
        if shown == self.shown:
            return
        self.shown = shown
        self.setObjectName(f"problem_{shown.level}")
        self.pill.show_state(shown.word, shown.level)
        self.message.setText(shown.message)
        self.law.setText(shown.law)
        self.unverified.setVisible(shown.verified is False)
        self._say(self.note, shown.note)
        self.why.setText(shown.why)
        self.why.setVisible(bool(self._current) and bool(shown.why))
        fixes = shown.fixes or ()
        for number, fix in enumerate(self.fixes):
            words = fixes[number] if number < len(fixes) else ""
            fix.setText(literal(words))
            fix.setVisible(bool(words))
        self._say(self.advice, shown.advice if shown.fixes == () else "")
        self._describe(shown)

    def show_current(self, *, current: bool) -> None:
        """The one at the caret is opened up."""
        if current != self._current:
            self._current = current
            self.setProperty("current", current)
            self.why.setVisible(current and bool(self.why.text()))
            self.style().unpolish(self)
            self.style().polish(self)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, QPainter(self), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.chosen.emit()
        elif event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _fix(self, number: int) -> QPushButton:
        made = button("", name=f"fix_{number}", click=lambda: self.fix_wanted.emit(number), small=True)
        if number == 0:
            made.setToolTip(self.tr("Alt+Enter"))
        return made

    def _describe(self, shown: Row) -> None:
        self.setAccessibleName(self.tr("{}：{}").format(shown.word, shown.message))
        unverified = self.unverified.text if shown.verified is False else ""
        self.setAccessibleDescription(" ".join(filter(None, (shown.note, shown.law, unverified, shown.why))))
        for fix in self.fixes:
            fix.setAccessibleDescription(shown.message)

    @staticmethod
    def _say(at: QLabel, text: str) -> None:
        at.setText(text)
        at.setVisible(bool(text))


class Problems(QFrame):
    """`chosen` carries a row's key, `fix_wanted` the key and the number of a fix."""

    chosen = Signal(object)
    fix_wanted = Signal(object, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("problems")
        self._theme = theme
        self.rows: list[ProblemRow] = []
        self._count = 0
        self.title = label(self.tr("合规提示"), "strong")
        self.counts = {level: Pill(theme, "", level) for level in LEVELS}
        self.state = label("", "small", name="problems_state")
        self.hint = label(self.tr("F8 下一处 · Alt+Enter 修改"), "small")
        for pill in self.counts.values():
            pill.hide()
        head = row(self.title, *self.counts.values(), self.state, None, self.hint)
        head.setContentsMargins(12, 8, 12, 6)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.clean_image, self.clean_text = QLabel(), label("", "ok", wrap=True, name="problems_clean")
        self.clean = QWidget()
        clean = row(self.clean_image, self.clean_text, stretch=1)
        clean.setContentsMargins(12, 8, 12, 12)
        self.clean.setLayout(clean)
        canvas = QWidget()
        canvas.setObjectName("canvas")
        canvas.setLayout(column(self.clean, self._list, None, space=0))
        self._dim = QGraphicsOpacityEffect(canvas)
        self._dim.setOpacity(_DIM)
        self._dim.setEnabled(False)
        canvas.setGraphicsEffect(self._dim)
        self.area = Area()
        self.area.setObjectName("problems_list")
        self.area.setAccessibleName(self.tr("合规提示"))
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(canvas)
        layout = column(head, self.area, space=0, stretch=1)
        layout.setContentsMargins(1, 1, 1, 4)
        self.setLayout(layout)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self._show_slow)
        theme.changed.connect(self._draw)
        self._draw()
        self.clean.hide()
        self.show_busy(busy=True)

    @property
    def shown(self) -> tuple[Row, ...]:
        return tuple(each.shown for each in self.rows[: self._count] if each.shown is not None)

    @property
    def summary(self) -> str:
        """In one line, for those who cannot see the panel beside the text."""
        found = [pill.text for pill in self.counts.values() if pill.text]
        said = self.tr("，").join(found) or self.clean_text.text()
        return self.tr("{}：{}").format(self.title.text(), said)

    def show_busy(self, *, busy: bool) -> None:
        """What is shown is of a former text; it fades if that lasts."""
        if not busy:
            self._slow.stop()
            if self._dim.isEnabled() or self.state.text():
                self._dim.setEnabled(False)
                self.state.setText("")
        elif not self._slow.isActive() and not self.state.text():
            self._slow.start()

    def show_rows(self, found: Sequence[Row], *, words: dict[str, str], invitation: str = "") -> None:
        """`words` are those of the levels; `invitation` stands where nothing is written yet."""
        former, self._count = self._count, len(found)
        while len(self.rows) < self._count:
            self._add()
        for each, shown in zip(self.rows, found, strict=False):
            each.show_row(shown)
        for each in self.rows[min(former, self._count) : max(former, self._count)]:
            each.setVisible(self._count > former)
        for level, pill in self.counts.items():
            amount = sum(each.level == level for each in found)
            text = f"{words[level]} {amount}" if amount else ""
            if text != pill.text:
                pill.setVisible(amount > 0)
                pill.show_state(text, level)
        self._show_clean(found, invitation)
        self._show_hint()

    def show_current(self, key: Hashable | None, *, scroll: bool = True) -> None:
        for each in self.rows[: self._count]:
            if each.shown is None:
                continue
            current = key is not None and each.shown.key == key
            each.show_current(current=current)
            if current and scroll:
                QTimer.singleShot(0, each, lambda each=each: self._bring(each))

    def _show_clean(self, found: Sequence[Row], invitation: str) -> None:
        """What only asks to be thought of stands in nobody's way."""
        clean = all(each.level == "info" for each in found)
        text = self.tr("没有必须处理的问题，请看一眼下面的提示") if found else invitation or self.tr("没有发现问题")
        show_if(self.clean_image, not invitation)
        set_property(self.clean_text, "role", "muted" if invitation else "ok")
        if clean and text != self.clean_text.text():
            self.clean_text.setText(text)
        if clean == self.clean.isHidden():
            self.clean.setVisible(clean)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._show_hint()

    def _show_hint(self) -> None:
        wanted = self._count > 0 and self.width() >= _HINT_FROM
        if wanted == self.hint.isHidden():
            self.hint.setVisible(wanted)

    def _show_slow(self) -> None:
        self._dim.setEnabled(self._count > 0)
        self.state.setText(self.tr("正在检查…"))

    def _add(self) -> None:
        made, number = ProblemRow(self._theme), len(self.rows)
        made.chosen.connect(lambda: self._tell(made, -1))
        made.fix_wanted.connect(lambda fix: self._tell(made, fix))
        made.stepped.connect(lambda by: self._step(number + by))
        self.rows.append(made)
        self._list.addWidget(made)

    def _tell(self, at: ProblemRow, fix: int) -> None:
        if at.shown is None:
            return
        if fix < 0:
            self.chosen.emit(at.shown.key)
        else:
            self.fix_wanted.emit(at.shown.key, fix)

    def _step(self, number: int) -> None:
        if 0 <= number < self._count:
            self.rows[number].setFocus()
            self._bring(self.rows[number])

    def _bring(self, row: ProblemRow) -> None:
        """Into sight; its beginning, where there is no room for all of it."""
        half = min(row.height(), self.area.viewport().height()) // 2
        self.area.ensureVisible(0, row.y() + half, 0, half)

    def _draw(self) -> None:
        self.clean_image.setPixmap(icons.pixmap("ok", self._theme.tokens.ok, 18, self.devicePixelRatioF()))
