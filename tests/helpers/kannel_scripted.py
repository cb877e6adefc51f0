"""A Kannel that answers as it is told to."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCEPTED = (202, "0: Accepted for delivery")
LATER = (503, "Temporal failure, try again later.")
CUT = (0, "")


class Scripted(ThreadingHTTPServer):
    """Answers in order, then accepts; `CUT` ends the connection after the request was read."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.script: list[tuple[int, str]] = []
        self.asked: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({**dict(self.headers), "path": self.path, "text": body.decode("utf-16-be")})
        status, text = self.server.script.pop(0) if self.server.script else ACCEPTED
        if not status:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """The test looks at `asked`."""
