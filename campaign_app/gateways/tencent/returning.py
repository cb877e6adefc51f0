"""What comes back from Tencent, row by row: statuses of messages, and replies.

A broken row spoils no other. A reply is kept as long as its number can be read, for it may be an opt-out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways.numbers import phone_of
from campaign_app.gateways.rows import reply_text
from campaign_app.gateways.tencent.sending import ID_MAX, of_batch, of_message
from campaign_app.transport.listing import fields, plain_code, plain_text

_LATEST: Final = 10**11
_REPORTED: Final[Mapping[object, Outcome]] = {"SUCCESS": Outcome.DELIVERED, "FAIL": Outcome.FAILED}
_ALONE, _SEVERAL = of_message(""), of_batch("")


def report_of(row: object) -> DeliveryReport | None:
    """None for a status that nobody could assign, or whose word is new: it says nothing."""
    found = fields(row)
    said, at = found.get("ReportStatus"), moment(found.get("UserReceiveTime"))
    outcome = _REPORTED.get(said) if isinstance(said, str) else None
    serial, session = plain_text(found.get("SerialNo"), ID_MAX), plain_text(found.get("SessionContext"), 512)
    if outcome is None or at is None or not (serial or session):
        return None
    phone = phone_of(plain_text(found.get("PhoneNumber"), 40))
    message_id, key = _after(_ALONE, session), _after(_SEVERAL, session)
    code = "" if outcome is Outcome.DELIVERED else plain_code(found.get("Description"))
    name = _id(serial, session, phone and phone.digits, said, int(at.timestamp()))
    return DeliveryReport(
        report_id=name,
        provider_id=serial,
        outcome=outcome,
        code=code,
        reported_at=at,
        message_id=message_id,
        key=key,
        phone=phone,
    )


def reply_of(row: object, now: datetime, asked: Phone | None = None) -> InboundMessage | None:
    """Tencent gives a reply no id: it is named by its content, so that the same one twice is one still.

    A row that names nobody is of the number that was `asked` for, where one was.
    """
    found = fields(row)
    phone = phone_of(plain_text(found.get("PhoneNumber"), 40))
    phone = phone or phone_of(plain_text(found.get("SubscriberNumber"), 40)) or asked
    if phone is None:
        return None
    text, written = reply_text(found.get("ReplyContent")), found.get("ReplyTime")
    name = _id(phone.digits, text, str(written), plain_text(found.get("SignName"), 200))
    return InboundMessage(name, "", phone, text, moment(written) or now)


def moment(value: object) -> datetime | None:
    """UNIX seconds."""
    return datetime.fromtimestamp(value, UTC) if type(value) is int and 0 < value < _LATEST else None


def _after(mark: str, session: str) -> str:
    return session.removeprefix(mark) if session.startswith(mark) else ""


def _id(*parts: Any) -> str:
    return f"row-{sha256(json.dumps(parts).encode()).hexdigest()}"
