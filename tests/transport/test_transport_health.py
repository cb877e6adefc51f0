"""How a worker does, asked on its own machine."""

from __future__ import annotations

import json
import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from campaign_app.domain.errors import SettingsError
from campaign_app.transport.health import serve


def asked(port: int, path: str = "/health") -> tuple[int, object]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_it_says_how_the_worker_does_and_nothing_else() -> None:
    said = [(200, {"worker": 7}), (503, {"worker": 7})]
    with serve(0, lambda: said.pop(0)) as port:
        assert asked(port) == (200, {"worker": 7})
        assert asked(port) == (503, {"worker": 7})
        assert asked(port, "/") == (404, {})
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.sendall(b"POST /health HTTP/1.0\r\n\r\n")
            assert line.makefile("rb").readline().split()[1] == b"501"
        with pytest.raises(SettingsError) as taken, serve(port, lambda: (200, {})):
            pass
        assert taken.value.code == "health_port"
