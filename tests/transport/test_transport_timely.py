"""Time limits of connections that are sealed, that go through a proxy, and that are used again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from campaign_app.transport.timely import TimelyAdapter
from tests.helpers.certificates import self_signed
from tests.helpers.raw_server import RawServer, raw_server

pytestmark = pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
SECONDS = 0.5


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = session.verify = False
        limit(session)
        yield session


def limit(session: requests.Session, monotonic: Callable[[], float] = time.monotonic) -> None:
    timely = TimelyAdapter(SECONDS, pool_maxsize=1, monotonic=monotonic)
    session.mount("http://", timely)
    session.mount("https://", timely)


def drip(channel: socket.socket, done: threading.Event) -> None:
    channel.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
    for _ in range(100):
        channel.sendall(b"a")
        if done.wait(0.05):
            return


def one_after_another(channel: socket.socket, _: threading.Event) -> None:
    """The first request was read already."""
    channel.sendall(ANSWER)
    while channel.recv(65_536):
        channel.sendall(ANSWER)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_connection_is_used_again_with_a_time_of_its_own_for_each_answer(
    http: requests.Session, tmp_path: Path, *, sealed: bool
) -> None:
    now = [0.0]
    limit(http, lambda: now[0])
    with raw_server(one_after_another, self_signed(tmp_path) if sealed else None) as server:
        for _ in range(3):
            assert http.get(server.url, timeout=5).json() == {}
            now[0] += 2 * SECONDS
        http.close()
    assert len(server.asked) == 1  # a connection


def test_a_sealed_answer_that_drips_is_over_in_time(http: requests.Session, tmp_path: Path) -> None:
    with raw_server(drip, self_signed(tmp_path)) as server, pytest.raises(requests.ReadTimeout):
        http.get(server.url, timeout=5)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_proxy_that_drips_is_waited_for_no_longer(http: requests.Session, *, sealed: bool) -> None:
    with raw_server(drip) as proxy, pytest.raises(requests.ReadTimeout):
        http.get(
            f"http{'s' if sealed else ''}://shop.example/", proxies={"http": proxy.url, "https": proxy.url}, timeout=5
        )


@contextmanager
def tunnel(url: str) -> Iterator[RawServer]:
    """A proxy that passes everything on to a server of this machine."""

    def talk(channel: socket.socket, _: threading.Event) -> None:
        channel.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with (
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as other,
            ThreadPoolExecutor() as pool,
        ):
            back = pool.submit(_pump, other, channel)
            _pump(channel, other)
            back.result()

    with raw_server(talk) as proxy:
        yield proxy


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_RDWR)


def test_what_comes_through_a_proxys_tunnel_is_read(http: requests.Session, tmp_path: Path) -> None:
    with raw_server(one_after_another, self_signed(tmp_path)) as server, tunnel(server.url) as proxy:
        for _ in range(2):
            assert http.get(server.url, proxies={"https": proxy.url}, timeout=5).json() == {}
        http.close()
    assert len(proxy.asked) == 1


def test_what_drips_through_a_proxys_tunnel_is_over_in_time(http: requests.Session, tmp_path: Path) -> None:
    with raw_server(drip, self_signed(tmp_path)) as server, tunnel(server.url) as proxy:
        with pytest.raises(requests.ReadTimeout):
            http.get(server.url, proxies={"https": proxy.url}, timeout=5)
        server.done.set()
