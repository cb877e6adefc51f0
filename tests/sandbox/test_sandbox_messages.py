"""Messages: idempotency, the ledger's truth, and what comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from helpers.sandbox import SandboxClient, SandboxProcess

from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import COMPLAINED, FAILED, REJECTED, REPLIED, Outcome, Platform
from campaign_app.sandbox.words import FAILURE_CODES, OPT_OUT_REPLIES, ORDINARY_REPLIES, REJECTION_CODES
from campaign_app.transport import wire


def body(messages: dict[str, str], purpose: str = "retail") -> dict[str, object]:
    rows = [{"message_id": m, "ref": r, "text": "【安宁】hi"} for m, r in messages.items()]
    return {"purpose": purpose, "messages": rows}


# --- idempotency ---


def test_the_same_key_is_answered_the_same_and_sends_once(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    batch = {f"w-1-{i}": ref for i, ref in enumerate(refs[:50])}
    first = client.submit("k1", batch)
    assert client.submit("k1", batch) == first == client.get("/v1/messages/outcomes/k1")
    assert {o["message_id"] for o in first["outcomes"]} == set(batch)
    ledger = sandbox.ledger()
    assert ledger["accepted"] == sum(o["status"] == "accepted" for o in first["outcomes"])
    assert ledger["doubled"] == 0


def test_the_same_key_with_another_body_is_refused(client: SandboxClient, refs: list[str]) -> None:
    client.submit("k1", {"w-1-0": refs[0]})
    answer = client.call("POST", "/v1/messages", body({"w-1-0": refs[1]}), Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_keys_of_two_shops_are_two_keys(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    other = sandbox.client("S2")
    (theirs,) = other.get("/v1/customers?limit=1")["customers"]
    client.submit("k1", {"w-1-0": refs[0]})
    assert other.call("GET", "/v1/messages/outcomes/k1").status_code == 404
    other.submit("k1", {"w-2-0": theirs["ref"]})
    assert {row["shop"] for row in sandbox.ledger_rows()} == {"S1", "S2"}


def test_an_unknown_key_has_no_outcome(client: SandboxClient) -> None:
    answer = client.call("GET", "/v1/messages/outcomes/never-seen")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_key_outcome")


def test_a_forgotten_key_is_one_that_was_never_seen(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    client.submit("k1", {"w-1-0": refs[0]})
    assert sandbox.forget_keys() == 1
    assert client.call("GET", "/v1/messages/outcomes/k1").status_code == 404
    assert sandbox.ledger()["accepted"] == 1, "the ledger forgets nothing"
    client.submit("k1", {"w-1-0": refs[0]})
    assert sandbox.ledger()["doubled"] == 1


@pytest.mark.parametrize("key", ["", "a b", "a/b", "k" * 256, "客".encode().decode("latin-1")])
def test_odd_keys_are_refused(client: SandboxClient, refs: list[str], key: str) -> None:
    answer = client.call("POST", "/v1/messages", body({"m": refs[0]}), Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_idempotency_key")


def test_a_message_id_twice_in_a_batch_is_refused(sandbox: SandboxProcess, client: SandboxClient) -> None:
    batch = body({"m": "a"})
    batch["messages"] *= 2
    answer = client.call("POST", "/v1/messages", batch, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "duplicate_message_id")
    assert sandbox.ledger()["accepted"] == 0


def test_twenty_posts_at_once_send_once(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    """While the first is being carried out the others are told to wait; nobody is sent anything twice."""
    batch = body({f"w-1-{i}": ref for i, ref in enumerate(refs[:500])})
    # all of them, since which one is carried out is whichever has been read first
    sandbox.faults(fault="slow_accept", path="/v1/messages", seconds=6, times=20)
    with ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(client.call, "POST", "/v1/messages", batch, Idempotency_Key="k1") for _ in range(20)]
        answers = [call.result() for call in calls]
    assert {a.status_code for a in answers} == {200, 409}
    waiting = [a for a in answers if a.status_code == 409]
    assert all(a.json()["code"] == "in_progress" and int(a.headers["Retry-After"]) >= 0 for a in waiting)
    again = client.call("POST", "/v1/messages", batch, Idempotency_Key="k1")
    assert {a.text for a in answers if a.status_code == 200} == {again.text}
    ledger = sandbox.ledger()
    assert ledger["accepted"] == sum(o["status"] == "accepted" for o in again.json()["outcomes"])
    assert ledger["doubled"] == 0


# --- test messages ---

STRANGER = "+8616612345678"


def trial(**row: str) -> dict[str, object]:
    message = {"message_id": "w-test-1", "phone": STRANGER, "text": "【安宁】hi", **row}
    return {"purpose": "retail", "test": True, "messages": [message]}


def test_a_test_message_is_listed_apart_and_sent_once(sandbox: SandboxProcess, client: SandboxClient) -> None:
    for _ in range(2):
        (outcome,) = client.post("/v1/messages", trial(), Idempotency_Key="k1")["outcomes"]
        assert (outcome["status"], outcome["provider_id"]) == ("accepted", "t1")
    ledger = sandbox.ledger()
    assert [(row["phone"], row["key"]) for row in ledger["tests"]] == [(STRANGER, "k1")]
    assert (ledger["accepted"], ledger["doubled"], ledger["unconfirmed"]) == (0, 0, 0)
    assert client.get("/v1/messages/reports?cursor=&limit=10")["reports"] == []


def test_a_customer_is_no_staff(sandbox: SandboxProcess, client: SandboxClient) -> None:
    phone = next(row["phone"] for row in client.pages("/v1/customers", "customers") if row.get("phone"))
    (outcome,) = client.post("/v1/messages", trial(phone=phone), Idempotency_Key="k1")["outcomes"]
    assert (outcome["status"], outcome["code"]) == ("rejected", "customer_number")
    assert sandbox.ledger()["tests"] == []


def test_numbers_and_refs_are_never_mixed(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    mixed = body({"m": refs[0]})
    mixed["messages"][0]["phone"] = STRANGER
    many = trial()
    many["messages"] = [*trial()["messages"], *trial(message_id="w-test-2")["messages"]]  # type: ignore[misc]
    numbered = {**trial(), "test": False}
    for odd in (mixed, many, numbered, {**trial(), "test": "yes"}, trial(ref=refs[0]), trial(phone="13800000000")):
        answer = client.call("POST", "/v1/messages", odd, Idempotency_Key="k")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert (sandbox.ledger()["tests"], sandbox.ledger()["accepted"]) == ([], 0)


def test_a_server_may_take_no_tests(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.withhold("test_messages")
    assert client.get("/v1/meta")["capabilities"]["test_messages"] is False
    answer = client.call("POST", "/v1/messages", trial(), Idempotency_Key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_test_messages")


# --- the ledger ---


def test_the_ledger_sees_a_double_by_id_and_by_text(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    client.submit("w-1-0", {"w-1-0-a1": refs[0], "w-1-1-b2": refs[1]})
    client.submit("w-1-2", {"w-1-0-a1": refs[2]})
    client.submit("w-2-0", {"w-2-0-c3": refs[1]})
    client.submit("w-2-1", {"w-2-1-d4": refs[1]}, text="【安宁】another")
    ledger = sandbox.ledger()
    assert (ledger["accepted"], ledger["doubled"]) == (5, 2)
    assert {name: c["accepted"] for name, c in ledger["by_campaign"].items()} == {"w-1": 3, "w-2": 2}
    assert {name: c["doubled"] for name, c in ledger["by_campaign"].items()} == {"w-1": 1, "w-2": 1}


def test_the_ledger_knows_who_was_confirmed_at_that_moment(
    sandbox: SandboxProcess, client: SandboxClient, refs: list[str]
) -> None:
    changes = [
        ("confirmed", {}, True),
        ("confirmed", {"channel": "any", "method": "paper"}, True),
        ("confirmed", {"channel": "email"}, False),
        ("confirmed", {"purposes": ["finance"]}, False),
        ("confirmed", {"method": "registration_default"}, False),
        ("confirmed", {"entity_uscc": "91330100MA0MN00036"}, False),
        ("confirmed", {"expires_at": "2020-01-01T00:00:00Z"}, False),
        ("confirmed", {"withdrawn_at": "2020-01-01T00:00:00Z"}, False),
        ("confirmed", {"obtained_at": "2099-01-01T00:00:00Z"}, False),
        ("default", {}, False),
        ("granted_v2", {}, False),
        ("no_record", {}, False),
    ]
    for ref, (status, facts, _) in zip(refs, changes, strict=False):
        sandbox.set_consent("S1", ref, status, **facts)
    client.submit("k1", {f"w-1-{i}": ref for i, ref in enumerate(refs[: len(changes)])})
    for ref in refs[: len(changes)]:
        sandbox.set_consent("S1", ref, "declined")
    rows = list(sandbox.ledger_rows())
    assert [row["confirmed"] for row in rows] == [wanted for *_, wanted in changes]
    assert sandbox.ledger()["unconfirmed"] == 10
    assert rows[0].keys() == {"seq", "shop", "key", "message_id", "ref", "purpose", "accepted_at", "confirmed"}


def test_ledger_rows_come_in_pages(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    client.submit("k1", {f"w-1-{i}": ref for i, ref in enumerate(refs[:20])})
    page = sandbox._admin("GET", "/ledger/rows?after=3&limit=5")
    assert ([row["seq"] for row in page["rows"]], page["next"]) == ([4, 5, 6, 7, 8], 8)
    assert sandbox._admin("GET", "/ledger/rows?after=99")["next"] is None


def test_unknown_refs_are_rejected_and_not_in_the_ledger(sandbox: SandboxProcess, client: SandboxClient) -> None:
    (outcome,) = client.submit("k1", {"w-1-0": "nobody"})["outcomes"]
    assert outcome == {"message_id": "w-1-0", "status": "rejected", "provider_id": "", "code": "unknown_ref"}
    assert sandbox.ledger()["accepted"] == 0


# --- what comes back ---


@pytest.fixture(scope="module")
def campaign() -> Iterator[tuple[SandboxProcess, list[dict[str, str]]]]:
    """A campaign to everybody: 8,000 customers in batches of 500."""
    with SandboxProcess(customers=10_000) as sandbox:
        client = sandbox.client()
        refs = [row["ref"] for row in client.pages("/v1/customers", "customers")]
        outcomes: list[dict[str, str]] = []
        for first in range(0, len(refs), 500):
            batch = {f"w-1-{first + i}": ref for i, ref in enumerate(refs[first : first + 500])}
            outcomes += client.submit(f"k{first}", batch)["outcomes"]
        yield sandbox, outcomes


Campaign = tuple[SandboxProcess, list[dict[str, str]]]


def test_a_few_are_rejected_with_a_code(campaign: Campaign) -> None:
    _, outcomes = campaign
    rejected = [o for o in outcomes if o["status"] == "rejected"]
    assert 0.3 * REJECTED < len(rejected) / len(outcomes) < 3 * REJECTED
    assert {o["code"] for o in rejected} <= set(REJECTION_CODES)
    assert all(o["provider_id"] for o in outcomes if o["status"] == "accepted")


def test_every_accepted_message_is_reported_once(campaign: Campaign) -> None:
    sandbox, outcomes = campaign
    reports = [
        wire.WireReport.model_validate(r) for r in sandbox.client().pages("/v1/messages/reports", "reports", 777)
    ]
    accepted = {o["provider_id"]: o["message_id"] for o in outcomes if o["status"] == "accepted"}
    assert {r.provider_id: r.message_id for r in reports} == accepted
    assert len({r.report_id for r in reports}) == len(reports) == len(accepted)
    words = Counter(r.status for r in reports)
    assert 0.7 * FAILED < words["failed"] / len(reports) < 1.3 * FAILED
    assert {r.code for r in reports if r.status == "failed"} <= set(FAILURE_CODES)
    assert {r.code for r in reports if r.status == "delivered"} == {""}


def test_some_write_back_and_opt_outs_are_withdrawn(campaign: Campaign) -> None:
    sandbox, outcomes = campaign
    client = sandbox.client()
    replies = [wire.WireInbound.model_validate(r) for r in client.pages("/v1/messages/inbound", "messages", 11)]
    assert 0.5 * REPLIED < len(replies) / len(outcomes) < 1.5 * REPLIED
    assert {r.text for r in replies} <= {*OPT_OUT_REPLIES, *ORDINARY_REPLIES}
    gone = {r.ref for r in replies if r.text in OPT_OUT_REPLIES}
    assert 0.3 < len(gone) / len(replies) < 0.9
    assert len({r.text for r in replies}) > 15
    leaves = [wire.Leaf.model_validate_json(a["leaf"]) for a in client.lookup(sorted(gone))["answers"]]
    assert {leaf.status for leaf in leaves} == {"withdrawn"}
    changed = {c["ref"] for c in client.pages("/v1/consents/changes", "changes")}
    assert changed <= gone


def test_a_few_complain_about_a_message_they_got() -> None:
    messages, now = 40_000, datetime(2026, 11, 1, tzinfo=UTC)
    platform = Platform(SandboxConfig(clock=lambda: now, customers=1_000))
    shop = platform.config.shops[0]
    refs = list(platform.population.refs(shop, range(400)))
    accepted: set[str] = set()
    for first in range(0, messages, len(refs)):
        rows = [wire.WireMessage(message_id=f"w-1-{first + i}", ref=ref, text="x") for i, ref in enumerate(refs)]
        outcomes = platform.accept(shop, f"k{first}", wire.MessagesRequest(purpose="retail", messages=rows))
        accepted |= {o.provider_id for o in outcomes if isinstance(o, Outcome) and o.status == "accepted"}
    complaints = platform.streams(shop).complaints
    assert 1 <= len(complaints) <= 4 * COMPLAINED * messages
    assert {c.provider_id for c in complaints} <= accepted


def test_in_a_calm_sandbox_everybody_is_taken_and_nobody_writes_back_unasked() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    platform = Platform(SandboxConfig(clock=lambda: now, customers=1_000, calm=True))
    shop = platform.config.shops[0]
    rows = [
        wire.WireMessage(message_id=f"w-1-{i}", ref=ref, text="x")
        for i, ref in enumerate(platform.population.refs(shop, range(400)))
    ]
    outcomes = platform.accept(shop, "k", wire.MessagesRequest(purpose="retail", messages=rows))
    assert {o.status for o in outcomes if isinstance(o, Outcome)} == {"accepted"}
    came = platform.streams(shop)
    assert (came.reported, came.inbound, came.complaints) == (len(rows), [], [])
    platform.reply(shop, 0, "R")
    assert [row.text for row in platform.streams(shop).inbound] == ["R"]


def test_reports_and_replies_wait_for_their_delay() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    platform = Platform(SandboxConfig(clock=lambda: now, customers=1_000, reaction_delay=30))
    shop = platform.config.shops[0]
    rows = [
        wire.WireMessage(message_id=f"w-1-{i}", ref=ref, text="x")
        for i, ref in enumerate(platform.population.refs(shop, range(400)))
    ]
    outcomes = platform.accept(shop, "k", wire.MessagesRequest(purpose="retail", messages=rows))
    assert (platform.streams(shop).reported, platform.streams(shop).inbound) == (0, [])
    platform.skew = 29.9
    assert platform.streams(shop).reported == 0
    platform.skew = 30
    accepted = [o for o in outcomes if isinstance(o, Outcome) and o.status == "accepted"]
    assert platform.streams(shop).reported == len(accepted)
    assert platform.streams(shop).inbound
    assert {r.at for r in platform.streams(shop).inbound} == {f"{now + timedelta(seconds=30):%Y-%m-%dT%H:%M:%S}Z"}
