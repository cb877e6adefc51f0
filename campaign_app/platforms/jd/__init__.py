"""JD (京东, JOS): no consents; its member list, and a veto for those who are no members (any more)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.jd.client import JdPlatform

CAPABILITIES: Final = Capabilities(customers=True, vetoes=True)


@dataclass(frozen=True, slots=True)
class JdAdapter:
    """JD documents its SMS family (`jingdong.data.vender.sms.*`) as offline: no signatures, no messages.

    `calls_per_second`: JD publishes none that holds for every app; its look-ups are one by one.
    """

    name: str = "jd"
    issuer: str = "jd.com"
    issuer_name: str = "京东"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://api.jd.com"),
        ConnectField("oauth_url", default="https://open-oauth.jd.com"),
        ConnectField("key_id"),
        ConnectField("app_key"),
        ConnectField("app_secret", secret=True),
        ConnectField("access_token", secret=True),
        ConnectField("refresh_token", secret=True, required=False),
        ConnectField("authorised_until", required=False),
        ConnectField("calls_per_second", required=False, default="10"),
    )

    def client(self, parts: Parts) -> JdPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.jd.client import platform_of

        return platform_of(parts)


ADAPTER: Final = JdAdapter()
