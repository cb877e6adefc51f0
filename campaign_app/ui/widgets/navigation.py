"""The navigation at the left: eight pages; those that do not exist yet say what they will hold and cannot be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.actions import action, tip
from campaign_app.ui.widgets.basics import column, label, row
from campaign_app.ui.widgets.choices import Choices

WIDTH = 188


@dataclass(frozen=True, slots=True)
class Place:
    """A page: `coming` is the sentence that stands for one that is not there yet."""

    key: str
    picture: str
    title: str
    coming: str = ""


class Navigation(QFrame):
    """`keyed` comes after `chosen` where a page was asked for by its keys: the keyboard goes along."""

    chosen = Signal(str)
    keyed = Signal()

    def __init__(self, theme: Theme, brand: str, places: Sequence[Place]) -> None:
        super().__init__()
        self.setObjectName("nav")
        self.setAccessibleName(self.tr("页面"))
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._places = tuple(places)
        self._group = QButtonGroup(self)
        self._choices = Choices(self)
        self.buttons: dict[str, QPushButton] = {}
        self.brand = label(brand, "heading")
        self._logo = label("")
        self._logo.setContentsMargins(SPACE[2], 0, 0, 0)
        layout = column(row(self._logo, self.brand, None), space=1)
        layout.setContentsMargins(SPACE[2], SPACE[4], SPACE[2], SPACE[3])
        layout.addSpacing(SPACE[3])
        for number, place in enumerate(each for each in self._places if not each.coming):
            layout.addWidget(self._button(number + 1, place))
        layout.addStretch(1)
        coming = [place for place in self._places if place.coming]
        if coming:
            heading = label(self.tr("筹备中"), "small")
            heading.setContentsMargins(SPACE[3], 0, 0, 0)
            layout.addWidget(heading)
        for place in coming:
            layout.addWidget(self._button(0, place))
        self.help = QPushButton(self.tr("帮助"))
        self.help.setObjectName("nav_help")
        self.help.setProperty("kind", "nav")
        self.help.setIconSize(QSize(18, 18))
        self.help.setToolTip(tip(self.tr("打开手册中讲这一页的一章"), "window.help"))
        layout.addWidget(self.help)
        self.setLayout(layout)
        theme.changed.connect(self._draw)
        self._draw()

    def choose(self, key: str) -> None:
        """Marks a page as the one that is shown; says nothing."""
        self._choices.choose(self.buttons[key])

    def open_up(self, *, on: bool) -> None:
        """Whether there are pages to go to; help there is always."""
        for place in self._places:
            self.buttons[place.key].setEnabled(on and not place.coming)

    def _button(self, number: int, place: Place) -> QPushButton:
        made = QPushButton(place.title)
        made.setObjectName(f"nav_{place.key}")
        made.setProperty("kind", "nav")
        made.setCheckable(True)
        made.setAutoExclusive(True)  # its group sees to that; it is how a screen reader knows
        made.setIconSize(QSize(18, 18))
        made.setAccessibleName(place.title)
        self._choices.add(made, place.key, self.chosen.emit)
        self.buttons[place.key] = made
        self._group.addButton(made)
        if place.coming:
            made.setEnabled(False)
            made.setToolTip(place.coming)
            made.setAccessibleDescription(place.coming)
        else:
            made.setToolTip(tip(place.title, f"page.{number}"))
            action(self, f"page.{number}", lambda: self._by_keys(made), text=place.title)
        made.toggled.connect(lambda _=False: self._draw())
        return made

    def _by_keys(self, chosen: QPushButton) -> None:
        chosen.setFocus()  # else Qt would give it to some part of the next page, as if it had been left there
        chosen.click()
        self.keyed.emit()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        self._logo.setPixmap(icons.pixmap("app", tokens.accent, 26, self.devicePixelRatioF()))
        self.help.setIcon(icons.icon("info", tokens.muted, tokens.faint))
        for place in self._places:
            chosen = self.buttons[place.key]
            self.buttons[place.key].setIcon(
                icons.icon(place.picture, tokens.accent if chosen.isChecked() else tokens.muted, tokens.off)
            )
