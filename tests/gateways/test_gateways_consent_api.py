"""The sender: who may go out, under which key, and what every answer means for every message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import requests

from campaign_app.consent import ConfirmedRecipient, Outgoing, Policy, decide
from campaign_app.consent.gate import Ask, Person
from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Evidence
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways.consent_api import ConsentApiGateway
from campaign_app.jobs.ports import Gateway, GatewayCapabilities
from campaign_app.transport.receipts import unb64u
from campaign_app.transport.session import SignedSession
from campaign_app.transport.signing import RequestSigner
from tests.helpers.registry import ACCOUNT, CLIENT_SEED, ENTITY, ISSUER, NOW
from tests.helpers.replay import Replay, Reply, problem

AT = "2026-11-01T10:00:00.5+08:00"
MOMENT = datetime(2026, 11, 1, 2, 0, 0, 500_000, tzinfo=UTC)


def recipient(ref: str, *, account_id: int = ACCOUNT.id, simulated: bool = True) -> ConfirmedRecipient:
    """By the gate: nobody else can make one."""
    fact = ConsentFact(
        CustomerRef(account_id, ref), ConsentStatus.CONFIRMED, NOW, ConsentMethod.DOUBLE_OPT_IN, Channel.SMS,
        frozenset({"retail"}), ENTITY, NOW - timedelta(days=9), checked_at=NOW,
        evidence=Evidence(ISSUER, "consent_api", "1.0", simulated, "q", "r", "{}", 0),
    )  # fmt: skip
    ask = Ask(1, "retail", ENTITY, NOW, NOW, Policy(), simulated_sender=simulated)
    decision = decide(Person(1, 1, fact, phone=Phone("13800000001")), ask)
    assert isinstance(decision, ConfirmedRecipient)
    return decision


def outgoing(ref: str, text: str = "【安宁】上新，退订回T", **facts: Any) -> Outgoing:
    return Outgoing(recipient(ref, **facts), f"w-1-{ref}", text)


BATCH = [outgoing("c1"), outgoing("c2"), outgoing("c3")]


def gateway(replay: Replay, account: Account = ACCOUNT, purpose: str = "retail") -> ConsentApiGateway:
    session = SignedSession(
        account.base_url, RequestSigner("shop-1", unb64u(CLIENT_SEED)), lambda: NOW,
        adapter=replay, wait=lambda _: None,
    )  # fmt: skip
    return ConsentApiGateway(account, session, purpose, lambda: NOW)


def outcome(message_id: str, status: Any = "accepted", **fields: Any) -> dict[str, Any]:
    return {"message_id": message_id, "status": status, "provider_id": f"p-{message_id}", "code": "", **fields}


def answer(*outcomes: Any) -> dict[str, Any]:
    return {"request_id": "m1", "outcomes": list(outcomes)}


# --- submitting ------------------------------------------------------------------------------------------------------


def test_a_batch_goes_out_under_its_key() -> None:
    replay = Replay(answer(outcome("w-1-c1"), outcome("w-1-c2", "rejected", code="daily_limit"), outcome("w-1-c3")))
    outcomes = gateway(replay).submit("w-1-0", BATCH)
    assert outcomes == (
        SubmitOutcome("w-1-c1", Outcome.ACCEPTED, "p-w-1-c1"),
        SubmitOutcome("w-1-c2", Outcome.REJECTED, "p-w-1-c2", "daily_limit"),
        SubmitOutcome("w-1-c3", Outcome.ACCEPTED, "p-w-1-c3"),
    )
    assert replay.requests[0].headers["Idempotency-Key"] == "w-1-0"
    assert replay.bodies == [
        {
            "purpose": "retail",
            "messages": [
                {"message_id": f"w-1-{ref}", "ref": ref, "text": "【安宁】上新，退订回T"} for ref in ("c1", "c2", "c3")
            ],
        }
    ]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "unmentioned"),
        ([None, "w-1-c1", []], "unmentioned"),
        ([{"status": "accepted"}], "unmentioned"),
        ([{"message_id": 1, "status": "accepted"}], "unmentioned"),
        ([outcome("w-1-c9")], "unmentioned"),
        ([{"message_id": "w-1-c1"}], "unknown_word"),
        ([outcome("w-1-c1", "queued")], "unknown_word"),
        ([outcome("w-1-c1", None)], "unknown_word"),
        ([outcome("w-1-c1", ["accepted"])], "unknown_word"),
        ([outcome("w-1-c1"), outcome("w-1-c1", "rejected")], "contradictory"),
    ],
)
def test_what_is_not_said_plainly_is_unknown(rows: list[Any], code: str) -> None:
    others = [outcome("w-1-c2"), outcome("w-1-c3")]
    first, *rest = gateway(Replay(answer(*rows, *others))).submit("k", BATCH)
    assert first == SubmitOutcome("w-1-c1", Outcome.UNKNOWN, code=code)
    assert {o.outcome for o in rest} == {Outcome.ACCEPTED}


def test_the_same_outcome_twice_is_one() -> None:
    outcomes = gateway(Replay(answer(*[outcome(f"w-1-c{n}") for n in (1, 2, 3, 1)]))).submit("k", BATCH)
    assert {o.outcome for o in outcomes} == {Outcome.ACCEPTED}


def test_a_code_with_a_number_in_it_is_not_kept() -> None:
    (first, *_) = gateway(Replay(answer(outcome("w-1-c1", "rejected", code="to:13800000001")))).submit("k", BATCH)
    assert first.code == "other"


@pytest.mark.parametrize(
    "trouble",
    [
        500,
        502,
        Reply(503),
        requests.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
        Reply(body=b'{"request_id": "m1", "outco'),
        Reply(body=b"<html>"),
        {"request_id": "m1"},
        problem(409, "in_progress", Retry_After="2"),
        problem(401, "replayed"),
    ],
)
def test_what_may_have_been_taken_is_never_repeated(trouble: Any) -> None:
    replay = Replay(trouble)
    with pytest.raises(OutcomeUnknown):
        gateway(replay).submit("k", BATCH)
    assert len(replay.requests) == 1


def test_a_batch_in_progress_says_when_to_ask() -> None:
    with pytest.raises(OutcomeUnknown) as info:
        gateway(Replay(problem(409, "in_progress", Retry_After="2"))).submit("k", BATCH)
    assert (info.value.code, info.value.retry_after) == ("in_progress", 2.0)


@pytest.mark.parametrize(("trouble", "code"), [(429, "throttled"), (requests.ConnectTimeout(), "unreachable")])
def test_what_was_never_taken_is_only_unavailable(trouble: Any, code: str) -> None:
    with pytest.raises(RemoteUnavailable) as info:
        gateway(Replay(trouble)).submit("k", BATCH)
    assert (type(info.value), info.value.code) == (RemoteUnavailable, code)


@pytest.mark.parametrize(
    ("refusal", "code", "wide"),
    [
        (problem(422, "idempotency_mismatch"), "idempotency_mismatch", False),
        (400, "bad_request", False),
        (403, "permission", True),
        (402, "balance", True),
        (problem(401, "bad_signature"), "bad_signature", True),
    ],
)
def test_a_refusal_says_whether_it_is_the_whole_account(refusal: Any, code: str, *, wide: bool) -> None:
    with pytest.raises(RemoteRefused) as info:
        gateway(Replay(refusal)).submit("k", BATCH)
    assert (info.value.code, info.value.account_wide) == (code, wide)


# --- who may not go out ----------------------------------------------------------------------------------------------


def refused(messages: list[Any], account: Account = ACCOUNT, key: str = "k", purpose: str = "retail") -> RemoteRefused:
    replay = Replay()
    with pytest.raises(RemoteRefused) as info:
        gateway(replay, account, purpose).submit(key, messages)
    assert replay.requests == []
    return info.value


def test_a_simulated_fact_never_reaches_a_real_sender() -> None:
    real = replace(ACCOUNT, simulated=False)
    messages = [outgoing("c1", simulated=False), outgoing("c2", simulated=True)]
    assert (refused(messages, real).code, refused(messages, real).account_wide) == ("simulated_fact", True)


def test_a_recipient_of_another_account_is_refused() -> None:
    assert refused([outgoing("c1"), outgoing("c2", account_id=8)]).code == "other_account"


@pytest.mark.parametrize(
    "stranger",
    [
        {"recipient": {"ref": "c1"}, "message_id": "m", "text": "t"},
        recipient("c1"),
        "13800000001",
        None,
    ],
    ids=["dict", "recipient", "text", "none"],
)
def test_nothing_but_outgoing_is_accepted(stranger: Any) -> None:
    with pytest.raises(TypeError):
        gateway(Replay()).submit("k", [*BATCH, cast("Outgoing", stranger)])


def test_a_recipient_cannot_be_made_without_the_gate() -> None:
    with pytest.raises(TypeError):
        ConfirmedRecipient(1, 1, CustomerRef(7, "c1"), 1, simulated=True, decided_at=NOW)
    with pytest.raises(TypeError):
        replace(recipient("c1"), ref=CustomerRef(7, "c2"))


@pytest.mark.parametrize("key", ["", "k" * 256, "k\r\nEvil: 1", "键", "../meta", "a b", ".."])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    assert refused(BATCH, key=key).code == "bad_key"


def test_a_batch_that_breaks_the_contract_is_refused() -> None:
    assert refused([]).code == "batch_size"
    assert refused([outgoing(f"c{n}") for n in range(501)]).code == "batch_size"
    assert refused([BATCH[0], BATCH[0]]).code == "duplicate_message"
    assert refused([outgoing("c1", "")]).code == "message_length"
    assert refused([outgoing("c1", "长" * 1_001)]).code == "message_length"
    assert refused(BATCH, purpose="").code == "no_purpose"


# --- looking up ------------------------------------------------------------------------------------------------------


def test_what_became_of_a_key() -> None:
    replay = Replay(answer(outcome("w-1-c1"), outcome("w-1-c2", "queued")))
    assert gateway(replay).lookup("w:1-0") == (
        SubmitOutcome("w-1-c1", Outcome.ACCEPTED, "p-w-1-c1"),
        SubmitOutcome("w-1-c2", Outcome.UNKNOWN, code="unknown_word"),
    )
    assert replay.requests[0].path_url == "/v1/messages/outcomes/w%3A1-0"


def test_a_key_that_the_sender_never_saw() -> None:
    assert gateway(Replay(problem(404, "unknown_key_outcome"))).lookup("k") is None


@pytest.mark.parametrize("refusal", [404, problem(404, "not_here"), 400, Reply(body=b"<html>"), {"outcomes": None}])
def test_a_sender_that_does_not_tell_has_not_refused_the_batch(refusal: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        gateway(Replay(refusal)).lookup("k")


def test_looking_up_is_tried_again() -> None:
    replay = Replay(500, problem(409, "in_progress", Retry_After="1"), answer())
    assert gateway(replay).lookup("k") == ()


def test_a_refused_account_is_no_unknown_outcome() -> None:
    with pytest.raises(RemoteRefused) as info:
        gateway(Replay(403)).lookup("k")
    assert info.value.account_wide


# --- what comes back -------------------------------------------------------------------------------------------------


def listing(name: str, *rows: Any) -> dict[str, Any]:
    return {name: list(rows), "next_cursor": "n", "has_more": False}


def test_reports() -> None:
    good = {"report_id": "r1", "provider_id": "p1", "message_id": "w", "status": "delivered", "reported_at": AT}
    broken = [
        {**good, "status": "read"},
        {**good, "report_id": ""},
        {**good, "provider_id": None},
        {**good, "reported_at": 3},
        None,
    ]
    rows = [good, {**good, "report_id": "r2", "status": "failed", "code": "MK:0029"}, *broken]
    replay = Replay(listing("reports", *rows))
    page = gateway(replay, purpose="").reports("c1")
    assert page.items == (
        DeliveryReport("r1", "p1", Outcome.DELIVERED, "", MOMENT),
        DeliveryReport("r2", "p1", Outcome.FAILED, "MK:0029", MOMENT),
    )
    assert (page.next_cursor, page.more, page.broken) == ("n", False, 5)
    assert replay.requests[0].path_url == "/v1/messages/reports?cursor=c1&limit=1000"


def test_replies() -> None:
    good = {"inbound_id": "i1", "ref": "c1", "phone": "+8613800000001", "text": "ＴＤ", "received_at": AT}
    page = gateway(Replay(listing("messages", good))).inbound("")
    assert page.items == (InboundMessage("i1", "c1", Phone("13800000001"), "ＴＤ", MOMENT),)


def test_a_reply_is_not_lost_to_a_detail() -> None:
    rows = [
        {"inbound_id": "i1", "ref": "c1", "text": "退订", "received_at": "just now"},
        {"ref": "c1", "text": "退\x00订", "received_at": AT},
        {"inbound_id": "i3", "ref": None, "phone": "13800000001", "text": "R"},
        {"inbound_id": "i4", "ref": "c1"},
        {"inbound_id": "i5", "text": "R"},
        None,
    ]
    page = gateway(Replay(*[listing("messages", *rows)] * 2)).inbound("")
    first, second, third, fourth = page.items
    assert (first.received_at, first.text) == (NOW, "退订")
    assert second.inbound_id.startswith("row-")
    assert second.text == "退订"
    assert (third.ref, third.phone) == ("", Phone("13800000001"))
    assert fourth.text == ""
    assert page.broken == 2


def test_a_reply_without_an_id_has_the_same_one_the_next_time() -> None:
    page = listing("messages", {"ref": "c1", "text": "退订"})
    sender = gateway(Replay(page, page))
    assert sender.inbound("").items == sender.inbound("").items


def test_complaints() -> None:
    rows = [
        {"complaint_id": "x1", "ref": "c1", "phone": None, "provider_id": "p1", "received_at": AT},
        {"complaint_id": "x2", "ref": "", "provider_id": "p2", "received_at": None},
        {"complaint_id": "x3", "received_at": AT},
    ]
    page = gateway(Replay(listing("complaints", *rows))).complaints("")
    assert page.items == (
        ComplaintClue("x1", "c1", None, "p1", MOMENT),
        ComplaintClue("x2", "", None, "p2", NOW),
    )
    assert page.broken == 1


@pytest.mark.parametrize(
    ("stream", "name"), [("reports", "reports"), ("inbound", "messages"), ("complaints", "complaints")]
)
def test_a_cursor_that_leads_nowhere_is_refused(stream: str, name: str) -> None:
    sender = gateway(Replay({name: [], "next_cursor": "c1", "has_more": True}))
    with pytest.raises(RemoteRefused) as info:
        getattr(sender, stream)("c1")
    assert info.value.code == "cursor_loop"


def test_what_the_sender_can_do() -> None:
    sender: Gateway = gateway(Replay())
    assert sender.capabilities == GatewayCapabilities(
        simulated=True, needs_phone=False, batch_max=500, idempotent=True, lookup=True
    )
