"""SHOPLINE under the fail-closed suite: it confirms nobody on its own, and knows who left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

from campaign_app.domain.consent import ConsentStatus
from tests.helpers.platform_cases import OpenEnd, PlatformCase, Running
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop, account_of, everybody
from tests.helpers.tampering import Spoil, edit

TIME = "2026-01-02T03:04:05Z"
# what is true at the platform, and what it may be worth here
STATES = (
    ("UNSUBSCRIBED", ConsentStatus.WITHDRAWN),
    ("SUBSCRIBED", ConsentStatus.UNKNOWN),
    ("NOT_SUBSCRIBED", ConsentStatus.UNKNOWN),
    ("PENDING", ConsentStatus.PENDING),
    ("SUBSCRIBED_V2", ConsentStatus.UNKNOWN),
)
GRAPHQL = "/admin/graph/v20251201/graphql.json"


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=400) as sandbox:
        shop = ShopifyShop(sandbox)
        client = shop.shopline()
        people = everybody(client)
        refs = [ref for ref, customer in people.items() if customer.phone][:40]
        for ref, (state, _) in zip(refs, cycle(STATES), strict=False):
            shop.consent(ref, state=state, at=TIME)
        yield Running(
            account=account_of(sandbox.url, sandbox.ready["vendors"]["shopline"], "shopline"),
            secret=json.dumps({"access_token": shop.typed["access_token"]}),
            people=len(people),
            refused={ref: status for ref, (_, status) in zip(refs, cycle(STATES), strict=False)},
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
