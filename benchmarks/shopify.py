"""Shopify's simulator over HTTP: a large shop by bulk operation, and how much of the allowed rate is used.

    python benchmarks/shopify.py [--customers 100000] [--seconds 20]

`export_seconds` is from the first question to the last customer in hand, the file read twice as the client always does.
`floor_seconds` does the least that proves anything of the same file: it is downloaded twice, once as JSON, and hashed
(the simulator has it ready by then). `peak_growth_mib` is what the client's process grew by, sampled for every page.
`used_share` is points spent by points restored while one thread asks for page after page, after the bucket's first
fill; `throttled` counts answers that said so.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import psutil
import requests
from pydantic_core import from_json

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.platforms.shopify.client import ShopifyPlatform
from campaign_app.platforms.shopify.connecting import shopify_of
from campaign_app.transport.download import Download
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def export(shop: ShopifyShop, client: ShopifyPlatform) -> dict[str, Any]:
    process = psutil.Process()
    before = peak = process.memory_info().rss
    cpu = sum(process.cpu_times()[:2])
    begun, found, cursor, more = time.perf_counter(), 0, "", True
    while more:
        page = client.customers(cursor, None)
        found += len(page.items)
        cursor, more = page.next_cursor, page.more
        peak = max(peak, process.memory_info().rss)
    took = time.perf_counter() - begun
    return {
        "customers": found,
        "export_seconds": round(took, 2),
        "client_cpu_seconds": round(sum(process.cpu_times()[:2]) - cpu, 2),
        "peak_growth_mib": round((peak - before) / 2**20, 1),
        "customers_per_second": round(found / took),
        "target_seconds": 20,
        "by_pages": shop.seen()["by_name"].get("customers", 0),
    }


def floor(url: str) -> float:
    begun = time.perf_counter()
    lines = Download(now, near=True).lines
    for line in lines(url):
        from_json(line)
    digest = sha256()
    with requests.get(url, stream=True, timeout=60) as answer:
        for piece in answer.iter_content(1 << 16):
            digest.update(piece)
    return round(time.perf_counter() - begun, 2)


def file_url(client: ShopifyPlatform) -> str:
    """Of the operation that was just read."""
    graph = client._graph  # noqa: SLF001 - the address is nobody else's business
    query = 'query { bulkOperation(id: "gid://shopify/BulkOperation/1") { url } }'
    url: str = graph.ask("url", query, {}).data["bulkOperation"]["url"]
    return url


def used_share(shop: ShopifyShop, restore: float, seconds: float) -> dict[str, Any]:
    client = shop.client(wait=time.sleep)
    shop.order(restore=restore, maximum=1_000.0)
    pages = _pages(client)
    until = time.perf_counter() + 2_000.0 / restore  # the first fill is a present
    while time.perf_counter() < until:
        next(pages)
    spent, begun = shop.seen()["spent"], time.perf_counter()
    while time.perf_counter() < begun + seconds:
        next(pages)
    took = time.perf_counter() - begun
    seen = shop.seen()
    share = (seen["spent"] - spent) / (took * restore)
    return {"restore_rate": restore, "used_share": round(share, 3), "throttled": seen["throttled"], "target": 0.9}


def _pages(client: ShopifyPlatform) -> Iterator[int]:
    while True:
        cursor, more = "", True
        while more:
            page = client.customers(cursor, datetime(2000, 1, 1, tzinfo=UTC))
            cursor, more = page.next_cursor, page.more
            yield len(page.items)


def look_ups(shop: ShopifyShop, client: ShopifyPlatform) -> dict[str, Any]:
    """Answers a second where nothing is throttled; most of it is the simulator's own work."""
    shop.order(restore=1e9)
    since, refs, cursor = datetime(2000, 1, 1, tzinfo=UTC), list[str](), ""
    while len(refs) < 5_000:
        page = client.customers(cursor, since)
        refs += [customer.ref for customer in page.items]
        cursor = page.next_cursor
    asked = [CustomerRef(7, ref) for ref in refs]
    begun = time.perf_counter()
    facts = client.consents(asked).facts
    took = time.perf_counter() - begun
    confirmed = sum(f.status is ConsentStatus.CONFIRMED for f in facts.values())
    return {"look_ups_per_second": round(len(asked) / took), "asked": len(asked), "subscribed": confirmed}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument("--seconds", type=float, default=20.0)
    given = options.parse_args()
    # four of five are customers of the first shop
    with SandboxProcess(customers=given.customers * 5 // 4) as sandbox:
        shop = ShopifyShop(sandbox)
        parts = replace(shop.parts(wait=time.sleep), clock=now)
        client = shopify_of(parts)
        print(json.dumps({**export(shop, client), "floor_seconds": floor(file_url(client))}), flush=True)
        print(json.dumps(look_ups(shop, client)), flush=True)
        for restore in (100.0, 1_000.0):
            print(json.dumps(used_share(shop, restore, given.seconds)), flush=True)
        client.close()
        shop.close()


if __name__ == "__main__":
    main()
