"""Sends by Tencent Cloud SMS (腾讯云短信); see `gateway`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.gateways.providers import SenderParts
    from campaign_app.gateways.tencent.gateway import TencentGateway


def gateway_for(parts: SenderParts) -> TencentGateway:
    """Implements `gateways.providers.Provider`."""
    # requests takes 130 ms to import: not before somebody is connected
    from campaign_app.gateways.rates import rate_of
    from campaign_app.gateways.tencent.gateway import TencentGateway
    from campaign_app.transport.rates import lowered
    from campaign_app.transport.tencent_session import calls_for

    calls = calls_for(parts.account, parts.credentials, parts.clock, wait=parts.wait)
    rate = rate_of(parts.sender_id, lowered(parts.account, parts.limit))
    return TencentGateway(parts.account, calls, parts.purpose, parts.clock, rate)
