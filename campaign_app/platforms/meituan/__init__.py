"""Meituan (美团): a shop's authorisation can be checked, nothing else: no consents, members or SMS were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.meituan.client import MeituanPlatform

CAPABILITIES: Final = Capabilities()


@dataclass(frozen=True, slots=True)
class MeituanAdapter:
    """`key_id` is the shop's own id at the developer (ePoiId); business 2 is food delivery (外卖)."""

    name: str = "meituan"
    issuer: str = "meituan.com"
    issuer_name: str = "美团"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://api-open-cater.meituan.com"),
        ConnectField("key_id"),
        ConnectField("developer_id"),
        ConnectField("business_id", default="2"),
        ConnectField("sign_key", secret=True),
        ConnectField("app_auth_token", secret=True),
        ConnectField("authorised_until", required=False, days=30),
    )

    def client(self, parts: Parts) -> MeituanPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.meituan.client import platform_of

        return platform_of(parts)


ADAPTER: Final = MeituanAdapter()
