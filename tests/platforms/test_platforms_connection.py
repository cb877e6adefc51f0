"""Connecting: who is at the other end is checked before anything is trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

import campaign_app.gateways
import campaign_app.platforms
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.ports import ConnectionReport
from campaign_app.gateways import Means, gateway_for
from campaign_app.platforms import client_for
from campaign_app.transport.receipts import b64u, jwk_of
from tests.helpers.registry import ACCOUNT, CLIENT_SEED, ENTITY, ISSUER, JWKS, KEY, NOW, ROGUE, STRANGER
from tests.helpers.replay import Replay, Reply, problem
from tests.helpers.replayed import platform

NEW = replace(ACCOUNT, id=0, entity_uscc="", issuer_uscc="", issuer_name="", simulated=False, pinned_keys="")
META: dict[str, Any] = {
    "api_version": "1.0",
    "server_time": "2026-11-01T02:00:05Z",
    "issuer": {"uscc": ISSUER, "name": "登记处"},
    "entity_uscc": ENTITY,
    "entity_name": "安宁百货",
    "shop": "旗舰店",
    "simulated": True,
    "capabilities": {"consents_lookup": True},
}


def check(meta: Any, jwks: Any = JWKS, account: Account = NEW) -> ConnectionReport:
    return platform(Replay(meta, jwks), account).check_connection()


def test_a_good_connection_pins_keys_issuer_and_entity() -> None:
    report = check(META)
    keys = {"keys": [{name: key[name] for name in sorted(key)} for key in JWKS["keys"]]}
    assert report == ConnectionReport(
        ok=True, issuer_uscc=ISSUER, issuer_name="登记处", api_version="1.0", simulated=True, clock_skew_seconds=5.0,
        pinned_keys=json.dumps(keys, separators=(",", ":")), problem="", entity_uscc=ENTITY, entity_name="安宁百货",
        shop="旗舰店", missing=("customers", "consent_changes", "opt_out_write", "signatures", "messages"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"api_version": "2.0"}, "schema_drift"),
        ({"api_version": "1"}, "schema_drift"),
        ({"api_version": "1.x"}, "schema_drift"),
        ({"api_version": None, "issuer": 5}, "schema_drift"),
        ({"issuer": {"uscc": ENTITY, "name": "安宁百货"}}, "self_issued"),
        ({"issuer": {"uscc": f" {ENTITY}", "name": "安宁百货"}}, "bad_issuer"),
        ({"issuer": {"uscc": "", "name": ""}}, "bad_issuer"),
        ({"entity_uscc": "me"}, "bad_entity"),
        ({"server_time": "2026-11-01T02:06:00Z"}, "clock_skew"),
        ({"server_time": "2026-11-01T01:54:00Z"}, "clock_skew"),
        ({"capabilities": {}}, "no_lookup"),
        ({"api_version": "1.7"}, ""),
    ],
)
def test_what_speaks_against_a_connection(facts: dict[str, Any], problem: str) -> None:
    report = check({**META, **facts})
    assert (report.ok, report.problem) == (not problem, problem)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://localhost:9", "https://registry.localhost", "https://[::ffff:127.0.0.1]"]
)
def test_what_answers_on_this_computer_may_not_call_itself_real(url: str) -> None:
    """Whoever owns the computer owns what answers there: a merchant could confirm its own list."""
    real = {**META, "simulated": False}
    report = check(real, account=replace(NEW, base_url=url))
    assert (report.ok, report.problem) == (False, "local_not_simulated")
    assert check(real, account=replace(NEW, base_url="https://registry.example")).ok


KNOWN = replace(ACCOUNT, pinned_keys=check(META).pinned_keys)
BOTH = {"keys": [jwk_of(ROGUE.public_key(), "k2"), *JWKS["keys"]]}


@pytest.mark.parametrize(
    ("account", "jwks", "problem"),
    [
        (KNOWN, JWKS, ""),
        (KNOWN, BOTH, ""),
        (KNOWN, {"keys": [jwk_of(ROGUE.public_key(), "k2")]}, "keys_changed"),
        (KNOWN, {"keys": [jwk_of(ROGUE.public_key(), "k1")]}, "keys_changed"),
        (replace(KNOWN, entity_uscc=STRANGER), JWKS, "other_entity"),
        (replace(KNOWN, issuer_uscc=STRANGER), JWKS, "other_issuer"),
        (replace(KNOWN, issuer_name="另一家登记处"), JWKS, "other_issuer"),
        (replace(KNOWN, simulated=False), JWKS, "simulation"),
    ],
)
def test_what_changed_since_it_was_connected(account: Account, jwks: Any, problem: str) -> None:
    report = check(META, jwks, account)
    assert (report.ok, report.problem) == (not problem, problem)


def test_only_public_receipt_keys_are_pinned() -> None:
    private = {**jwk_of(KEY.public_key(), "k1"), "d": b64u(KEY.private_bytes_raw()), "x5c": ["…"]}
    report = check(META, {"keys": [private, {"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"}, None]})
    (pinned,) = json.loads(report.pinned_keys)["keys"]
    assert set(pinned) == {"kty", "crv", "alg", "use", "kid", "x"}


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": None},
        {"keys": []},
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": "short"}]},
        {"keys": [*JWKS["keys"], {**JWKS["keys"][0]}]},
        [],
        Reply(body=b"<html>"),
    ],
)
def test_keys_that_cannot_be_pinned_break_the_contract(jwks: Any) -> None:
    with pytest.raises(RemoteRefused) as info:
        check(META, jwks)
    assert (info.value.code, info.value.__context__) == ("contract_broken", None)


@pytest.mark.parametrize("meta", [{**META, "issuer": None}, {**META, "server_time": "2026-11-01T02:00:05"}, "hello"])
def test_a_meta_that_says_nothing_breaks_the_contract(meta: Any) -> None:
    with pytest.raises(RemoteRefused) as info:
        check(Reply(body=json.dumps(meta).encode()))
    assert info.value.code == "contract_broken"


def test_a_clock_that_the_server_does_not_accept_is_measured() -> None:
    refusal = problem(401, "clock_skew", Date="Sun, 01 Nov 2026 02:20:00 GMT")
    report = check(refusal, refusal)
    assert (report.ok, report.problem, report.clock_skew_seconds) == (False, "clock_skew", 1200.0)


def test_refusals_and_trouble_are_errors() -> None:
    with pytest.raises(RemoteRefused) as info:
        check(problem(401, "unknown_key"))
    assert (info.value.code, info.value.account_wide) == ("unknown_key", True)
    with pytest.raises(RemoteUnavailable):
        check(Reply(429, headers={"Retry-After": "60"}))


# --- making clients --------------------------------------------------------------------------------------------------


def test_the_packages_export_what_they_say() -> None:
    assert "client_for" in campaign_app.platforms.__all__
    assert "gateway_for" in campaign_app.gateways.__all__


def test_clients_are_made_from_account_and_key() -> None:
    client_for(ACCOUNT, CLIENT_SEED, lambda: NOW).close()
    gateway_for(ACCOUNT, f" {CLIENT_SEED}=\n", "retail", lambda: NOW, Means()).close()


@pytest.mark.parametrize(
    ("account", "key", "code"),
    [
        (replace(ACCOUNT, platform="pigeon_post"), CLIENT_SEED, "unknown_platform"),
        (replace(ACCOUNT, base_url="http://shop.example"), CLIENT_SEED, "insecure_url"),
        (ACCOUNT, "", "bad_private_key"),
        (ACCOUNT, CLIENT_SEED[:-3], "bad_private_key"),
        (ACCOUNT, "机密", "bad_private_key"),
    ],
)
def test_what_cannot_be_a_client_is_a_settings_error(account: Account, key: str, code: str) -> None:
    sender = partial(gateway_for, account, key, "x", lambda: NOW, Means())
    for make in (partial(client_for, account, key, lambda: NOW), sender):
        with pytest.raises(SettingsError) as info:
            make()
        assert (info.value.code, info.value.__context__) == (code, None)
        assert not key or key not in f"{info.value!r}{info.value.facts}"
