"""Shopify's Admin GraphQL: the one platform whose own interface says of every customer how they agreed to SMS.

Confirmed is only who is SUBSCRIBED by CONFIRMED_OPT_IN at a known time. What was not seen in Shopify's own documents
is marked *unverified* where it is used. `docs/platforms/shopify.md` has the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.shopify.client import ShopifyPlatform

VERSIONS: Final = ("2026-01", "2026-04", "2026-07", "2026-10")
NEWEST: Final = VERSIONS[-1]
CAPABILITIES: Final = Capabilities(
    customers=True, consent_lookup=True, consent_changes=True, purposes=("retail",), opt_out_write=True, phones=True
)


@dataclass(frozen=True, slots=True)
class ShopifyAdapter:
    """`base_url` is the shop's own domain (example.myshopify.com): another shop behind the token is refused.

    An app of the Dev Dashboard has an id and a secret. `access_token` is the lasting one of an app that was made in the
    shop's own admin before 2026, where none can be made any more.
    """

    name: str = "shopify"
    issuer: str = "shopify.com"
    issuer_name: str = "Shopify"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", scheme="https"),
        ConnectField("client_id"),
        ConnectField("client_secret", secret=True),
        ConnectField("access_token", secret=True, required=False, replaces=("client_id", "client_secret")),
        ConnectField("api_version", required=False, default=NEWEST),
    )

    def client(self, parts: Parts) -> ShopifyPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.shopify.connecting import shopify_of

        return shopify_of(parts)


ADAPTER: Final = ShopifyAdapter()
