"""What a Kannel could not push while nobody listened."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from campaign_app.gateways.backlog import Backlog
from tests.helpers.kannel_box import PUSH_KEY, free_ports
from tests.helpers.kannel_desk import KannelDesk
from tests.helpers.smpp_desk import until


def test_a_kannel_that_still_pushes_what_waited_is_heard_out(tmp_path: Path) -> None:
    """One reply after the other, as after a weekend: they take longer than the port has to be open."""

    def pushed() -> None:
        until(listens, "the open port")
        address = f"http://127.0.0.1:{desk.push_port}/reply/{PUSH_KEY}"
        for place in range(20):
            told = {"X-Kannel-From": f"138000000{place:02}", "X-Kannel-Coding": "0"}
            assert requests.post(address, data=f"TD{place}".encode(), headers=told, timeout=10).status_code == 200
            time.sleep(0.03)

    def listens() -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", desk.push_port), timeout=1):
            return True
        return False

    with (
        KannelDesk(tmp_path / "workspace", "http://127.0.0.1:9", free_ports(1)[0], quiet=0.4) as desk,
        ThreadPoolExecutor(1) as beside,
    ):
        all_pushed = beside.submit(pushed)
        heard = [each.text for each in desk.replies()]
        all_pushed.result(timeout=30)
        assert heard == [f"TD{place}" for place in range(20)]


def test_whoever_was_away_for_long_hears_out_what_waited_once_more() -> None:
    moments, passed = iter([0.0, 100.0, 300.0, 310.0]), [0.0]
    backlog = Backlog(15.0, lambda: passed[0], wall=lambda: next(moments))
    backlog.begin()
    passed[0] = 20.0
    assert backlog.left() <= 0
    assert [backlog.away() for _ in range(3)] == [False, True, False]
    backlog.begin()
    assert backlog.left() == 15.0


def test_a_listener_that_stood_still_hears_kannel_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Backlog] = []

    def begin(self: Backlog) -> None:
        begun.append(self)

    monkeypatch.setattr(Backlog, "begin", begin)
    with KannelDesk(tmp_path / "workspace", "http://127.0.0.1:9", free_ports(1)[0]) as desk:
        for away, count in ((60.0, 1), (60.0, 1), (-1.0, 2)):
            monkeypatch.setattr("campaign_app.gateways.backlog.AWAY", away)
            desk.replies()
            assert len(begun) == count


def test_nobody_passes_while_another_finds_that_the_machine_slept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, passed = Backlog.away, list[bool]()

    def away(self: Backlog) -> bool:
        slept = found(self)
        if slept:
            passed.append(bool(wait([beside.submit(desk.line.stay_open)], timeout=0.2).done))
        return slept

    with (
        KannelDesk(tmp_path / "workspace", "http://127.0.0.1:9", free_ports(1)[0]) as desk,
        ThreadPoolExecutor(1) as beside,
    ):
        desk.replies()
        monkeypatch.setattr(Backlog, "away", away)
        desk.line._backlog._asked -= 3600
        desk.replies()
    assert passed == [False]
