"""The frame of a page: title, one line of explanation, actions at the right, content below."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.basics import column, label, row, show_if

WIDE: Final = 1440  # of what is read line by line: on a wider screen a line's button would be out of sight of its words


class Page(QWidget):
    """Subclasses add to `content` and `buttons`. `shown()` is called each time the user comes to the page.

    `scrolls`: all of it below the title scrolls, so that it can be as low as a screen is.
    """

    scrolls = False

    def __init__(self, title: str, subtitle: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.title = label(title, "title", name="page_title")
        self.subtitle = label(subtitle, "muted", wrap=True)
        show_if(self.subtitle, bool(subtitle))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(SPACE[2])
        self.content = QVBoxLayout()
        self.content.setSpacing(SPACE[4])
        self.head = row(column(self.title, self.subtitle, space=1), self.buttons, stretch=0)
        layout = column(self.head, self.content, space=4, stretch=1)
        layout.setContentsMargins(SPACE[5], SPACE[4] + SPACE[1], SPACE[5], SPACE[4])
        self.setLayout(layout)

    def shown(self) -> None:
        """The user came to this page: look whether what it shows is still true."""

    def renew(self, kinds: frozenset[str]) -> None:
        """While it is shown something was done, mostly by others; `kinds` as of `viewmodels.jobs.Jobs.news`.

        Look whether what is shown is still true, where it is about that; what is typed, chosen or scrolled to stays.
        """

    def place(self) -> str:
        """Where the manual speaks of what is shown (`ui.help_places`); "" is the page's own key."""
        return ""

    def begins(self) -> QWidget | None:
        """Where whoever comes by the keyboard for the first time begins; None is the first part that can have it."""
        return None

    def flush(self) -> None:
        """The window closes: hand what is not saved yet to `tasks.write`, which is waited for."""

    def unkept(self) -> bool:
        """Whether something that was typed here could not be saved and would be lost with the window."""
        return False

    def unsaved(self) -> bool:
        """Whether something that was typed here waits for the button that saves it."""
        return False

    def drops(self) -> bool:
        """The window closes: shows what is unsaved and asks whether it is to be lost."""
        return True

    def open(self, what: object) -> None:
        """Another page sent the user here for something, such as a campaign's id."""


def scrolling(layout: QLayout, *, width: int = 0, spoken: str = "") -> QScrollArea:
    """A scrolled column for forms and reports; `width` limits lines to what can be read.

    `spoken` names it where it can have the keyboard, which scrolls it.
    """
    canvas = QWidget()
    canvas.setObjectName("canvas")
    canvas.setLayout(layout)
    if width:
        canvas.setMaximumWidth(width)
    area = Area()
    area.setAccessibleName(spoken)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(canvas)
    return area
