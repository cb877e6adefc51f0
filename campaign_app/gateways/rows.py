"""What a sender answers and what comes back, row by row.

A broken row spoils no other. A reply or a complaint is never lost to a detail: as long as its person can be read, a
missing id or date is replaced, for it may be an opt-out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome, SubmitOutcome
from campaign_app.domain.phone import parse_phone
from campaign_app.transport.listing import fields, good_ref, plain_code, plain_text
from campaign_app.transport.wire import Wire

ID_MAX: Final = 200
# in place of what somebody wrote that cannot be read; it reads as a refusal (`jobs.opt_out`)
UNREAD: Final = "退订（原文无法读取）"
_TEXT_MAX: Final = 2_000
_SUBMITTED: Final[Mapping[object, Outcome]] = {"accepted": Outcome.ACCEPTED, "rejected": Outcome.REJECTED}
_REPORTED: Final[Mapping[object, Outcome]] = {"delivered": Outcome.DELIVERED, "failed": Outcome.FAILED}
# the carrier keeps a list of those who asked it for no more
_OPTED_OUT: Final = frozenset({"carrier_blacklist"})
_MOMENT: Final = TypeAdapter(AwareDatetime)


class SaidOfItself(Wire):
    capabilities: Any = None


class OutcomeRows(Wire):
    request_id: str
    outcomes: list[Any]


class ReportRows(Wire):
    reports: list[Any]
    next_cursor: str
    has_more: bool


class InboundRows(Wire):
    messages: list[Any]
    next_cursor: str
    has_more: bool


class ComplaintRows(Wire):
    complaints: list[Any]
    next_cursor: str
    has_more: bool


def needs_phone(capabilities: object) -> bool:
    """Whoever has no number is reached only where the server says plainly that it needs none."""
    return fields(capabilities).get("messages_need_phone") is not False


def offers(capabilities: object, name: str) -> bool:
    """Whether the server has it. What it does not say is asked of it: a refusal to a reply must not be lost."""
    return fields(capabilities).get(name) is not False


def plainly_offers(capabilities: object, name: str) -> bool:
    """Of what is better not done than done wrong: only where the server says so."""
    return fields(capabilities).get(name) is True


def outcomes_of(rows: Sequence[object]) -> dict[str, SubmitOutcome]:
    """By message id. A word that nobody knows, or two answers for one message, leave it unknown."""
    found: dict[str, SubmitOutcome] = {}
    for row in map(fields, rows):
        message_id = row.get("message_id")
        if not isinstance(message_id, str):
            continue
        outcome = _outcome(message_id, row)
        known = found.setdefault(message_id, outcome)
        if known is not outcome and known != outcome:
            found[message_id] = SubmitOutcome(message_id, Outcome.UNKNOWN, code="contradictory")
    return found


def _outcome(message_id: str, row: Mapping[str, Any]) -> SubmitOutcome:
    outcome = _SUBMITTED.get(_hashable(row.get("status")))
    if outcome is None:
        return SubmitOutcome(message_id, Outcome.UNKNOWN, code="unknown_word")
    provider_id = plain_text(row.get("provider_id"), ID_MAX)
    code = plain_code(row.get("code"))
    return SubmitOutcome(message_id, outcome, provider_id, code, outcome is Outcome.REJECTED and code in _OPTED_OUT)


def report_of(row: object, _now: datetime) -> DeliveryReport | None:
    """None for a report that nobody could assign, or whose word is new: it says nothing."""
    found = fields(row)
    outcome = _REPORTED.get(_hashable(found.get("status")))
    names = "report_id", "provider_id", "message_id"
    report_id, provider_id, message_id = (plain_text(found.get(name), ID_MAX) for name in names)
    at = _moment(found.get("reported_at"))
    if outcome is None or at is None or not report_id or not (provider_id or message_id):
        return None
    return DeliveryReport(report_id, provider_id, outcome, plain_code(found.get("code")), at, message_id)


def inbound_of(row: object, now: datetime) -> InboundMessage | None:
    """None only if neither ref nor number can be read: then there is nobody to suppress."""
    found = fields(row)
    ref, phone = good_ref(found.get("ref")), parse_phone(plain_text(found.get("phone"), 40))
    if not ref and phone is None:
        return None
    text = reply_text(found.get("text"))
    return InboundMessage(_id(found, "inbound_id"), ref, phone, text, _moment(found.get("received_at")) or now)


def reply_text(said: object) -> str:
    """What is no text may have been a refusal, and whose it is is known."""
    return plain_text(said, _TEXT_MAX) if isinstance(said, str) else UNREAD


def complaint_of(row: object, now: datetime) -> ComplaintClue | None:
    found = fields(row)
    ref, phone = good_ref(found.get("ref")), parse_phone(plain_text(found.get("phone"), 40))
    provider_id = plain_text(found.get("provider_id"), ID_MAX)
    if not ref and phone is None and not provider_id:
        return None
    at = _moment(found.get("received_at")) or now
    return ComplaintClue(_id(found, "complaint_id"), ref, phone, provider_id, at)


def _id(row: Mapping[str, Any], name: str) -> str:
    """The row's own id, or one that follows from its content: the same row twice is one row still."""
    given = plain_text(row.get(name), ID_MAX)
    if given:
        return given
    content = json.dumps(row, sort_keys=True, separators=(",", ":"))
    return f"row-{sha256(content.encode()).hexdigest()}"


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return _MOMENT.validate_python(value).astimezone(UTC)
    except (ValidationError, OverflowError):
        return None


def _hashable(value: object) -> str | None:
    return value if isinstance(value, str) else None
