"""The SMPP sender against an SMS centre that is not ours (npm's `smpp`), well and in trouble.

`CAMPAIGN_APP_NODE_MODULES` names a `node_modules` that holds it (`npm install --no-save smpp@0.5.1`); without it or
without node these tests are skipped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome
from campaign_app.domain.phone import Phone
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.jobs.ports import Sent
from tests.helpers.smpp_centre import Centre, needs_centre
from tests.helpers.smpp_desk import ENTITY, LONG, NOW, SHORT, SmppDesk, messages, until
from tests.helpers.staff import STRANGER, staff_message

pytestmark = needs_centre
ACCEPTED, REJECTED, UNKNOWN = Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNKNOWN
THROTTLED, QUEUE_FULL, SYSTEM_ERROR, BAD_NUMBER, FAILED, PASSWORD = 0x58, 0x14, 0x08, 0x0B, 0x45, 0x0E


def number(n: int) -> str:
    return f"86138{n:08d}"


# --- well ------------------------------------------------------------------------------------------------------------


def test_everybody_is_reached_once_and_reported(desk: SmppDesk, centre: Centre) -> None:
    outcomes = desk.submit(messages(300))
    assert {each.outcome for each in outcomes} == {ACCEPTED}
    assert Counter(centre.reached()) == Counter(number(n) for n in range(300))
    assert len({each.provider_id for each in outcomes}) == 300
    assert desk.all_reports(300) == {f"m{n}": Outcome.DELIVERED for n in range(300)}


def test_the_centre_reads_what_was_written(desk: SmppDesk, centre: Centre) -> None:
    desk.submit(messages(1))
    (row,) = centre.ledger()
    assert (row["text"], row["from"], row["to"]) == (SHORT, "1069000", number(0))
    assert (row["esm"], row["coding"], row["wants"], row["udh"]) == (0, 8, 1, "")
    assert centre.order("seen")["binds"] == [
        {"kind": "bind_transceiver", "system_id": "user", "version": 0x34, "status": 0}
    ]


def test_the_centre_is_told_how_long_it_may_try(desk: SmppDesk, centre: Centre) -> None:
    assert desk.outcomes(messages(1)) == [ACCEPTED]
    whole = [replace(each, until=NOW + timedelta(hours=11, minutes=30, seconds=5)) for each in messages(1, LONG, 1)]
    assert desk.outcomes(whole) == [ACCEPTED]
    none, *parts = [row["valid"] for row in centre.ledger()]
    assert none == ""
    assert len(parts) == 2
    assert all(abs(valid - (11 * 3600 + 30 * 60 + 5)) <= 1 for valid in parts)
    over = [replace(each, until=NOW) for each in messages(2, first=2)]
    assert desk.outcomes(over) == []
    desk.now = NOW + timedelta(hours=5)
    assert desk.outcomes(messages(2, first=4)) == [], "the machine slept since the gate's word"
    assert len(centre.ledger()) == 3


def test_a_long_text_goes_in_parts_that_the_centre_can_join(desk: SmppDesk, centre: Centre) -> None:
    (outcome,) = desk.submit(messages(1, LONG))
    first, second = centre.ledger()
    assert first["text"] + second["text"] == LONG
    assert (len(first["text"]), first["esm"], second["esm"]) == (67, 0x40, 0x40)
    assert (first["udh"][:4], first["udh"][6:], second["udh"][6:]) == ("0003", "0201", "0202")
    assert outcome.provider_id == f"{first['id']}+{second['id']}"
    assert desk.all_reports(1) == {"m0": Outcome.DELIVERED}


def test_no_more_are_on_their_way_than_the_window_holds(desk: SmppDesk, centre: Centre) -> None:
    centre.set(silent=True)
    desk.line.close()
    desk.answer_within = 0.5
    desk.line, desk.gateway = desk.connected()
    assert desk.outcomes(messages(10)) == [UNKNOWN] * 10
    assert len(centre.ledger()) == 10


@pytest.mark.parametrize("text", ["退订", "R", "ＴＤ", "回复Ｔ。"])
def test_a_refusal_comes_in(desk: SmppDesk, centre: Centre, text: str) -> None:
    desk.replies()
    centre.reply(number(7), text)
    found: list[object] = []
    until(lambda: found or found.extend(desk.replies()), "the reply")
    (reply,) = found
    assert (reply.phone, reply.text, is_opt_out(reply.text)) == (Phone("13800000007"), text, True)


def test_a_reply_in_parts_is_one(desk: SmppDesk, centre: Centre) -> None:
    desk.replies()
    centre.reply(number(7), "订了", udh="050003090202")
    centre.reply(number(7), "我要退", udh="050003090201")
    found: list[object] = []
    until(lambda: found or found.extend(desk.replies()), "the reply")
    assert [reply.text for reply in found] == ["我要退订了"]


@pytest.mark.parametrize(
    "changed",
    [
        {"receipts": "text"},
        {"copies": 3},
        {"backwards": True, "hold": True, "copies": 2},
        {"before": True},
    ],
    ids=["text", "copies", "backwards", "before_the_answer"],
)
def test_receipts_come_as_they_like(desk: SmppDesk, centre: Centre, changed: dict[str, object]) -> None:
    centre.set(**changed)
    assert desk.outcomes([*messages(10), *messages(5, LONG, first=10)]) == [ACCEPTED] * 15
    if changed.get("hold"):
        assert desk.reports() == []
        centre.order("release")
    assert desk.all_reports(15) == {f"m{n}": Outcome.DELIVERED for n in range(15)}


def test_a_receipt_days_later_is_a_report(desk: SmppDesk, centre: Centre) -> None:
    centre.set(receipts="none")
    desk.submit(messages(1))
    centre.order("report", id=centre.ledger()[0]["id"], to=number(0), state=["UNDELIV", 5])
    assert desk.all_reports(1) == {"m0": Outcome.FAILED}


def test_the_centre_may_ask_whether_we_are_there_and_is_asked(desk: SmppDesk, centre: Centre) -> None:
    desk.reports()
    centre.order("enquire")
    until(lambda: centre.order("seen")["enquiries"] >= 2, "two enquiries by us")
    assert centre.order("seen")["bound"]


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"), [(BAD_NUMBER, "smpp_destination"), (FAILED, "smpp_submit_failed"), (0x4FF, "smpp_000004ff")]
)
def test_a_refused_message_is_refused_alone_and_never_again(
    desk: SmppDesk, centre: Centre, status: int, code: str
) -> None:
    centre.set(refused={number(1): status})
    first, second, third = desk.submit(messages(3))
    assert (first.outcome, second.outcome, third.outcome) == (ACCEPTED, REJECTED, ACCEPTED)
    assert second.code == code
    assert len(centre.ledger()) == 3


@pytest.mark.parametrize("status", [THROTTLED, QUEUE_FULL, SYSTEM_ERROR])
def test_a_throttled_message_waits_and_goes_out_once(desk: SmppDesk, centre: Centre, status: int) -> None:
    centre.set(statuses=[status] * 3)
    assert desk.outcomes(messages(5)) == [ACCEPTED] * 5
    assert Counter(centre.reached()) == Counter(number(n) for n in range(5))


def test_of_a_throttled_batch_nothing_is_lost(desk: SmppDesk, centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.gateways.smpp.gateway.BATCH_SECONDS", 0.2)
    centre.set(statuses=[THROTTLED] * 100)
    with pytest.raises(RemoteUnavailable) as info:
        desk.submit(messages(3))
    assert (info.value.code, info.value.retry_after) == ("smpp_throttled", 5.0)
    assert centre.reached() == []


def test_whom_the_centre_did_not_take_in_time_may_be_handed_over_again(
    desk: SmppDesk, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_app.gateways.smpp.gateway.BATCH_SECONDS", 0.2)
    centre.set(refused={number(1): THROTTLED})
    assert [(each.message_id, each.outcome) for each in desk.submit(messages(3))] == [
        ("m0", ACCEPTED),
        ("m2", ACCEPTED),
    ]


def test_a_wrong_password_stops_the_account_and_is_not_tried_again(desk: SmppDesk, centre: Centre) -> None:
    centre.set(password="another")
    for _ in range(3):
        with pytest.raises(RemoteRefused) as info:
            desk.submit(messages(2))
        assert (info.value.code, info.value.account_wide, info.value.facts) == (
            "smpp_login",
            True,
            {"status": "smpp_password"},
        )
    assert len(centre.order("seen")["binds"]) == 1
    assert centre.ledger() == []


def test_an_account_that_is_refused_midway_sends_no_more(desk: SmppDesk, centre: Centre) -> None:
    centre.set(statuses=[0, 0, PASSWORD])
    outcomes = desk.submit(messages(200))
    assert {each.outcome for each in outcomes} == {ACCEPTED}
    assert len(outcomes) == len(centre.reached()) < len(centre.ledger()) < 50
    centre.set(statuses=[PASSWORD] * 50)
    with pytest.raises(RemoteRefused) as info:
        desk.submit(messages(5, first=300))
    assert (info.value.code, info.value.account_wide) == ("smpp_password", True)


# --- parts -----------------------------------------------------------------------------------------------------------


def test_of_a_refused_first_part_no_second_one_follows(desk: SmppDesk, centre: Centre) -> None:
    centre.set(refused={number(0): BAD_NUMBER})
    (outcome,) = desk.submit(messages(1, LONG))
    assert (outcome.outcome, outcome.code, len(centre.ledger())) == (REJECTED, "smpp_destination", 1)


def test_some_parts_taken_and_one_refused_is_accepted_and_then_failed(desk: SmppDesk, centre: Centre) -> None:
    centre.set(refused={f"{number(0)}#2": FAILED})
    (outcome,) = desk.submit(messages(1, LONG))
    assert (outcome.outcome, outcome.code, outcome.provider_id) == (ACCEPTED, "parts_refused", "")
    assert len(centre.ledger()) == 2
    assert desk.gateway.lookup("key", [Sent("m0", None, NOW)]) == (outcome,)
    (report,) = desk.reports()
    assert (report.message_id, report.outcome, report.code) == ("m0", Outcome.FAILED, "smpp_submit_failed")
    centre.order("report", id=centre.ledger()[0]["id"], to=number(0))
    until(lambda: desk.workspace.pushed.receipts(1, 2, 9), "the receipt of the first part")
    assert {each.outcome for each in desk.gateway.reports("").items} == {Outcome.FAILED}


def test_a_part_without_an_answer_leaves_the_message_unknown(desk: SmppDesk, centre: Centre) -> None:
    centre.set(cutAfter=1)
    (outcome,) = desk.submit(messages(1, LONG))
    assert (outcome.outcome, outcome.code) == (UNKNOWN, "no_answer")
    assert len(centre.ledger()) == 1
    assert desk.gateway.lookup("key", [Sent("m0", None, NOW)]) == ()


def test_an_sms_centre_takes_it_part_by_part(desk: SmppDesk, centre: Centre) -> None:
    assert desk.gateway.capabilities.test_messages
    outcome = desk.gateway.submit_test("k", staff_message(ENTITY, NOW, LONG))
    assert outcome.outcome is Outcome.ACCEPTED
    rows = centre.ledger()
    assert {row["to"] for row in rows} == {f"86{STRANGER.digits}"}
    assert "".join(row["text"] for row in rows) == LONG
