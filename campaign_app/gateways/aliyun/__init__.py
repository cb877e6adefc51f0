"""Aliyun SMS (阿里云短信) as a sender; see `docs/senders.md`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.gateways.aliyun.gateway import AliyunGateway
    from campaign_app.gateways.providers import SenderParts


def gateway_for(parts: SenderParts) -> AliyunGateway:
    """Raises SettingsError for credentials or an address that cannot be right; asks nothing yet."""
    from campaign_app.gateways.aliyun.gateway import AliyunGateway
    from campaign_app.gateways.rates import rate_of
    from campaign_app.transport.aliyun import calls_for
    from campaign_app.transport.aliyun_queues import queues_for
    from campaign_app.transport.rates import lowered

    calls = calls_for(parts.account, parts.credentials, parts.clock, wait=parts.wait)
    rate = rate_of(parts.sender_id, lowered(parts.account, parts.limit))
    queues = queues_for(parts.account, parts.credentials, parts.clock, wait=parts.wait)
    kept, own = parts.shared.unread, parts.sender_id
    unread = None if kept is None else partial(kept.met, own)
    return AliyunGateway(parts.account, calls, parts.purpose, parts.clock, rate, queues, unread)
