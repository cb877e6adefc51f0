"""How much of its allowed rate a strict platform is used at, and whether it ever bans us; prints one JSON line.

The simulated TOP bans whoever makes more calls in any second than it allows. Client and simulator are two processes on
one machine; the reference is the rate that the simulator allows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import requests

from campaign_app.domain.customer import Account
from campaign_app.platforms import client_for

SECRETS = ("app_secret", "session", "refresh_token")


@contextmanager
def sandbox(customers: int) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "campaign_app.cli.sandbox", "--parent-watch", "--customers", str(customers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()


def clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def account(ready: dict[str, Any], rate: int) -> tuple[Account, str]:
    typed = dict(ready["vendors"]["top"])
    secrets = json.dumps({name: typed.pop(name) for name in SECRETS})
    options = {**typed, "calls_per_second": str(rate)}
    url, entity = ready["url"], ready["shops"][0]["entity"]["uscc"]
    found = Account(1, "top", "", url, entity, "taobao.com", "", "1", simulated=True, pinned_keys="", options=options)
    return found, secrets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    with sandbox(2_000) as ready:
        requests.post(f"{ready['url']}/sandbox/top", json={"per_second": asked.rate}, timeout=30).raise_for_status()
        client: Any = client_for(*account(ready, asked.rate), clock)
        cursor, calls, start = "", 0, time.monotonic()
        while time.monotonic() - start < asked.seconds:
            page = client.customers(cursor, None)
            calls += 1
            cursor = page.next_cursor if page.more else ""
        took = time.monotonic() - start
        client.close()
        seen = requests.get(f"{ready['url']}/sandbox/top", timeout=30).json()
    used = calls / (asked.rate * took)
    figure = {
        "figure": "top_rate_used",
        "value": round(used, 3),
        "unit": "of the allowed rate",
        "reference": asked.rate,
    }
    print(json.dumps({**figure, "calls": calls, "bans": seen["bans"], "seconds": round(took, 1)}), flush=True)


if __name__ == "__main__":
    main()
