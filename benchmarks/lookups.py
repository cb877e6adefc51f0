"""A million consents looked up through the client, against the sandbox over HTTP on the same machine.

`python -m benchmarks.lookups [--customers N] [--threads N]` prints one JSON line: answers a second from first to last
(everything included: signing, HTTP, the server's work, receipts, paths, leaves, facts), and the client's
memory after a tenth of them and at the end. Facts are dropped page by page, as a screening stores them and goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.platforms import client_for
from campaign_app.platforms.consent_api import ConsentApiPlatform

TARGET = 20_000


def clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def connected(ready: dict[str, Any]) -> ConsentApiPlatform:
    shop = ready["shops"][0]
    asked = Account(0, "consent_api", "", ready["url"], "", "", "", shop["key_id"], simulated=False, pinned_keys="")
    report = client_for(asked, shop["private_key"], clock).check_connection()
    account = replace(
        asked, id=1, entity_uscc=report.entity_uscc, issuer_uscc=report.issuer_uscc, simulated=report.simulated,
        pinned_keys=report.pinned_keys,
    )  # fmt: skip
    client = client_for(account, shop["private_key"], clock)
    assert isinstance(client, ConsentApiPlatform)
    return client


def everybody(client: ConsentApiPlatform) -> Iterator[str]:
    cursor, more = "", True
    while more:
        page = client.customers(cursor, None)
        yield from (customer.ref for customer in page.items)
        cursor, more = page.next_cursor, page.more


def resident_mb() -> float:
    """Now, on Linux; elsewhere the most so far."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def look_up(client: ConsentApiPlatform, refs: list[str], threads: int) -> dict[str, Any]:
    confirmed = proven = 0
    memory: list[float] = []

    def ask(batch: tuple[str, ...]) -> tuple[int, int]:
        facts = client.consents([CustomerRef(1, ref) for ref in batch]).facts.values()
        return sum(f.status is ConsentStatus.CONFIRMED for f in facts), sum(f.evidence is not None for f in facts)

    rest = iter(refs)
    batches = list(iter(lambda: tuple(islice(rest, 1_000)), ()))
    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for at, (yes, sure) in enumerate(pool.map(ask, batches), 1):
            confirmed, proven = confirmed + yes, proven + sure
            if at in (max(len(batches) // 10, 1), len(batches)):
                memory.append(round(resident_mb(), 1))
    took = time.perf_counter() - begun
    return {
        "answers": len(refs), "per_second": round(len(refs) / took), "seconds": round(took, 1), "proven": proven,
        "confirmed": confirmed, "memory_mb_after_a_tenth": memory[0], "memory_mb_at_the_end": memory[-1],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_250_000)  # of whom the first shop has four fifths
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    command = [sys.executable, "-m", "campaign_app.cli.sandbox", "--parent-watch", "--customers", str(given.customers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sandbox:
        assert sandbox.stdout is not None
        client = connected(json.loads(sandbox.stdout.readline()))
        refs = list(everybody(client))
        figures = look_up(client, refs, given.threads)
        client.close()
        sandbox.communicate()
    print(json.dumps({**figures, "threads": given.threads, "load": round(os.getloadavg()[0], 1), "target": TARGET}))


if __name__ == "__main__":
    main()
