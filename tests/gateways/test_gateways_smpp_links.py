"""The SMPP sender and its connection: cut, silent, full disks, what waited meanwhile, and who may have one.

The centre is npm's `smpp`, as in `test_gateways_smpp_centre.py`.
"""

from __future__ import annotations

import gc
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from campaign_app.domain.errors import (
    NotAllowed,
    OutcomeUnknown,
    RemoteError,
    RemoteRefused,
    RemoteUnavailable,
    WorkspaceError,
)
from campaign_app.domain.message import Outcome
from campaign_app.gateways import Connections, SenderParts
from campaign_app.gateways.smpp import gateway_for
from campaign_app.jobs.ports import Gateway, Sent
from campaign_app.transport.smpp.pdu import RESPONSE, Command, Pdu, frames, packed
from tests.helpers.smpp_centre import Centre, needs_centre
from tests.helpers.smpp_desk import NOW, QUICK, SmppDesk, messages, until

pytestmark = needs_centre
ACCEPTED, UNKNOWN = Outcome.ACCEPTED, Outcome.UNKNOWN


def number(n: int) -> str:
    return f"86138{n:08d}"


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
    with SmppDesk(tmp_path / "workspace", centre.url, timing=replace(QUICK, idle=0.5)) as desk:
        desk.reports()
        until(lambda: not centre.order("seen")["bound"], "the goodbye")
        desk.reports()
        assert len(centre.order("seen")["binds"]) >= 2


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


def test_a_line_that_is_closed_while_it_logs_in_ends_its_connection(tmp_path: Path) -> None:
    """Not left to whenever somebody collects what nobody closed."""
    with (
        socket.create_server(("127.0.0.1", 0)) as centre,
        SmppDesk(tmp_path / "ws", f"smpp://127.0.0.1:{centre.getsockname()[1]}") as desk,
        ThreadPoolExecutor(1) as pool,
    ):
        asked = pool.submit(desk.reports)
        link, _ = centre.accept()
        with link:
            link.settimeout(30)
            assert link.recv(1), "the login, which is never answered"
            desk.line.close()
            with pytest.raises(RemoteError):
                asked.result(timeout=30)
            while link.recv(4_096):
                pass
    gc.collect()


def test_what_nobody_can_read_is_kept_and_counted_before_it_is_turned_away(tmp_path: Path) -> None:
    """It may have been a refusal: whoever sends next has to know of it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as centre,
        SmppDesk(tmp_path / "ws", f"smpp://127.0.0.1:{centre.getsockname()[1]}") as desk,
        ThreadPoolExecutor(1) as pool,
    ):
        asked = pool.submit(desk.gateway.inbound, "")
        link, _ = centre.accept()
        with link, link.makefile("rb") as answers:

            def heard() -> Pdu:
                size = answers.read(4)
                (pdu,) = frames(bytearray(size + answers.read(int.from_bytes(size, "big") - 4)))
                return pdu

            link.sendall(packed(Command.BIND_TRANSCEIVER | RESPONSE, heard().sequence, b"\0"))
            link.sendall(packed(Command.DELIVER, 1, b"\0\1\0018613800000001\0"))
            turned_away = heard()
            assert (turned_away.command, turned_away.status) == (Command.DELIVER | RESPONSE, 0x65)
            page = asked.result(timeout=30)
            assert (page.items, page.broken, page.more) == ((), 1, False)


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


def sleep(desk: SmppDesk, centre: Centre) -> None:
    """For an hour: the connection broke without a word, and what came in meanwhile waits at the centre."""
    centre.set(silent=True)
    centre.order("queue", **{"from": number(7)}, data="退订".encode("utf-16-be").hex())
    desk.line._line._binding._backlog._asked -= 3600


def test_nobody_believes_a_connection_that_broke_while_the_machine_slept(centre: Centre, tmp_path: Path) -> None:
    """Reports, replies and a batch ask at once when it wakes: each waits for what the first of them finds out."""
    quick = replace(QUICK, silent=60, backlog=0.5, quiet=0.2)
    with SmppDesk(tmp_path / "workspace", centre.url, timing=quick, answer_within=0.3) as desk:
        desk.reports()
        assert desk.replies() == []
        sleep(desk, centre)
        with ThreadPoolExecutor(3) as beside:
            pages = list(beside.map(desk.gateway.inbound, [""] * 3))
        assert [[reply.text for reply in page.items] for page in pages] == [["退订"]] * 3
        assert len(centre.order("seen")["binds"]) == 2


def test_whoever_hears_a_centre_out_while_the_machine_sleeps_does_so_anew(centre: Centre, tmp_path: Path) -> None:
    quick = replace(QUICK, silent=60, backlog=1.0, quiet=0.2)
    with (
        SmppDesk(tmp_path / "workspace", centre.url, timing=quick, answer_within=0.3) as desk,
        ThreadPoolExecutor(1) as beside,
    ):
        waiting = beside.submit(desk.replies)
        until(lambda: centre.order("seen")["binds"], "the bind")
        sleep(desk, centre)
        assert [reply.text for reply in waiting.result(timeout=30)] == ["退订"]


def test_a_centre_that_still_delivers_what_waited_is_heard_out(centre: Centre, tmp_path: Path) -> None:
    """One reply after the other, as after a weekend: they take longer than any connection has to stand."""
    with SmppDesk(tmp_path / "workspace", centre.url, timing=replace(QUICK, backlog=0.2, quiet=0.4)) as desk:
        for place in range(25):
            centre.order("queue", **{"from": number(place)}, data=f"退订{place}".encode("utf-16-be").hex())
        centre.set(pace=40)
        assert [reply.text for reply in desk.replies()] == [f"退订{place}" for place in range(25)]
        centre.reply(number(99), "TD")
        began = monotonic()
        desk.replies()
        assert monotonic() - began < 0.4, "once heard out, the connection keeps nobody waiting"


def test_a_centre_that_never_falls_silent_is_not_heard_out_for_ever(centre: Centre, tmp_path: Path) -> None:
    """Another system shares the account: its replies come in as well."""
    timing = replace(QUICK, backlog=0.2, quiet=5.0, longest_backlog=0.6)
    with SmppDesk(tmp_path / "workspace", centre.url, timing=timing) as desk:
        for place in range(200):
            centre.order("queue", **{"from": number(place)}, data="退订".encode("utf-16-be").hex())
        centre.set(pace=20)
        assert 0 < len(desk.replies()) < 200


def test_what_is_here_is_told_while_the_centre_is_away(desk: SmppDesk, centre: Centre) -> None:
    desk.reports()
    centre.reply(number(7), "退订")
    until(lambda: centre.order("seen")["acknowledged"], "the acknowledgement")
    centre.set(password="another")
    centre.order("cut")

    def away() -> bool:
        try:
            desk.line.stay_open()
        except RemoteRefused:
            return True
        return False

    until(away, "the refusal")
    page = desk.gateway.inbound("")
    assert ([reply.text for reply in page.items], page.more) == (["退订"], True)
    with pytest.raises(RemoteRefused):
        desk.gateway.inbound(page.next_cursor)
