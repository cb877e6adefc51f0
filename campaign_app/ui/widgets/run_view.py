"""A campaign on its way: how many have left, how fast, how long it still takes, and the way to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QWidget

from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import button, column, divider, label, row
from campaign_app.ui.widgets.pill import Pill


@dataclass(frozen=True, slots=True)
class Number:
    """A number under its name, with its share of a whole and, on hover, what it counts."""

    key: str
    name: str
    text: str
    share: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunLook:
    """`note` says in words why it stands still and what to do.

    `actions` are pause, resume, replan, cancel, copy, results.
    """

    state: str
    level: str
    headline: str
    done: int
    total: int
    pace: str = ""
    note: str = ""
    note_level: str = "warn"
    hint: str = ""
    actions: frozenset[str] = frozenset()
    numbers: tuple[Number, ...] = ()


class Numbers(QWidget):
    """A row of numbers, each over its name and share; as accessible text too."""

    def __init__(self, title: str, across: int = 4) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._across = across
        self.values: dict[str, QLabel] = {}
        self.shares: dict[str, QLabel] = {}
        self.names: dict[str, QLabel] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(20)
        for place in range(across):
            self._grid.setColumnStretch(place, 1)
        self.setLayout(self._grid)

    def show_numbers(self, numbers: Sequence[Number]) -> None:
        for place, number in enumerate(numbers):
            if number.key not in self.values:
                self._add(place, number)
            value = self.values[number.key]
            value.setText(number.text)
            self.names[number.key].setText(number.name)
            value.setAccessibleName(f"{number.name} {number.text} {number.share}".strip())
            self.shares[number.key].setText(number.share)
            for each in (self.names[number.key], value, self.shares[number.key]):
                each.setToolTip(number.why)
        self.setAccessibleDescription(self.tr("；").join(f"{n.name} {n.text} {n.share}".strip() for n in numbers))

    def _add(self, place: int, number: Number) -> None:
        value, share = label("", "number", name=f"number_{number.key}"), label("", "small")
        name = label(number.name, "muted", wrap=True)
        self.values[number.key], self.shares[number.key], self.names[number.key] = value, share, name
        at = row(value, share, None, space=2)
        at.setAlignment(share, Qt.AlignmentFlag.AlignBottom)
        share.setContentsMargins(0, 0, 0, 5)
        self._grid.addLayout(column(name, at, space=1), place // self._across, place % self._across)


class RunView(QFrame):
    """`wanted` carries pause, resume, replan, cancel, copy or results."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("run")
        self.pill = Pill(theme)
        self.headline = label("", "heading", name="run_headline")
        self.pace = label("", "muted", name="run_pace")
        self.note = label("", "warn", wrap=True, name="run_note", select=True)
        self.hint = label("", "muted", wrap=True, name="run_hint")
        self.bar = QProgressBar()
        self.bar.setObjectName("run_bar")
        self.bar.setAccessibleName(self.tr("发送进度"))
        self.bar.setTextVisible(False)
        self.buttons = {
            "cancel": button(
                self.tr("取消活动"), "danger", name="run_cancel", click=lambda: self.wanted.emit("cancel")
            ),
            "replan": button(self.tr("改时间"), name="run_replan", click=lambda: self.wanted.emit("replan")),
            "pause": button(self.tr("暂停"), name="run_pause", click=lambda: self.wanted.emit("pause")),
            "resume": button(
                self.tr("继续发送"), "primary", name="run_resume", click=lambda: self.wanted.emit("resume")
            ),
            "copy": button(self.tr("复制并改文案"), name="run_copy", click=lambda: self.wanted.emit("copy")),
            "results": button(
                self.tr("看结果"), "primary", name="run_results", click=lambda: self.wanted.emit("results")
            ),
        }
        self.numbers = Numbers(self.tr("发送的数字"))
        self.line = divider()
        head = row(self.pill, self.headline, None, *self.buttons.values())
        self.setLayout(
            column(head, self.note, self.bar, self.pace, self.line, self.numbers, self.hint, space=3, margin=4)
        )

    def show_run(self, look: RunLook) -> None:
        self.pill.show_state(look.state, look.level)
        self.headline.setText(look.headline)
        self.bar.setRange(0, max(1, look.total))
        self.bar.setValue(min(look.done, look.total))
        self.bar.setAccessibleDescription(look.headline)
        for begun in (self.bar, self.line, self.numbers):
            begun.setVisible(look.done > 0)
        for part, text in ((self.pace, look.pace), (self.note, look.note), (self.hint, look.hint)):
            part.setText(text)
            part.setVisible(bool(text))
        set_property(self.note, "role", look.note_level)
        for key, made in self.buttons.items():
            made.setVisible(key in look.actions)
        self.numbers.show_numbers(look.numbers)
