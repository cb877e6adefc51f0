"""What a case pack says of one complaint's message for machines: `bundle.json`, in the format `yunfa-case/1`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from campaign_app.domain.complaint import CaseNote, Deadline
from campaign_app.domain.consent import ConsentFact
from campaign_app.domain.ports_evidence import AuditLine
from campaign_app.domain.signature import SignatureReport
from campaign_app.reports.case_facts import CaseFacts, Proof


def bundle(facts: CaseFacts, files: Mapping[str, str]) -> dict[str, Any]:
    """`files` by name with their SHA-256. Numbers are masked."""
    header = facts.proof.header
    return {
        "format": "yunfa-case/1",
        "made_at": _iso(facts.made_at),
        "entity": {"uscc": facts.entity.uscc, "name": facts.entity.name},
        "complaint": _complaint(facts),
        "message": _message(facts),
        "consent": _consent(facts),
        "signature_filing": {"at_sending": _filing(facts.filing_then), "now": _filing(facts.filing_now)},
        "approval": header["approval"],
        "rules": header["rules"],
        "platforms": header["platforms"],
        "audit": _audit(facts.proof, facts.audit),
        "files": dict(files),
    }


def _complaint(facts: CaseFacts) -> dict[str, Any]:
    case = facts.case
    return {
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
        "answer_by_law": _law(facts.answer_by),
        "history": [_note(each) for each in facts.history],
    }


def _law(answer_by: Deadline) -> dict[str, Any]:
    return {
        "law": answer_by.timer.law,
        "draft": answer_by.timer.draft,
        "verified": answer_by.timer.verified,
        "weekends_only": list(answer_by.guessed),
    }


def _note(note: CaseNote) -> dict[str, Any]:
    return {"at": _iso(note.at), "by": note.by, "action": note.action.value, "text": note.text}


def _message(facts: CaseFacts) -> dict[str, Any]:
    message, record = facts.message, facts.proof.record
    return {
        "id": record["message"],
        "campaign": message.campaign_id,
        "campaign_name": message.campaign,
        "signature": message.signature,
        "text": record["text"],
        "sent_at": _iso(message.sent_at),
        "outcomes": [
            {"outcome": outcome, "code": code, "provider_id": provider, "at": _iso(_moment(at))}
            for outcome, code, provider, at in record["outcomes"]
        ],
    }


def _consent(facts: CaseFacts) -> dict[str, Any]:
    proof = facts.proof
    return {
        "signed_by_platform": proof.signed,
        "fact": _fact(facts.consent),
        "answer": proof.leaf,
        "source": dict(proof.source),
    }


def _audit(proof: Proof, of_the_case: tuple[AuditLine, ...]) -> dict[str, Any]:
    return {
        "campaign": [dict(each) for each in proof.entries],
        "complaint": [_entry(each) for each in of_the_case],
        "head": proof.head,
        "stamps": [
            {"head": each["head"], "authority": each["authority"], "ca": each["ca"], "at": _iso(_moment(each["at"]))}
            for each in proof.stamps
        ],
    }


def _entry(line: AuditLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "at": _iso(line.at),
        "action": line.action,
        "actor": line.actor,
        "facts": dict(line.facts),
        "hash": line.hash.hex(),
    }


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
