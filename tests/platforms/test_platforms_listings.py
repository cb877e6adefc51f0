"""Customers, changes, signatures and opt-outs: what is asked, and what becomes of rows that are broken."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.phone import Phone
from campaign_app.domain.signature import Signature
from campaign_app.platforms.consent_api import ConsentApiPlatform
from tests.helpers.registry import ACCOUNT, NOW
from tests.helpers.replay import Replay
from tests.helpers.replayed import platform

REF = CustomerRef(ACCOUNT.id, "c1")
ROW: dict[str, Any] = {
    "ref": "c1",
    "name": "高萍",
    "phone": "+8613800000001",
    "province": "上海",
    "city": "上海",
    "spend_cents": 89_380,
    "order_count": 10,
    "last_order_at": "2026-06-30T20:26:42+08:00",
    "tags": ["复购"],
    "minor": False,
    "updated_at": "2026-10-20T15:36:36Z",
}


def listing(name: str, rows: list[Any], following: str = "next", *, more: bool = True) -> dict[str, Any]:
    return {name: rows, "next_cursor": following, "has_more": more}


# --- customers -------------------------------------------------------------------------------------------------------


def test_customers_come_by_the_page() -> None:
    replay = Replay(listing("customers", [ROW]))
    since = datetime(2026, 10, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    page = platform(replay).customers("c u", since)
    assert page.items == (
        PlatformCustomer(
            ref="c1",
            name="高萍",
            phone=Phone("13800000001"),
            updated_at=datetime(2026, 10, 20, 15, 36, 36, tzinfo=UTC),
            province="上海",
            city="上海",
            spend_cents=89_380,
            order_count=10,
            last_order_at=datetime(2026, 6, 30, 12, 26, 42, tzinfo=UTC),
            tags=("复购",),
        ),
    )
    assert (page.next_cursor, page.more, page.broken) == ("next", True, 0)
    assert replay.requests[0].path_url == "/v1/customers?cursor=c+u&limit=1000&updated_since=2026-10-01T00%3A00%3A00Z"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "c1",
        [],
        {},
        {"ref": ""},
        {"ref": "x" * 201},
        {"ref": "c\x001"},
        {"ref": None},
        {"updated_at": "yesterday"},
        {"updated_at": "2026-10-20T15:36:36"},
        {"spend_cents": "much"},
        {"spend_cents": 2**63},
        {"order_count": -1},
        {"tags": "复购"},
    ],
)
def test_a_broken_row_is_left_out_and_counted(broken: Any) -> None:
    row = {**ROW, **broken} if isinstance(broken, dict) and broken else broken
    page = platform(Replay(listing("customers", [row, {**ROW, "ref": "c2"}]))).customers("", None)
    assert ([customer.ref for customer in page.items], page.broken) == (["c2"], 1)


@pytest.mark.parametrize("phone", [None, "", "021-5555", "+12025550123", "13800x00001"])
def test_a_customer_without_a_mobile_number_stays(phone: str | None) -> None:
    page = platform(Replay(listing("customers", [{**ROW, "phone": phone}]))).customers("", None)
    assert [(customer.ref, customer.phone) for customer in page.items] == [("c1", None)]


def test_of_a_customer_that_comes_twice_the_newer_row_counts() -> None:
    older = {**ROW, "name": "old", "updated_at": "2026-10-19T15:36:36Z"}
    page = platform(Replay(listing("customers", [ROW, older, {**ROW, "ref": "c2"}]))).customers("", None)
    assert [(customer.ref, customer.name) for customer in page.items] == [("c1", "高萍"), ("c2", "高萍")]


def test_a_cursor_that_leads_back_is_refused() -> None:
    pages = [listing("customers", [], following) for following in ("a", "b", "a")]
    walk = platform(Replay(*pages))
    walk.customers("", None)
    walk.customers("a", None)
    with pytest.raises(RemoteRefused) as info:
        walk.customers("b", None)
    assert info.value.code == "cursor_loop"


def test_an_empty_page_with_more_says_nothing() -> None:
    page = platform(Replay(listing("customers", []))).customers("", None)
    assert (page.items, page.more) == ((), True)


# --- changes ---------------------------------------------------------------------------------------------------------


def test_changes_name_refs_once_and_count_what_names_nobody() -> None:
    at = "2026-10-20T15:36:36Z"
    rows = [{"ref": "c2", "changed_at": at}, {"ref": "c1"}, {"ref": "c2", "changed_at": "?"}, {"ref": 3}, None]
    page = platform(Replay(listing("changes", rows, "c5", more=False))).consent_changes("c4")
    assert (page.items, page.next_cursor, page.more, page.broken) == (("c2", "c1"), "c5", False, 2)


# --- signatures ------------------------------------------------------------------------------------------------------


def test_signatures_as_the_platform_filed_them() -> None:
    row = {
        "text": "安宁百货", "owner_uscc": ACCOUNT.entity_uscc, "source": "company", "status": "approved",
        "carrier_filed": True, "scopes": ["retail"], "valid_until": "2027-09-20",
    }  # fmt: skip
    bare = {"text": "安宁", "owner_uscc": ACCOUNT.entity_uscc, "source": "app", "status": "pending"}
    rows = [row, bare, {**row, "carrier_filed": "perhaps"}, {**row, "valid_until": "soon"}, None]
    assert platform(Replay({"signatures": rows})).signatures() == (
        Signature("安宁百货", ACCOUNT.entity_uscc, "company", "approved", True, ("retail",), date(2027, 9, 20)),
        Signature("安宁", ACCOUNT.entity_uscc, "app", "pending"),
    )


# --- opt-outs --------------------------------------------------------------------------------------------------------


def test_an_opt_out_is_written_until_the_platform_has_it() -> None:
    replay = Replay(500, {"results": [{"ref": "c1", "recorded": True}]})
    platform(replay).write_opt_out(REF, "退订" * 100, datetime(2026, 11, 1, 9, tzinfo=timezone(timedelta(hours=8))))
    (item,) = replay.bodies[1]["items"]
    assert (item["ref"], item["reason"], item["occurred_at"]) == ("c1", "退订" * 50, "2026-11-01T01:00:00Z")


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], "opt_out_delayed"),
        ([{"ref": "c2", "recorded": True}], "opt_out_delayed"),
        ([{"ref": "c1", "recorded": False}], "opt_out_not_recorded"),
    ],
)
def test_an_opt_out_that_was_not_recorded_is_no_success(results: list[Any], code: str) -> None:
    with pytest.raises(RemoteRefused) as info:
        platform(Replay({"results": results})).write_opt_out(REF, "R", NOW)
    assert info.value.code == code


@pytest.mark.parametrize("stranger", [CustomerRef(ACCOUNT.id + 1, "c1"), CustomerRef(ACCOUNT.id, "")])
def test_an_opt_out_of_nobody_is_refused(stranger: CustomerRef) -> None:
    with pytest.raises(RemoteRefused) as info:
        platform(Replay()).write_opt_out(stranger, "R", NOW)
    assert info.value.code == "bad_ref"


def test_an_opt_out_can_be_tried_again() -> None:
    with pytest.raises(RemoteUnavailable):
        platform(Replay(forever=500)).write_opt_out(REF, "R", NOW)


def test_there_is_no_way_to_write_an_opt_in() -> None:
    written = {name for name in dir(ConsentApiPlatform) if not name.startswith("_")}
    assert written == {
        "capabilities", "check_connection", "customers", "consents", "consent_changes", "write_opt_out", "signatures",
        "close",
    }  # fmt: skip


def test_what_was_asked_is_json_with_a_digest() -> None:
    replay = Replay({"results": [{"ref": "c1", "recorded": True}]})
    platform(replay).write_opt_out(REF, "R", NOW)
    assert replay.requests[0].headers["Content-Type"] == "application/json"
    assert "Content-Digest" in replay.requests[0].headers
    assert json.loads(replay.requests[0].body or b"")
