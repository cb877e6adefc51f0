"""A section of a page that has several: what stands beside the tabs, what the page's line says, and what is below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from campaign_app.ui.widgets.basics import row


class Section(QWidget):
    """`tools` stand beside the tabs while the section is shown. `said`: what `told` says has changed.

    `about` are the kinds of what is done (`widgets.page.Page.renew`) after which something here is another.
    """

    said = Signal()
    about: frozenset[str] = frozenset()

    def __init__(self, *tools: QWidget) -> None:
        super().__init__()
        self.tools = QWidget()
        self.tools.setLayout(row(*tools))

    def shown(self) -> None:
        """The user came to it."""

    def told(self) -> str:
        """The line under the page's title."""
        return " "
