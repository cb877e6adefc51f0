"""What comes back from the simulated Tencent Cloud SMS: statuses by its queue, and by number; one JSON line per figure.

Client and server share the machine. How many leave a second: `benchmarks/senders.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from campaign_app.consent import Outgoing
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import PLAIN, People, drained, sent_of, tencent

BATCH = 200


def timed(figure: str, work: Callable[[], int]) -> None:
    start = time.perf_counter()
    count = work()
    took = time.perf_counter() - start
    print(json.dumps({"figure": figure, "value": round(count / took), "unit": "/s", "count": count}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    with SandboxProcess(customers=parser.parse_args().customers) as sandbox, tencent(sandbox) as gateway:
        chosen = People.of(sandbox).confirmed()
        every = [Outgoing(person, f"b-{n}", PLAIN) for n, person in enumerate(chosen)]
        batches = [every[at : at + BATCH] for at in range(0, len(every), BATCH)]
        for number, batch in enumerate(batches):
            gateway.submit(f"b-{number}", batch)
        timed("tencent_reports", lambda: len(drained(gateway.reports)[0]))
        timed("tencent_lookup", lambda: sum(len(gateway.lookup(f"b-{n}", sent_of(batches[n]))) for n in range(3)))


if __name__ == "__main__":
    main()
