"""Sender over a Kannel gateway: messages go to its sendsms, receipts and replies come by its HTTP pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.gateways.providers import SenderParts
    from campaign_app.jobs.ports import Gateway


def gateway_for(parts: SenderParts) -> Gateway:
    """Raises SettingsError for what cannot be right, NotAllowed outside of the process that Kannel pushes to."""
    # requests takes its time to import: not before somebody sends
    from campaign_app.gateways.kannel.gateway import gateway_of

    return gateway_of(parts)
