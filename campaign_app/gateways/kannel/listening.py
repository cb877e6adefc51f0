"""Where Kannel pushes to, on this machine only. What comes is kept before the answer; else Kannel pushes it again."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Final

from campaign_app.domain.errors import RemoteUnavailable, WorkspaceError
from campaign_app.gateways.kannel.pushes import Arrived, arrived

_log: Final = logging.getLogger(__name__)
_BODY_MAX: Final = 1 << 16
Keep = Callable[[Arrived], None]


class Listener:
    """Listens until it is closed. Raises RemoteUnavailable where the port is another program's."""

    def __init__(self, port: int, key: str, keep: Keep) -> None:
        try:
            self._server = _Server(port, key, keep)
        except OSError:
            words = "The port that Kannel pushes to is in use"
            raise RemoteUnavailable("kannel_port", words, port=port) from None
        # it lives as long as the account is connected: no task ends it
        self._thread = threading.Thread(  # noqa: TID251
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="kannel", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """What is being kept is kept before this returns."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    request_queue_size = 128
    # on Windows it would let two programs share the port
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, key: str, keep: Keep) -> None:
        self._key = key
        self._keep = keep
        super().__init__(("127.0.0.1", port), _Push)

    def status_of(self, method: str, push: BaseHTTPRequestHandler, body: bytes) -> HTTPStatus:
        found = arrived(method, push.path, push.headers, body, self._key)
        if found is None:
            return HTTPStatus.NOT_FOUND
        try:
            self._keep(found)
        except WorkspaceError as trouble:
            _log.warning("what Kannel pushes cannot be kept: %s", trouble.code)
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """The library would print where it happened; whoever was not answered pushes again."""
        _log.info("a push broke off")


class _Push(BaseHTTPRequestHandler):
    """One request a connection. An answer has no body: Kannel would send it to whoever wrote."""

    server: _Server
    timeout = 10  # of every read

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _BODY_MAX:
            self._end(HTTPStatus.BAD_REQUEST)
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # it broke off: Kannel pushes it again
            self._end(HTTPStatus.BAD_REQUEST)
            return
        self._answer(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: an address has the key in it, and a header a number."""

    def _answer(self, body: bytes) -> None:
        self._end(self.server.status_of(self.command, self, body))

    def _end(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
