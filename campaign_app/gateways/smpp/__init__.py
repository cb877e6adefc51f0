"""Sender over SMPP 3.4: an SMS centre's or an aggregator's, one connection for each account."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.gateways.providers import SenderParts
    from campaign_app.jobs.ports import Gateway


def gateway_for(parts: SenderParts) -> Gateway:
    """Raises SettingsError for what cannot be right, NotAllowed outside of the process that holds the connections."""
    # asyncio and ssl take their time to import: not before somebody sends
    from campaign_app.gateways.smpp.gateway import gateway_of

    return gateway_of(parts)
