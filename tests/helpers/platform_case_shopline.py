"""SHOPLINE under the fail-closed suite: it confirms nobody on its own, and knows who left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from typing import Any

from campaign_app.conformance.adapters import OpenEnd, PlatformCase, Running, Spoilt, renamed
from campaign_app.conformance.adapters.tampering import Spoil, edit
from campaign_app.domain.consent import ConsentStatus
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop, account_of, everybody, facts

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
        shop.order(restore=1e6)  # all tests draw on one budget, and none of them waits
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
            vetoed={
                ref: "unknown_word" for ref, (state, _) in zip(refs, cycle(STATES), strict=False) if "_V2" in state
            },
            opted_out=lambda ref: facts(client, [ref])[ref].status is ConsentStatus.WITHDRAWN,
            simulator=shop,
        )
        shop.close()


def _page(**info: Any) -> Spoil:
    def edited(answer: Any) -> None:
        connection = (answer.get("data") or {}).get("customers")
        if connection is not None and "pageInfo" in connection:
            connection["pageInfo"].update(info)

    return edit(GRAPHQL, edited)


def _nodes(change: Callable[[list[Any]], list[Any]]) -> Spoil:
    """Edits the answers to look-ups only."""

    def edited(answer: Any) -> None:
        data = answer.get("data") or {}
        if "nodes" in data:
            data["nodes"] = change(data["nodes"])

    return edit(GRAPHQL, edited)


def _consent(**fields: Any) -> Spoil:
    """Consents with other fields; `...` takes one away."""

    def change(nodes: list[Any]) -> list[Any]:
        for node in nodes:
            consent = node["smsMarketingConsent"]
            consent.update(fields)
            for name in [name for name, value in fields.items() if value is ...]:
                del consent[name]
        return nodes

    return _nodes(change)


def case() -> PlatformCase:
    return PlatformCase(
        name="shopline",
        start=_start,
        spoilt=(
            Spoilt("missing ref", 1, _nodes(lambda nodes: nodes[1:]), first_only=True),
            Spoilt("null for somebody", 1, _nodes(lambda nodes: [None, *nodes[1:]]), first_only=True),
            Spoilt("no nodes", 1, _nodes(lambda nodes: nodes[:0])),
            Spoilt("state missing", 1, _consent(marketingState=...)),
            Spoilt("null state", 1, _consent(marketingState=None)),
            Spoilt("unknown state", 1, _consent(marketingState="SUBSCRIBED_V3")),
            Spoilt("state of another kind", 1, _consent(marketingState=["SUBSCRIBED"])),
            Spoilt("somebody else's answer", 1, _nodes(lambda nodes: [{**n, "id": n["id"] + "9"} for n in nodes])),
            Spoilt("two answers for everybody", 1, _nodes(_twice)),
            Spoilt("an error beside the data", 1, edit(GRAPHQL, lambda a: {**a, "errors": [{"message": "x"}]})),
            Spoilt("a date that is none", 5, _consent(marketingState="SUBSCRIBED", consentUpdatedAt="yesterday")),
        ),
        open_ends=(
            *(
                OpenEnd(listing, name, _page(**info))
                for listing in ("customers", "consent_changes")
                for name, info in (
                    ("null for an end", {"hasNextPage": None}),
                    ("more, and no way on", {"hasNextPage": True, "endCursor": None}),
                )
            ),
        ),
        unpinned=lambda account: replace(account, options={"api_version": "v20300101"}),
        drifted=renamed("customers"),
        opt_in=rb'"SUBSCRIBED"',
    )


def _twice(nodes: list[Any]) -> list[Any]:
    other = [{**node, "smsMarketingConsent": {**node["smsMarketingConsent"], "marketingState": "X"}} for node in nodes]
    return [*nodes, *other]
