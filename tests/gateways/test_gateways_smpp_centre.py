"""The SMPP sender against an SMS centre that is not ours (npm's `smpp`), well and in trouble.

`CAMPAIGN_APP_NODE_MODULES` names a `node_modules` that holds it (`npm install --no-save smpp@0.5.1`); without it or
without node these tests are skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.errors import NotAllowed, OutcomeUnknown, RemoteRefused, RemoteUnavailable, WorkspaceError
from campaign_app.domain.message import Outcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways import Connections, SenderParts
from campaign_app.gateways.smpp import gateway_for
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.jobs.ports import Gateway, Sent
from tests.helpers.smpp_centre import Centre, needs_centre
from tests.helpers.smpp_desk import LONG, NOW, QUICK, SHORT, SmppDesk, messages, until

pytestmark = needs_centre
ACCEPTED, REJECTED, UNKNOWN = Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNKNOWN
THROTTLED, QUEUE_FULL, SYSTEM_ERROR, BAD_NUMBER, FAILED, PASSWORD = 0x58, 0x14, 0x08, 0x0B, 0x45, 0x0E


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as started:
        yield started


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[SmppDesk]:
    with SmppDesk(tmp_path / "workspace", centre.url) as opened:
        yield opened


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
    assert (reply.phone, reply.text, is_opt_out(reply.text)) == (Phone("13800000007"), text, True)  # type: ignore[attr-defined]


def test_a_reply_in_parts_is_one(desk: SmppDesk, centre: Centre) -> None:
    desk.replies()
    centre.reply(number(7), "订了", udh="050003090202")
    centre.reply(number(7), "我要退", udh="050003090201")
    found: list[object] = []
    until(lambda: found or found.extend(desk.replies()), "the reply")
    assert [reply.text for reply in found] == ["我要退订了"]  # type: ignore[attr-defined]


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


# --- cut -------------------------------------------------------------------------------------------------------------


def test_a_link_cut_in_a_window_leaves_unknown_what_was_on_its_way(desk: SmppDesk, centre: Centre) -> None:
    """Everybody else is sent over the next connection, and nobody twice."""
    centre.set(cutAfter=100)
    outcomes = desk.submit(messages(300))
    reached = Counter(centre.reached())
    unknown = {number(int(each.message_id[1:])) for each in outcomes if each.outcome is UNKNOWN}
    assert max(reached.values()) == 1
    assert 1 <= len(unknown) <= 10
    assert {each.outcome for each in outcomes} == {ACCEPTED, UNKNOWN}
    assert {number(n) for n in range(300)} - unknown <= set(reached)
    assert len(centre.order("seen")["binds"]) == 2


def test_a_receipt_tells_of_a_message_whose_batch_was_never_settled(desk: SmppDesk, centre: Centre) -> None:
    """A crash between answer and settling: what the centre took is kept with our own id."""
    sent = [Sent(f"m{n}", None, NOW) for n in range(5)]
    assert desk.gateway.lookup("key", sent) == ()
    centre.set(hold=True)
    desk.submit(messages(3))
    desk.line.close()
    desk.line, desk.gateway = desk.connected()
    assert {each.message_id: each.outcome for each in desk.gateway.lookup("key", sent)} == dict.fromkeys(
        ("m0", "m1", "m2"), ACCEPTED
    )
    desk.reports()
    centre.order("release")
    assert desk.all_reports(3) == {f"m{n}": Outcome.DELIVERED for n in range(3)}


def test_what_could_not_be_kept_comes_again(desk: SmppDesk, centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    """An acknowledgement says that it is in the workspace: while the disk is full there is none."""
    keep, full = type(desk.workspace.pushed).keep, [True]

    class Store:
        def __getattr__(self, name: str) -> object:
            return getattr(desk.workspace.pushed, name)

        def keep(self, *args: object, **given: object) -> None:
            if full:
                raise WorkspaceError("disk_full", "The disk is full")
            keep(desk.workspace.pushed, *args, **given)  # type: ignore[arg-type]

    desk.line.store = Store()  # type: ignore[assignment]
    desk.reports()
    centre.reply(number(1), "退订")
    until(lambda: centre.order("seen")["acknowledged"], "the answer")
    seen = centre.order("seen")
    assert (seen["acknowledged"], seen["unacknowledged"]) == ([{"key": "mo/1", "status": 0x64}], ["mo/1"])
    assert "cannot be kept: disk_full" in caplog.text
    full.clear()
    centre.order("cut")
    found: list[object] = []
    until(lambda: found or found.extend(desk.replies()), "the reply")
    until(lambda: not centre.order("seen")["unacknowledged"], "its acknowledgement")


def test_nothing_is_acknowledged_before_it_is_kept(desk: SmppDesk, centre: Centre) -> None:
    desk.reports()
    for n in range(50):
        centre.reply(number(n), "T")
    until(lambda: len(centre.order("seen")["acknowledged"]) == 50, "50 acknowledgements")
    assert len(desk.workspace.pushed.replies(1, 0, 99)) == 50


def test_a_broken_connection_is_bound_again_by_itself(desk: SmppDesk, centre: Centre) -> None:
    desk.reports()
    centre.order("cut")
    until(lambda: len(centre.order("seen")["binds"]) == 2, "a second bind")
    centre.order("dismiss")
    until(lambda: len(centre.order("seen")["binds"]) == 3, "a third bind after the centre said goodbye")


def test_a_centre_that_never_answers_leaves_unknown_and_loses_its_connection(centre: Centre, tmp_path: Path) -> None:
    centre.set(silent=True)
    with SmppDesk(tmp_path / "workspace", centre.url, answer_within=0.3) as desk:
        outcomes = desk.submit(messages(3))
        assert [(each.outcome, each.code) for each in outcomes] == [(UNKNOWN, "no_answer")] * 3
        assert len(centre.ledger()) == 3


def test_a_centre_that_does_not_answer_a_bind_is_unavailable(centre: Centre, tmp_path: Path) -> None:
    centre.set(mute=True)
    with (
        SmppDesk(tmp_path / "workspace", centre.url, answer_within=0.2) as desk,
        pytest.raises(RemoteUnavailable) as info,
    ):
        desk.submit(messages(1))
    assert (type(info.value), info.value.code) == (RemoteUnavailable, "unreachable")


def test_an_unused_connection_is_given_up(centre: Centre, tmp_path: Path) -> None:
    with SmppDesk(tmp_path / "workspace", centre.url, timing=replace(QUICK, idle=0.1)) as desk:
        desk.reports()
        until(lambda: not centre.order("seen")["bound"], "the goodbye")
        desk.reports()
        assert len(centre.order("seen")["binds"]) == 2


def test_after_its_end_a_line_asks_nobody(desk: SmppDesk, centre: Centre) -> None:
    desk.reports()
    desk.line.close()
    with pytest.raises(RemoteUnavailable):
        desk.submit(messages(1))
    until(lambda: not centre.order("seen")["bound"], "the goodbye")
    assert centre.ledger() == []


def test_a_line_that_ends_in_the_middle_of_a_batch_leaves_it_unknown(desk: SmppDesk, centre: Centre) -> None:
    centre.set(silent=True)
    with ThreadPoolExecutor(1) as beside:
        batch = beside.submit(desk.submit, messages(30))
        until(centre.ledger, "the first message")
        desk.line.close()
        with pytest.raises(OutcomeUnknown):
            batch.result(timeout=30)
    assert len(centre.ledger()) <= 10


def test_an_account_has_one_connection_until_it_is_another(desk: SmppDesk, centre: Centre) -> None:
    with closing(Connections(desk.workspace.pushed)) as connections:

        def gateway(purpose: str, shop: int, **options: str) -> Gateway:
            changed = replace(desk.account, id=shop, options={**desk.account.options, **options})
            parts = SenderParts(
                changed,
                {"password": "secret"},
                purpose,
                lambda: NOW,
                sender_id=desk.account.id,
                connections=connections,
            )
            return gateway_for(parts)

        for made in (gateway("retail", 1), gateway("membership", 7)):
            made.reports("")
        assert len(centre.order("seen")["binds"]) == 1
        gateway("retail", 1, window="5").reports("")
        assert len(centre.order("seen")["binds"]) == 2
        until(lambda: centre.order("seen")["sessions"] == 1, "the goodbye of the former connection")
    until(lambda: centre.order("seen")["sessions"] == 0, "the goodbye")


def test_outside_of_the_worker_there_is_no_connection(desk: SmppDesk) -> None:
    with pytest.raises(NotAllowed) as info:
        gateway_for(SenderParts(desk.account, {"password": "secret"}, "retail", lambda: NOW))
    assert info.value.code == "worker_only"


def test_nobody_without_a_number_and_nobody_simulated_reaches_a_real_centre(desk: SmppDesk, centre: Centre) -> None:
    desk.gateway._account = replace(desk.account, simulated=False)
    with pytest.raises(RemoteRefused) as info:
        desk.submit(messages(2))
    assert (info.value.code, info.value.account_wide) == ("simulated_fact", True)
    assert centre.order("seen")["binds"] == []


def test_complaints_are_not_told_by_a_centre(desk: SmppDesk) -> None:
    assert desk.gateway.capabilities.streams == {"reports", "inbound"}
    with pytest.raises(RemoteRefused):
        desk.gateway.complaints("")


def test_what_the_workspace_has_taken_over_is_removed_in_time(desk: SmppDesk, centre: Centre) -> None:
    desk.submit(messages(2))
    centre.reply(number(1), "T")
    desk.all_reports(2)
    found: list[object] = []
    until(lambda: found or found.extend(desk.replies()), "the reply")
    pushed = desk.workspace.pushed
    desk.now = NOW + timedelta(hours=2)
    desk.reports(), desk.replies()
    assert (len(pushed.receipts(1, 0, 9)), pushed.replies(1, 0, 9)) == (2, ())
    desk.now = NOW + timedelta(days=12)
    desk.reports()
    assert (pushed.receipts(1, 0, 9), pushed.handed(1, ["m0", "m1"])) == ((), ())


def test_what_waited_at_the_centre_is_read_before_the_list_is_at_its_end(centre: Centre, tmp_path: Path) -> None:
    """Who refused while nobody was connected is not written to by the first batch afterwards."""
    with SmppDesk(tmp_path / "workspace", centre.url, timing=replace(QUICK, backlog=1.0)) as desk:
        desk.reports()
        centre.order("queue", **{"from": number(7)}, data="退订".encode("utf-16-be").hex())
        centre.order("cut")
        until(lambda: len(centre.order("seen")["binds"]) == 2, "a second bind")
        assert [reply.text for reply in desk.replies()] == ["退订"]


def test_what_is_here_is_told_while_the_centre_is_away(desk: SmppDesk, centre: Centre) -> None:
    desk.reports()
    centre.reply(number(7), "退订")
    until(lambda: centre.order("seen")["acknowledged"], "the acknowledgement")
    centre.set(mute=True, password="another")
    centre.order("cut")
    centre.set(mute=False)

    def away() -> bool:
        try:
            desk.line.stay_bound()
        except RemoteRefused:
            return True
        return False

    until(away, "the refusal")
    page = desk.gateway.inbound("")
    assert ([reply.text for reply in page.items], page.more) == (["退订"], True)
    with pytest.raises(RemoteRefused):
        desk.gateway.inbound(page.next_cursor)
