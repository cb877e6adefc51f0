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
from campaign_app.domain.phone import parse_phone
from campaign_app.transport.listing import plain_code, plain_text

_TEXT_MAX: Final = 2_000
_KEY_MAX: Final = 256
_BEIJING: Final = timezone(timedelta(hours=8))
_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S")
_REPORTED: Final[Mapping[object, Outcome]] = {
    True: Outcome.DELIVERED,
    False: Outcome.FAILED,
    "true": Outcome.DELIVERED,
    "false": Outcome.FAILED,
}


def reply_of(content: Mapping[str, Any], now: datetime) -> InboundMessage | None:
    """None without a number: nobody could be told from it."""
    phone = parse_phone(plain_text(content.get("phone_number"), 40))
    text = plain_text(content.get("content"), _TEXT_MAX)
    if phone is None:
        return None
    written = content.get("send_time")
    name = _name(phone.digits, text, str(written), str(content.get("sequence_id")))
    at = moment(written)
    return InboundMessage(name, "", phone, text, now if at is None else min(at, now))


def report_of(content: Mapping[str, Any], now: datetime) -> DeliveryReport | None:
    """None for one that nobody could assign, or whose word is new. Batch and number name the message."""
    said, key = content.get("success"), plain_text(content.get("out_id"), _KEY_MAX)
    outcome = _REPORTED.get(said) if isinstance(said, bool | str) else None
    phone = parse_phone(plain_text(content.get("phone_number"), 40))
    if outcome is None or phone is None or not key:
        return None
    written = content.get("report_time")
    code = "" if outcome is Outcome.DELIVERED else plain_code(content.get("err_code"))
    name = _name(key, phone.digits, outcome.value, str(written), str(content.get("biz_id")))
    return DeliveryReport(name, "", outcome, code, moment(written) or now, key=key, phone=phone)


def moment(written: object) -> datetime | None:
    for form in _TIMES:
        try:
            return datetime.strptime(str(written), form).replace(tzinfo=_BEIJING)
        except ValueError:
            continue
    return None


def _name(*parts: str) -> str:
    return f"row-{sha256(json.dumps(parts).encode()).hexdigest()}"
