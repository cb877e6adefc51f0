"""Pinduoduo (POP, 开平短信服务) as the sender of its own shop; see `docs/platforms.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.gateways.pinduoduo.gateway import PinduoduoGateway
    from campaign_app.gateways.providers import SenderParts


def gateway_for(parts: SenderParts) -> PinduoduoGateway:
    """Raises SettingsError for credentials, templates or an address that cannot be right; asks nothing yet."""
    from campaign_app.gateways.pinduoduo.gateway import PinduoduoGateway
    from campaign_app.transport.pinduoduo.calls import PinduoduoCalls

    return PinduoduoGateway(parts.account, PinduoduoCalls(parts), parts.purpose, parts.clock)
