"""What a Kannel could not push while nobody listened."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import requests

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
