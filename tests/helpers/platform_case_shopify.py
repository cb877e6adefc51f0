"""Shopify under the fail-closed suite: the simulated Shopify, and answers that its client may not believe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from campaign_app.conformance.adapters import OpenEnd, PlatformCase, Running, Spoilt, renamed
from campaign_app.conformance.adapters.tampering import Seen, Spoil, edit
from campaign_app.domain.consent import ConsentStatus
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop, everybody, facts

GRAPHQL = "/admin/api/2026-10/graphql.json"
TIME = "2026-01-02T03:04:05Z"


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=400) as sandbox:
        shop = ShopifyShop(sandbox)
        shop.order(restore=1e6)  # all tests draw on one budget, and none of them waits
        client = shop.client()
        people = everybody(client)
        refs = [ref for ref, customer in people.items() if customer.phone]
        for ref in refs[:40]:
            shop.consent(ref, at=TIME)
        found = facts(client, refs[40:])
        yield Running(
            account=shop.parts().account,
            secret=json.dumps({"access_token": shop.typed["access_token"]}),
            people=len(people),
            confirmed=tuple(refs[:40]),
            refused={ref: fact.status for ref, fact in found.items() if fact.status is not ConsentStatus.CONFIRMED},
            withdraw=lambda ref: shop.consent(ref, state="UNSUBSCRIBED", at=TIME),
            opted_out=lambda ref: facts(client, [ref])[ref].status is ConsentStatus.WITHDRAWN,
            simulator=shop,
        )
        shop.close()


def _words(**words: Any) -> Callable[[Running, str], None]:
    return lambda running, ref: running.simulator.consent(ref, **{"at": TIME, **words})


def _nodes(change: Callable[[list[Any]], list[Any]]) -> Spoil:
    """Edits the answers to look-ups only."""

    def edited(answer: Any) -> None:
        data = answer.get("data") or {}
        if "nodes" in data:
            data["nodes"] = change(data["nodes"])

    return edit(GRAPHQL, edited)


def _consent(**fields: Any) -> Spoil:
    def change(nodes: list[Any]) -> list[Any]:
        for node in nodes:
            node["defaultPhoneNumber"]["smsMarketingConsent"].update(fields)
        return nodes

    return _nodes(change)


def _without(name: str) -> Spoil:
    def change(nodes: list[Any]) -> list[Any]:
        for node in nodes:
            del node["defaultPhoneNumber"]["smsMarketingConsent"][name]
        return nodes

    return _nodes(change)


def _page(change: Callable[[dict[str, Any]], object]) -> Spoil:
    def edited(answer: Any) -> None:
        connection = (answer.get("data") or {}).get("customers")
        if connection is not None:
            change(connection)

    return edit(GRAPHQL, edited)


def _version(seen: Seen) -> Seen:
    return replace(seen, headers={**seen.headers, "X-Shopify-API-Version": "2027-01"})


def case() -> PlatformCase:
    return PlatformCase(
        name="shopify",
        start=_start,
        spoilt=(
            Spoilt("missing ref", 1, _nodes(lambda nodes: nodes[1:]), first_only=True),
            Spoilt("null for somebody", 1, _nodes(lambda nodes: [None, *nodes[1:]]), first_only=True),
            Spoilt("no nodes", 1, _nodes(lambda nodes: nodes[:0])),
            Spoilt("no consent", 1, _consent_gone()),
            Spoilt("level missing", 1, _without("optInLevel")),
            Spoilt("state missing", 1, _without("state")),
            Spoilt("null level", 1, _consent(optInLevel=None)),
            Spoilt("unknown level", 1, _consent(optInLevel="TRIPLE_OPT_IN")),
            Spoilt("unknown state", 1, _consent(state="SUBSCRIBED_V2")),
            Spoilt("state of another kind", 1, _consent(state=["SUBSCRIBED"])),
            Spoilt("an error beside the data", 1, edit(GRAPHQL, lambda a: {**a, "errors": [{"message": "x"}]})),
            Spoilt("single opt-in", 1, before=_words(level="SINGLE_OPT_IN")),
            Spoilt("grant in the future", 5, _consent(updatedAt="2999-01-01T00:00:00Z")),
            Spoilt("grant without a date", 5, _consent(updatedAt=None)),
            Spoilt("grant without a zone", 5, _consent(updatedAt="2026-01-01T00:00:00")),
        ),
        open_ends=tuple(
            OpenEnd(listing, name, _page(change))
            for listing in ("customers", "consent_changes")
            for name, change in (
                ("no page info", lambda page: page.pop("pageInfo")),
                ("null for an end", lambda page: page["pageInfo"].update(hasNextPage=None)),
                ("more, and no way on", lambda page: page["pageInfo"].update(hasNextPage=True, endCursor=None)),
                ("an empty page that goes on", _empty),
            )
        ),
        other_version=_version,
        unpinned=lambda account: replace(account, options={"api_version": "2027-01"}),
        drifted=renamed("accessScopes"),
        opt_in=rb'"SUBSCRIBED"|CONFIRMED_OPT_IN|SINGLE_OPT_IN',
    )


def _empty(page: dict[str, Any]) -> None:
    page["nodes"] = []
    page["pageInfo"].update(hasNextPage=True, endCursor="c1")


def _consent_gone() -> Spoil:
    def change(nodes: list[Any]) -> list[Any]:
        for node in nodes:
            del node["defaultPhoneNumber"]["smsMarketingConsent"]
        return nodes

    return _nodes(change)
