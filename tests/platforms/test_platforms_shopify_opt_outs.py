"""An opt-out that Shopify or SHOPLINE did not record: whom it is given up for, and when it waits."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import RemoteRefused
from campaign_app.platforms.shopify.connecting import session_of, shopify_of
from campaign_app.platforms.shopify.graph import Graph
from campaign_app.platforms.shopify.opt_outs import why_not
from campaign_app.platforms.shopify.pace import Pace
from campaign_app.platforms.shopline.client import edition as shopline_edition
from tests.helpers.connected import clock, no_wait
from tests.helpers.replay import Replay
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ID, ShopifyShop


@pytest.fixture
def shop(vendors: SandboxProcess) -> Iterator[ShopifyShop]:
    found = ShopifyShop(vendors)
    yield found
    found.close()


def unrecorded(code: str | None) -> dict[str, Any]:
    error = {"field": ["input"], "message": "…"} | ({} if code is None else {"code": code})
    return {"data": {"customerSmsMarketingConsentUpdate": {"customer": None, "userErrors": [error]}}}


def known(number: str | None) -> dict[str, Any]:
    return {"data": {"nodes": [{"id": "gid://shopify/Customer/1", "defaultPhoneNumber": {"phoneNumber": number}}]}}


@pytest.mark.parametrize(
    "script",
    [
        [unrecorded("INTERNAL_ERROR")],
        [unrecorded("SOMETHING_NEW")],
        [unrecorded(None)],
        [{"data": {"customerSmsMarketingConsentUpdate": None}}],
        [{"data": {"customerSmsMarketingConsentUpdate": {"customer": None, "userErrors": []}}}],
        [{"data": {"customerSmsMarketingConsentUpdate": {"customer": {"id": 7}, "userErrors": []}}}],
        [unrecorded("INVALID"), known("+8613800000001")],
        [unrecorded("INVALID"), {"data": {"nodes": []}}],
        [unrecorded("INVALID"), {"data": {"nodes": [{"id": "gid://shopify/Customer/1"}]}}],
        [unrecorded("INVALID"), {"data": {"nodes": None}}],
    ],
)
def test_an_opt_out_waits_unless_the_platform_knows_no_such_person(shop: ShopifyShop, script: list[Any]) -> None:
    """Given up after one answer, it would be lost at the platform."""
    client = shopify_of(shop.parts(), adapter=Replay(*script))
    with pytest.raises(RemoteRefused) as info:
        client.write_opt_out(CustomerRef(ID, "1"), "reply", clock())
    assert info.value.code in ("opt_out_delayed", "schema_drift")
    assert not info.value.of_the_person


def test_an_error_that_has_no_code_is_asked_about(shop: ShopifyShop) -> None:
    """SHOPLINE's documents show none; a query for one would be refused whole."""
    edition = shopline_edition("v20251201")
    assert edition is not None
    assert "userErrors { field message }" in edition.opt_out
    payload = unrecorded(None)["data"]["customerSmsMarketingConsentUpdate"]
    parts = shop.parts()
    replay = Replay({"data": {"nodes": [{"id": "gid://shopline/Customer/1", "phone": None}]}})
    graph = Graph(
        session_of(parts, "Authorization", lambda: "Bearer t", replay), edition, Pace(monotonic), wait=no_wait
    )
    assert why_not(payload, "1", graph, edition).code == "customer_without_number"
