"""Reports and replies out of what a centre pushed: nothing lost, nothing counted twice, parts put together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways import pushed
from campaign_app.gateways.numbers import is_nobodys, phone_of
from campaign_app.gateways.pushed import replies, reports
from campaign_app.gateways.rows import UNREAD
from campaign_app.gateways.smpp.arrivals import arrival_of
from campaign_app.jobs.pushed import Handed, PushedReceipt, PushedReply, PushStore
from campaign_app.transport.smpp.pdu import Command, Pdu
from tests.helpers.fresh import fresh_workspace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
SOON, LATER = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
ENTITY = "91330100MA2B00001X"
ACCOUNT = Account(0, "smpp", "c", "smpp://127.0.0.1", ENTITY, "127.0.0.1", "", "user", True, "")
GOOD, BAD = Outcome.DELIVERED, Outcome.FAILED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PushStore]:
    workspace = fresh_workspace(tmp_path / "workspace")
    workspace.accounts.add_entity(Entity(ENTITY, "某店"))
    workspace.accounts.add_account(ACCOUNT)
    yield workspace.pushed
    workspace.close()


def handed(*total: int) -> list[Handed]:
    """Messages m0, m1, … of so many parts, with the ids m0.1, m0.2, …"""
    return [Handed(f"m{m}.{n}", f"m{m}", n, count) for m, count in enumerate(total) for n in range(1, count + 1)]


def told(*receipts: str, code: str = "") -> list[PushedReceipt]:
    """`+m0.1` delivered, `-m0.1` failed."""
    return [PushedReceipt(text[1:], GOOD if text[0] == "+" else BAD, code) for text in receipts]


def seen(store: PushStore, cursor: str = "", now: datetime = NOW) -> dict[str, Outcome]:
    return {report.message_id: report.outcome for report in reports(store, 1, cursor, now).items}


def test_a_report_names_our_own_message(store: PushStore) -> None:
    store.keep(1, NOW, handed=handed(1, 1), receipts=told("+m0.1", "-m1.1", code="smpp_expired"))
    page = reports(store, 1, "", NOW)
    assert page.items == (
        DeliveryReport("m0:delivered", "", GOOD, "smpp_expired", NOW, "m0"),
        DeliveryReport("m1:failed", "", BAD, "smpp_expired", NOW, "m1"),
    )
    assert (page.next_cursor, page.more) == ("2", False)
    assert reports(store, 1, "2", NOW).items == ()


def test_the_same_receipt_again_is_the_same_report(store: PushStore) -> None:
    store.keep(1, NOW, handed=handed(1), receipts=told("+m0.1", "+m0.1"))
    store.keep(1, LATER, receipts=told("+m0.1"))
    first, again = reports(store, 1, "", LATER).items, reports(store, 1, "2", LATER).items
    assert [report.report_id for report in (*first, *again)] == ["m0:delivered"] * 2


def test_a_message_is_delivered_when_all_its_parts_are(store: PushStore) -> None:
    store.keep(1, NOW, handed=handed(3), receipts=told("+m0.3", "+m0.1", "+m0.1"))
    assert seen(store) == {}
    store.keep(1, LATER, receipts=told("+m0.2"))
    assert seen(store, "3") == {"m0": GOOD}


def test_a_message_failed_as_soon_as_one_part_did(store: PushStore) -> None:
    store.keep(1, NOW, handed=handed(2), receipts=told("-m0.2", code="smpp_undeliv_001"))
    (report,) = reports(store, 1, "", NOW).items
    assert (report.outcome, report.code) == (BAD, "smpp_undeliv_001")
    store.keep(1, NOW, receipts=told("+m0.1"))
    assert seen(store, "1") == {"m0": BAD}


@pytest.mark.parametrize("seed", range(20))
def test_receipts_in_any_order_and_number_say_the_same(store: PushStore, seed: int) -> None:
    random = Random(seed)
    every = told("+m0.1", "+m1.1", "+m1.2", "+m2.1", "+m2.2", "-m2.3", "+m3.1") * 2
    random.shuffle(every)
    parts, cursor, found = handed(1, 2, 3, 2), "", dict[str, set[Outcome]]()
    while every or parts:
        count = random.randint(0, 3)
        store.keep(1, NOW, handed=parts[:count], receipts=every[:count])
        parts, every = parts[count:], every[count:]
        page = reports(store, 1, cursor, SOON)
        cursor = page.next_cursor
        for report in page.items:
            found.setdefault(report.message_id or "?", set()).add(report.outcome)
    found.pop("?", None)
    assert found == {"m0": {GOOD}, "m1": {GOOD}, "m2": {BAD}}


def test_a_receipt_before_its_answer_waits_and_keeps_nobody_else(store: PushStore) -> None:
    store.keep(1, NOW, handed=handed(0, 1), receipts=told("+m0.1", "+m1.1"))
    page = reports(store, 1, "", SOON)
    assert page.next_cursor == "0"
    assert [report.message_id for report in page.items if report.message_id] == ["m1"]
    store.keep(1, SOON, handed=handed(1))
    page = reports(store, 1, page.next_cursor, SOON)
    assert ([report.message_id for report in page.items], page.next_cursor) == (["m0", "m1"], "2")


def test_a_receipt_of_nobody_is_handed_on_by_its_id(store: PushStore) -> None:
    store.keep(1, NOW, receipts=told("+x"))
    page = reports(store, 1, "", LATER)
    assert (page.items, page.next_cursor) == ((DeliveryReport("x:delivered", "x", GOOD, "", NOW),), "1")


def test_a_full_page_has_more_behind_it(store: PushStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushed, "PAGE", 2)
    store.keep(1, NOW, handed=handed(1, 1, 1), receipts=told("+m0.1", "+m1.1", "+m2.1"))
    page = reports(store, 1, "", NOW)
    assert (len(page.items), page.next_cursor, page.more) == (2, "2", True)
    page = reports(store, 1, "2", NOW)
    assert (len(page.items), page.next_cursor, page.more) == (1, "3", False)


def test_a_full_page_that_waits_does_not_go_round_in_circles(store: PushStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushed, "PAGE", 2)
    store.keep(1, NOW, receipts=told("+x", "+y", "+z"))
    page = reports(store, 1, "", SOON)
    assert (page.next_cursor, page.more) == ("0", False)


# --- replies ---------------------------------------------------------------------------------------------------------


def texts(store: PushStore, cursor: str = "", now: datetime = NOW) -> list[str]:
    return [message.text for message in replies(store, 1, cursor, now).items]


def part(text: str, number: int, total: int, reference: int = 7, source: str = "8613800000001") -> PushedReply:
    return PushedReply(source, text, reference, number, total)


def test_a_reply_names_its_person(store: PushStore) -> None:
    store.keep(1, NOW, replies=[PushedReply("8613800000001", "退订")])
    page = replies(store, 1, "", SOON)
    assert page.items == (InboundMessage("pushed-1", "", Phone("13800000001"), "退订", NOW),)
    assert (page.next_cursor, page.more, page.broken) == ("1", False, 0)


def test_a_reply_of_nobody_who_can_be_told_is_counted(store: PushStore) -> None:
    sources = ("138****0001", "", "13800000001", "10086")
    store.keep(1, NOW, replies=[PushedReply(source, "T") for source in sources])
    page = replies(store, 1, "", NOW)
    assert (page.broken, [message.text for message in page.items]) == (2, ["T"]), "10086 is no customer's number"


def test_parts_of_a_reply_are_joined_in_their_order(store: PushStore) -> None:
    store.keep(1, NOW, replies=[part("丙", 3, 3), part("x", 1, 2, source="8613800000002"), part("甲", 1, 3)])
    assert texts(store) == []
    store.keep(1, SOON, replies=[part("甲", 1, 3), part("乙", 2, 3)])
    page = replies(store, 1, "", SOON)
    assert [message.text for message in page.items] == ["甲乙丙"]
    assert page.next_cursor == "1", "a part of somebody else's still waits"


def test_a_part_that_stays_alone_is_not_lost(store: PushStore) -> None:
    store.keep(1, NOW, replies=[part("退订", 1, 2)])
    assert texts(store, now=SOON) == []
    page = replies(store, 1, "", LATER)
    assert ([message.text for message in page.items], page.next_cursor) == (["退订"], "1")


def test_a_part_that_waits_keeps_nobody_behind_it_from_being_heard(
    store: PushStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More replies than a page holds came in at once, as after a weekend, and a part of one was lost on the way."""
    monkeypatch.setattr(pushed, "PAGE", 3)
    others = [PushedReply(f"1380000000{n}", f"退订{n}") for n in range(2, 9)]
    waiting = [part("甲", 1, 2), *others[:4], part("乙", 1, 2, reference=9), *others[4:], part("丙", 2, 2, reference=9)]
    store.keep(1, NOW, replies=waiting)
    cursor, more, found = "", True, set[str]()
    while more:
        page = replies(store, 1, cursor, SOON)
        found |= {message.text for message in page.items}
        cursor, more = page.next_cursor, page.more
    assert found == {"甲", "乙", *(reply.text for reply in others)}
    assert texts(store, cursor, LATER) == ["丙"]


