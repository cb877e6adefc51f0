"""What comes back from Aliyun's queues, message by message (help.aliyun.com, 101646 and 101641).

Both may come twice under names of their own (documented: no idempotence), so each is named by what it says: the same
reply is one reply, and two that differ in number, text or time are two, whatever their sequence_id. Times are taken for
Beijing's, which no document says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, Final

from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome
from campaign_app.gateways.numbers import is_nobodys, phone_of
from campaign_app.gateways.rows import UNREAD
from campaign_app.services.unread_replies import numbers_in
from campaign_app.transport.listing import plain_code, plain_count, plain_text

_TEXT_MAX: Final = 2_000
_KEY_MAX: Final = 256
_PARTS_MAX: Final = 100
_BEIJING: Final = timezone(timedelta(hours=8))
_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S")
_REPORTED: Final[Mapping[object, Outcome]] = {
    True: Outcome.DELIVERED,
    False: Outcome.FAILED,
    "true": Outcome.DELIVERED,
    "false": Outcome.FAILED,
}


def reply_of(content: Mapping[str, Any], now: datetime) -> InboundMessage | None:
    """None without a number, for nobody could be told from it, and without a text, for it may have been a refusal.

    Whoever answers is heard, be it to a message that another system sent.
    """
    phone, said = phone_of(_number(content)), content.get("content")
    if phone is None or not isinstance(said, str):
        return None
    text = plain_text(said, _TEXT_MAX)
    written = content.get("send_time")
    name = _name(phone.digits, text, str(written), str(content.get("sequence_id")))
    at = moment(written)
    return InboundMessage(name, "", phone, text, now if at is None else min(at, now))


def refusals_in(raw: str, now: datetime) -> tuple[InboundMessage, ...]:
    """Of a message that cannot be read and that a person has cleared: everybody who can be told from it."""
    return tuple(
        InboundMessage(_name("unread", raw, phone.digits), "", phone, UNREAD, now) for phone in numbers_in(raw)
    )


def report_of(content: Mapping[str, Any], now: datetime) -> DeliveryReport | None:
    """None for one that nobody could assign, or whose word is new. Batch and number name the message."""
    said, key = content.get("success"), plain_text(content.get("out_id"), _KEY_MAX)
    outcome = _REPORTED.get(said) if isinstance(said, bool | str) else None
    phone = phone_of(_number(content))
    if outcome is None or phone is None or not key:
        return None
    written = content.get("report_time")
    code = "" if outcome is Outcome.DELIVERED else plain_code(content.get("err_code"))
    name = _name(key, phone.digits, outcome.value, str(written), str(content.get("biz_id")))
    billed = plain_count(content.get("sms_size"), _PARTS_MAX)
    return DeliveryReport(name, "", outcome, code, moment(written) or now, key=key, phone=phone, billed=billed)


def is_nobodys_reply(content: Mapping[str, Any]) -> bool:
    return isinstance(content.get("content"), str) and is_nobodys(_number(content))


def is_foreign_report(content: Mapping[str, Any]) -> bool:
    """Of a message that another system of the same account sent: none of ours goes without its batch's key."""
    if not isinstance(content.get("success"), bool | str):
        return False
    number, keyless = _number(content), content.get("out_id") in (None, "")
    return is_nobodys(number) or (keyless and phone_of(number) is not None)


def _number(content: Mapping[str, Any]) -> str:
    return plain_text(content.get("phone_number"), 40)


def moment(written: object) -> datetime | None:
    for form in _TIMES:
        try:
            return datetime.strptime(str(written), form).replace(tzinfo=_BEIJING)
        except ValueError:
            continue
    return None


def _name(*parts: str) -> str:
    return f"row-{sha256(json.dumps(parts).encode()).hexdigest()}"
