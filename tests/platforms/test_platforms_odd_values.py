"""Values that no platform should send, over real HTTP: a row is left out, a word is not understood, nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.conformance.adapters.tampering import Seen, Tampering, edit, tampering
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import Entity
from campaign_app.platforms import client_for
from campaign_app.transport.top.limits import PATH
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop
from tests.helpers.top import TopShop, connect_top
from tests.helpers.vendors import account_of

GRAPHQL = "/admin/api/2026-10/graphql.json"
NEVER = "Mon, 01 Jan 99999999999 00:00:00 GMT"
HALF = "金卡\ud83d"
MEMBERS, IDENTITY = "crm_members_get_privy_response", "crm_member_identity_get_privy_response"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=60) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(sandbox: SandboxProcess) -> Iterator[Tampering]:
    with tampering(sandbox.url) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Iterator[ShopifyShop]:
    found = ShopifyShop(sandbox)
    found.order(restore=1e6)
    yield found
    found.close()


@pytest.fixture
def top(sandbox: SandboxProcess, proxy: Tampering) -> Iterator[TopShop]:
    found = connect_top(sandbox)
    found.account = replace(found.account, base_url=proxy.url)
    yield found
    found.close()


def _rows(change: Callable[[dict[str, Any]], object]) -> Callable[[Seen], Seen]:
    """Changes the first customer of a page."""

    def edited(answer: Any) -> None:
        for node in ((answer.get("data") or {}).get("customers") or {}).get("nodes", ())[:1]:
            change(node)

    return edit(GRAPHQL, edited)


@pytest.mark.parametrize("count", [[1], {"count": 1}, float("inf"), float("nan"), "many", "9" * 5_000, -1, 2**31])
def test_a_count_of_no_kind_leaves_one_customer_out(shop: ShopifyShop, proxy: Tampering, count: Any) -> None:
    proxy.spoil = _rows(lambda node: node.update(numberOfOrders=count))
    page = shop.client(base_url=proxy.url).customers("", None)
    assert (page.broken, len(page.items)) == (1, 47)


@pytest.mark.parametrize("amount", ["1e9999999", "1e999999", "1e999990", "NaN", "sNaN", "Infinity", "a lot", [1]])
def test_an_amount_that_nobody_can_count_leaves_one_customer_out(
    shop: ShopifyShop, proxy: Tampering, amount: Any
) -> None:
    proxy.spoil = _rows(lambda node: node.update(amountSpent={"amount": amount, "currencyCode": "CNY"}))
    page = shop.client(base_url=proxy.url).customers("", None)
    assert (page.broken, len(page.items)) == (1, 47)


def test_a_cost_beyond_all_numbers_is_none(shop: ShopifyShop, proxy: Tampering) -> None:
    proxy.spoil = edit(GRAPHQL, lambda a: a["extensions"]["cost"].update(requestedQueryCost=10**400))
    assert shop.client(base_url=proxy.url).check_connection().ok


def test_a_date_of_no_calendar_says_nothing_of_a_clock(
    shop: ShopifyShop, top: TopShop, sandbox: SandboxProcess, proxy: Tampering
) -> None:
    proxy.spoil = lambda seen: replace(seen, headers={**seen.headers, "Date": NEVER, "date": NEVER})
    found = [shop.client(base_url=proxy.url), top.client()]
    for name in ("tencent", "aliyun", "jd", "pinduoduo", "meituan"):
        account, secret = account_of(sandbox, name, base_url=proxy.url)
        found.append(client_for(account, secret, clock, wait=no_wait))
    reports = [client.check_connection() for client in found]
    for client in found:
        client.close()
    assert {report.problem for report in reports} == {""}
    assert max(abs(report.clock_skew_seconds) for report in reports) < 5


def test_a_template_for_nowhere_is_left_out(sandbox: SandboxProcess, proxy: Tampering) -> None:
    def nowhere(answer: Any) -> None:
        for row in answer["Response"].get("DescribeTemplateStatusSet", ())[:1]:
            row["International"] = [0]

    account, secret = account_of(sandbox, "tencent", base_url=proxy.url)
    client: Any = client_for(account, secret, clock, wait=no_wait)
    proxy.spoil = lambda seen: seen
    every = client.templates()
    proxy.spoil = edit("/", nowhere)
    assert client.templates() == every[1:]
    client.close()


def _said(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Seen], Seen]:
    """Changes what TOP says inside one answer, with half a character written as JSON writes it."""

    def spoilt(seen: Seen) -> Seen:
        answer = json.loads(seen.body)
        if not seen.at(PATH) or name not in answer:
            return seen
        change(answer[name])
        return replace(seen, body=json.dumps(answer).encode())

    return spoilt


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (MEMBERS, lambda said: said["members"]["basic_member"][0].update(status="blacklist", grade_name=HALF)),
        (IDENTITY, lambda said: said["result"].update(total=HALF)),
        (IDENTITY, lambda said: said.update(request_id=HALF)),
        (IDENTITY, lambda said: said.update(request_id="a\0b")),
    ],
)
def test_half_a_character_in_what_top_says_can_be_kept(
    top: TopShop, proxy: Tampering, tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object]
) -> None:
    proxy.spoil = lambda seen: seen
    customer = next(one for one in top.client().customers("", None).items if not one.withdrawn)
    top.member(customer.ref)
    proxy.spoil = _said(name, change)
    with bootstrap.create_app(tmp_path / "w", MemoryKeeper(bytes(32))) as app:
        app.workspace.accounts.add_entity(Entity(top.account.entity_uscc, "安宁百货有限公司（模拟）"))
        account = app.workspace.accounts.add_account(top.account)
        app.workspace.customers.upsert_page(account.id, (customer,), "{}", clock())
        top.account = account
        facts = top.client().consents([CustomerRef(account.id, customer.ref)]).facts
        ((_, fact),) = app.workspace.facts.append(list(facts.values()), (), asked=account).values()
    assert fact.evidence is not None
