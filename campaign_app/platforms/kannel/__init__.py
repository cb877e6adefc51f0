"""A Kannel gateway, one's own or an aggregator's: it carries messages, and knows neither customers nor consents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.kannel.client import KannelPlatform

CAPABILITIES: Final = Capabilities(messages=True)


@dataclass(frozen=True, slots=True)
class KannelAdapter:
    """Kannel knows no signatures. `use`: `test` for one that leads to a simulator only, on this machine."""

    name: str = "kannel"
    issuer: str = ""  # each gateway by its host
    issuer_name: str = ""
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="http://127.0.0.1:13013"),
        ConnectField("key_id"),
        ConnectField("password", secret=True),
        ConnectField("source"),
        ConnectField("prefix", default="86"),
        ConnectField("window", default="10"),
        ConnectField("push_key", secret=True),
        ConnectField("push_port", default="13080"),
        ConnectField("push_url", required=False),
        ConnectField("use", default="live"),
    )

    def client(self, parts: Parts) -> KannelPlatform:
        # requests takes its time to import: not before somebody is connected
        from campaign_app.platforms.kannel.client import platform_of

        return platform_of(parts)


ADAPTER: Final = KannelAdapter()
