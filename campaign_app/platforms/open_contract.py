"""The Platform Consent API as one of the platforms; its client is loaded when somebody is connected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField
from campaign_app.platforms.contract import CAPABILITIES

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.consent_api import ConsentApiPlatform


@dataclass(frozen=True, slots=True)
class ConsentApiAdapter:
    """Its issuer is whoever signs its receipts, which the server itself says."""

    name: str = "consent_api"
    issuer: str = ""
    issuer_name: str = ""
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url"),
        ConnectField("key_id"),
        ConnectField("private_key", secret=True),
    )

    def client(self, parts: Parts) -> ConsentApiPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.consent_api import ConsentApiPlatform
        from campaign_app.transport.connect import session_for

        private_key = parts.credentials["private_key"]
        http = session_for(parts.account, private_key, parts.clock, wait=parts.wait)
        return ConsentApiPlatform(parts.account, http, parts.clock, pin=parts.pin)


ADAPTER: Final = ConsentApiAdapter()
