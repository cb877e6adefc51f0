"""A wording by which consent is asked for, as it was checked, and what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding as it was kept: which rule, how grave, where, and the words (of what is missing none)."""

    rule: str
    severity: str
    start: int
    end: int
    text: str
    message: str
    law: str
    verified: bool


@dataclass(frozen=True, slots=True)
class CheckedWording:
    """`kind`: agreement, screen or invitation. `account_id` is the shop whose it is, 0 for the entity's own.

    `sha256` is of the text as UTF-8, in hexadecimal; `rule_packs` the version of the rules of wordings.
    """

    id: int
    entity_uscc: str
    account_id: int
    kind: str
    name: str
    sha256: str
    text: str = field(repr=False)
    rule_packs: str
    findings: tuple[Noticed, ...]
    checked_by: str
    checked_at: datetime

    @property
    def verdict(self) -> str:
        """block, warn or pass."""
        found = {each.severity for each in self.findings}
        return "block" if "block" in found else "warn" if "warn" in found else "pass"


class WordingStore(Protocol):
    def add(self, checked: CheckedWording) -> CheckedWording:
        """Stores it (`id` is ignored), with an entry in the audit; checks are appended, never changed."""
        ...

    def wordings(
        self, entity_uscc: str | None, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[CheckedWording]:
        """Checked in [since, until), of one entity or of all, the newest first."""
        ...
