"""The 【signature】 in front of a message, the template that it is sent by, and what their filing allows."""

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


@dataclass(frozen=True, slots=True)
class FiledTemplate:
    """A template as the platform has it; `usable` for marketing: it passed its review, and as a promotion."""

    code: str
    kind: str
    status: str

    @property
    def usable(self) -> bool:
        return (self.kind, self.status) == ("promotion", "approved")
