"""A TOP client from what the workspace keeps of its account."""

from __future__ import annotations

from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.top.client import TopPlatform
from campaign_app.platforms.top.paging import SEARCH_PAGES
from campaign_app.transport.session import checked_address
from campaign_app.transport.top.connecting import calls_of


def client_of(parts: Parts, *, pages: int = SEARCH_PAGES) -> TopPlatform:
    """Raises SettingsError for credentials, an address or a rate that cannot be right.

    `pages`: how many of one query TOP hands out.
    """
    _, simulated = checked_address(parts.account.base_url)
    return TopPlatform(parts.account, calls_of(parts), parts.clock, simulated=simulated, pages=pages)
