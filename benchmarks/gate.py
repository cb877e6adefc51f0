"""Decisions of the gate per second on one core; prints one JSON line per figure.

The floor is the same loop around a function that only builds the refusal.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from campaign_app.consent import Ask, Person, Policy, Refusal, decide
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Reason,
)

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA0000001X", "91110000MA0000009X"


def people(count: int) -> list[Person]:
    """Half confirmed, the others refused at different depths."""
    statuses = [ConsentStatus.CONFIRMED] * 5 + [
        ConsentStatus.DEFAULT, ConsentStatus.WITHDRAWN, ConsentStatus.DECLINED,
        ConsentStatus.PENDING, ConsentStatus.UNKNOWN,
    ]  # fmt: skip
    evidence = Evidence(
        ISSUER, "consent_api", "1.0", simulated=True, request_id="r", receipt_id="x", leaf="", leaf_index=0
    )
    facts = [
        ConsentFact(
            CustomerRef(1, "c"), status, NOW, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS, frozenset({"retail"}), ENTITY,
            NOW - timedelta(days=90), None, None, None, NOW - timedelta(minutes=1), evidence,
        )
        for status in statuses
    ]  # fmt: skip
    return [Person(i, i, facts[i % len(facts)]) for i in range(count)]


def rate(function: Callable[[Person, Ask], object], everybody: list[Person]) -> float:
    ask = Ask(1, "retail", ENTITY, NOW, NOW, Policy(), simulated_sender=True)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for person in everybody:
            function(person, ask)
        best = min(best, time.process_time() - start)
    return len(everybody) / best


def floor(person: Person, _: Ask) -> object:
    return Refusal(person.customer_id, Reason.UNKNOWN)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    everybody = people(parser.parse_args().count)
    for name, function in (("gate_decisions_per_s", decide), ("floor_refusals_per_s", floor)):
        print(json.dumps({"figure": name, "value": round(rate(function, everybody)), "count": len(everybody)}))


if __name__ == "__main__":
    main()
