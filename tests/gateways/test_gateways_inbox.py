"""Reports, replies and complaints: what comes back, and what becomes of rows that are broken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome
from campaign_app.domain.phone import Phone
from campaign_app.jobs.opt_out import is_opt_out
from tests.helpers.registry import NOW
from tests.helpers.replay import Replay
from tests.helpers.replayed import gateway

AT = "2026-11-01T10:00:00.5+08:00"
MOMENT = datetime(2026, 11, 1, 2, 0, 0, 500_000, tzinfo=UTC)


def listing(name: str, *rows: Any) -> dict[str, Any]:
    return {name: list(rows), "next_cursor": "n", "has_more": False}


def test_reports() -> None:
    good = {"report_id": "r1", "provider_id": "p1", "message_id": "w", "status": "delivered", "reported_at": AT}
    broken = [
        {**good, "status": "read"},
        {**good, "report_id": ""},
        {**good, "provider_id": None, "message_id": ""},
        {**good, "reported_at": 3},
        None,
    ]
    failed = {**good, "report_id": "r2", "status": "failed", "code": "MK:0029", "message_id": None}
    rows = [good, failed, {**good, "report_id": "r3", "provider_id": None}, *broken]
    replay = Replay(listing("reports", *rows))
    page = gateway(replay, purpose="").reports("c1")
    assert page.items == (
        DeliveryReport("r1", "p1", Outcome.DELIVERED, "", MOMENT, "w"),
        DeliveryReport("r2", "p1", Outcome.FAILED, "MK:0029", MOMENT),
        DeliveryReport("r3", "", Outcome.DELIVERED, "", MOMENT, "w"),
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
    assert is_opt_out(fourth.text), "nobody knows what they wrote"
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
