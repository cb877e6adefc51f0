"""Everybody by bulk operation: all of it or nothing of it, without a token, and at the same place after a kill."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.platforms.shopify.connecting import shopify_of
from campaign_app.sandbox.vendors.shopify.exports import FATES
from campaign_app.transport.download import Download
from tests.helpers.connected import clock
from tests.helpers.raw_server import raw_server
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop, everybody

CUSTOMERS = 13_000
FIRST_SHOP = CUSTOMERS - CUSTOMERS // 5


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=CUSTOMERS) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Iterator[ShopifyShop]:
    found = ShopifyShop(sandbox)
    found.order(restore=1e9)
    yield found
    found.close()


def test_a_large_shop_comes_by_one_operation_and_no_token_goes_to_the_files_host(shop: ShopifyShop) -> None:
    before = shop.seen()
    found = everybody(shop.client())
    after = shop.seen()
    assert len(found) == FIRST_SHOP
    assert after["exports"] == before["exports"] + 1
    assert after["by_name"].get("customers", 0) == before["by_name"].get("customers", 0)
    assert after["leaks"] == 0


@pytest.mark.parametrize("fate", [fate for fate in FATES if fate != "denied"])
def test_of_an_operation_that_came_to_nothing_nothing_is_used(shop: ShopifyShop, fate: str) -> None:
    shop.order(fate=fate)
    client = shop.client()
    page = client.customers("", None)
    cursor, pages = page.next_cursor, [page]
    while pages[-1].more and cursor.startswith("b:"):
        pages.append(client.customers(cursor, None))
        cursor = pages[-1].next_cursor
    # until the walk page by page began, nobody came
    assert not any(page.items for page in pages[:-1])
    assert cursor.startswith("p:")
    assert len(pages[-1].items) == 100


def test_a_walk_page_by_page_after_a_lost_file_is_whole(shop: ShopifyShop) -> None:
    shop.order(fate="truncated")
    assert len(everybody(shop.client())) == FIRST_SHOP


def test_half_a_character_in_one_row_costs_nobody_theirs(shop: ShopifyShop) -> None:
    def halved(url: str) -> Iterator[bytes]:
        lines = Download(clock, near=True).lines(url)
        yield re.sub(rb'"displayName":"[^"]*', rb'"displayName":"A\\ud83d', next(lines))
        yield from lines

    before = shop.seen()
    client = shopify_of(shop.parts(), lines=halved)
    found = everybody(client)
    client.close()
    assert len(found) == FIRST_SHOP
    assert shop.seen()["by_name"].get("customers", 0) == before["by_name"].get("customers", 0)
    assert "A\ufffd" in {customer.name for customer in found.values()}


def test_an_operation_without_permission_is_the_accounts_trouble(shop: ShopifyShop) -> None:
    shop.order(fate="denied")
    with pytest.raises(RemoteRefused) as info:
        everybody(shop.client())
    assert (info.value.code, info.value.account_wide) == ("permission", True)


def test_a_killed_walk_goes_on_where_it_stood(shop: ShopifyShop) -> None:
    found, cursor, more = set[str](), "", True
    while more:
        page = shop.client().customers(cursor, None)  # another process each time
        found |= {customer.ref for customer in page.items}
        cursor, more = page.next_cursor, page.more
        shop.close()
    assert len(found) == FIRST_SHOP


def test_a_file_that_changed_between_its_two_readings_is_not_trusted(shop: ShopifyShop) -> None:
    client = shop.client()
    cursor = ""
    while ":r0:" not in cursor:
        cursor = client.customers(cursor, None).next_cursor
    head, _, digest = cursor.rpartition(":")
    forged = f"{head}:{digest[::-1]}"
    while True:
        page = client.customers(forged, None)
        forged = page.next_cursor
        if not forged.startswith("b:"):
            break
    assert forged.startswith("p:")
    assert page.more


def test_memory_stays_flat_over_a_whole_file(shop: ShopifyShop) -> None:
    client = shop.client()
    tracemalloc.start()
    try:
        cursor, more = "", True
        while more:
            page = client.customers(cursor, None)
            cursor, more = page.next_cursor, page.more
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


# --- the download itself ---------------------------------------------------------------------------------------------


def _lines(body: bytes, length: int, most: int = 1 << 20) -> list[bytes]:
    def talk(channel: Any, _done: Any) -> None:
        channel.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode() + body)

    with raw_server(talk) as server:
        found = list(Download(clock, near=True, most_bytes=most).lines(f"{server.url}/file?signature=1"))
        assert server.asked[0].startswith(b"GET /file?signature=1 ")
        assert b"authorization" not in server.asked[0].lower()
        return found


def test_lines_are_whole_whatever_pieces_they_came_in() -> None:
    body = b"".join(b"%d\n" % number for number in range(100_000))
    assert _lines(body, len(body)) == body.splitlines(keepends=True)
    assert _lines(b"a\nb", 3) == [b"a\n", b"b"]
    assert _lines(b"", 0) == []


def test_a_file_that_never_begins_is_waited_for_no_longer_than_one_that_never_ends() -> None:
    def talk(channel: Any, done: Any) -> None:
        channel.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
        for _ in range(100):
            channel.sendall(b"a")
            if done.wait(0.05):
                return

    with raw_server(talk) as server, pytest.raises(RemoteUnavailable) as info:
        list(Download(clock, near=True, whole_seconds=0.5).lines(f"{server.url}/file"))
    assert info.value.code == "timeout"


def test_what_is_cut_too_long_or_elsewhere_is_an_error() -> None:
    with pytest.raises(RemoteUnavailable):
        _lines(b"a\n", 100)
    with pytest.raises(RemoteRefused) as info:
        _lines(b"a\n" * 1_000, 2_000, most=1_000)
    assert info.value.code == "answer_too_large"
    with pytest.raises(RemoteRefused) as info:
        _lines(b"a" * (3 << 20), 3 << 20, most=1 << 30)
    assert info.value.code == "answer_too_large"
    for url in ("https://files.example/x", "http://files.example/x", "ftp://127.0.0.1/x", "nothing"):
        with pytest.raises(RemoteRefused) as info:
            list(Download(clock, near=True).lines(url))
        assert info.value.code == "foreign_file"
    with pytest.raises(RemoteRefused) as info:
        list(Download(clock, near=False).lines("http://127.0.0.1:9/x"))
    assert info.value.code == "foreign_file"
