"""The sender: who may go out, under which key, and what every answer means for every message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
import requests

from campaign_app.consent import ConfirmedRecipient, Outgoing
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.jobs.ports import Gateway, GatewayCapabilities
from tests.helpers.registry import ACCOUNT, NOW
from tests.helpers.replay import Replay, Reply, problem
from tests.helpers.replayed import gateway, outgoing, recipient

BATCH = [outgoing("c1"), outgoing("c2"), outgoing("c3")]


def outcome(message_id: str, status: Any = "accepted", **fields: Any) -> dict[str, Any]:
    return {"message_id": message_id, "status": status, "provider_id": f"p-{message_id}", "code": "", **fields}


def answer(*outcomes: Any) -> dict[str, Any]:
    return {"request_id": "m1", "outcomes": list(outcomes)}


def test_whom_a_carrier_lists_as_wanting_no_more_has_opted_out() -> None:
    row = outcome("w-1-c1", "rejected", code="carrier_blacklist")
    (first, *_) = gateway(Replay(answer(row, outcome("w-1-c2"), outcome("w-1-c3")))).submit("w-1-0", BATCH)
    assert (first.outcome, first.opted_out) == (Outcome.REJECTED, True)
    taken = outcome("w-1-c1", code="carrier_blacklist")
    (first, *_) = gateway(Replay(answer(taken, outcome("w-1-c2"), outcome("w-1-c3")))).submit("w-1-0", BATCH)
    assert (first.outcome, first.opted_out) == (Outcome.ACCEPTED, False)


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
    assert gateway(replay).lookup("w:1-0", ()) == (
        SubmitOutcome("w-1-c1", Outcome.ACCEPTED, "p-w-1-c1"),
        SubmitOutcome("w-1-c2", Outcome.UNKNOWN, code="unknown_word"),
    )
    assert replay.requests[0].path_url == "/v1/messages/outcomes/w%3A1-0"


def test_a_key_that_the_sender_never_saw() -> None:
    assert gateway(Replay(problem(404, "unknown_key_outcome"))).lookup("k", ()) is None


@pytest.mark.parametrize("refusal", [404, problem(404, "not_here"), 400, Reply(body=b"<html>"), {"outcomes": None}])
def test_a_sender_that_does_not_tell_has_not_refused_the_batch(refusal: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        gateway(Replay(refusal)).lookup("k", ())


def test_looking_up_is_tried_again() -> None:
    replay = Replay(500, problem(409, "in_progress", Retry_After="1"), answer())
    assert gateway(replay).lookup("k", ()) == ()


def test_a_refused_account_is_no_unknown_outcome() -> None:
    with pytest.raises(RemoteRefused) as info:
        gateway(Replay(403)).lookup("k", ())
    assert info.value.account_wide


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ({"messages_need_phone": False}, False),
        ({"messages_need_phone": True}, True),
        ({"messages_need_phone": "false"}, True),
        ({"messages_need_phone": None}, True),
        ({}, True),
        (None, True),
        ([], True),
    ],
)
def test_who_has_no_number_is_reached_only_if_the_server_plainly_says_so(said: Any, needs: bool) -> None:
    sender: Gateway = gateway(Replay({"capabilities": said}))
    expected = GatewayCapabilities(simulated=True, needs_phone=needs, batch_max=500, idempotent=True, lookup=True)
    assert (sender.capabilities, sender.capabilities) == (expected, expected), "asked once"


def test_a_server_that_does_not_say_what_it_can_do_is_asked_again() -> None:
    replay = Replay(403, {"capabilities": {"messages_need_phone": False}})
    sender = gateway(replay)
    with pytest.raises(RemoteRefused):
        _ = sender.capabilities
    assert not sender.capabilities.needs_phone
