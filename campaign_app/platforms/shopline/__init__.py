"""SHOPLINE's Admin GraphQL: it says who subscribed to SMS and since when, but not how they agreed.

Its `CustomerSmsMarketingConsentState` has no opt-in level in its own documents (v20251201 to v20270301), so nobody can
be told apart who confirmed from who left a box ticked: on its own it confirms nobody, it only rules out who left.
*Unverified*: the arguments of `customers`, `nodes`, the names of its customers' fields besides the consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.shopline.client import ShoplinePlatform

VERSIONS: Final = ("v20250601", "v20251201")
NEWEST: Final = VERSIONS[-1]
TOKEN_DAYS: Final = 3 * 365
# its changes are those of its customers: who left is among them
CAPABILITIES: Final = Capabilities(customers=True, consent_changes=True, vetoes=True, opt_out_write=True, phones=True)


@dataclass(frozen=True, slots=True)
class ShoplineAdapter:
    name: str = "shopline"
    issuer: str = "shopline.com"
    issuer_name: str = "SHOPLINE"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url"),
        ConnectField("key_id"),
        ConnectField("access_token", secret=True),
        ConnectField("authorised_until", required=False, days=TOKEN_DAYS),
        ConnectField("api_version", required=False, default=NEWEST),
    )

    def client(self, parts: Parts) -> ShoplinePlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.shopline.client import shopline_of

        return shopline_of(parts)


ADAPTER: Final = ShoplineAdapter()
