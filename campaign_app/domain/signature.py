"""The 【signature】 in front of a message and what its filing allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Signature:
    """`carrier_filed` None means that nobody said so, which counts as no. `valid_until` includes its whole day."""

    text: str
    owner_uscc: str
    source: str = "company"
    status: str = "unknown"
    carrier_filed: bool | None = None
    scopes: tuple[str, ...] = ()
    valid_until: date | None = None
