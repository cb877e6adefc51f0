"""The sender at a Kannel that answers as it is told to, or not at all; and whose pushes are heard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable, WorkspaceError
from campaign_app.domain.message import Outcome
from campaign_app.gateways.kannel.pushes import Arrived, part_of, receipt_url
from campaign_app.gateways.kannel.sending import Batch, Route
from campaign_app.gateways.lines import LineGateway
from campaign_app.platforms import client_for, write_credentials
from campaign_app.transport.kannel import SendSms, access_of
from tests.helpers.kannel_box import PUSH_KEY, free_ports
from tests.helpers.kannel_desk import SECRETS, KannelDesk, account
from tests.helpers.kannel_scripted import ACCEPTED, CUT, LATER, Scripted
from tests.helpers.smpp_desk import LONG, NOW, messages, phone

TWO_PARTS = LONG


@pytest.fixture
def kannel() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def desk(kannel: Scripted, tmp_path: Path) -> Iterator[KannelDesk]:
    with KannelDesk(tmp_path / "workspace", kannel.url, free_ports(1)[0]) as opened:
        yield opened


def push(desk: KannelDesk, path: str, **headers: str) -> int:
    """What the listener answers to a GET."""
    return requests.get(f"http://127.0.0.1:{desk.push_port}{path}", headers=headers, timeout=10).status_code


def reply(desk: KannelDesk, body: bytes, key: str = PUSH_KEY, **headers: str) -> int:
    address = f"http://127.0.0.1:{desk.push_port}/reply/{key}"
    every = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(address, data=body, headers=every, timeout=10).status_code


def receipt(desk: KannelDesk, message_id: str, kind: int, number: int = 1, total: int = 1, key: str = PUSH_KEY) -> int:
    """As Kannel fills in the address that it was given."""
    url = receipt_url(f"http://127.0.0.1:{desk.push_port}", key, part_of(message_id, number, total))
    address = urlsplit(url.replace("%d", str(kind)))
    return push(desk, f"{address.path}?{address.query}")


def test_a_request_says_all_that_kannel_needs_and_no_secret_in_its_address(desk: KannelDesk, kannel: Scripted) -> None:
    desk.submit(messages(1))
    (asked,) = kannel.asked
    assert asked["path"] == "/cgi-bin/sendsms"
    assert {name: value for name, value in asked.items() if name.startswith("X-Kannel-")} == {
        "X-Kannel-Username": "user",
        "X-Kannel-Password": "secret",
        "X-Kannel-From": "1069000",
        "X-Kannel-To": f"86{phone(0).digits}",
        "X-Kannel-Coding": "2",
        "X-Kannel-DLR-Mask": "19",
        "X-Kannel-DLR-Url": f"http://127.0.0.1:{desk.push_port}/receipt/{PUSH_KEY}/m0/1/1?type=%d",
    }


def test_a_machine_that_slept_within_a_batch_hands_nothing_more_over(desk: KannelDesk, kannel: Scripted) -> None:
    moments = iter([NOW, NOW + timedelta(hours=5), NOW + timedelta(hours=5)])
    route = Route("86", lambda part: receipt_url("http://127.0.0.1", PUSH_KEY, part), lambda: next(moments))
    calls = SendSms(access_of(desk.account, SECRETS), lambda: NOW)
    batch = Batch(calls, route, lambda _: None, lambda: 0.0, lambda _: True)
    found = batch.run(messages(3), {f"m{n}": phone(n) for n in range(3)}, 1)
    calls.close()
    assert [(each.message_id, each.outcome) for each in found] == [("m0", Outcome.ACCEPTED)]
    assert len(kannel.asked) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ((403, "Not routable. Do not try again."), "kannel_route"),
        ((400, "Number(s) has/have been denied by white- and/or black-lists."), "kannel_denied"),
        ((400, "Something else, rejected"), "kannel_refused"),
    ],
)
def test_what_kannel_says_of_one_number_is_that_numbers_alone(
    desk: KannelDesk, kannel: Scripted, said: tuple[int, str], code: str
) -> None:
    kannel.script = [ACCEPTED, said]
    found = [(each.outcome, each.code) for each in desk.submit(messages(3)).values()]
    assert found == [(Outcome.ACCEPTED, ""), (Outcome.REJECTED, code), (Outcome.ACCEPTED, "")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ((403, "Authorization failed for sendsms"), "kannel_login"),
        ((404, "Unknown request."), "kannel_address"),
        ((400, "Sender missing and no global set, rejected"), "kannel_source"),
        ((302, ""), "redirected"),
    ],
)
def test_what_concerns_the_account_stops_it(
    desk: KannelDesk, kannel: Scripted, said: tuple[int, str], code: str
) -> None:
    kannel.script = [said]
    with pytest.raises(RemoteRefused) as info:
        desk.submit(messages(3))
    assert (info.value.code, info.value.account_wide, len(kannel.asked)) == (code, True, 1)


def test_what_was_plainly_not_taken_is_left_out_and_may_be_handed_over_again(
    desk: KannelDesk, kannel: Scripted
) -> None:
    kannel.script = [ACCEPTED, LATER]
    assert list(desk.submit(messages(3))) == ["m0"]
    kannel.script = [LATER]
    with pytest.raises(RemoteUnavailable) as info:
        desk.submit(messages(2, first=1))
    assert (info.value.code, type(info.value)) == ("kannel_not_now", RemoteUnavailable)
    assert list(desk.submit(messages(2, first=1))) == ["m1", "m2"]


@pytest.mark.parametrize("said", [CUT, (500, ""), (503, "down"), (502, ""), (202, "Sent."), (200, "")])
def test_whoever_may_have_been_taken_is_unknown_until_a_receipt_names_them(
    desk: KannelDesk, kannel: Scripted, said: tuple[int, str]
) -> None:
    kannel.script = [ACCEPTED, said]
    batch = messages(4)
    found = desk.submit(batch)
    assert {name: each.outcome for name, each in found.items()} == {"m0": Outcome.ACCEPTED, "m1": Outcome.UNKNOWN}
    assert len(kannel.asked) == 2, "asked once each, and nobody behind an answer that did not come"
    assert set(desk.lookup(batch)) == {"m0"}
    assert receipt(desk, "m1", 1) == 200
    assert set(desk.lookup(batch)) == {"m0", "m1"}
    assert [(each.message_id, each.outcome) for each in desk.reports()] == [("m1", Outcome.DELIVERED)]


def test_where_nobody_listens_nothing_was_taken(tmp_path: Path) -> None:
    push, nobody = free_ports(2)
    with KannelDesk(tmp_path / "workspace", f"http://127.0.0.1:{nobody}", push) as desk:
        with pytest.raises(RemoteUnavailable) as info:
            desk.submit(messages(2))
        assert (info.value.code, type(info.value)) == ("unreachable", RemoteUnavailable)


def test_the_second_part_is_tried_again_once_the_first_was_taken(desk: KannelDesk, kannel: Scripted) -> None:
    kannel.script = [ACCEPTED, LATER, ACCEPTED]
    (outcome,) = desk.submit(messages(1, TWO_PARTS)).values()
    assert outcome.outcome is Outcome.ACCEPTED
    assert [asked["X-Kannel-UDH"][-6:] for asked in kannel.asked] == ["%02%01", "%02%02", "%02%02"]
    assert len({asked["X-Kannel-UDH"][:-3] for asked in kannel.asked}) == 1, "one reference for all parts"
    assert kannel.asked[0]["text"] + kannel.asked[2]["text"] == TWO_PARTS


def test_a_refused_second_part_ends_as_failed_and_is_never_sent_again(desk: KannelDesk, kannel: Scripted) -> None:
    kannel.script = [ACCEPTED, (403, "Not routable. Do not try again.")]
    batch = messages(1, TWO_PARTS)
    (outcome,) = desk.submit(batch).values()
    assert (outcome.outcome, outcome.code) == (Outcome.ACCEPTED, "parts_refused")
    assert set(desk.lookup(batch)) == {"m0"}
    receipt(desk, "m0", 1, 1, 2)
    assert [(each.message_id, each.outcome) for each in desk.reports()] == [("m0", Outcome.FAILED)]


def test_a_second_part_without_an_answer_is_unknown(desk: KannelDesk, kannel: Scripted) -> None:
    kannel.script = [ACCEPTED, CUT]
    batch = messages(1, TWO_PARTS)
    assert desk.submit(batch)["m0"].outcome is Outcome.UNKNOWN
    assert desk.lookup(batch) == {}, "one of two parts is no answer for the message"


def test_a_simulated_fact_reaches_only_what_a_person_called_a_test(desk: KannelDesk, kannel: Scripted) -> None:
    live = LineGateway(replace(desk.account, simulated=False), desk.line, "retail")
    with pytest.raises(RemoteRefused) as info:
        live.submit("key", messages(1))
    assert (info.value.code, kannel.asked) == ("simulated_fact", [])
    assert list(desk.submit(messages(1))) == ["m0"]


@pytest.mark.parametrize(("said", "code"), [(ACCEPTED, "contract_broken"), ((404, ""), "kannel_address")])
def test_a_check_believes_only_a_kannel(kannel: Scripted, said: tuple[int, str], code: str) -> None:
    kannel.script = [said]
    client = client_for(account(kannel.url), write_credentials(SECRETS), lambda: NOW)
    with pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert info.value.code == code
    client.close()


# --- what is pushed ---------------------------------------------------------------------------------------------------


def test_only_who_knows_the_key_is_heard(desk: KannelDesk) -> None:
    desk.reports()
    wrong = "b" + PUSH_KEY[1:]
    assert receipt(desk, "m0", 1, key=wrong) == 404
    assert reply(desk, b"T", key=wrong, X_Kannel_From="8613800000001") == 404
    assert push(desk, f"/reply/{PUSH_KEY}") == 404, "a reply is never in an address"
    assert push(desk, "/") == 404
    assert (desk.reports(), desk.replies()) == ([], [])


@pytest.mark.parametrize("words", ["m0/0/1", "m0/2/1", "m0/1/256", "m0/a/b", "m0/1", f"m0/{'9' * 5_000}/1"])
def test_a_receipt_that_is_none_is_refused(desk: KannelDesk, words: str) -> None:
    desk.reports()
    assert push(desk, f"/receipt/{PUSH_KEY}/{words}?type=1") == 404
    assert desk.reports() == []


def test_of_receipts_only_final_ones_count(desk: KannelDesk, kannel: Scripted) -> None:
    desk.submit(messages(5))
    kinds = {"m0": 1, "m1": 2, "m2": 16, "m3": 8, "m4": 4}
    assert {receipt(desk, message_id, kind) for message_id, kind in kinds.items()} == {200}
    assert push(desk, f"/receipt/{PUSH_KEY}/m4/1/1") == 200
    found = {each.message_id: (each.outcome, each.code) for each in desk.reports()}
    assert found == {
        "m0": (Outcome.DELIVERED, ""),
        "m1": (Outcome.FAILED, "kannel_failed"),
        "m2": (Outcome.FAILED, "kannel_rejected"),
    }
    assert len(kannel.asked) == 5


def test_behind_a_proxy_the_address_may_begin_otherwise(desk: KannelDesk) -> None:
    desk.reports()
    assert push(desk, f"/shop/push/receipt/{PUSH_KEY}/m0/1/1?type=1") == 200
    assert [each.message_id for each in desk.reports()] == ["m0"]


@pytest.mark.parametrize(
    ("body", "headers", "text"),
    [
        (
            "退订".encode("utf-16-be"),
            {"Content_Type": 'text/plain; charset="UTF-16BE"', "X_Kannel_Coding": "2"},
            "退订",
        ),
        ("退订".encode("utf-16-be"), {"Content_Type": "application/octet-stream", "X_Kannel_Coding": "2"}, "退订"),
        ("退订".encode("gb18030"), {"Content_Type": "application/octet-stream", "X_Kannel_Coding": "1"}, "退订"),
        ("退订".encode(), {"Content_Type": "text/plain; charset=UTF-8"}, "退订"),
        (b"T", {}, "T"),
        (b"T", {"Content_Type": "text/plain; charset=8-BIT"}, "T"),
        (b"T\0\xff", {"Content_Type": "text/plain; charset=UTF-8"}, "T\ufffd"),
        ("退订".encode("gbk"), {"Content_Type": "text/plain; charset=UTF-8", "X_Kannel_Coding": "0"}, "退订"),
    ],
)
def test_a_reply_is_read_whatever_it_is_written_in(
    desk: KannelDesk, body: bytes, headers: dict[str, str], text: str
) -> None:
    desk.replies()
    assert reply(desk, body, X_Kannel_From=f"+86{phone(1).digits}", **headers) == 200
    (found,) = desk.replies()
    assert (found.phone, found.text, found.received_at) == (phone(1), text, NOW)


def test_parts_that_kannel_did_not_join_are_joined_here(desk: KannelDesk) -> None:
    desk.replies()
    number = f"86{phone(1).digits}"
    for part, text in ((2, "订"), (1, "退")):
        header = f"%05%00%03%07%02%0{part}"
        assert (
            reply(desk, text.encode("utf-16-be"), X_Kannel_From=number, X_Kannel_Coding="2", X_Kannel_UDH=header) == 200
        )
    assert [each.text for each in desk.replies()] == ["退订"]


@pytest.mark.parametrize("length", ["x", str(1 << 20), ""])
def test_a_body_without_a_sound_length_is_not_read(desk: KannelDesk, length: str) -> None:
    desk.replies()
    with socket.create_connection(("127.0.0.1", desk.push_port), timeout=10) as line:
        line.sendall(f"POST /reply/{PUSH_KEY} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        assert line.recv(100).split()[1] == b"400"


def test_a_reply_that_breaks_off_is_none_until_it_comes_whole(desk: KannelDesk) -> None:
    """Half of 退货怎么办 is an opt-out, and nobody asked for one."""
    desk.replies()
    number, body = f"86{phone(1).digits}", "退货怎么办".encode("utf-16-be")
    head = f"POST /reply/{PUSH_KEY} HTTP/1.1\r\nX-Kannel-From: {number}\r\nX-Kannel-Coding: 2\r\n"
    with socket.create_connection(("127.0.0.1", desk.push_port), timeout=10) as line:
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:2])
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100).split()[1] == b"400"
    assert desk.replies() == []
    assert reply(desk, body, X_Kannel_From=number, X_Kannel_Coding="2") == 200
    assert [each.text for each in desk.replies()] == ["退货怎么办"]


@pytest.mark.expects_logs("campaign_app.gateways.kannel.listening")
def test_what_cannot_be_kept_is_to_be_pushed_again(desk: KannelDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.replies()

    def full(*_: object, **__: object) -> None:
        raise WorkspaceError("disk_full", "The disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.line.store), "keep", full)
        assert reply(desk, b"T", X_Kannel_From=f"86{phone(1).digits}") == 503
        assert receipt(desk, "m0", 1) == 503
    assert (desk.reports(), desk.replies()) == ([], [])
    assert reply(desk, b"T", X_Kannel_From=f"86{phone(1).digits}") == 200
    assert [each.text for each in desk.replies()] == ["T"]


def test_where_the_port_is_anothers_no_batch_leaves(kannel: Scripted, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        KannelDesk(tmp_path / "workspace", kannel.url, other.getsockname()[1]) as desk,
    ):
        for ask in (desk.replies, desk.reports, lambda: desk.submit(messages(1))):
            with pytest.raises(RemoteError) as info:
                ask()
            assert info.value.code == "kannel_port"
    assert kannel.asked == []


def test_a_closed_line_takes_and_sends_nothing(desk: KannelDesk, kannel: Scripted) -> None:
    desk.replies()
    desk.line.close()
    with pytest.raises(requests.ConnectionError):
        receipt(desk, "m0", 1)
    with pytest.raises(RemoteUnavailable):
        desk.submit(messages(1))
    assert kannel.asked == []


def test_complaints_are_not_told(desk: KannelDesk) -> None:
    with pytest.raises(RemoteRefused) as info:
        desk.gateway.complaints("")
    assert info.value.code == "not_offered"
    assert desk.gateway.capabilities.streams == {"reports", "inbound"}


def test_a_batch_that_takes_too_long_ends_and_leaves_nobody_unanswered(kannel: Scripted, tmp_path: Path) -> None:
    """No message begins after 15 s, no part of one after 25 s; what was not begun may be handed over again."""
    calls = SendSms(access_of(account(kannel.url), SECRETS), lambda: NOW)
    kept: list[Arrived] = []
    times = iter([0.0, 1.0, 24.0, 25.0, 25.0])
    batch = Batch(
        calls,
        Route("86", lambda _: "http://127.0.0.1/", lambda: NOW),
        kept.append,
        lambda: next(times),
        lambda _: False,
    )
    asked = messages(2, TWO_PARTS + "三" * 67)
    (outcome,) = batch.run(asked, {message.message_id: phone(n) for n, message in enumerate(asked)}, 1)
    assert (outcome.message_id, outcome.outcome, outcome.code) == ("m0", Outcome.ACCEPTED, "parts_refused")
    assert len(kannel.asked) == 2
    assert [receipt.outcome for each in kept for receipt in each.receipts] == [Outcome.FAILED]
    calls.close()


@pytest.mark.parametrize("said", [CUT, LATER, (403, "Authorization failed for sendsms")])
def test_with_a_window_no_more_are_unknown_than_it_holds(
    kannel: Scripted, tmp_path: Path, said: tuple[int, str]
) -> None:
    with KannelDesk(tmp_path / "workspace", kannel.url, free_ports(1)[0], window=8) as desk:
        kannel.script = [*[ACCEPTED] * 20, *[said] * 300]
        batch = messages(200)
        found = desk.submit(batch)
        assert len(found) == 20 + sum(each.outcome is Outcome.UNKNOWN for each in found.values())
        assert 21 <= len(kannel.asked) <= 28
        asked = [asked["X-Kannel-To"] for asked in kannel.asked]
        assert len(set(asked)) == len(asked)
        assert set(desk.lookup(batch)) == {name for name, each in found.items() if each.outcome is Outcome.ACCEPTED}
