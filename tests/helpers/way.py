"""A way to a server of this machine that can be cut and healed as a cable is: what is under way waits, unheard of."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from campaign_app.storage import team
from campaign_app.storage.header import read_header
from campaign_app.storage.server import Server
from tests.helpers.merchant import KEY
from tests.helpers.pg import PASSWORD

_PIECE: Final = 65_536
_BACKLOG: Final = 64
KEPT_SECONDS: Final = 40.0


class Way:
    """Listens on `port` and passes everything on to `to`, in both directions."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._whole = threading.Event()
        self._whole.set()
        self._ends: set[socket.socket] = set()
        self._far: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """After 40 s the server has given up whoever does not answer it (`tcp_keepalives_…`)."""
        self._whole.clear()
        given_up = threading.Timer(KEPT_SECONDS, self._given_up)
        given_up.daemon = True
        given_up.start()

    def _given_up(self) -> None:
        if not self._whole.is_set():
            for each in tuple(self._far):
                _shut(each)

    def heal(self, *, drop: bool) -> None:
        """`drop`: whatever was open while it was cut is reset, as by a router that has forgotten it."""
        if drop:
            for each in tuple(self._ends):
                with suppress(OSError):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                _shut(each)
        self._whole.set()

    def lead_to(self, other: int) -> None:
        """As a name that stands for another server by now; nothing of what is open goes on."""
        self._to = other
        self.heal(drop=True)

    def close(self) -> None:
        for each in (self._listener, *tuple(self._ends)):
            _shut(each)
        self._whole.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._whole.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            _shut(near)
            return
        self._ends |= {near, far}
        self._far.add(far)
        threading.Thread(target=self._pass, args=(far, near), daemon=True).start()
        self._pass(near, far)

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(_PIECE):
                self._whole.wait()
                other.sendall(piece)
        self._whole.wait()  # nor is an end heard of
        for each in (one, other):
            _shut(each)
            self._ends.discard(each)
            self._far.discard(each)


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class Route:
    """The same by the kernel itself: an address of the server's whose packets vanish, with nobody told.

    Only in a network namespace of one's own that `alone_in_namespace` prepared. `deaf`: only the answers vanish, and
    the server goes on doing what it is asked.
    """

    def __init__(self, number: int, *, deaf: bool) -> None:
        self.address = f"127.0.1.{number}"
        self._rules = ("from",) if deaf else ("from", "to")
        self._is_cut = False

    def cut(self) -> None:
        for each in self._rules:
            _ip("rule", "add", "pref", "5", each, self.address, "blackhole")
        self._is_cut = True

    def heal(self, *, drop: bool) -> None:
        """`drop` changes nothing: what was under way comes, or its connection was given up by either end."""
        if self._is_cut:
            self._is_cut = False
            for each in self._rules:
                _ip("rule", "del", "pref", "5", each, self.address, "blackhole")

    def close(self) -> None:
        self.heal(drop=True)


def alone_in_namespace() -> None:
    """What a namespace without any interface but a loopback that is down needs; raises for any other."""
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    if others:
        raise RuntimeError(f"not a network namespace of its own, there is {others}")
    _ip("link", "set", "lo", "up")
    # the rule for addresses of this machine comes before all others, so one that cuts has no place before it
    _ip("rule", "add", "pref", "10", "from", "all", "lookup", "local")
    _ip("rule", "del", "pref", "0")


def _ip(*what: str) -> None:
    subprocess.run(["ip", *what], check=True, capture_output=True)


def new_way(folder: Path, number: int) -> tuple[Way, Path]:
    """A way to the server of this workspace, and a folder of the workspace that goes by it."""
    there = Server.parse(read_header(folder).server)
    way = Way(there.port)
    return way, _aside(folder, number, replace(there, port=way.port))


def new_route(folder: Path, number: int) -> tuple[Route, Path]:
    """The same by the kernel; of every second only the answers are lost."""
    there = Server.parse(read_header(folder).server)
    route = Route(number, deaf=number % 2 == 0)
    return route, _aside(folder, number, replace(there, host=route.address))


def _aside(folder: Path, number: int, by_way: Server) -> Path:
    aside = folder.parent / f"{folder.name}-{number}"
    aside.mkdir()
    team.with_server(replace(read_header(folder), password=""), KEY, by_way, PASSWORD).write(aside)
    return aside
