"""A server on 127.0.0.1 that answers with the bytes that a test hands it, cut, slow or endless as it likes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[[socket.socket, threading.Event], None]


@dataclass
class RawServer:
    """`asked` holds the head of every request; `done` is set when the test is over, so that slow talks can end."""

    url: str
    asked: list[bytes] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


@contextmanager
def raw_server(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Every connection: the request is read, then `talk` has the socket, then it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(listener, server, talk, tls))
        thread.start()
        try:
            yield server
        finally:
            server.done.set()
            with suppress(OSError):  # wakes accept()
                socket.create_connection(listener.getsockname(), timeout=1).close()
            thread.join()


def _serve(listener: socket.socket, server: RawServer, talk: Talk, tls: ssl.SSLContext | None) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            if server.done.is_set():
                return
            with suppress(OSError), tls.wrap_socket(connection, server_side=True) if tls else connection as channel:
                server.asked.append(_request(channel))
                talk(channel, server.done)


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < lengths[0]:
        body += _more(connection)
    return head


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionError
    return piece


def http(body: bytes, *, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """A whole answer; `length` lies about the body. Header names are written with underscores."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
