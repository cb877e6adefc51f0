"""An SMS centre or aggregator over SMPP 3.4: it carries messages, and knows neither customers nor consents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.smpp.client import SmppPlatform

CAPABILITIES: Final = Capabilities(messages=True)


@dataclass(frozen=True, slots=True)
class SmppAdapter:
    """The protocol says nothing of signatures: what is filed with the carriers is to be asked of the aggregator.

    `use`: `test` for a centre on this machine that leads to a simulator only.
    """

    name: str = "smpp"
    issuer: str = ""  # each centre by its host
    issuer_name: str = ""
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url"),
        ConnectField("key_id"),
        ConnectField("password", secret=True),
        ConnectField("source"),
        ConnectField("prefix", default="86"),
        ConnectField("rate", default="50"),
        ConnectField("window", default="10"),
        ConnectField("system_type", required=False),
        ConnectField("use", default="live"),
    )

    def client(self, parts: Parts) -> SmppPlatform:
        # asyncio and ssl take their time to import: not before somebody is connected
        from campaign_app.platforms.smpp.client import platform_of

        return platform_of(parts)


ADAPTER: Final = SmppAdapter()
