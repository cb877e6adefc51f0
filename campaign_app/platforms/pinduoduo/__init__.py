"""Pinduoduo (拼多多, POP): no consents, no members, no signatures; it sends by choice, to numbers that it sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.pinduoduo.client import PinduoduoPlatform

CAPABILITIES: Final = Capabilities(
    virtual_numbers=True,
    messages=True,
    no_replies=True,
    no_reports=True,
    by_choice=True,
    sealed_numbers=True,
    stated_templates=True,
)


@dataclass(frozen=True, slots=True)
class PinduoduoAdapter:
    """`signatures`, `templates`: as Pinduoduo's console shows them approved; its interface shows neither."""

    name: str = "pinduoduo"
    issuer: str = "pinduoduo.com"
    issuer_name: str = "拼多多"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://gw-api.pinduoduo.com"),
        ConnectField("key_id"),
        ConnectField("client_id"),
        ConnectField("client_secret", secret=True),
        ConnectField("access_token", secret=True),
        ConnectField("refresh_token", secret=True, required=False),
        ConnectField("signatures", required=False),
        ConnectField("templates", required=False),
        ConnectField("authorised_until", required=False),
    )

    def client(self, parts: Parts) -> PinduoduoPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.pinduoduo.client import platform_of

        return platform_of(parts)


ADAPTER: Final = PinduoduoAdapter()
