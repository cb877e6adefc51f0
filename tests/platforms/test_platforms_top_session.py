"""The TOP client over time: sessions that end, bans, quotas, and random histories of all that goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.platforms import client_for
from campaign_app.platforms.top.client import TopPlatform
from campaign_app.platforms.top.connecting import client_of
from campaign_app.services.expiry import told_in
from campaign_app.transport.top.limits import TopLimits, Turn, limits_of
from tests.helpers.connected import clock
from tests.helpers.kept import InMemory
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.top import TopShop, connect_top, everybody, facts

PEOPLE, SEED = 750, 6
MINE = 600  # of the first shop


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=PEOPLE, seed=SEED) as running:
        yield running


@pytest.fixture(scope="module")
def shop(sandbox: SandboxProcess) -> TopShop:
    return connect_top(sandbox)


@pytest.fixture
def client(shop: TopShop) -> Iterator[TopPlatform]:
    yield shop.client()
    shop.close()
    shop.order(lift=True)
    shop.ahead = timedelta(0)


@pytest.fixture(scope="module")
def refs(shop: TopShop) -> list[str]:
    found, _ = everybody(shop.client())
    shop.close()
    return [customer.ref for customer in found]


# --- connection and session ---


def test_the_check_asks_for_signature_session_and_permission(shop: TopShop, client: TopPlatform) -> None:
    report = client.check_connection()
    assert (report.ok, report.simulated, report.problem, report.shop) == (True, True, "", shop.account.key_id)
    assert abs(report.clock_skew_seconds) < 30


@pytest.mark.parametrize(
    ("method", "named", "problem"),
    [
        ("taobao.crm.member.identity.get.privy", "", "missing_identity"),
        ("taobao.jst.sms.signname.query", "安宁百货", "missing_jst_sms"),
        ("taobao.jst.sms.signname.query", "", ""),
        ("taobao.jst.sms.template.query", "没有这个签名", ""),
    ],
)
def test_every_permission_that_is_used_is_looked_at(shop: TopShop, method: str, named: str, problem: str) -> None:
    shop.order(denied=[method])
    try:
        report = shop.client(signatures=named).check_connection()
    finally:
        shop.order(denied=[])
        shop.close()
    assert (report.ok, report.problem) == (not problem, problem)


def test_a_wrong_clock_is_found(sandbox: SandboxProcess, client: TopPlatform) -> None:
    sandbox.skew_clock(900)
    try:
        with pytest.raises(RemoteRefused) as refused:
            client.check_connection()
    finally:
        sandbox.skew_clock(0)
    assert (refused.value.code, refused.value.account_wide) == ("clock_skew", True)


def test_a_session_that_is_over_is_renewed_once_by_many_threads(
    shop: TopShop, client: TopPlatform, refs: list[str]
) -> None:
    before, stored = shop.seen()["refreshed"], shop.stored
    old = shop.kept["session"]
    shop.order(expire=True)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda ref: facts(client, [ref])[ref].note, refs[40:56]))
    assert len(found) == 16
    assert (shop.seen()["refreshed"] - before, shop.stored - stored) == (1, 1)
    assert shop.kept["session"] != old
    end = told_in(json.dumps(shop.kept))
    assert end is not None, "TOP said how long the refresh token is good"
    assert timedelta(days=29) < end - clock() < timedelta(days=31)


def test_what_another_process_renewed_is_used(shop: TopShop, client: TopPlatform) -> None:
    other = shop.client()
    shop.order(expire=True)
    other.check_connection()
    before = shop.seen()["refreshed"]
    assert client.check_connection().ok
    assert shop.seen()["refreshed"] == before


def test_without_a_place_to_store_it_nothing_is_renewed(shop: TopShop, client: TopPlatform) -> None:
    alone = client_for(shop.account, json.dumps(shop.kept), clock)
    before = shop.seen()["refreshed"]
    shop.order(expire=True)
    with pytest.raises(RemoteRefused) as refused:
        alone.check_connection()
    assert isinstance(alone, TopPlatform)
    alone.close()
    assert (refused.value.code, refused.value.account_wide) == ("reauthorise", True)
    assert shop.seen()["refreshed"] == before
    assert client.check_connection().ok


def test_a_store_that_fails_leaves_the_new_token_unused(shop: TopShop, client: TopPlatform) -> None:
    class Full(InMemory):
        def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
            raise RuntimeError("disk full")

    broken = client_for(shop.account, json.dumps(shop.kept), clock, kept=Full(shop.kept))
    shop.order(expire=True)
    before = shop.seen()["refreshed"]
    for _ in range(2):  # the second time it is stored, and not renewed again
        with pytest.raises(RuntimeError):
            broken.check_connection()
    assert shop.seen()["refreshed"] == before + 1
    assert isinstance(broken, TopPlatform)
    broken.close()
    _authorise_again(shop)
    assert client.capabilities()


def _authorise_again(shop: TopShop) -> None:
    """As a person would in the platform's console; the simulator's next generation of tokens."""
    from campaign_app.sandbox.config import SandboxConfig
    from campaign_app.sandbox.vendors.top_state import secret_of

    config, generation = SandboxConfig(clock=clock, customers=PEOPLE, seed=SEED), shop.seen()["refreshed"]
    shop.kept |= {
        "session": secret_of(config, f"session S1 {generation}"),
        "refresh_token": secret_of(config, f"refresh S1 {generation}"),
    }


def test_a_refresh_that_is_refused_asks_for_a_person(sandbox: SandboxProcess) -> None:
    with SandboxProcess(customers=50) as other:
        shop = connect_top(other)
        client = shop.client()
        shop.order(revoke=True)
        for _ in range(2):
            with pytest.raises(RemoteRefused) as refused:
                client.check_connection()
            assert (refused.value.code, refused.value.account_wide) == ("reauthorise", True)
        assert (shop.stored, shop.seen()["refreshed"]) == (0, 0)
        shop.close()
    assert sandbox.url != other.url


@pytest.mark.parametrize("fault", ["error500", "cut_body", "timeout_before"])
def test_a_token_endpoint_that_fails_is_asked_again_later(shop: TopShop, client: TopPlatform, fault: str) -> None:
    shop.order(expire=True)
    shop.sandbox.faults(fault=fault, path="/token", seconds=0.1)
    if fault == "cut_body":  # granted, and the answer lost: a person has to authorise again
        with pytest.raises(RemoteUnavailable):
            client.check_connection()
        _authorise_again(shop)
        assert shop.client().check_connection().ok
        return
    with pytest.raises(RemoteUnavailable):
        client.check_connection()
    assert client.check_connection().ok


# --- limits ---


def test_what_is_banned_is_not_asked_before_its_time(shop: TopShop, client: TopPlatform) -> None:
    limited = "accesscontrol.limited-by-api-access-count"
    shop.order(fail=[{"code": 7, "sub_code": limited, "sub_msg": "This ban will last for 30 more seconds"}])
    with pytest.raises(RemoteUnavailable) as banned:
        client.check_connection()
    assert banned.value.retry_after == 31
    before = shop.seen()
    with pytest.raises(RemoteUnavailable) as still:
        client.check_connection()
    assert (still.value.code, shop.seen()["calls"]) == ("throttled", before["calls"])
    assert 20 < (still.value.retry_after or 0) <= 31
    shop.ahead += timedelta(seconds=32)
    assert client.check_connection().ok


def test_a_short_ban_is_everybodys_while_one_of_them_waits_for_its_end(shop: TopShop, client: TopPlatform) -> None:
    """Who read the ban tries again by itself; whoever asks meanwhile would make it longer."""
    meanwhile: list[tuple[str, int]] = []

    def waiting(seconds: float) -> None:
        before = shop.seen()["calls"]
        with pytest.raises(RemoteUnavailable) as banned:
            client.check_connection()
        meanwhile.append((banned.value.code, shop.seen()["calls"] - before))
        shop.ahead += timedelta(seconds=seconds)

    patient = client_of(replace(shop.parts(), wait=waiting))
    limited = "accesscontrol.limited-by-api-access-count"
    shop.order(fail=[{"code": 7, "sub_code": limited, "sub_msg": "This ban will last for 3 more seconds"}])
    assert patient.check_connection().ok
    patient.close()
    assert meanwhile == [("throttled", 0)]


def test_a_ban_that_comes_while_somebody_waits_for_their_turn_is_kept() -> None:
    limits, now = TopLimits(1.0), clock()
    limits.forbid(5, now)
    for _ in range(2):
        with pytest.raises(RemoteUnavailable) as banned, Turn(limits, lambda: now):
            raise AssertionError("asked while it is forbidden")
        assert banned.value.retry_after == 5
    with Turn(limits, lambda: now + timedelta(seconds=5)):
        pass


def test_a_client_that_a_renewed_token_made_anew_keeps_ban_and_pace(shop: TopShop, client: TopPlatform) -> None:
    shop.order(expire=True)
    assert client.check_connection().ok
    limited = "accesscontrol.limited-by-api-access-count"
    shop.order(fail=[{"code": 7, "sub_code": limited, "sub_msg": "This ban will last for 30 more seconds"}])
    with pytest.raises(RemoteUnavailable):
        client.check_connection()
    before = shop.seen()["calls"]
    with pytest.raises(RemoteUnavailable) as still:
        shop.client().check_connection()
    assert (still.value.code, shop.seen()["calls"]) == ("throttled", before)
    assert limits_of(shop.parts(), shop.sandbox.url, "app", 2.0) is limits_of(
        shop.parts(), shop.sandbox.url, "app", 2.0
    )


def test_the_quota_of_a_day_ends_at_midnight_in_beijing(shop: TopShop, client: TopPlatform) -> None:
    shop.order(day_quota=3)
    client.check_connection()
    with pytest.raises(RemoteUnavailable) as over:
        client.check_connection()
    assert over.value.code == "day_quota"
    until = clock() + timedelta(seconds=over.value.retry_after or 0)
    midnight = until.astimezone(UTC) + timedelta(hours=8)
    assert abs((midnight - midnight.replace(hour=0, minute=0, second=0)).total_seconds()) % 86_400 < 60


# --- random histories ---

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("fail"), st.sampled_from([10, 15]), st.integers(1, 4)),
        st.tuples(st.just("ban"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("expire"), st.just(0), st.just(0)),
        st.tuples(st.just("member"), st.integers(0, 59), st.sampled_from(["blacklist", "normal", "frozen"])),
        st.tuples(st.just("grade"), st.integers(0, 59), st.integers(0, 4)),
        st.tuples(st.just("fault"), st.sampled_from(["error500", "cut_body", "throttle"]), st.integers(1, 3)),
    ),
    max_size=8,
)


@given(EVENTS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_ends_where_the_simulator_is(shop: TopShop, refs: list[str], events: list[Any]) -> None:
    """Bans, failures, ends of sessions and changes in any order: asked until it answers, it answers what is true."""
    some = refs[300:360]
    state = {ref: {"status": "normal", "grade": 1} for ref in some[:6]}
    for ref, facts_of in state.items():
        shop.member(ref, **facts_of)
    client = shop.client()
    for kind, first, second in events:
        _happen(shop, some, state, (kind, first, second))
        _until_answered(shop, lambda: facts(client, some[:2]))
    shop.order(lift=True)
    found = _until_answered(shop, lambda: facts(client, list(state)))
    shop.close()
    shop.ahead = timedelta(0)
    expected = {ref: _expected(**facts_of) for ref, facts_of in state.items()}
    assert {ref: fact.note for ref, fact in found.items()} == expected


def _happen(shop: TopShop, some: list[str], state: dict[str, dict[str, Any]], event: tuple[str, Any, Any]) -> None:
    kind, first, second = event
    if kind == "fail":
        shop.order(fail=[{"code": first, "sub_code": "isp.x"}] * second)
    elif kind == "ban":
        shop.order(per_second=first, ban_seconds=1)
    elif kind == "expire":
        shop.order(expire=True)
    elif kind == "fault":
        shop.sandbox.faults(fault=first, path="/router/rest", times=second, seconds=0.0)
    else:
        ref = some[first % len(state)]
        state[ref] |= {"status": second} if kind == "member" else {"grade": second}
        shop.member(ref, **state[ref])


def _until_answered(shop: TopShop, ask: Callable[[], Any]) -> Any:
    """As a durable flow does, without its waits: a limit is lifted once it has been met."""
    for _ in range(20):
        try:
            return ask()
        except RemoteUnavailable as trouble:
            shop.order(lift=True)
            shop.ahead += timedelta(seconds=trouble.retry_after or 0)
    raise AssertionError("no answer")


def _expected(status: str, grade: int) -> str:
    if status != "normal":
        return "blacklisted" if status == "blacklist" else "unknown_word"
    return "no_consent_api" if grade else "not_a_member"
