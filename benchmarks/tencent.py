"""Figures of the sender of Tencent Cloud SMS against the sandbox's simulator; prints one JSON line per figure.

Client and server share the machine. People with one text share a request of 200 numbers; everybody with a text of their
own is a request, for SendSms takes one set of values.
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
from campaign_app.domain.message import Outcome
from campaign_app.gateways.tencent.gateway import TencentGateway
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import PLAIN, People, drained, sent_of, tencent

BATCH = 200
OWN = "【安宁百货】尊敬的顾客{n}，您的{n}积分本月底到期，进店可抵现金，拒收请回复R"


def timed(figure: str, work: Callable[[], int]) -> None:
    start = time.perf_counter()
    count = work()
    took = time.perf_counter() - start
    print(json.dumps({"figure": figure, "value": round(count / took), "unit": "/s", "count": count}), flush=True)


def batches(people: People, name: str, number: int, text: Callable[[int], str]) -> list[list[Outgoing]]:
    chosen = people.confirmed()[:number]
    every = [Outgoing(person, f"{name}-{n}", text(n)) for n, person in enumerate(chosen)]
    return [every[at : at + BATCH] for at in range(0, len(every), BATCH)]


def submitted(gateway: TencentGateway, name: str, several: list[list[Outgoing]]) -> int:
    outcomes = [o for n, batch in enumerate(several) for o in gateway.submit(f"{name}-{n}", batch)]
    return sum(o.outcome is Outcome.ACCEPTED for o in outcomes)


def measure(people: People, name: str, number: int, text: Callable[[int], str]) -> None:
    several = batches(people, name, number, text)
    with tencent(people.sandbox) as gateway:
        timed(f"tencent_submit_{name}", lambda: submitted(gateway, name, several))
        timed(f"tencent_reports_{name}", lambda: len(drained(gateway.reports)[0]))
        timed(f"tencent_lookup_{name}", lambda: len(gateway.lookup(f"{name}-0", sent_of(several[0]))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=60_000)
    customers = parser.parse_args().customers
    with SandboxProcess(customers=customers) as sandbox:
        people = People.of(sandbox)
        measure(people, "one_text", customers // 3, lambda _: PLAIN)
        measure(people, "own_texts", customers // 40, lambda n: OWN.format(n=n))
        ledger = sandbox.ledger()
    print(json.dumps({"figure": "tencent_doubled", "value": ledger["doubled"], "unit": "messages"}))


if __name__ == "__main__":
    main()
