"""Tencent Cloud SMS (腾讯云短信): a sender. It knows signatures and templates, and nobody's consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.tencent.client import TencentPlatform

CAPABILITIES: Final = Capabilities(signatures=True, templates=True, messages=True)


@dataclass(frozen=True, slots=True)
class TencentAdapter:
    """`key_id` is the SdkAppId of the SMS application: one account here is one application there."""

    name: str = "tencent"
    issuer: str = "cloud.tencent.com"
    issuer_name: str = "腾讯云"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://sms.tencentcloudapi.com"),
        ConnectField("key_id"),
        ConnectField("secret_id"),
        ConnectField("secret_key", secret=True),
        ConnectField("region", required=False, default="ap-guangzhou"),
        ConnectField("rate", required=False),
    )

    def client(self, parts: Parts) -> TencentPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.tencent.client import platform_of

        return platform_of(parts)


ADAPTER: Final = TencentAdapter()