def test_a_part_in_the_place_of_another_is_heard_as_well(store: PushStore) -> None:
    """Some phones number all their long replies alike: a part of the first was lost on the way."""
    first, second = part("第一条", 1, 2), [part("退订", 1, 2), part("谢谢", 2, 2)]
    store.keep(1, NOW, replies=[first, first, *second])
    assert texts(store, now=SOON) == ["第一条", "退订谢谢"]
    assert texts(store, now=LATER) == ["第一条", "退订谢谢"]


def test_what_was_named_before_its_cursor_has_the_same_id_again(store: PushStore) -> None:
    store.keep(1, NOW, replies=[part("甲", 1, 2), PushedReply("13800000003", "T")])
    early, late = replies(store, 1, "", SOON), replies(store, 1, "0", LATER)
    ids = {message.text: message.inbound_id for message in early.items}
    assert ids == {"T": "pushed-2"}
    assert {message.text: message.inbound_id for message in late.items} == {**ids, "甲": "pushed-1"}


@pytest.mark.parametrize(
    "source", ["13800000001", "8613800000001", "+8613800000001", "008613800000001", " 13800000001 "]
)
def test_a_number_is_read_however_it_is_written(source: str) -> None:
    assert phone_of(source) == Phone("13800000001")


@pytest.mark.parametrize("source", ["", "10690001234", "85290000001", "4913800000001", "+1 380"])
def test_another_number_is_nobody(source: str) -> None:
    assert phone_of(source) is None


