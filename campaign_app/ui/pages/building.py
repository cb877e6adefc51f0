"""What builds each page of the window, by the key of its place in the navigation."""

from __future__ import annotations

from collections.abc import Callable

from campaign_app.ui.desk import Desk
from campaign_app.ui.widgets.page import Page


def builder(key: str) -> Callable[[Desk], Page]:
    """Pages are imported when they are wanted: none of them before the first paint."""
    if key == "customers":
        from campaign_app.ui.pages.customers import CustomersPage

        return CustomersPage
    if key == "campaigns":
        from campaign_app.ui.pages.campaigns import CampaignsPage

        return CampaignsPage
    if key == "signatures":
        from campaign_app.ui.pages.signatures import SignaturesPage

        return SignaturesPage
    if key == "inbox":
        from campaign_app.ui.pages.inbox import InboxPage

        return InboxPage
    if key == "settings":
        from campaign_app.ui.pages.settings import SettingsPage

        return SettingsPage
    return _other(key)


def _other(key: str) -> Callable[[Desk], Page]:
    if key == "records":
        from campaign_app.ui.pages.records import RecordsPage

        return RecordsPage
    if key == "compliance":
        from campaign_app.ui.pages.compliance import CompliancePage

        return CompliancePage
    from campaign_app.ui.pages.overview import OverviewPage

    return OverviewPage
