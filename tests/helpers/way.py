"""A way to a server of this machine that can be cut and healed as a cable is: what is under way waits, unheard of."""

from __future__ import annotations

import socket
import struct
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


def new_way(folder: Path, number: int) -> tuple[Way, Path]:
    """A way to the server of this workspace, and a folder of the workspace that goes by it."""
    found = read_header(folder)
    there = Server.parse(found.server)
    way = Way(there.port)
    aside = folder.parent / f"{folder.name}-{number}"
    aside.mkdir()
    by_way = replace(there, port=way.port)
    team.with_server(replace(found, password=""), KEY, by_way, PASSWORD).write(aside)
    return way, aside
