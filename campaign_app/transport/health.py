"""`GET /health` on the loopback, and nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from campaign_app.domain.errors import SettingsError

LOOPBACK: Final = "127.0.0.1"
Said = Callable[[], tuple[int, Mapping[str, Any]]]


@contextmanager
def serve(port: int, said: Said) -> Iterator[int]:
    """The port; a free one for 0. Raises SettingsError `health_port`."""
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), _handler(said))
    except OSError as error:
        raise SettingsError("health_port", "The port is taken", port=port) from error
    # daemons: whoever asks must not hold up the end
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()  # noqa: TID251
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _handler(said: Said) -> type[BaseHTTPRequestHandler]:
    class Health(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            self._answer(*(said() if self.path == "/health" else (404, {})))

        def _answer(self, status: int, body: Mapping[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def version_string(self) -> str:
            return "campaign-app"

        def log_message(self, *_: object) -> None:
            """A look every few seconds is no news."""

    return Health
