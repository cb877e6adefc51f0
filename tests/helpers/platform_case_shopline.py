"""SHOPLINE under the fail-closed suite: it confirms nobody on its own, and knows who left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from campaign_app.domain.consent import ConsentStatus
from tests.helpers.platform_cases import OpenEnd, PlatformCase, Running
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop, account_of, everybody, facts
from tests.helpers.tampering import Spoil, edit

GRAPHQL = "/admin/graph/v20251201/graphql.json"


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=400) as sandbox:
        shop = ShopifyShop(sandbox)
        client = shop.shopline()
        people = everybody(client)
        found = facts(client, list(people))
        yield Running(
            account=account_of(sandbox.url, sandbox.ready["vendors"]["shopline"], "shopline"),
            secret=json.dumps({"access_token": shop.typed["access_token"]}),
            people=len(people),
            refused={ref: fact.status for ref, fact in found.items() if fact.status is not ConsentStatus.CONFIRMED},
            simulator=shop,
        )
        shop.close()


def _page(**info: Any) -> Spoil:
    def edited(answer: Any) -> None:
        connection = (answer.get("data") or {}).get("customers")
        if connection is not None and "pageInfo" in connection:
            connection["pageInfo"].update(info)

    return edit(GRAPHQL, edited)


def case() -> PlatformCase:
    return PlatformCase(
        name="shopline",
        start=_start,
        open_ends=(
            OpenEnd("customers", "null for an end", _page(hasNextPage=None)),
            OpenEnd("customers", "more, and no way on", _page(hasNextPage=True, endCursor=None)),
        ),
        unversioned="the version is in the address; its documents show no header that names it",
        opt_in=rb'"SUBSCRIBED"',
    )
