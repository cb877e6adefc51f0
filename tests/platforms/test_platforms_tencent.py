"""Tencent Cloud SMS as an account: its connection is checked, its signatures are read, nobody is confirmed by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.platforms import client_for
from campaign_app.transport.tencent_filed import templates
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import order
from tests.helpers.vendors import ACCOUNT, account_of, connected

# name → status, filed with the carriers
SIGNATURES = {
    "安宁百货": ("approved", True),
    "安宁会员": ("approved", True),
    "安宁到家": ("pending", False),
    "安宁折扣": ("pending", None),
    "安宁金融": ("rejected", False),
}


def test_a_good_connection_says_so(vendors: SandboxProcess) -> None:
    with connected(vendors, "tencent") as client:
        report = client.check_connection()
    assert (report.ok, report.problem, report.simulated, report.api_version) == (True, "", True, "2021-01-11")
    assert abs(report.clock_skew_seconds) < 5


@pytest.mark.parametrize(
    ("field", "ours"),
    [("secret_id", "unauthorized_key"), ("secret_key", "bad_signature"), ("key_id", "sdk_app_id")],
)
def test_wrong_credentials_are_refused_and_not_shown(vendors: SandboxProcess, field: str, ours: str) -> None:
    with connected(vendors, "tencent", **{field: "not-the-right-one"}) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert (info.value.code, info.value.account_wide) == (ours, True)
    assert "not-the-right-one" not in f"{info.value!r}{info.value.facts}"


@pytest.mark.parametrize("field", ["secret_id", "secret_key"])
def test_an_empty_field_is_said_before_anything_is_asked(vendors: SandboxProcess, field: str) -> None:
    with pytest.raises(SettingsError) as info:
        client_for(*account_of(vendors, "tencent", **{field: ""}), clock)
    assert (info.value.code, info.value.facts) == ("field_missing", {"field": field})


@pytest.mark.parametrize(("minutes", "problem"), [(-4, ""), (4, ""), (-6, "clock_skew"), (6, "clock_skew")])
def test_a_clock_may_differ_by_five_minutes(vendors: SandboxProcess, minutes: int, problem: str) -> None:
    account, secret = account_of(vendors, "tencent")
    client = client_for(account, secret, lambda: clock() + timedelta(minutes=minutes), wait=no_wait)
    assert client.check_connection().problem == problem
    client.close()


def test_only_what_is_in_force_is_an_approved_signature(vendors: SandboxProcess) -> None:
    with connected(vendors, "tencent") as client:
        found = client.signatures()
    assert {one.text: (one.status, one.carrier_filed) for one in found}.items() >= SIGNATURES.items()
    assert {one.scopes for one in found} == {()}


def test_whose_a_signature_is_tencent_says_by_a_name_alone(vendors: SandboxProcess) -> None:
    with connected(vendors, "tencent") as client:
        found = {one.text: one for one in client.signatures()}
    assert {(one.owner_uscc, one.owner_open) for one in found.values()} == {("", True)}
    names = {text: found[text].owner_name for text in ("安宁百货", "安宁会员", "安宁到家")}
    assert names == {"安宁百货": "安宁百货有限公司（模拟）", "安宁会员": "安宁数科有限公司（模拟）", "安宁到家": ""}


def test_a_state_that_is_new_is_unknown(vendors: SandboxProcess) -> None:
    order(vendors, sign="安宁新店", sign_status=7)
    with connected(vendors, "tencent") as client:
        (found,) = (one for one in client.signatures() if one.text == "安宁新店")
    assert (found.status, found.carrier_filed) == ("unknown", None)


def test_a_long_list_is_read_to_its_end(vendors: SandboxProcess) -> None:
    for number in range(210):
        order(vendors, template=f"第{number}场，拒收请回复R")
    with connected(vendors, "tencent") as client:
        found = templates(client._calls)
    assert len({one.template_id for one in found}) == len(found) >= 216


def test_nobody_is_listed_and_nobody_confirmed(vendors: SandboxProcess) -> None:
    with connected(vendors, "tencent") as client:
        facts = client.consents([CustomerRef(ACCOUNT, "c-1")]).facts
        for ask in (lambda: client.customers("", None), lambda: client.consent_changes("")):
            with pytest.raises(RemoteRefused) as info:
                ask()
            assert info.value.code == "not_offered"
    assert [(fact.status, fact.note) for fact in facts.values()] == [(ConsentStatus.UNKNOWN, "no_consent_api")]


@pytest.mark.parametrize("code", ["InternalError.OtherError", "RequestLimitExceeded"])
def test_what_only_reads_is_tried_again(vendors: SandboxProcess, code: str) -> None:
    waits: list[float] = []
    with connected(vendors, "tencent", wait=waits.append) as client:
        order(vendors, error=code, times=2)
        assert client.check_connection().ok
        assert waits == [0.2, 0.4]
        order(vendors, error=code, times=3)
        with pytest.raises(RemoteUnavailable):
            client.check_connection()


def test_what_is_left_of_all_packages_that_have_not_ended_is_told(vendors: SandboxProcess) -> None:
    bought = [(1_000, 1_000, 30), (500, 900, 30), (10_000, 0, -1), *[(10, 4, 300)] * 600]
    order(vendors, packages=bought)
    with connected(vendors, "tencent") as client:
        told = client.check_connection().parts_left, client.parts_left()
    order(vendors, packages=[(1_000_000, 0, 365)])
    assert told == (600 * 6, 600 * 6)
