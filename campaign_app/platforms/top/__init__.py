"""Taobao and Tmall by the Taobao Open Platform (TOP): members, vetoes, signatures, templates and messages, no consents.

TOP offers no look-up of anybody's consent to marketing by SMS (`docs/top.md`), so on its own it confirms nobody.
What was not seen in TOP's own documents is marked *unverified* where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.top.client import TopPlatform

CAPABILITIES: Final = Capabilities(
    customers=True,
    vetoes=True,
    signatures=True,
    templates=True,
    messages=True,
    no_replies=True,
    no_reports=True,
    by_choice=True,
)


@dataclass(frozen=True, slots=True)
class TopAdapter:
    """`calls_per_second`: TOP publishes no limit per second that holds for every app; ten keep a day under the

    1,000,000 calls of its older documents. `signatures`, `templates`: TOP looks one up by its name or code and lists
    none; only what is named here can be sent with.
    """

    name: str = "top"
    issuer: str = "taobao.com"
    issuer_name: str = "淘宝开放平台"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://gw.api.taobao.com"),
        ConnectField("key_id"),
        ConnectField("app_key"),
        ConnectField("app_secret", secret=True),
        ConnectField("session", secret=True),
        ConnectField("refresh_token", secret=True, required=False),
        ConnectField("signatures", required=False),
        ConnectField("templates", required=False),
        ConnectField("authorised_until", required=False),
        ConnectField("calls_per_second", required=False, default="10"),
    )

    def client(self, parts: Parts) -> TopPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.top.connecting import client_of

        return client_of(parts)


ADAPTER: Final = TopAdapter()
