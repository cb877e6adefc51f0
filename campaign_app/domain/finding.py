"""Findings of the compliance engine: what, where, why by which law, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """Ordered: a verdict is the highest severity found."""

    INFO = 1
    WARN = 2
    BLOCK = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range in code points of the final text as typed; 0, 0 for an absence or a field."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """Source of a rule. `verified` is false until a person has compared it with the primary text."""

    law: str
    article: str
    verified: bool
    url: str = ""

    @property
    def named(self) -> str:
        """Law and article in one line."""
        return " ".join(filter(None, (self.law, self.article)))


@dataclass(frozen=True, slots=True)
class Finding:
    """`beside` are further sources of the rule; each says for itself whether it was verified."""

    rule_id: str
    severity: Severity
    span: Span
    text: str
    message: str
    citation: Citation
    fix: str
    beside: tuple[Citation, ...] = ()
