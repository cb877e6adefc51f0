"""JD against its simulator: members come in, lapsed ones are vetoed, nobody is confirmed whatever it answers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.platforms import Shared, client_for
from campaign_app.platforms.jd.client import platform_of
from campaign_app.platforms.jd.gateway import JdGateway, Said, error_of
from campaign_app.platforms.jd.members import Place, member_of, note_of, page_of
from campaign_app.sandbox.vendors.jd import PAGE_MAX
from campaign_app.transport.errors import ContractBroken
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import ACCOUNT, account_of, connected, everybody, jd_calls, parts_of, trouble

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def asked(client: Any, refs: list[str]) -> dict[str, Any]:
    facts = client.consents([CustomerRef(ACCOUNT, ref) for ref in refs]).facts
    return {ref.ref: fact for ref, fact in facts.items()}


def test_the_connection_is_good(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        report = client.check_connection()
    assert (report.ok, report.problem, report.simulated) == (True, "", True)
    assert (report.issuer_uscc, report.entity_uscc) == ("jd.com", "")
    assert abs(report.clock_skew_seconds) < 5


def test_every_member_comes_in_once_without_name_and_number(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        page = client.customers("", None)
        refs = everybody(client)
    assert len(page.items) == PAGE_MAX < len(refs) == len(set(refs))
    assert {(one.name, one.phone) for one in page.items} == {("", None)}
    assert any(one.spend_cents and one.order_count and one.last_order_at for one in page.items)


def test_a_sync_that_waited_too_long_begins_anew(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        page = client.customers("", None)
        seen, issued, scroll = page.next_cursor.split(":")
        late = f"{seen}:{int(issued) - 301}:{scroll}"
        assert [one.ref for one in client.customers(late, None).items] == [one.ref for one in page.items]
        with pytest.raises(RemoteRefused, match="refused"):
            client.customers(f"{seen}:{issued}:no-such-scroll", None)


def test_who_left_is_vetoed_with_jds_own_words(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        member, left, pending, declined = everybody(client)[:4]
        for ref, status in ((left, "withdrawn"), (pending, "pending"), (declined, "declined"), (member, "confirmed")):
            vendors.set_consent("S1", ref, status)
        facts = asked(client, [member, left, pending, declined, "a-stranger"])
        assert left not in everybody(client)
    assert {ref: fact.note for ref, fact in facts.items()} == {
        member: "no_consent_api",
        left: "not_a_member",
        pending: "not_a_member",
        declined: "not_a_member",
        "a-stranger": "not_a_member",
    }
    assert {fact.status for fact in facts.values()} == {ConsentStatus.UNKNOWN}
    evidence = facts[left].evidence
    assert evidence is not None
    assert (evidence.issuer_uscc, evidence.platform, evidence.simulated) == ("jd.com", "jd", True)
    assert evidence.api_method == "jingdong.pop.crm.getMemberInVender"
    assert json.loads(evidence.leaf) == {"customerPin": left, "customerStatus": 3}
    said = facts[member].evidence
    assert said is not None, "that nothing was said against somebody is kept word for word, too"
    assert (json.loads(said.leaf), facts[member].checked_at) == ({"customerPin": member, "customerStatus": 1}, None)


@pytest.mark.parametrize(("status", "note"), [(3, "not_a_member"), (2, "not_a_member"), (7, "unknown_word")])
def test_who_agreed_and_is_no_member_is_vetoed_all_the_same(vendors: SandboxProcess, status: int, note: str) -> None:
    with connected(vendors, "jd") as client:
        ref = everybody(client)[10 + status]
        vendors.set_consent("S1", ref, "confirmed")
        assert asked(client, [ref])[ref].note == "no_consent_api"
        jd_calls(vendors, ref, status)
        assert asked(client, [ref])[ref].note == note
        assert ref not in everybody(client)


def test_one_person_whom_jd_refuses_to_speak_of_costs_nobody_else(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        refs = everybody(client)[4:7]
        trouble(vendors, "jd", error="67")
        facts = asked(client, refs)
    assert [fact.note for fact in facts.values()] == ["refused", "no_consent_api", "no_consent_api"]
    refused = facts[refs[0]].evidence
    assert json.loads(refused.leaf) == {"customerPin": refs[0], "code": "67"}
    assert re.fullmatch("sha256:[0-9a-f]{64}", refused.receipt_id)


@pytest.mark.parametrize(
    ("code", "ours", "wide"),
    [
        ("12", "bad_signature", True),
        ("21", "unknown_key", True),
        ("24", "permission", True),
        ("66", "platform_refused", False),
    ],
)
def test_a_refusal_is_final(vendors: SandboxProcess, code: str, ours: str, wide: bool) -> None:
    with connected(vendors, "jd") as client:
        trouble(vendors, "jd", error=code)
        with pytest.raises(RemoteRefused) as info:
            client.check_connection()
        assert client.check_connection().ok
    assert (info.value.code, info.value.account_wide) == (ours, wide)


def test_a_gateway_that_is_late_is_asked_again_and_a_quota_is_not(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        trouble(vendors, "jd", error="65", times=2)
        assert client.check_connection().ok
        trouble(vendors, "jd", error="2")
        with pytest.raises(RemoteUnavailable) as info:
            client.check_connection()
        assert client.check_connection().ok
    assert (info.value.code, info.value.retry_after) == ("throttled", 3_600)


@pytest.mark.parametrize("minutes", [-7, 7])
def test_a_wrong_clock_is_named(vendors: SandboxProcess, minutes: int) -> None:
    account, secret = account_of(vendors, "jd")
    client = client_for(account, secret, lambda: clock() + timedelta(minutes=minutes), wait=no_wait)
    report = client.check_connection()
    assert (report.ok, report.problem) == (False, "clock_skew")
    with pytest.raises(RemoteRefused):
        client.customers("", None)
    client.close()


@pytest.mark.parametrize("field", ["app_key", "app_secret", "access_token"])
def test_wrong_credentials_are_refused_and_not_shown(vendors: SandboxProcess, field: str) -> None:
    with connected(vendors, "jd", **{field: "not-the-right-one"}) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert info.value.account_wide
    assert "not-the-right-one" not in f"{info.value!r}{info.value.facts}"


@pytest.mark.parametrize("field", ["app_key", "app_secret", "access_token", "oauth_url"])
def test_what_is_missing_is_named_before_anything_is_asked(vendors: SandboxProcess, field: str) -> None:
    account, secret = account_of(vendors, "jd", **{field: ""})
    with pytest.raises(SettingsError) as info:
        client_for(account, secret, clock)
    assert (info.value.code, info.value.facts) == ("field_missing", {"field": field})


def test_a_simulators_secrets_stay_on_this_machine(vendors: SandboxProcess) -> None:
    account, secret = account_of(vendors, "jd")
    mixed = replace(account, options={**account.options, "oauth_url": "https://open-oauth.jd.com"})
    with pytest.raises(SettingsError) as info:
        client_for(mixed, secret, clock)
    assert info.value.code == "mixed_addresses"


# --- odd answers -----------------------------------------------------------------------------------------------------

WHOLE = {"total_result": 2, "crm_members": [{"customer_pin": "a"}, {"customer_pin": "b"}], "scroll_id": "s"}


@pytest.mark.parametrize(
    "change",
    [
        {"total_result": None}, {"total_result": -1}, {"total_result": "2.5"}, {"total_result": True},
        {"crm_members": None}, {"crm_members": {}}, {"total_result": 5, "scroll_id": None},
        {"total_result": 5, "scroll_id": ""}, {"total_result": 5, "scroll_id": "a b"},
        {"total_result": 5, "crm_members": []}, {"total_result": 5, "scroll_id": "x" * 2_001},
    ],
)  # fmt: skip
def test_a_list_that_does_not_say_that_it_ended_has_not(change: dict[str, Any]) -> None:
    with pytest.raises(RemoteRefused) as info:
        page_of({"crm_member_scan_result": {**WHOLE, **change}}, Place(), NOW)
    assert info.value.code in ("contract_broken", "incomplete_list")


def test_a_list_ends_where_it_says() -> None:
    page = page_of({"crm_member_scan_result": WHOLE}, Place(), NOW)
    assert ([one.ref for one in page.items], page.next_cursor, page.more) == (["a", "b"], "", False)
    following = page_of({"crm_member_scan_result": {**WHOLE, "total_result": 3}}, Place(), NOW)
    assert (following.more, Place.of(following.next_cursor, NOW)) == (True, Place(2, "s"))
    assert page_of({"crm_member_scan_result": {**WHOLE, "total_result": 4}}, Place(2, "s"), NOW).more is False


@pytest.mark.parametrize(
    "row",
    [None, [], {}, {"customer_pin": ""}, {"customer_pin": 7}, {"customer_pin": "a", "trade_amount": "12"},
     {"customer_pin": "a", "trade_amount": -1}, {"customer_pin": "a", "trade_count": 1.5},
     {"customer_pin": "a", "last_trade_time": 10**15 - 1}],
)  # fmt: skip
def test_a_broken_row_is_left_out_and_counted(row: object) -> None:
    assert member_of(row, NOW) is None
    result = {**WHOLE, "crm_members": [row, {"customer_pin": "b"}]}
    page = page_of({"crm_member_scan_result": result}, Place(), NOW)
    assert ([one.ref for one in page.items], page.broken) == (["b"], 1)


@pytest.mark.parametrize(
    ("found", "note"),
    [
        ({}, "broken_row"),
        ({"getmemberinvender_result": []}, "broken_row"),
        ({"getmemberinvender_result": {}}, "not_a_member"),
        ({"getmemberinvender_result": {"customerInfoEs": []}}, "unknown_word"),
        ({"getmemberinvender_result": {"customerInfoEs": {}}}, "unknown_word"),
        ({"getmemberinvender_result": {"customerInfoEs": {"customerStatus": "1"}}}, "unknown_word"),
        ({"getmemberinvender_result": {"customerInfoEs": {"customerStatus": True}}}, "unknown_word"),
        ({"getmemberinvender_result": {"customerInfoEs": {"customerStatus": 4}}}, "unknown_word"),
        ({"getmemberinvender_result": {"customerInfoEs": {"customerStatus": 1}}}, "no_consent_api"),
    ],
)
def test_only_a_plain_member_is_not_vetoed(found: dict[str, Any], note: str) -> None:
    assert note_of(found)[0] == note


@pytest.mark.parametrize("code", [None, "", "x", "13800000001000", [], {}, 1.5, True, "１２"])
def test_an_error_without_a_code_is_no_error_of_jds(code: object) -> None:
    with pytest.raises(ContractBroken):
        raise error_of(code)


@settings(max_examples=200)
@given(st.integers(0, 200).map(str) | st.integers(0, 200))
def test_only_two_codes_are_ever_tried_again(code: str | int) -> None:
    assert isinstance(error_of(code), RemoteUnavailable) is (str(code) in ("2", "65"))


def test_the_gateway_closes_what_it_opened(vendors: SandboxProcess) -> None:
    with connected(vendors, "jd") as client:
        assert isinstance(client._gateway, JdGateway)
        client.check_connection()


# --- pace ------------------------------------------------------------------------------------------------------------


def test_the_clients_of_an_app_share_its_pace(vendors: SandboxProcess) -> None:
    """A quota that is used up lasts an hour; a client is made anew with every token."""
    waits: list[float] = []
    parts = parts_of(vendors, "jd", calls_per_second="0.01")
    parts = replace(parts, wait=waits.append, shared=Shared())
    for _ in range(2):
        client = platform_of(parts)
        assert client.check_connection().ok
        client.close()
    (waited,) = waits
    assert 50 < waited <= 100


@pytest.mark.parametrize("rate", ["0", "nan", "fast", "-1"])
def test_a_pace_that_is_none_is_refused(vendors: SandboxProcess, rate: str) -> None:
    with pytest.raises(SettingsError) as refused:
        platform_of(parts_of(vendors, "jd", calls_per_second=rate))
    assert refused.value.code == "bad_rate"


@pytest.mark.parametrize(
    ("found", "request_id"),
    [({"request_id": "r1"}, "r1"), ({"requestId": "r2"}, "r2"), ({"request_id": 7}, ""), ({}, "")],
)
def test_an_id_of_the_request_is_kept_where_an_answer_has_one(found: dict[str, Any], request_id: str) -> None:
    assert Said(found, b"", "").request_id == request_id
