"""Client of SHOPLINE's Admin GraphQL: Shopify's questions in SHOPLINE's words."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.errors import SettingsError
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.native import NativeNote, Said
from campaign_app.platforms.shopify.address import require_own_address
from campaign_app.platforms.shopify.client import ShopifyPlatform
from campaign_app.platforms.shopify.connecting import session_of, token_of
from campaign_app.platforms.shopify.editions import Edition, Words
from campaign_app.platforms.shopify.graph import Graph
from campaign_app.platforms.shopify.mapping import ShopNote
from campaign_app.platforms.shopify.pace import Pace
from campaign_app.platforms.shopline import CAPABILITIES, NEWEST, VERSIONS
from campaign_app.transport.download import Download

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

_WORDS: Final = Words(("smsMarketingConsent",), "marketingState", "", "consentUpdatedAt", "consentCollectedFrom")


def edition(version: str) -> Edition | None:
    """None for a version that is not pinned."""
    if version not in VERSIONS:
        return None
    return Edition(
        platform="shopline",
        version=version,
        path=f"/admin/graph/{version}/graphql.json",
        gid="gid://shopline/Customer/",
        words=_WORDS,
        phone=("phone",),
        profile="firstName lastName tags phone defaultAddress { province city }",
        consent="smsMarketingConsent { marketingState consentUpdatedAt consentCollectedFrom }",
        check="query Shop { customers(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } }",
    )


class ShoplinePlatform(ShopifyPlatform):
    """A subscription of which nobody says how it came about is none, and neither is that there is none.

    Whatever else is said, or cannot be read, stands against whoever confirms the customer.
    """

    def _fact(self, ref: CustomerRef, found: Sequence[Mapping[str, Any]], said: Said) -> ConsentFact:
        fact = super()._fact(ref, found, said)
        if fact.status is ConsentStatus.NO_RECORD or fact.note == ShopNote.NO_LEVEL:
            return ConsentFact.unknown(ref, note=NativeNote.NO_CONSENT_API.value, observed_at=said.observed_at)
        return fact


def shopline_of(parts: Parts, *, adapter: BaseAdapter | None = None) -> ShoplinePlatform:
    """Raises SettingsError for a token, an address or a version that cannot be right."""
    found = edition(parts.account.options.get("api_version") or NEWEST)
    if found is None:
        raise SettingsError("schema_drift", "This version of the platform's interface is not known here")
    require_own_address(parts.account, "myshopline.com", parts.account.key_id)
    token = token_of(parts)
    http = session_of(parts, "Authorization", lambda: f"Bearer {token}", adapter)
    graph = Graph(http, found, Pace(time.monotonic), wait=parts.wait)
    near = on_this_machine(parts.account.base_url)
    lines = Download(parts.clock, near=near).lines
    return ShoplinePlatform(parts.account, graph, found, parts.clock, capabilities=CAPABILITIES, lines=lines)
