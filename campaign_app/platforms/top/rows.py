"""Members as TOP lists them become customers, or what speaks against writing to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.platforms.native import NativeNote
from campaign_app.transport.listing import fields, good_ref, plain_text
from campaign_app.transport.top.answers import whole
from campaign_app.transport.top.signing import BEIJING

_TIME: Final = "%Y-%m-%d %H:%M:%S"
_COUNT_MAX: Final = 2**31 - 1
_CENTS_MAX: Final = 2**53
_GRADE_MAX: Final = 50
BOUND: Final = (1, 2)  # 1 bound to an offline membership, 2 registered
Objection = tuple[ConsentStatus, str] | None
MISSING: Final = (ConsentStatus.UNKNOWN, "missing")
BROKEN: Final = (ConsentStatus.UNKNOWN, "broken_row")
UNKNOWN_WORD: Final = (ConsentStatus.UNKNOWN, "unknown_word")
NOT_A_MEMBER: Final = (ConsentStatus.UNKNOWN, NativeNote.NOT_A_MEMBER.value)
BLACKLISTED: Final = (ConsentStatus.WITHDRAWN, NativeNote.BLACKLISTED.value)


def customer_of(row: object, seen_at: datetime) -> PlatformCustomer | None:
    """None for a row without an id. TOP hands out neither name nor number, and no time of the last change."""
    member = fields(row)
    ref = good_ref(member.get("ouid"))
    cents, count = _cents(member.get("trade_amount")), whole(member.get("trade_count", 0))
    if not ref or cents is None or count is None or not 0 <= count <= _COUNT_MAX:
        return None
    grade = plain_text(member.get("grade_name"), _GRADE_MAX)
    return PlatformCustomer(
        ref=ref,
        name="",
        phone=None,
        updated_at=seen_at,
        spend_cents=cents,
        order_count=count,
        last_order_at=moment(member.get("last_trade_time")),
        tags=(grade,) if grade else (),
        withdrawn=member.get("status") == "blacklist",
    )


def member_objection(member: Mapping[str, Any]) -> Objection:
    """By the list of members: the shop's blacklist, and grade 0, which is no member."""
    status, grade = member.get("status"), whole(member.get("grade"))
    if status == "blacklist":
        return BLACKLISTED
    if status != "normal":
        return UNKNOWN_WORD if isinstance(status, str) else BROKEN
    if grade is None or grade < 0:
        return BROKEN
    return NOT_A_MEMBER if grade == 0 else None


def identity_objection(result: object) -> Objection:
    """By the membership itself: nobody behind the id, or a state that nobody knows."""
    if not isinstance(result, dict):
        return BROKEN
    info = result.get("member_info")
    if info in (None, "", {}):
        return NOT_A_MEMBER
    bound = whole(fields(info).get("bind_status"))
    if bound is None:
        return BROKEN
    return None if bound in BOUND else UNKNOWN_WORD


def _cents(amount: object) -> int | None:
    """Yuan, as a number or as text; absent is nothing."""
    if amount in (None, ""):
        return 0
    try:
        yuan = Decimal(str(amount))
        if not yuan.is_finite() or abs(yuan) > _CENTS_MAX:
            return None
    except ArithmeticError:
        return None
    return int((yuan * 100).to_integral_value())


def moment(written: object) -> datetime | None:
    """A Beijing time as TOP writes it; None for anything else."""
    if not isinstance(written, str):
        return None
    try:
        return datetime.strptime(written, _TIME).replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError:
        return None
