"""Pinduoduo against its simulator: a connection that is checked, nobody who is confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.platforms import client_for
from campaign_app.platforms.pinduoduo.client import moment
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.pinduoduo.calls import error_of, signature
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.vendors import ACCOUNT, account_of, connected, trouble

AGAIN = {52101: "throttled", 52102: "unavailable", 52103: "unavailable", 70031: "throttled"}


def test_the_connection_is_good_and_names_the_shop(vendors: SandboxProcess) -> None:
    with connected(vendors, "pinduoduo") as client:
        report = client.check_connection()
    assert (report.ok, report.problem, report.simulated) == (True, "", True)
    assert report.shop == vendors.shops[0].name


def test_nobody_is_listed_and_nobody_confirmed(vendors: SandboxProcess) -> None:
    with connected(vendors, "pinduoduo") as client:
        trouble(vendors, "pinduoduo", error="20005")
        facts = client.consents([CustomerRef(ACCOUNT, "o-1"), CustomerRef(ACCOUNT, "o-1")]).facts
        for ask in (
            lambda: client.customers("", None),
            lambda: client.consent_changes(""),
            lambda: client.write_opt_out(CustomerRef(ACCOUNT, "o-1"), "reply", clock()),
            client.signatures,
        ):
            with pytest.raises(RemoteRefused) as info:
                ask()
            assert info.value.code == "not_offered"
        with pytest.raises(RemoteRefused):  # the error that was ordered is still there: nothing was asked
            client.check_connection()
    assert [(fact.status, fact.note) for fact in facts.values()] == [(ConsentStatus.UNKNOWN, "no_consent_api")]


@pytest.mark.parametrize("code", AGAIN)
def test_throttling_is_tried_again_with_back_off(vendors: SandboxProcess, code: int) -> None:
    waits: list[float] = []
    with connected(vendors, "pinduoduo", wait=waits.append) as client:
        trouble(vendors, "pinduoduo", error=str(code), times=2)
        assert client.check_connection().ok
        assert waits == [0.2, 0.4]
        trouble(vendors, "pinduoduo", error=str(code), times=3)
        with pytest.raises(RemoteUnavailable) as info:
            client.check_connection()
    assert info.value.code == AGAIN[code]


@pytest.mark.parametrize(("code", "ours"), [(20004, "bad_signature"), (20005, "ip_not_allowed")])
def test_a_refusal_of_the_account_stops_everything(vendors: SandboxProcess, code: int, ours: str) -> None:
    waits: list[float] = []
    with connected(vendors, "pinduoduo", wait=waits.append) as client:
        trouble(vendors, "pinduoduo", error=str(code))
        with pytest.raises(RemoteRefused) as info:
            client.check_connection()
    assert (info.value.code, info.value.account_wide, waits) == (ours, True, [])


@given(st.integers(0, 100_000))
def test_only_the_four_codes_on_the_list_are_ever_tried_again(code: int) -> None:
    assert isinstance(error_of(code), RemoteUnavailable) is (code in AGAIN)


@pytest.mark.parametrize("code", [None, "52101", 52101.0, True, -1, 10**9, []])
def test_a_code_that_is_none_is_an_answer_against_the_contract(code: object) -> None:
    with pytest.raises(ContractBroken):
        raise error_of(code)


@pytest.mark.parametrize("minutes", [-9, 9])
def test_a_clock_within_ten_minutes_is_good_and_its_error_known(vendors: SandboxProcess, minutes: int) -> None:
    account, secret = account_of(vendors, "pinduoduo")
    client = client_for(account, secret, lambda: clock() + timedelta(minutes=minutes), wait=no_wait)
    report = client.check_connection()
    assert report.ok
    assert abs(report.clock_skew_seconds + minutes * 60) < 5
    client.close()


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_clock_beyond_ten_minutes_is_refused(vendors: SandboxProcess, minutes: int) -> None:
    account, secret = account_of(vendors, "pinduoduo")
    client = client_for(account, secret, lambda: clock() + timedelta(minutes=minutes), wait=no_wait)
    with pytest.raises(RemoteRefused) as info:
        client.check_connection()
    client.close()
    assert (info.value.code, info.value.account_wide) == ("clock_skew", True)
    assert abs(int(info.value.facts["skew_seconds"]) + minutes * 60) < 5


@pytest.mark.parametrize("field", ["client_secret", "access_token", "client_id"])
def test_wrong_credentials_are_refused_and_not_shown(vendors: SandboxProcess, field: str) -> None:
    changed = {field: "not-the-right-one"}
    with connected(vendors, "pinduoduo", **changed) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert "not-the-right-one" not in f"{info.value!r}{info.value.facts}"


@pytest.mark.parametrize("value", [1_480_411_125, "1480411125", "2016-11-29 17:18:45"])
def test_the_platforms_time_is_read_as_sdks_know_it(value: object) -> None:
    assert moment(value) == datetime(2016, 11, 29, 9, 18, 45, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, True, "", "soon", 10**17, [], 1.5])
def test_a_time_that_is_none_is_an_answer_against_the_contract(value: object) -> None:
    with pytest.raises(ContractBroken):
        moment(value)


# --- the simulator, asked by hand ------------------------------------------------------------------------------------


def by_hand(vendors: SandboxProcess, *, as_json: bool = False, **changed: str) -> Any:
    account = vendors.ready["vendors"]["pinduoduo"]
    params = {
        "type": "pdd.mall.info.get", "client_id": account["client_id"], "access_token": account["access_token"],
        "timestamp": str(int(clock().timestamp())), "data_type": "JSON", "version": "V1", **changed,
    }  # fmt: skip
    params.setdefault("sign", signature(account["client_secret"], params))
    sent = {"json" if as_json else "data": params}
    return requests.post(f"{vendors.url}/api/router", **sent, timeout=ANSWER_SECONDS).json()


@pytest.mark.parametrize("as_json", [False, True])
def test_form_and_json_are_both_taken(vendors: SandboxProcess, as_json: bool) -> None:
    with connected(vendors, "pinduoduo") as client:
        token = client._calls._tokens.access
    found = by_hand(vendors, as_json=as_json, access_token=token)
    assert found["mall_info_get_response"]["mall_name"] == vendors.shops[0].name


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "0" * 32}, 20004), ({"sign": ""}, 20004), ({"timestamp": "1480411125"}, 10001),
        ({"timestamp": "soon"}, 10001), ({"type": "pdd.order.number.list.get"}, 10001), ({"version": "V2"}, 10001),
        ({"data_type": "XML"}, 10001), ({"client_id": "other"}, 10001), ({"access_token": "other"}, 10019),
    ],
)  # fmt: skip
def test_the_simulator_is_strict(vendors: SandboxProcess, changed: dict[str, str], code: int) -> None:
    assert by_hand(vendors, **changed)["error_response"]["error_code"] == code


def test_a_parameter_that_is_there_twice_is_refused(vendors: SandboxProcess) -> None:
    answer = requests.post(f"{vendors.url}/api/router?type=a", data={"type": "b"}, timeout=ANSWER_SECONDS)
    assert answer.status_code == 400
