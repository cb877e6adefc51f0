"""What proves one complaint's message, gathered once: the document and the bundle say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaign_app.domain.complaint import Candidate, Case, CaseNote, Deadline
from campaign_app.domain.consent import ConsentFact
from campaign_app.domain.customer import Entity
from campaign_app.domain.ports_evidence import AuditLine
from campaign_app.domain.signature import SignatureReport


@dataclass(frozen=True, slots=True)
class Proof:
    """Of one person's file of evidence: its header, record, source, entries of the audit, and head.

    `leaf`: what the platform answered about this person, None where it is there as its hash alone. `signed`: the
    platform signed it. `stamps`: heads since the approval that an authority outside was shown.
    """

    header: Mapping[str, Any]
    record: Mapping[str, Any] = field(repr=False)
    source: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]
    end: Mapping[str, Any]
    people: int
    stamps: tuple[Mapping[str, Any], ...] = ()

    @property
    def leaf(self) -> Mapping[str, Any] | None:
        said = self.record.get("leaf")
        try:
            found = json.loads(said) if said else None
        except ValueError:  # a native platform's own words
            return None
        return found if isinstance(found, dict) else None

    @property
    def signed(self) -> bool:
        return self.source.get("t") == "receipt"

    @property
    def head(self) -> str:
        return f"{self.end['number']}:{self.end['head']}"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """`consent`: the fact that justified the message, as it was read from the platform's answer.

    `filing_then`, `filing_now`: what accounts told of the signature by the sending, and by now. `audit`: of this case.
    """

    case: Case
    entity: Entity
    message: Candidate
    consent: ConsentFact | None
    history: tuple[CaseNote, ...]
    answer_by: Deadline
    filing_then: SignatureReport | None
    filing_now: SignatureReport | None
    audit: tuple[AuditLine, ...]
    proof: Proof
    made_at: datetime


def read_proof(lines: Iterable[str]) -> Proof:
    """Raises KeyError and ValueError for what is no file of one person's proof."""
    kept: dict[str, Mapping[str, Any]] = {}
    entries: list[Mapping[str, Any]] = []
    stamps: list[Mapping[str, Any]] = []
    for line in lines:
        if line.startswith('{"first":'):  # hashes of what is about others: megabytes of a long audit
            continue
        said = json.loads(line)
        kind = said["t"]
        if kind == "entry":
            entries.append(said)
        elif kind == "stamp":
            stamps.append(said)
        elif kind != "hidden":
            kept["source" if kind in {"receipt", "answer"} else kind] = said
    return Proof(
        kept["begin"], kept["person"], kept["source"], tuple(entries), kept["end"], int(kept["people"]["count"]),
        tuple(stamps),
    )  # fmt: skip
