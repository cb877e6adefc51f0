"""What the messages of Aliyun's queues say, and what becomes of those that say nothing."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign_app.domain.errors import OutcomeUnknown
from campaign_app.domain.message import Outcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways.aliyun.gateway import AliyunGateway
from campaign_app.gateways.aliyun.returning import is_foreign_report, moment, reply_of, report_of
from campaign_app.transport.aliyun import AcsKey, AcsSigner, AliyunCalls
from campaign_app.transport.aliyun_queues import MnsQueue, MnsSigner
from campaign_app.transport.session import SignedSession
from tests.helpers.connected import no_wait
from tests.helpers.registry import ACCOUNT
from tests.helpers.replay import Replay, Reply

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
REPLY = {"phone_number": "13800000000", "content": "ＴＤ", "send_time": "2026-11-26 11:59:00", "sequence_id": 1}
REPORT = {
    "phone_number": "13800000000", "success": True, "err_code": "DELIVERED", "biz_id": "9^0", "out_id": "w-1-0",
    "report_time": "2026-11-26 11:59:00",
}  # fmt: skip

TOKEN = {
    "Code": "OK",
    "MessageTokenDTO": {"AccessKeyId": "STS.1", "AccessKeySecret": "s", "SecurityToken": "t"},
}
EMPTY = Reply(404, b"<Error><Code>MessageNotExist</Code></Error>")


def messages_of(row: dict[str, Any]) -> Reply:
    body = b64encode(json.dumps(row).encode()).decode()
    inside = f"<Message><ReceiptHandle>h</ReceiptHandle><MessageBody>{body}</MessageBody></Message>"
    return Reply(200, f"<Messages>{inside}</Messages>".encode())


def replaying(stream: str, replay: Replay) -> AliyunGateway:
    """One whose queue is answered by `replay`, the question for its key too."""
    signer = MnsSigner()
    acs = AcsSigner(AcsKey("k", "s"))
    keys, messages = (
        SignedSession("https://aliyun.example", each, lambda: NOW, adapter=replay, wait=no_wait)
        for each in (acs, signer)
    )
    queue = MnsQueue("SmsUp", "q", AliyunCalls(keys), messages, signer)
    return AliyunGateway(ACCOUNT, AliyunCalls(keys), "retail", lambda: NOW, queues={stream: queue})


@pytest.mark.parametrize(
    ("stream", "row", "left"),
    [
        ("inbound", {**REPLY, "phone_number": "138****0000"}, True),
        ("inbound", {**REPLY, "content": None}, True),
        ("inbound", {**REPLY, "phone_number": "10086"}, False),
        ("reports", {**REPORT, "out_id": ""}, False),
        ("reports", {**REPORT, "success": "perhaps"}, True),
    ],
)
def test_only_what_cannot_be_read_stays_in_the_queue(stream: str, row: dict[str, Any], left: bool) -> None:
    """Rows that the simulator never writes: of its answers only these are replayed."""
    replay = Replay(TOKEN, messages_of(row), EMPTY) if left else Replay(TOKEN, messages_of(row), Reply(204), EMPTY)
    gateway = replaying(stream, replay)
    cursor, more, broken = "", True, 0
    while more:
        page = getattr(gateway, stream)(cursor)
        cursor, more, broken = page.next_cursor, page.more, max(broken, page.broken)
        assert page.items == ()
    assert broken == left
    assert [request.method for request in replay.requests].count("DELETE") == int(not left)


def test_an_answer_that_is_no_list_of_messages_is_no_empty_queue() -> None:
    gateway = replaying("inbound", Replay(TOKEN, Reply(200, b"<html><body/></html>")))
    opened = gateway.inbound("").next_cursor
    with pytest.raises(OutcomeUnknown):
        gateway.inbound(opened)


def test_the_same_reply_has_one_name_and_another_one_another() -> None:
    named = [reply_of({**REPLY, **changed}, NOW) for changed in ({}, {"sign_name": "x"}, {"content": "T"})]
    assert [one.inbound_id == named[0].inbound_id for one in named if one and named[0]] == [True, True, False]
    assert reply_of({**REPLY, "phone_number": "1"}, NOW) is None
    assert [reply_of({**REPLY, "content": said}, NOW) for said in (None, 0, ["TD"])] == [None] * 3
    first = named[0]
    assert first is not None
    assert first.received_at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize("number", ["13800000000", "8613800000000", "008613800000000", "+8613800000000"])
def test_a_number_is_read_with_and_without_its_country(number: str) -> None:
    reply, report = (
        read({**row, "phone_number": number}, NOW) for read, row in ((reply_of, REPLY), (report_of, REPORT))
    )
    assert reply is not None
    assert report is not None
    assert reply.phone == report.phone == Phone("13800000000")


@pytest.mark.parametrize(
    ("changed", "others"),
    [
        ({"out_id": ""}, True),
        ({"out_id": None}, True),
        ({"out_id": "x", "phone_number": "85290000001"}, True),
        ({}, False),
        ({"out_id": "", "phone_number": "138"}, False),
        ({"out_id": "", "success": None}, False),
    ],
)
def test_a_report_without_our_key_is_another_systems(changed: dict[str, Any], others: bool) -> None:
    assert is_foreign_report({**REPORT, **changed}) is others


@pytest.mark.parametrize("written", ["2026-11-26 13:00:00", None, "soon", 7])
def test_a_reply_of_the_future_or_of_no_time_came_now(written: object) -> None:
    found = reply_of({**REPLY, "send_time": written}, NOW)
    assert found is not None
    assert found.received_at == NOW


@pytest.mark.parametrize(
    "changed", [{"success": "perhaps"}, {"success": 1.5}, {"out_id": ""}, {"phone_number": None}, {"success": None}]
)
def test_a_report_that_says_nothing_is_left_where_it_is(changed: dict[str, Any]) -> None:
    assert report_of({**REPORT, **changed}, NOW) is None


def test_a_report_says_what_became_of_the_message() -> None:
    good, bad = report_of(REPORT, NOW), report_of({**REPORT, "success": "false", "err_code": "MK:0001"}, NOW)
    assert good is not None
    assert bad is not None
    assert (good.outcome, good.code, good.key) == (Outcome.DELIVERED, "", "w-1-0")
    assert (bad.outcome, bad.code) == (Outcome.FAILED, "MK:0001")
    assert moment("20150101120000") == datetime(2015, 1, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "billed"), [("1", 1), ("12", 12), (3, 3), ("0", None), ("x", None), ("1000", None), (None, None)]
)
def test_a_report_says_how_many_parts_are_billed(said: object, billed: int | None) -> None:
    report = report_of({**REPORT, "sms_size": said}, NOW)
    assert report is not None
    assert report.billed == billed


def test_a_reply_with_half_a_character_can_be_kept() -> None:
    """JSON can escape one, as of an emoji that was cut; a row that no database takes would hold up every other."""
    content = json.loads('{"content": "TD\\ud83d"}')
    reply = reply_of({**REPLY, **content}, NOW)
    assert reply is not None
    assert reply.text.encode() == "TD\ufffd".encode()
