"""Meituan against its simulator: whether a shop's authorisation holds, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused
from campaign_app.platforms import adapter_for, client_for
from campaign_app.platforms.meituan.client import signature
from campaign_app.sandbox.vendors.signed_forms import flat
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.vendors import ACCOUNT, account_of, connected, trouble


def test_the_connection_is_good(vendors: SandboxProcess) -> None:
    with connected(vendors, "meituan") as client:
        report = client.check_connection()
    assert (report.ok, report.problem, report.simulated) == (True, "", True)
    assert abs(report.clock_skew_seconds) < 5


def test_it_can_do_nothing_else_and_says_so(vendors: SandboxProcess) -> None:
    capabilities = adapter_for("meituan").capabilities
    assert not any(getattr(capabilities, name) for name in capabilities.__slots__)
    with connected(vendors, "meituan") as client:
        (fact,) = client.consents([CustomerRef(ACCOUNT, "m-1")]).facts.values()
        with pytest.raises(RemoteRefused) as info:
            client.customers("", None)
    assert (fact.status, fact.note, info.value.code) == (ConsentStatus.UNKNOWN, "no_consent_api", "not_offered")


@pytest.mark.parametrize("field", ["developer_id", "sign_key", "app_auth_token", "key_id"])
def test_what_is_wrong_is_refused_and_not_shown(vendors: SandboxProcess, field: str) -> None:
    with connected(vendors, "meituan", **{field: "not-the-right-one"}) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert info.value.code == "platform_refused"
    assert "not-the-right-one" not in f"{info.value!r}{info.value.facts}"


def test_every_code_but_success_is_a_refusal_that_is_not_repeated(vendors: SandboxProcess) -> None:
    waits: list[float] = []
    with connected(vendors, "meituan", wait=waits.append) as client:
        for code, shown in (("OP_SOMETHING", "OP_SOMETHING"), ("13800000001", "other")):
            trouble(vendors, "meituan", error=code)
            with pytest.raises(RemoteRefused) as info:
                client.check_connection()
            assert info.value.facts["number"] == shown
    assert waits == []


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_wrong_clock_is_refused(vendors: SandboxProcess, minutes: int) -> None:
    account, secret = account_of(vendors, "meituan")
    client = client_for(account, secret, lambda: clock() + timedelta(minutes=minutes), wait=no_wait)
    with pytest.raises(RemoteRefused) as info:
        client.check_connection()
    client.close()
    assert (info.value.code, info.value.account_wide) == ("clock_skew", True)
    assert abs(int(info.value.facts["skew_seconds"]) + minutes * 60) < 5


@pytest.mark.parametrize(("minutes", "code"), [(4, "platform_refused"), (-4, "platform_refused"), (6, "clock_skew")])
def test_a_refusal_is_the_clocks_where_it_is_far_off(vendors: SandboxProcess, minutes: int, code: str) -> None:
    account, secret = account_of(vendors, "meituan")
    client = client_for(account, secret, lambda: clock() + timedelta(minutes=minutes), wait=no_wait)
    # a wrong clock is tried once more: another of their servers may have a better one
    trouble(vendors, "meituan", error="OP_SOMETHING", times=1 + (code == "clock_skew"))
    with pytest.raises(RemoteRefused) as info:
        client.check_connection()
    client.close()
    assert info.value.code == code


def test_empty_values_are_not_signed() -> None:
    assert (
        signature("key", {"a": "1", "b": ""}) == signature("key", {"a": "1"}) != signature("key", {"a": "1", "b": "0"})
    )


def test_the_simulator_wants_the_whole_form(vendors: SandboxProcess) -> None:
    account = vendors.ready["vendors"]["meituan"]
    params = {"developerId": account["developer_id"], "biz": "{}"}
    assert flat(params) == "biz{}developerId100000"
    params["sign"] = signature(account["sign_key"], params)
    found = requests.post(f"{vendors.url}/waimai/poi/queryPoiInfo", data=params, timeout=ANSWER_SECONDS).json()
    assert found["code"] == "SIM_MISSING"
