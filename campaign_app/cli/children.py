"""The sandbox as a child process of a demo."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from campaign_app.processes import own_command, start_child


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: its address and the shops with the keys of their simulated accounts."""

    url: str
    shops: tuple[Mapping[str, Any], ...]

    def ledger(self) -> Mapping[str, Any]:
        """Who was really accepted, how often: keys `accepted`, `doubled`, `unconfirmed`."""
        import requests

        answer = requests.get(f"{self.url}/ledger", timeout=30)
        answer.raise_for_status()
        ledger: Mapping[str, Any] = answer.json()
        return ledger

    def shift_clock(self, offset: timedelta) -> None:
        import requests

        if offset:
            body = {"seconds": offset.total_seconds()}
            requests.post(f"{self.url}/sandbox/clock", json=body, timeout=30).raise_for_status()


@contextmanager
def start_sandbox(*, customers: int, seed: int, faults: str) -> Iterator[Sandbox]:
    """Runs until the block ends; ends by itself when this process dies."""
    options = {"--port": 0, "--customers": customers, "--seed": seed, "--faults": faults}
    words = [str(word) for pair in options.items() for word in pair]
    with start_child(own_command("sandbox", *words, "--parent-watch")) as (_, line):
        ready = json.loads(line)
        yield Sandbox(ready["url"], tuple(ready["shops"]))
