"""Which fault befalls which request: by rate, repeatably, or ordered one by one."""

from __future__ import annotations

import pytest

from campaign_app.sandbox.faults import NAMES, PROFILES, FaultPlan, FaultsRefused, Rule, concerns, parse_faults


@pytest.mark.parametrize("fault", [name for name in NAMES if concerns(name, "/v1/messages")])
def test_at_rate_one_a_fault_befalls_every_request_it_concerns(fault: str) -> None:
    rates = parse_faults(f"{fault}=1.0")
    plan = FaultPlan(rates, seed=1)
    assert {plan.next("/v1/messages").name for _ in range(20)} == {fault}
    assert plan.next("/.well-known/jwks.json").name == ""


def test_every_fault_concerns_some_path() -> None:
    paths = ["/v1/customers", "/v1/consents/lookup", "/v1/messages"]
    assert all(any(concerns(name, path) for path in paths) for name in NAMES)


def test_rates_are_kept_and_repeatable() -> None:
    drawn = [[FaultPlan({"throttle": 0.3, "error500": 0.1}, s).next("/v1/meta").name for _ in range(1)] for s in (1, 1)]
    assert drawn[0] == drawn[1]
    plans = [FaultPlan({"throttle": 0.3, "error500": 0.1}, seed=4) for _ in range(2)]
    series = [[plan.next("/v1/meta").name for _ in range(2_000)] for plan in plans]
    assert series[0] == series[1]
    assert 0.25 < series[0].count("throttle") / 2_000 < 0.35
    assert plans[0].fired["throttle"] == series[0].count("throttle")


def test_a_rule_waits_for_its_path_and_its_turn() -> None:
    plan = FaultPlan({}, seed=1)
    plan.order(Rule("error500", "/v1/messages", times=2, after=1))
    names = [plan.next(path).name for path in ("/v1/meta", *["/v1/messages"] * 4)]
    assert names == ["", "", "error500", "error500", ""]
    plan.order(Rule("throttle", "*"))
    assert [plan.next("/.well-known/jwks.json").name, plan.next("/v1/meta").name] == ["throttle", ""]


@pytest.mark.parametrize("text", ["gentle", "", "throttle", "throttle=x", "throttle=2", "throttle=-0.1", "flood=0.1"])
def test_odd_profiles_are_refused(text: str) -> None:
    with pytest.raises(FaultsRefused):
        parse_faults(text)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_profiles_name_faults_that_exist(name: str) -> None:
    assert set(parse_faults(name)) <= set(NAMES)
