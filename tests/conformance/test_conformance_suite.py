"""The suite passes the reference server, and finds each fault where it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from campaign_app import assets
from campaign_app.conformance import Outcome, Result, Suite
from campaign_app.conformance.adapters.tampering import Seen, Spoil, edit, tampering, untouched
from campaign_app.conformance.checking import WRITES
from campaign_app.conformance.suite import ALL
from campaign_app.domain.errors import SettingsError
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess

LOOKUP = "/v1/consents/lookup"
SIGNED = {check.id for check in ALL if check.id.startswith("sign.")}
LOOKED = {"lookup.total", "lookup.stranger", "lookup.receipt", "lookup.paths", "lookup.leaves", "lookup.most"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=60) as running:
        yield running


def run(sandbox: SandboxProcess, spoil: Spoil = untouched, test_ref: str = "") -> dict[str, Result]:
    shop = sandbox.shops[0]
    with tampering(sandbox.url) as proxy:
        proxy.spoil = spoil
        suite = Suite(proxy.url, shop.key_id, shop.private_key, clock=clock, wait=no_wait, test_ref=test_ref)
        return {result.check: result for result in suite.run()}


def failed(results: dict[str, Result]) -> set[str]:
    return {name for name, result in results.items() if result.outcome is Outcome.FAILED}


def test_the_reference_server_passes_everything(sandbox: SandboxProcess) -> None:
    ref = sandbox.client().get("/v1/customers?limit=1")["customers"][0]["ref"]
    results = run(sandbox, test_ref=ref)
    assert "counts as simulated" in results["meta.answer"].seen
    assert {name: r.seen for name, r in results.items() if r.outcome is not Outcome.PASSED} == {
        "error.throttle": "the server never said 429"
    }
    assert list(results) == [check.id for check in ALL]


def test_without_a_test_reference_nothing_is_written(sandbox: SandboxProcess) -> None:
    asked: list[tuple[str, str]] = []

    def watch(seen: Seen) -> Seen:
        if seen.status < 400:
            asked.append((seen.method, seen.path.partition("?")[0]))
        return seen

    before = sandbox.ledger()
    results = run(sandbox, watch)
    assert not failed(results)
    writing = {check.id for check in ALL if check.kind == WRITES}
    assert {name for name, r in results.items() if r.seen == "--write --test-ref"} == writing
    assert {path for method, path in asked if method != "GET"} == {LOOKUP}
    assert sandbox.ledger() == before


def answer_401_with(body: str) -> Spoil:
    return lambda seen: seen.instead(body) if seen.status == 401 else seen


def errors_of_type(media: str) -> Spoil:
    return lambda seen: replace(seen, headers={"Content-Type": media}) if seen.status >= 400 else seen


def on_refusal(code: str, other: str) -> Spoil:
    return lambda seen: replace(seen, body=seen.body.replace(code.encode(), other.encode()))


def first_answer(**fields: Any) -> Spoil:
    def change(page: Any) -> None:
        page["answers"][0] |= {n: v(page["answers"][0][n]) if callable(v) else v for n, v in fields.items()}

    return edit(LOOKUP, change)


def meta(**fields: Any) -> Spoil:
    return edit("/v1/meta", lambda said: {**said, **fields})


def opt_in_is_taken(seen: Seen) -> Seen:
    return seen.instead("{}") if seen.at("/v1/opt-ins") else seen


def dropped(name: str, path: str) -> Spoil:
    return edit(path, lambda page: {key: value for key, value in page.items() if key != name})


def _readable(page: Any) -> None:
    """As a sealed one."""
    for row in page["customers"]:
        row["platform_phone"] = "tel:+8613800000001"


FLAWS: list[tuple[str, Spoil, set[str]]] = [
    ("nobody is refused", answer_401_with("{}"), SIGNED),
    ("no code in errors", on_refusal('"code"', '"kode"'), {"error.problem", "list.cursor", "sign.replay"}),
    ("errors are plain JSON", errors_of_type("application/json"), {"error.problem"}),
    ("replays are called bad", on_refusal('"replayed"', '"bad_signature"'), {"sign.replay"}),
    ("an opt-in endpoint", opt_in_is_taken, {"optin.none"}),
    ("version 2", meta(api_version="2.0"), {"meta.answer"}),
    ("the merchant is the issuer", meta(issuer={"uscc": "91330100MA0MN00023", "name": "me"}), {"meta.issuer"}),
    ("no issuer", meta(issuer={"uscc": "?", "name": ""}), {"meta.issuer"}),
    ("a wrong clock", meta(server_time="2020-01-01T00:00:00Z"), {"meta.clock"}),
    ("no look-ups", edit("/v1/meta", lambda m: m["capabilities"].update(consents_lookup=False)), {"meta.lookup"}),
    (
        "says less than it has",
        edit("/v1/meta", lambda m: m["capabilities"].update(inbound=False)),
        {"capabilities.off"},
    ),
    ("no keys", edit("/.well-known/jwks.json", lambda _: {"keys": []}), {"keys.published"}),
    ("a private key", edit("/.well-known/jwks.json", lambda j: j["keys"][0].update(d="x")), {"keys.published"}),
    ("one answer missing", edit(LOOKUP, lambda page: page["answers"].pop(0) and None), {"lookup.total"}),
    ("a leaf changed", first_answer(leaf=lambda text: text.replace('"sms"', '"any"')), {"lookup.paths"}),
    ("a leaf with a space", first_answer(leaf=lambda text: text + " "), {"lookup.leaves", "lookup.paths"}),
    ("a path too short", first_answer(path=lambda path: path[:-1]), {"lookup.paths"}),
    ("another nonce", edit(LOOKUP, lambda page: {**page, "request_id": "other"}), {"lookup.receipt"}),
    ("no receipt", dropped("receipt", LOOKUP), {"lookup.receipt", "lookup.paths"}),
    ("no end of a list", dropped("has_more", "/v1/customers"), {"list.customers", "list.since"}),
    ("a number that can be read", edit("/v1/customers", _readable), {"list.sealed"}),
    ("no signatures", edit("/v1/signatures", lambda _: {"signatures": [{"text": "x"}]}), {"list.signatures"}),
    ("brackets", edit("/v1/signatures", lambda s: s["signatures"][0].update(text="【x】")), {"list.signatures"}),
    ("answers without a type", lambda seen: replace(seen, headers={}), {"meta.answer", "list.reports", *LOOKED}),
]


@pytest.mark.parametrize(("spoil", "expected"), [pytest.param(s, e, id=name) for name, s, e in FLAWS])
def test_a_flaw_fails_the_checks_that_it_concerns(sandbox: SandboxProcess, spoil: Spoil, expected: set[str]) -> None:
    found = failed(run(sandbox, spoil))
    assert expected <= found
    assert len(found) <= len(expected) + 10, "a flaw in one place is no flaw everywhere"


FAULTS: list[tuple[str, str, set[str]]] = [
    ("bad_receipt", LOOKUP, {"lookup.receipt", "lookup.paths"}),
    ("missing_ref", LOOKUP, {"lookup.total"}),
    ("extra_ref", LOOKUP, {"lookup.total"}),
    ("half_page", LOOKUP, {"lookup.total"}),
    ("unknown_word", LOOKUP, {"lookup.leaves"}),
    ("cursor_loop", "/v1/customers", {"list.customers"}),
    ("error500", "/v1/signatures", {"list.signatures"}),
    ("cut_body", "/v1/complaints", {"list.complaints"}),
    ("truncated_json", "/v1/consents/changes", {"list.changes"}),
]


@pytest.mark.parametrize(("fault", "path", "expected"), FAULTS)
def test_a_fault_of_the_sandbox_fails_the_checks_that_it_concerns(
    sandbox: SandboxProcess, fault: str, path: str, expected: set[str]
) -> None:
    sandbox.faults(fault=fault, path=path, times=999)
    try:
        assert expected <= failed(run(sandbox))
    finally:
        sandbox.faults("none", clear=True)


def test_throttling_is_waited_out_and_judged(sandbox: SandboxProcess) -> None:
    sandbox.faults(fault="throttle", path="/v1/meta", times=2)
    results = run(sandbox)
    assert not failed(results)
    assert results["error.throttle"].seen == "429 2 times, with Retry-After"
    sandbox.faults(fault="throttle", path="/v1/meta", times=1)
    strip: Callable[[Seen], Seen] = lambda seen: (  # noqa: E731
        replace(seen, headers={n: v for n, v in seen.headers.items() if n.lower() != "retry-after"})
    )
    assert failed(run(sandbox, strip)) == {"error.throttle"}


def test_a_clock_that_is_wrong_is_said_to_be(sandbox: SandboxProcess) -> None:
    sandbox.skew_clock(900)
    try:
        results = run(sandbox)
    finally:
        sandbox.skew_clock(0)
    assert "meta.answer" in failed(results)
    assert "clock_skew" in results["meta.answer"].seen


def test_what_is_not_offered_is_not_judged(sandbox: SandboxProcess) -> None:
    sandbox.withhold("customers", "consents_changes", "signatures", "reports", "inbound", "complaints", "messages")
    try:
        results = run(sandbox)
    finally:
        sandbox.withhold()
    assert not failed(results)
    assert results["list.customers"].outcome is Outcome.SKIPPED
    assert results["capabilities.off"].seen == "6 of 6 lists are off and answer 404"


def test_a_server_that_is_not_there_fails_and_nothing_breaks() -> None:
    suite = Suite("http://127.0.0.1:9", "k", "A" * 43, clock=clock, wait=no_wait)
    assert {result.outcome for result in suite.run()} == {Outcome.FAILED, Outcome.SKIPPED}


@pytest.mark.parametrize("body", ["[]", "null", '"x"', '{"answers": 5}', "<html>", '{"answers": [{}]}', "[[[["])
def test_nonsense_never_breaks_the_suite(sandbox: SandboxProcess, body: str) -> None:
    assert len(failed(run(sandbox, lambda seen: seen.instead(body), test_ref="anybody"))) > 10


@pytest.mark.parametrize(
    ("url", "key", "code"),
    [
        ("ftp://x", "A" * 43, "bad_url"),
        ("http://shop.example", "A" * 43, "insecure_url"),
        ("http://127.0.0.1", "short", "bad_private_key"),
    ],
)
def test_what_cannot_be_asked_is_refused(url: str, key: str, code: str) -> None:
    with pytest.raises(SettingsError) as info:
        Suite(url, "k", key, clock=clock, wait=no_wait)
    assert info.value.code == code


def test_nothing_that_is_shown_is_somebodys(sandbox: SandboxProcess) -> None:
    rows = sandbox.client().get("/v1/customers?limit=60")["customers"]
    shown = json.dumps([result.seen for result in run(sandbox).values()])
    assert not any(row["ref"] in shown or (row["phone"] or "+86") in shown for row in rows)
    assert sandbox.shops[0].private_key not in shown


def test_every_check_says_what_it_wants_in_both_languages() -> None:
    words = tomllib.loads(assets.path("words", "conformance.toml").read_text("utf-8"))
    assert set(words) == {check.id for check in ALL}
    assert len({check.id for check in ALL}) == len(ALL)
    for entry in words.values():
        assert set(entry) == {"says_zh_CN", "mend_zh_CN", "says_en", "mend_en"}
        assert re.search("[一-鿿]", entry["says_zh_CN"])
        assert re.search("[一-鿿]", entry["mend_zh_CN"])
        assert not re.search("[一-鿿]", entry["says_en"].replace("【】", "") + entry["mend_en"])
