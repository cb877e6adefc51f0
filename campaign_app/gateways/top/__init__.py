"""Taobao Open Platform (聚石塔 SMS) as the sender of its own shop; see `docs/top.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.gateways.providers import SenderParts
    from campaign_app.gateways.top.gateway import TopGateway


def gateway_for(parts: SenderParts) -> TopGateway:
    """Raises SettingsError for credentials or an address that cannot be right; asks nothing yet."""
    from campaign_app.gateways.rates import rate_of
    from campaign_app.gateways.top.gateway import TopGateway
    from campaign_app.transport.rates import lowered
    from campaign_app.transport.top.connecting import calls_of

    rate = rate_of(parts.sender_id, lowered(parts.account, parts.limit))
    return TopGateway(parts.account, calls_of(parts), parts.purpose, parts.clock, rate)