@pytest.mark.parametrize(
    "source", ["10086", "106900013800000001", "+85290000001", "0085290000001", "02138000000", "95588"]
)
def test_a_number_of_a_service_or_from_abroad_is_no_customers(source: str) -> None:
    assert (phone_of(source), is_nobodys(source)) == (None, True)


@pytest.mark.parametrize(
    "source",
    ["", "1380000000", "+861380000000", "138****0001", "1259313800000001", "s13800000001", "13800000001", "12"],
)
def test_what_may_be_a_customers_number_is_never_taken_for_nobodys(source: str) -> None:
    assert not is_nobodys(source)


def pdu(body: bytes) -> Pdu:
    return Pdu(Command.DELIVER, 0, 1, body)


def test_a_delivery_is_a_receipt_or_a_reply() -> None:
    head = b"\0\1\0018613800000001\0\1\x011069000\0"
    text = b"id:7 stat:DELIVRD err:000"
    assert arrival_of(pdu(head + b"\x04\0\0\0\0\0\0\0\0" + bytes([len(text)]) + text)) == PushedReceipt("7", GOOD)
    assert arrival_of(pdu(head + b"\x04\0\0\0\0\0\0\0\0\x00")) is None
    named, state = b"\x00\x1e\x00\x02\x37\x00", b"\x04\x27\x00\x01\x02"
    by_class_alone = head + b"\0\0\0\0\0\0\0\0\0"
    assert arrival_of(pdu(by_class_alone + b"\x00" + named + state)) == PushedReceipt("7", GOOD)
    assert arrival_of(pdu(by_class_alone + bytes([len(text)]) + text + named)) == PushedReceipt("7", GOOD)
    answer = arrival_of(pdu(by_class_alone + b"\x02TD" + named))
    assert answer == PushedReply("8613800000001", "TD"), "it names what it answers, and may be a refusal"
    for spoilt in (b"\0", b"\x04\x24\x00\x09T", b"\x00\x1e\x00"):
        assert arrival_of(pdu(by_class_alone + b"\x02TD" + spoilt)) == PushedReply("8613800000001", "TD")
        assert arrival_of(pdu(by_class_alone + b"\x00" + spoilt)) == PushedReply("8613800000001", UNREAD)
        receipt = head + b"\x04\0\0\0\0\0\0\0\0" + bytes([len(text)]) + text + spoilt
        assert arrival_of(pdu(receipt)) == PushedReceipt("7", GOOD)
    plain = arrival_of(pdu(head + b"\0\0\0\0\0\0\0\0\0\x02TD"))
    assert plain == PushedReply("8613800000001", "TD")
    headed = arrival_of(pdu(head + b"\x40\0\0\0\0\0\0\x08\0\x08\x05\x00\x03\x09\x02\x01\x90\x00"))
    assert headed == PushedReply("8613800000001", "退", 9, 1, 2)
    tlvs = b"\x02\x0c\0\2\0\5\x02\x0e\0\1\3\x02\x0f\0\1\2"
    assert arrival_of(pdu(head + b"\0\0\0\0\0\0\0\0\0\x01T" + tlvs)) == PushedReply("8613800000001", "T", 5, 2, 3)
