"""A proxy on 127.0.0.1 between a client and a simulator, which spoils the simulator's answers on their way.

Real HTTP on both sides: whatever library a client speaks with, what it gets is what a broken platform would send.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit

_HOP: frozenset[str] = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"})
_ASKED: frozenset[str] = _HOP | {"accept-encoding"}  # what is packed cannot be spoilt


@dataclass(frozen=True)
class Seen:
    """One request and its answer, on their way. `cut`: only so many bytes of the body leave before the line breaks."""

    method: str
    path: str  # with the query, as it was asked
    asked: bytes = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cut: int | None = None

    def at(self, *paths: str) -> bool:
        """Whether the request went to one of these paths, whatever its query."""
        return urlsplit(self.path).path in paths

    def instead(self, body: bytes | str, *, status: int = 200, **headers: str) -> Seen:
        """Another answer; header names are written with underscores."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, status=status, headers={"Content-Type": "application/json", **named}, body=data)

    def edited(self, change: Callable[[Any], Any]) -> Seen:
        """The answer's JSON after `change`, which may edit in place (and then returns None)."""
        data = json.loads(self.body)
        changed = change(data)
        return replace(self, body=json.dumps(data if changed is None else changed, ensure_ascii=False).encode())


Spoil = Callable[[Seen], Seen]


def untouched(seen: Seen) -> Seen:
    return seen


def at(path: str, spoil: Spoil) -> Spoil:
    """`spoil` for good answers of one path only."""
    return lambda seen: spoil(seen) if seen.at(path) and seen.status == 200 else seen


def edit(path: str, change: Callable[[Any], Any]) -> Spoil:
    """Edits the JSON of every good answer of one path."""
    return at(path, lambda seen: seen.edited(change))


def renamed(field: str) -> Spoil:
    """Every answer calls a field otherwise, at whatever depth: a version of the interface that nobody has seen."""
    return lambda seen: replace(seen, body=seen.body.replace(f'"{field}"'.encode(), f'"{field}_v2"'.encode()))


def _status(status: int, **headers: str) -> Spoil:
    return lambda seen: seen.instead("{}", status=status, **headers)


def _body(body: bytes | str, content: str = "application/json") -> Spoil:
    return lambda seen: seen.instead(body, Content_Type=content)


# what any server behind any connection may do
BROKEN: Mapping[str, Spoil] = {
    "500": _status(500),
    "503": _status(503, Retry_After="1"),
    "429": _status(429, Retry_After="1"),
    "a moment of no calendar": _status(429, Retry_After="Mon, 01 Jan 99999999999 00:00:00 GMT"),
    "401": _status(401),
    "403": _status(403),
    "404": _status(404),
    "redirect": _status(302, Location="https://elsewhere.example/"),
    "html": _body("<html>13800000001</html>", "text/html"),
    "nothing": _body(b""),
    "null": _body("null"),
    "a list": _body("[]"),
    "an empty object": _body("{}"),
    "a word": _body('"ok"'),
    "no text": _body(b"\xff\xfe\x00"),
    "deep": _body("[" * 50_000),
    "cut": lambda seen: replace(seen, cut=len(seen.body) // 2),
    "no answer": lambda seen: replace(seen, cut=0),
    "half a body": lambda seen: replace(seen, body=seen.body[: len(seen.body) // 2]),
    "too large": lambda seen: seen.instead(b" " * (65 << 20) + seen.body),
}


@dataclass
class Tampering:
    """`url` is what the client is connected to; `spoil` befalls every answer. `seen` keeps what went through."""

    url: str
    spoil: Spoil = untouched
    seen: list[Seen] = field(default_factory=list)

    @property
    def is_broken(self) -> bool:
        """Whether every answer is one of BROKEN, whatever the simulator says."""
        return self.spoil in BROKEN.values()

    @property
    def asked(self) -> bytes:
        """All that was ever asked: addresses and bodies."""
        return b"\n".join(part for one in self.seen for part in (one.path.encode(), one.asked))


@contextmanager
def tampering(target: str) -> Iterator[Tampering]:
    """A running proxy in front of `target` (scheme, host and port)."""
    proxy = Tampering("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, proxy, urlsplit(target)))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(  # noqa: TID251 - of the proxy, which ends with it
        target=server.serve_forever, kwargs={"poll_interval": 0.02}
    )
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # or every answer waits 40 ms for an ACK
    protocol_version = "HTTP/1.1"

    def __init__(self, proxy: Tampering, upstream: SplitResult, *of: Any) -> None:
        self._proxy, self._upstream = proxy, upstream
        super().__init__(*of)  # which handles the request

    def _pass(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        seen = self._proxy.spoil(self._forward(asked))
        self._proxy.seen.append(seen)
        with suppress(ConnectionError):
            self._answer(seen)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _pass  # noqa: N815 - the library's names

    def _forward(self, asked: bytes) -> Seen:
        """What upstream answers; a line that breaks there breaks here."""
        line = http.client.HTTPConnection(self._upstream.hostname or "", self._upstream.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _ASKED}
        try:
            line.request(self.command, self.path, asked or None, headers)
            answer = line.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return Seen(self.command, self.path, asked, answer.status, kept, answer.read())
        except (OSError, http.client.HTTPException):
            return Seen(self.command, self.path, asked, 200, {}, b"", cut=0)
        finally:
            line.close()

    def _answer(self, seen: Seen) -> None:
        self.close_connection = seen.cut is not None
        if seen.cut == 0:
            return
        self.send_response_only(seen.status)
        for name, value in seen.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(seen.body)))
        self.end_headers()
        self.wfile.write(seen.body if seen.cut is None else seen.body[: seen.cut])
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Says nothing."""
