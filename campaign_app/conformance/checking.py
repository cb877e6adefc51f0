"""What a check is, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

READS: Final = "reads"
WRITES: Final = "writes"


# what a check does with an `asking.Asking`; it says what was seen
Ask = Callable[[Any], str]


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Failed(Exception):
    """The server does not do what the contract says; the text is what was seen."""


class Skipped(Exception):
    """Nothing can be said: not offered, not permitted, or it rests on something that failed."""


@dataclass(frozen=True, slots=True)
class Result:
    """`seen` holds statuses, codes, names of fields and counts: no customer, no number, no key."""

    check: str
    outcome: Outcome
    seen: str


@dataclass(frozen=True, slots=True)
class Check:
    """`resources/words/conformance.toml` says by `id` what the contract wants and how to mend it."""

    id: str
    ask: Ask
    kind: str = READS


class Checks:
    """The checks of one module, in their order."""

    def __init__(self) -> None:
        self.all: list[Check] = []

    def check(self, name: str, kind: str = READS) -> Callable[[Ask], Ask]:
        def put(ask: Ask) -> Ask:
            self.all.append(Check(name, ask, kind))
            return ask

        return put


def expect(holds: object, seen: str) -> None:
    """Raises Failed with what was seen instead."""
    if not holds:
        raise Failed(seen)
