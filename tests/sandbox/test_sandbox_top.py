"""The simulated TOP, asked by py-taobao-open, a client that knows nothing of ours, and by hand where it is strict."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import requests

from tests.helpers.sandbox import SandboxProcess
from tests.helpers.top import TopShop, connect_top
from tests.helpers.top_sdk import call

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def top() -> Iterator[TopShop]:
    with SandboxProcess(customers=600, seed=4) as sandbox:
        yield connect_top(sandbox)


@pytest.fixture(autouse=True)
def _no_limits(top: TopShop) -> Iterator[None]:
    yield
    top.order(lift=True)


def sdk(top: TopShop, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    parts = urlsplit(top.sandbox.url)
    assert parts.hostname
    assert parts.port
    app = top.account.options["app_key"], top.kept["app_secret"]
    return call(parts.hostname, parts.port, app, top.kept["session"], list(calls))


def ask(top: TopShop, method: str, **params: Any) -> Any:
    ((inner,),) = (answer.values() for answer in sdk(top, (method, params)))
    return inner


def test_an_independent_client_lists_the_members(top: TopShop) -> None:
    first = ask(top, "crm.members.get.privy", current_page=1, page_size=100)
    fifth = ask(top, "crm.members.search.privy", current_page=5, page_size=100)
    assert (first["total_result"], len(first["members"]["basic_member"])) == (480, 100)
    assert len(fifth["members"]["crm_member"]) == 80
    row = first["members"]["basic_member"][0]
    assert {"ouid", "status", "grade", "trade_count", "trade_amount", "relation_source"} <= set(row)
    assert not any("phone" in name or "nick" in name for name in row)
    beyond = ask(top, "crm.members.get.privy", current_page=9, page_size=100)
    assert (beyond["total_result"], beyond["members"]["basic_member"]) == (480, [])


def test_members_are_the_people_of_the_sandbox(top: TopShop) -> None:
    (contract, *_) = top.sandbox.client("S1").pages("/v1/customers", "customers")
    (row,) = ask(top, "crm.members.get.privy", current_page=1, ouid=contract["ref"])["members"]["basic_member"]
    assert (row["ouid"], row["trade_count"]) == (contract["ref"], contract["order_count"])
    assert round(float(row["trade_amount"]) * 100) == contract["spend_cents"]


def test_chinese_parameters_and_signatures(top: TopShop) -> None:
    asked = json.dumps({"sign_name": "安宁百货"}, ensure_ascii=False)
    found = ask(top, "jst.sms.signname.query", query_sms_sign_request=asked)
    assert (found["r_success"], found["module"]["sign_status"]) == (True, 1)


def test_a_change_comes_in_the_increments(top: TopShop) -> None:
    ref = ask(top, "crm.members.get.privy", current_page=1)["members"]["basic_member"][3]["ouid"]
    before = datetime.fromtimestamp(time.time() - 2, BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    top.member(ref, status="blacklist")
    found = ask(top, "crm.members.increment.get.privy", current_page=1, page_size=100, start_modify=before)
    assert [(r["ouid"], r["status"]) for r in found["members"]["basic_member"]] == [(ref, "blacklist")]


def test_filters_by_trade_and_relation_add_up(top: TopShop) -> None:
    totals = [
        ask(top, "crm.members.search.privy", current_page=1, relation_source=source)["total_result"]
        for source in (1, 2, 3)
    ]
    assert sum(totals) == 480
    assert min(totals) > 0
    bounds = ("2003-01-01 00:00:00", "2025-06-01 00:00:00", "2030-01-01 00:00:00")
    halves = [
        ask(top, "crm.members.search.privy", current_page=1, min_last_trade_time=first, max_last_trade_time=last)
        for first, last in pairwise(bounds)
    ]
    assert sum(half["total_result"] for half in halves) == totals[0]


def raw(top: TopShop, secret: str = "", at: datetime | None = None, **changed: str | None) -> requests.Response:
    """A request by hand, everything in its body; None leaves a parameter out, `sign` is computed unless given."""
    now = at or datetime.fromtimestamp(time.time(), UTC)
    params: dict[str, str | None] = {
        "method": "taobao.crm.members.get.privy", "app_key": top.account.options["app_key"], "v": "2.0",
        "session": top.kept["session"], "timestamp": now.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "sign_method": "hmac", "format": "json", "current_page": "1", **changed,
    }  # fmt: skip
    sent = {name: value for name, value in params.items() if value is not None}
    text = "".join(name + sent[name] for name in sorted(sent)).encode()
    key, method = (secret or top.kept["app_secret"]).encode(), str(params["sign_method"])
    if method == "md5":
        digest = hashlib.md5(key + text + key, usedforsecurity=False).hexdigest()
    else:
        digest = hmac.new(key, text, "sha256" if method == "hmac-sha256" else "md5").hexdigest()
    return requests.post(top.sandbox.url + "/router/rest", data={"sign": digest.upper(), **sent}, timeout=30)


def code_of(answer: requests.Response) -> int:
    assert answer.status_code == 200
    return int(answer.json()["error_response"]["code"])


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_every_way_to_sign_is_good(top: TopShop, method: str) -> None:
    assert raw(top, sign_method=method).json()["crm_members_get_privy_response"]["total_result"] == 480


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "00"}, 25), ({"sign": ""}, 24), ({"sign_method": "sha1"}, 25), ({"app_key": "1"}, 29),
        ({"app_key": None}, 28), ({"session": None}, 26), ({"session": "x"}, 27), ({"method": None}, 21),
        ({"method": "taobao.no.such"}, 22), ({"v": "1.0"}, 33), ({"v": None}, 32), ({"timestamp": None}, 30),
        ({"timestamp": "yesterday"}, 31), ({"current_page": "81"}, 41), ({"page_size": "101"}, 41),
        ({"current_page": "0"}, 41),
    ],
)  # fmt: skip
def test_it_is_strict(top: TopShop, changed: dict[str, str | None], code: int) -> None:
    assert code_of(raw(top, **changed)) == code


def test_the_secret_and_the_time_count(top: TopShop) -> None:
    assert code_of(raw(top, secret="other")) == 25
    now = datetime.fromtimestamp(time.time(), UTC)
    for seconds, good in ((-590, True), (590, True), (-610, False), (610, False)):
        answer = raw(top, at=now + timedelta(seconds=seconds)).json()
        assert ("error_response" not in answer) is good


def test_a_parameter_that_stands_there_twice_is_refused(top: TopShop) -> None:
    answer = requests.post(top.sandbox.url + "/router/rest?v=2.0", data={"v": "2.0", "format": "json"}, timeout=30)
    assert "isv.invalid-parameter" in answer.text


def test_xml_is_the_default_and_says_the_same(top: TopShop) -> None:
    asked = {"page_size": "3"}
    as_json = raw(top, **asked).json()["crm_members_get_privy_response"]
    tree = ET.fromstring(raw(top, format=None, **asked).text)
    assert (tree.tag, tree.findtext("total_result")) == ("crm_members_get_privy_response", "480")
    rows = [{child.tag: child.text or "" for child in row} for row in tree.findall("members/basic_member")]
    assert rows == [{k: str(v) for k, v in row.items()} for row in as_json["members"]["basic_member"]]
    failed = ET.fromstring(raw(top, format="xml", session="x").text)
    assert (failed.tag, failed.findtext("code")) == ("error_response", "27")
    plain = raw(top, simplify="true", **asked).json()["crm_members_get_privy_response"]
    assert plain["members"] == as_json["members"]["basic_member"]


def test_who_asks_too_fast_is_banned_for_a_time_and_told_how_long(top: TopShop) -> None:
    top.order(per_second=3, ban_seconds=5)
    *_, refused = sdk(top, *[("crm.members.get.privy", {"current_page": 1})] * 5)
    assert refused["refused"] == 7
    assert refused["sub_code"] == "accesscontrol.limited-by-app-api-access-count"
    assert "ban will last for 5 more seconds" in refused["sub_msg"]


def test_refresh_tokens_are_good_once(top: TopShop) -> None:
    form = {
        "grant_type": "refresh_token", "refresh_token": top.kept["refresh_token"],
        "client_id": top.account.options["app_key"], "client_secret": top.kept["app_secret"],
    }  # fmt: skip

    def post(**changed: str) -> requests.Response:
        return requests.post(top.sandbox.url + "/token", data={**form, **changed}, timeout=30)

    for wrong in ({"client_secret": "x"}, {"grant_type": "password"}, {"refresh_token": "x"}):
        assert post(**wrong).json()["error"] == "invalid_grant"
    granted = post().json()
    assert post().status_code == 400
    assert code_of(raw(top)) == 27
    assert raw(top, session=granted["access_token"]).json()["crm_members_get_privy_response"]
    top.kept |= {"session": granted["access_token"], "refresh_token": granted["refresh_token"]}


def test_only_a_customer_of_the_shop_can_be_changed(top: TopShop) -> None:
    order = {"member": {"shop": "S1", "ref": "nobody"}}
    assert requests.post(f"{top.sandbox.url}/sandbox/top", json=order, timeout=30).status_code == 404
