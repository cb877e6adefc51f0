"""Step sending of the campaign editor."""

from __future__ import annotations

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.step import Step
from campaign_app.ui.viewmodels.campaign import CampaignModel


class SendingStep(Step):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__(desk, model)
        self.begin()
