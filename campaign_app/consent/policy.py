"""The merchant's limits for the gate; they can be made stricter, never absent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """`max_consent_age` bounds facts at screening, `reread_after` the ones that a leaving batch may rest on.

    `clock_skew` is how far a platform's clock may run ahead of ours before its dates count as future.
    """

    max_consent_age: timedelta = timedelta(minutes=1_440)
    reread_after: timedelta = timedelta(minutes=10)
    clock_skew: timedelta = timedelta(0)
