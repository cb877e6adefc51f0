"""Every fault, as a plain client meets it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime

import pytest
import requests
from helpers.sandbox import SandboxClient, SandboxProcess

from campaign_app.sandbox.faults import (
    TRANSPORT,
)
from campaign_app.transport import wire
from campaign_app.transport.receipts import ReceiptRefused, ReceiptVerifier, leaf_hash, unb64u, verify_inclusion


@pytest.fixture(scope="module")
def faulty() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=1_000) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(faulty: SandboxProcess) -> Iterator[SandboxProcess]:
    """Faults are ordered one by one; none is left for the next test."""
    faulty.faults("none", clear=True)
    yield faulty
    faulty.faults("none", clear=True)


@pytest.fixture
def client(sandbox: SandboxProcess) -> SandboxClient:
    return sandbox.client()


@pytest.fixture
def refs(client: SandboxClient) -> list[str]:
    return [row["ref"] for row in client.get("/v1/customers?limit=40")["customers"]]


def accepted_under(sandbox: SandboxProcess, key: str) -> int:
    return sum(row["key"] == key for row in sandbox.ledger_rows())


# --- the connection ---


def test_throttling_says_when_to_come_back(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.faults(fault="throttle", path="/v1/meta", seconds=7)
    answer = client.call("GET", "/v1/meta")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert wire.Problem.model_validate(answer.json()).code == "throttled"
    assert client.call("GET", "/v1/meta").status_code == 200


@pytest.mark.parametrize(("fault", "status"), [("error500", 500), ("error503", 503)])
def test_server_errors_come_before_anything_is_done(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str], fault: str, status: int
) -> None:
    sandbox.faults(fault=fault, path="/v1/messages")
    request = client.prepared("POST", "/v1/messages", _batch(refs), Idempotency_Key=f"k-{fault}")
    answer = client.send(request)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert client.call("GET", f"/v1/messages/outcomes/k-{fault}").status_code == 404


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("timeout_before", requests.ConnectionError),
        ("timeout_after", requests.ConnectionError),
        ("cut_body", requests.exceptions.ChunkedEncodingError),
        ("truncated_json", requests.JSONDecodeError),
        ("error500_after", AssertionError),
    ],
)
def test_what_was_carried_out_can_be_asked_for(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str], fault: str, error: type[Exception]
) -> None:
    """After each of these the client does not know, and the key tells."""
    key = f"k-{fault}"
    sandbox.faults(fault=fault, path="/v1/messages")
    with pytest.raises(error):
        client.submit(key, {f"{fault}-1-{i}": ref for i, ref in enumerate(refs)})
    done = 0 if fault == "timeout_before" else 40
    assert accepted_under(sandbox, key) == done
    assert client.call("GET", f"/v1/messages/outcomes/{key}").status_code == (200 if done else 404)
    client.submit(key, {f"{fault}-1-{i}": ref for i, ref in enumerate(refs)})
    assert accepted_under(sandbox, key) == 40
    assert sandbox.faults()["fired"][fault] >= 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "slow_body"])
def test_a_client_that_waits_too_short_times_out(sandbox: SandboxProcess, client: SandboxClient, fault: str) -> None:
    sandbox.faults(fault=fault, path="/v1/meta", seconds=20)
    client.timeout = 0.3
    with pytest.raises((requests.ReadTimeout, requests.ConnectionError)):
        client.call("GET", "/v1/meta")
    client.timeout = 10
    assert client.call("GET", "/v1/meta").status_code == 200


def test_a_slow_body_arrives_whole(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.faults(fault="slow_body", path="/v1/customers", seconds=0.4)
    begun = time.monotonic()
    assert len(client.get("/v1/customers")["customers"]) == 500
    assert time.monotonic() - begun > 0.35


def test_a_skewed_clock_refuses_us(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.faults(fault="clock_skew", path="/v1/meta")
    answer = client.call("GET", "/v1/meta")
    assert (answer.status_code, answer.json()["code"]) == (401, "clock_skew")
    assert 500 < parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time() < 700


def test_every_answer_has_one_date_of_the_servers_clock(sandbox: SandboxProcess, client: SandboxClient) -> None:
    urls = ["/v1/nothing", "/.well-known/jwks.json", "/ledger", "/sandbox/health"]
    answers = [client.call("GET", "/v1/meta"), *(requests.get(sandbox.url + url, timeout=9) for url in urls)]
    for answer in answers:
        assert abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()) < 60


def test_a_little_skew_shows_in_what_is_answered(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    sandbox.faults(fault="clock_skew", path="/v1/consents/lookup", seconds=200)
    leaf = wire.Leaf.model_validate_json(client.lookup(refs[:1])["answers"][0]["leaf"])
    assert 150 < leaf.checked_at.timestamp() - time.time() < 250


# --- pages ---


def test_half_a_page_loses_nobody(sandbox: SandboxProcess, client: SandboxClient) -> None:
    whole = client.get("/v1/customers?limit=100")
    sandbox.faults(fault="half_page", path="/v1/customers")
    half = client.get("/v1/customers?limit=100")
    assert (len(half["customers"]), half["has_more"]) == (50, True)
    rest = client.get(f"/v1/customers?limit=50&cursor={half['next_cursor']}")
    assert half["customers"] + rest["customers"] == whole["customers"]


@pytest.mark.parametrize("start", ["", "cu64"])
def test_a_repeated_page_says_things_twice_and_goes_on(
    sandbox: SandboxProcess, client: SandboxClient, start: str
) -> None:
    position = int(start[2:] or "0", 16)
    everybody = client.get("/v1/customers?limit=400")["customers"]
    sandbox.faults(fault="repeated_page", path="/v1/customers")
    page = client.get(f"/v1/customers?limit=100&cursor={start}")
    before = everybody[position - 50 : position] if position else everybody[:50]
    assert page["customers"] == before + everybody[position : position + 50]
    assert page["next_cursor"] == f"cu{position + 50:x}"


def test_a_reordered_page_has_the_same_people(sandbox: SandboxProcess, client: SandboxClient) -> None:
    whole = client.get("/v1/customers?limit=100")
    sandbox.faults(fault="reordered_page", path="/v1/customers")
    other = client.get("/v1/customers?limit=100")
    assert other["customers"] != whole["customers"]
    assert sorted(r["ref"] for r in other["customers"]) == sorted(r["ref"] for r in whole["customers"])
    assert other["next_cursor"] == whole["next_cursor"]


def test_a_cursor_loop_never_gets_on(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.faults(fault="cursor_loop", path="/v1/customers", times=3)
    cursor = ""
    for _ in range(3):
        page = client.get(f"/v1/customers?cursor={cursor}")
        assert (page["next_cursor"], page["has_more"]) == ("cu0", True)
        cursor = page["next_cursor"]
    assert client.get(f"/v1/customers?cursor={cursor}")["next_cursor"] != "cu0"


# --- answers ---


def statuses(page: dict[str, object]) -> list[str]:
    return [json.loads(answer["leaf"])["status"] for answer in page["answers"]]


def test_an_unknown_word_is_signed_like_any_other(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    known = statuses(client.lookup(refs))
    sandbox.faults(fault="unknown_word", path="/v1/consents/lookup")
    words = statuses(client.lookup(refs))
    assert words[::10] == ["granted_v2"] * 4
    assert [w for i, w in enumerate(words) if i % 10] == [w for i, w in enumerate(known) if i % 10]


@pytest.mark.parametrize(
    ("fault", "count"), [("missing_ref", 39), ("extra_ref", 41), ("half_page", 20), ("repeated_page", 41)]
)
def test_answers_go_missing_or_come_unasked(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str], fault: str, count: int
) -> None:
    """What is answered is still proven: the receipt counts the leaves that it covers."""
    sandbox.faults(fault=fault, path="/v1/consents/lookup")
    page = client.lookup(refs)
    assert len(page["answers"]) == count
    strangers = {a["ref"] for a in page["answers"]} - set(refs)
    assert len(strangers) == (1 if fault == "extra_ref" else 0)
    claims = ReceiptVerifier(requests.get(f"{sandbox.url}/.well-known/jwks.json", timeout=9).json()).verify(
        page["receipt"]
    )
    for a in page["answers"]:
        path = [unb64u(node) for node in a["path"]]
        assert verify_inclusion(leaf_hash(a["leaf"]), a["index"], claims.size, path, unb64u(claims.root))


def test_a_single_answer_can_go_missing(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    sandbox.faults(fault="missing_ref", path="/v1/consents/lookup")
    page = client.lookup(refs[:1])
    assert page["answers"] == []
    assert page["receipt"]


def test_reordered_answers_are_all_there(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    sandbox.faults(fault="reordered_page", path="/v1/consents/lookup")
    found = [a["ref"] for a in client.lookup(refs)["answers"]]
    assert found != refs
    assert sorted(found) == sorted(refs)


def test_a_bad_receipt_is_signed_by_nobody_we_know(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    keys = requests.get(f"{sandbox.url}/.well-known/jwks.json", timeout=9).json()
    sandbox.faults(fault="bad_receipt", path="/v1/consents/lookup")
    with pytest.raises(ReceiptRefused) as caught:
        ReceiptVerifier(keys).verify(client.lookup(refs)["receipt"])
    assert caught.value.code == "bad_receipt"
    assert ReceiptVerifier(keys).verify(client.lookup(refs)["receipt"]).size == 40


@pytest.mark.parametrize("fault", ["missing_ref", "extra_ref", "unknown_word"])
def test_outcomes_are_spoilt_but_stored_right(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str], fault: str
) -> None:
    sandbox.faults(fault=fault, path="/v1/messages")
    batch = {f"o-{fault}-{i}": ref for i, ref in enumerate(refs)}
    spoilt = client.submit(f"o-{fault}", batch)["outcomes"]
    stored = client.get(f"/v1/messages/outcomes/o-{fault}")["outcomes"]
    assert spoilt != stored
    assert [o["message_id"] for o in stored] == list(batch)
    assert len(spoilt) == {"missing_ref": 39, "extra_ref": 41, "unknown_word": 40}[fault]


def _batch(refs: list[str]) -> dict[str, object]:
    return {"purpose": "retail", "messages": [{"message_id": "m", "ref": refs[0], "text": "x"}]}


# --- the server itself ---


def test_no_fault_of_the_connection_troubles_the_server_itself() -> None:
    """uvicorn takes an application that does not answer for a bug and says so; here it has nothing to say."""
    with SandboxProcess(customers=50) as sandbox:
        client = sandbox.client()
        client.timeout = 0.4
        for fault in TRANSPORT:
            sandbox.faults(fault=fault, path="/v1/customers")
            with suppress(requests.RequestException):
                client.call("GET", "/v1/customers")
        assert sandbox.faults()["next"] == []
        assert sandbox.stop() == ""


def test_under_a_hostile_profile_the_server_stays_up(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.faults("hostile")
    for _ in range(60):
        try:
            client.call("GET", "/v1/customers?limit=20")
        except requests.RequestException:
            continue
    sandbox.faults("none")
    assert client.call("GET", "/v1/meta").status_code == 200
