"""The adapter under the program's own rules: `pip install pytest`, install this package, `pytest`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from campaign_app.conformance.adapters import Check, PlatformCase, Running, Seen, Spoil, Spoilt, checks, hold
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Account
from campaign_app.platforms import write_credentials

GRANTED = "2026-01-05T08:00:00+08:00"
REFUSED = {"no1": ConsentStatus.DECLINED, "left1": ConsentStatus.WITHDRAWN, "odd1": ConsentStatus.UNKNOWN}


@dataclass
class Registry:
    """What the simulated registry knows: reference → status, method, time."""

    rows: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def answer(self, refs: list[str]) -> str:
        rows = [",".join((ref, *self.rows[ref])) for ref in refs if ref in self.rows]
        return "\n".join(("ref,status,method,obtained_at", *rows, f"#end,{len(rows)}", ""))

    def withdraw(self, ref: str) -> None:
        self.rows[ref] = ("stopped", "switch", GRANTED)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode().split()
        body = self.server.registry.answer(asked).encode()
        self.send_response(200)
        self.send_header("X-Registry-Version", "1")
        self.send_header("X-Request-Id", "q1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def start() -> Iterator[Running]:
    confirmed = tuple(f"c{number}" for number in range(40))
    registry = Registry(dict.fromkeys(confirmed, ("yes", "double", GRANTED)))
    registry.rows |= {"no1": ("no", "switch", ""), "left1": ("stopped", "switch", ""), "odd1": ("perhaps", "", "")}
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.registry = registry
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        account = Account(
            1, "csv_registry", "shop", f"http://127.0.0.1:{server.server_address[1]}", "91330100MA0MN00023",
            "csv-registry.example", "CSV Registry", "", simulated=True, pinned_keys="",
        )  # fmt: skip
        secret = write_credentials({"token": "secret"})
        yield Running(account, secret, 0, confirmed, REFUSED, withdraw=registry.withdraw, simulator=registry)
        server.shutdown()
        thread.join()


def text(change: Callable[[str], str]) -> Spoil:
    """Answers whose text was changed on their way."""
    return lambda seen: replace(seen, body=change(seen.body.decode()).encode())


def other_version(seen: Seen) -> Seen:
    return replace(seen, headers={**seen.headers, "X-Registry-Version": "2"})


CASE = PlatformCase(
    name="csv_registry",
    start=start,
    spoilt=(
        Spoilt("no last line", 1, text(lambda said: said.partition("#end")[0])),
        Spoilt("a row less than it says", 1, text(lambda said: said.replace("#end,5", "#end,6"))),
        Spoilt("two answers for one person", 1, text(lambda said: said.replace("c1,", "c0,"))),
        Spoilt("an unknown word", 1, text(lambda said: said.replace(",yes,", ",granted,"))),
        Spoilt("an unknown method", 1, text(lambda said: said.replace(",double,", ",ticked_for_them,"))),
        Spoilt("a column more", 1, text(lambda said: said.replace("ref,", "ref,note,"))),
        Spoilt("a grant in the future", 5, text(lambda said: said.replace(GRANTED, "2999-01-01T00:00:00+08:00"))),
        Spoilt("a grant without a zone", 5, text(lambda said: said.replace("+08:00", ""))),
        Spoilt("a grant without a date", 5, text(lambda said: said.replace(GRANTED, ""))),
    ),
    other_version=other_version,
    opt_in=rb"yes|double",
)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with CASE.start() as started:
        yield started


@pytest.mark.parametrize("check", checks(CASE), ids=str)
def test_the_adapter_keeps_to_the_rules(check: Check, running: Running) -> None:
    hold(CASE, running, check, clock=lambda: datetime.now(UTC))
