"""A Kannel gateway under the fail-closed suite: it knows user and password, and nobody else.

`tests/platforms/test_platforms_kannel.py` has what cannot be right in an account.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from campaign_app.conformance.adapters import PlatformCase, Running, Seen
from campaign_app.domain.consent import ConsentStatus
from campaign_app.platforms import write_credentials
from tests.helpers.kannel_desk import SECRETS, account


class _Gateway(BaseHTTPRequestHandler):
    """Refuses a message to nobody, which is all that the check of an account asks."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b"Missing receiver number, rejected"
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name that is overridden
        """Nothing: tests fail on output that nobody asked for."""


@contextmanager
def _start() -> Iterator[Running]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Gateway) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        nobody = dict.fromkeys((f"c-{number}" for number in range(5)), ConsentStatus.UNKNOWN)
        made = account(f"http://127.0.0.1:{server.server_address[1]}", id=1)
        yield Running(made, write_credentials(SECRETS), people=0, refused=nobody)
        server.shutdown()
        thread.join()


def case() -> PlatformCase:
    return PlatformCase(name="kannel", start=_start, drifted=_other_words)


def _other_words(seen: Seen) -> Seen:
    """A box of another version, or something else behind the address, that refuses as well."""
    return replace(seen, body=b"Missing receiver")
