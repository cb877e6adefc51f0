"""活动."""

from __future__ import annotations

from campaign_app.ui.desk import Desk
from campaign_app.ui.widgets.page import Page


class CampaignsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("活动")
        self._desk = desk
        self.content.addStretch(1)
