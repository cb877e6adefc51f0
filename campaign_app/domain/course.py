"""What happened to a campaign's messages and when, as counts: no person is in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Happened:
    """So many of one kind within the minute that begins `at`.

    `kind` is an `Outcome`, or `replies`, `opt_outs` (each is one of the replies, too) or `complaints`; `code` is what
    the sender gave as the reason of an outcome.
    """

    at: datetime
    kind: str
    code: str
    count: int


class CourseStore(Protocol):
    def course(self, campaign_id: int) -> tuple[Happened, ...]:
        """Of every message that was handed over its latest outcome, and all answers; in no order."""
        ...
