"""What proves one complaint's message, gathered once: the document and the bundle say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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


def bundle(facts: CaseFacts, files: Mapping[str, str]) -> dict[str, Any]:
    """For machines; `files` by name with their SHA-256. Numbers are masked."""
    case, message, proof = facts.case, facts.message, facts.proof
    return {
        "format": "yunfa-case/1",
        "made_at": _iso(facts.made_at),
        "entity": {"uscc": facts.entity.uscc, "name": facts.entity.name},
        "complaint": {
            "case": case.id,
            "number": case.number,
            "source": case.source.value,
            "way": case.way.value,
            "who": case.who,
            "made_at": _iso(case.made_at),
            "received_at": _iso(case.received_at),
            "text": case.text,
            "port": case.port,
            "signature": case.signature,
            "state": case.state.value,
            "owner": case.owner,
            "entered_at": _iso(case.entered_at),
            "answered_at": _iso(case.answered_at),
            "closed_at": _iso(case.closed_at),
            "answer_by": facts.answer_by.day.isoformat(),
            "answer_by_law": {
                "law": facts.answer_by.timer.law,
                "draft": facts.answer_by.timer.draft,
                "verified": facts.answer_by.timer.verified,
                "weekends_only": list(facts.answer_by.guessed),
            },
            "history": [
                {"at": _iso(each.at), "by": each.by, "action": each.action.value, "text": each.text}
                for each in facts.history
            ],
        },
        "message": {
            "id": proof.record["message"],
            "campaign": message.campaign_id,
            "campaign_name": message.campaign,
            "signature": message.signature,
            "text": proof.record["text"],
            "sent_at": _iso(message.sent_at),
            "outcomes": [
                {"outcome": outcome, "code": code, "provider_id": provider, "at": _iso(_moment(at))}
                for outcome, code, provider, at in proof.record["outcomes"]
            ],
        },
        "consent": {
            "signed_by_platform": proof.signed, "fact": _fact(facts.consent), "answer": proof.leaf,
            "source": dict(proof.source),
        },
        "signature_filing": {"at_sending": _filing(facts.filing_then), "now": _filing(facts.filing_now)},
        "approval": proof.header["approval"],
        "rules": proof.header["rules"],
        "platforms": proof.header["platforms"],
        "audit": {
            "campaign": [dict(each) for each in proof.entries],
            "complaint": [
                {
                    "number": each.number, "at": _iso(each.at), "action": each.action, "actor": each.actor,
                    "facts": dict(each.facts), "hash": each.hash.hex(),
                }
                for each in facts.audit
            ],
            "head": proof.head,
            "stamps": [
                {**{name: each[name] for name in ("head", "authority", "ca")}, "at": _iso(_moment(each["at"]))}
                for each in proof.stamps
            ],
        },
        "files": dict(files),
    }  # fmt: skip


def _fact(fact: ConsentFact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    return {
        "status": fact.status.value,
        "method": fact.method.value,
        "channel": fact.channel.value,
        "purposes": sorted(fact.purposes),
        "entity": fact.entity_uscc,
        "obtained_at": _iso(fact.obtained_at),
        "expires_at": _iso(fact.expires_at),
        "withdrawn_at": _iso(fact.withdrawn_at),
        "checked_at": _iso(fact.checked_at),
        "read_at": _iso(fact.observed_at),
    }


def _filing(report: SignatureReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    said = report.signature
    return {
        "text": said.text,
        "owner_uscc": said.owner_uscc,
        "status": said.status,
        "carrier_filed": said.carrier_filed,
        "scopes": list(said.scopes),
        "valid_until": None if said.valid_until is None else said.valid_until.isoformat(),
        "port": said.port,
        "stated_by_sender": said.stated,
        "reported_at": _iso(report.seen_at),
        "gone": report.gone,
    }


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
