"""JD's members in a real workspace: page by page, after a kill, and through whatever the line and the gateway do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.jobs import sync
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import Shop, open_shop
from tests.helpers.vendors import account_of, connected, everybody, trouble

PATH = "/routerjson"
LINE = ["cut_body", "truncated_json", "error500", "error503", "timeout_before", "timeout_after", "throttle"]
GATEWAY = ["65", "2"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def joined(shop: Shop, sandbox: SandboxProcess, client: Any) -> int:
    account, _ = account_of(sandbox, "jd")
    shop.workspace.accounts.add_entity(Entity(account.entity_uscc, "安宁百货有限公司"))
    stored = shop.workspace.accounts.add_account(replace(account, id=0))
    shop.platforms[stored.id] = cast("Any", client)
    return stored.id


def test_a_sync_that_was_killed_goes_on_and_ends_with_everybody_once(shop: Shop, vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        account = joined(shop, vendors, client)
        sync.begin_walk(shop.context, account, full=False)
        assert sync.sync_page(shop.context, account).more
    with connected(vendors, "jd") as another:
        members = everybody(another)
        shop.platforms[account] = cast("Any", another)
        first = sync.sync_page(shop.context, account)
        assert first.new == first.rows, "not the same page again"
        while sync.sync_page(shop.context, account).more:
            pass
        assert shop.workspace.customers.total() == len(members)
        sync.begin_walk(shop.context, account, full=True)
        again = sync.sync_page(shop.context, account)
        assert (again.rows > 0, again.new) == (True, 0), "a full sync reads all of them, and nobody twice"


def test_a_veto_is_kept_with_the_words_it_rests_on(shop: Shop, vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        account = joined(shop, vendors, client)
        sync.begin_walk(shop.context, account, full=False)
        while sync.sync_page(shop.context, account).more:
            pass
        ref = everybody(client)[-1]
        vendors.set_consent("S1", ref, "withdrawn")
        facts = client.consents([CustomerRef(3, ref)]).facts
        told = [replace(fact, ref=CustomerRef(account, each.ref)) for each, fact in facts.items()]
        ((_, kept),) = shop.workspace.facts.append(told, ()).values()
    assert (kept.status, kept.note) == (ConsentStatus.UNKNOWN, "not_a_member")
    assert kept.evidence is not None
    assert '"customerStatus":3' in kept.evidence.leaf


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*LINE, *GATEWAY, ""]), max_size=6))
def test_whatever_happens_on_the_way_everybody_is_read_once(vendors: SandboxProcess, history: list[str]) -> None:
    with connected(vendors, "jd") as client:
        members, found, cursor, more = everybody(client), list[str](), "", True
        while more:
            happens = history.pop(0) if history else ""
            if happens in GATEWAY:
                trouble(vendors, "jd", error=happens)
            elif happens:
                vendors.faults(fault=happens, path=PATH, seconds=0.0)
            try:
                page = client.customers(cursor, None)
            except RemoteUnavailable:
                continue
            found += [customer.ref for customer in page.items]
            cursor, more = page.next_cursor, page.more
    assert found == members
