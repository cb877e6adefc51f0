"""设置."""

from __future__ import annotations

from campaign_app.ui.desk import Desk
from campaign_app.ui.widgets.page import Page


class SettingsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("设置")
        self._desk = desk
        self.content.addStretch(1)
