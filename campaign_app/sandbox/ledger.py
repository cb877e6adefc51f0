"""The ledger that tests ask: who was really accepted, how often, under which key, and was it confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One acceptance of one message. `at` is kept as the text that goes over the wire."""

    seq: int
    shop: str
    key: str
    message_id: str
    ref: str
    purpose: str
    accepted_at: str
    confirmed: bool


class TrialRow(NamedTuple):
    """One test message to a staff number; it came as such, and counts as nothing else."""

    seq: int
    shop: str
    key: str
    message_id: str
    phone: str
    text: str
    accepted_at: str


class Counts:
    """How many were accepted, again, and without a confirmation."""

    __slots__ = ("accepted", "doubled", "unconfirmed")

    def __init__(self) -> None:
        self.accepted = self.doubled = self.unconfirmed = 0

    def add(self, *, doubled: bool, confirmed: bool) -> None:
        self.accepted += 1
        self.doubled += doubled
        self.unconfirmed += not confirmed

    def as_json(self) -> dict[str, int]:
        return {"accepted": self.accepted, "doubled": self.doubled, "unconfirmed": self.unconfirmed}


class Ledger:
    """Append-only. A message counts as doubled if its id, or its text to the same customer, was accepted before."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.trials: list[TrialRow] = []
        self._seen: set[bytes] = set()
        self._total = Counts()
        self._campaigns: defaultdict[str, Counts] = defaultdict(Counts)

    def append(self, row: Row, text: str) -> None:
        marks = _mark("id", row.shop, row.message_id), _mark("text", row.shop, row.ref, text)
        doubled = not self._seen.isdisjoint(marks)
        self._seen.update(marks)
        self.rows.append(row)
        for counts in (self._total, self._campaigns[row.key.rpartition("-")[0]]):
            counts.add(doubled=doubled, confirmed=row.confirmed)

    def take_trial(self, shop: str, key: str, message_id: str, phone: str, text: str, accepted_at: str) -> TrialRow:
        row = TrialRow(len(self.trials) + 1, shop, key, message_id, phone, text, accepted_at)
        self.trials.append(row)
        return row

    def summary(self) -> Mapping[str, Any]:
        """`by_campaign` groups by the part of the batch's key before its last hyphen; `tests` are apart from all."""
        tests = [row._asdict() for row in self.trials]
        return {
            **self._total.as_json(),
            "tests": tests,
            "by_campaign": {name: c.as_json() for name, c in self._campaigns.items()},
        }

    def page(self, after: int, limit: int) -> Mapping[str, Any]:
        """Rows with a seq above `after`; the first row has seq 1."""
        rows = self.rows[after : after + limit]
        more = after + len(rows) < len(self.rows)
        return {"rows": [row._asdict() for row in rows], "next": rows[-1].seq if more else None}


def _mark(*parts: str) -> bytes:
    return blake2b("\x00".join(parts).encode(), digest_size=16).digest()
