"""A customer of the answer becomes a customer of ours, and what is said of their consent becomes a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from campaign_app.domain.consent import REDACTED as REDACTED_NOTE
from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.phone import Phone, parse_phone
from campaign_app.platforms.leaves import Note, Odd
from campaign_app.platforms.native import Said
from campaign_app.platforms.shopify.editions import Edition
from campaign_app.transport.listing import plain_text

_REF: Final = re.compile(r"[0-9]{1,20}", re.ASCII)
_NAME_MAX: Final = 200
_TAGS_MAX: Final = 100
_COUNT_MAX: Final = 2**31 - 1
_CENTS_MAX: Final = 2**53


class ShopNote(StrEnum):
    """Why a shop's word about somebody confirms nothing, besides `leaves.Note`."""

    SINGLE_OPT_IN = "single_opt_in"
    NO_LEVEL = "no_level"  # it does not say how they agreed
    NO_DATE = "no_date"
    REDACTED = REDACTED_NOTE


# state → what it is; SUBSCRIBED is looked at further
_STATES: Final[Mapping[str, ConsentStatus]] = {
    "SUBSCRIBED": ConsentStatus.CONFIRMED,
    "PENDING": ConsentStatus.PENDING,
    "UNSUBSCRIBED": ConsentStatus.WITHDRAWN,
    "NOT_SUBSCRIBED": ConsentStatus.NO_RECORD,  # up to 2026-07
    "NEVER_SUBSCRIBED": ConsentStatus.NO_RECORD,  # from 2026-10 on
    "REDACTED": ConsentStatus.UNKNOWN,
}
REDACTED: Final = "REDACTED"


@dataclass(frozen=True, slots=True)
class Consent:
    """The platform's own words; `state` is "" where the customer has no number that could have one."""

    state: str
    level: str | None
    at: datetime | None
    raw: Mapping[str, Any]


def ref_of(node: Any, edition: Edition) -> str:
    """The number behind a customer's gid, "" where it is none."""
    gid = node.get("id") if isinstance(node, dict) else None
    if not isinstance(gid, str) or not gid.startswith(edition.gid):
        return ""
    number = gid.removeprefix(edition.gid)
    return number if good_number(number) else ""


def good_number(ref: str) -> bool:
    return _REF.fullmatch(ref) is not None


def consent_of(node: Mapping[str, Any], edition: Edition) -> Consent:
    """Raises Odd for what is not of the kinds that the pinned version says."""
    said = edition.consent_of(node)
    if said is None:
        return Consent("", None, None, {"consent": None})
    if not isinstance(said, dict):
        raise Odd(Note.BROKEN_ROW)
    words = edition.words
    named = (words.state, words.level, words.at, words.source)
    raw = {name: said.get(name) for name in named if name}
    state, level = raw[words.state], raw.get(words.level)
    if type(state) is not str or not isinstance(level, str | None) or (words.level and words.level not in said):
        raise Odd(Note.BROKEN_ROW)
    try:
        at = moment(raw[words.at])
    except Odd:
        if _STATES.get(state) is not ConsentStatus.WITHDRAWN:
            raise
        at = None  # who left has left, whenever that was
    return Consent(state, level, at, raw)


def fact_of(consent: Consent, ref: CustomerRef, said: Said) -> ConsentFact:
    """Total: what is not plainly said is UNKNOWN with a note."""
    status, method, note = _judged(consent)
    raw = {"ref": ref.ref, **consent.raw}
    return ConsentFact(
        ref=ref,
        status=status,
        observed_at=said.observed_at,
        method=method,
        channel=Channel.SMS,
        purposes=frozenset({"retail"}),
        entity_uscc=said.account.entity_uscc,
        obtained_at=consent.at if status is ConsentStatus.CONFIRMED else None,
        withdrawn_at=consent.at if status is ConsentStatus.WITHDRAWN else None,
        checked_at=said.observed_at,
        evidence=said.evidence(raw),
        note=note,
    )


def _judged(consent: Consent) -> tuple[ConsentStatus, ConsentMethod, str]:
    if not consent.state:
        return ConsentStatus.NO_RECORD, ConsentMethod.NONE, ""
    status = _STATES.get(consent.state)
    if status is None:
        return ConsentStatus.UNKNOWN, ConsentMethod.UNKNOWN, Note.UNKNOWN_WORD.value
    if consent.state == REDACTED:
        return status, ConsentMethod.UNKNOWN, ShopNote.REDACTED.value
    if status is ConsentStatus.CONFIRMED:
        return _subscribed(consent)
    return status, ConsentMethod.UNKNOWN, ""


def _subscribed(consent: Consent) -> tuple[ConsentStatus, ConsentMethod, str]:
    if consent.level is None or consent.level == "UNKNOWN":
        return ConsentStatus.UNKNOWN, ConsentMethod.UNKNOWN, ShopNote.NO_LEVEL.value
    if consent.level not in ("CONFIRMED_OPT_IN", "SINGLE_OPT_IN"):
        return ConsentStatus.UNKNOWN, ConsentMethod.UNKNOWN, Note.UNKNOWN_WORD.value
    if consent.at is None:
        return ConsentStatus.UNKNOWN, ConsentMethod.UNKNOWN, ShopNote.NO_DATE.value
    if consent.level == "SINGLE_OPT_IN":
        # a box on a page, ticked by whoever: the gate calls it not confirmed
        return ConsentStatus.CONFIRMED, ConsentMethod.UNKNOWN, ShopNote.SINGLE_OPT_IN.value
    return ConsentStatus.CONFIRMED, ConsentMethod.DOUBLE_OPT_IN, ""


def moment(written: Any) -> datetime | None:
    """A moment with its zone, as UTC. Raises Odd for anything else that is not null."""
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise Odd(Note.BROKEN_DATE)


# --- customers -------------------------------------------------------------------------------------------------------


def is_redacted(node: Any, edition: Edition) -> bool:
    said = edition.consent_of(node) if isinstance(node, dict) else None
    return isinstance(said, dict) and said.get(edition.words.state) == REDACTED


def customer_of(node: Any, edition: Edition) -> PlatformCustomer | None:
    """None for a row that breaks the contract. A number that is no mainland mobile number is no number."""
    ref = ref_of(node, edition)
    try:
        updated = moment(node.get("updatedAt")) if ref else None
        count, cents = _count(node.get("numberOfOrders")) if ref else 0, _cents(node.get("amountSpent")) if ref else 0
    except (Odd, ValueError, TypeError, ArithmeticError):
        return None
    if updated is None:
        return None
    address = node.get("defaultAddress")
    place = address if isinstance(address, dict) else {}
    tags = node.get("tags")
    phone = edition.phone_of(node)
    return PlatformCustomer(
        ref=ref,
        name=_name(node),
        phone=_phone(phone),
        updated_at=updated,
        province=plain_text(place.get("province"), _NAME_MAX),
        city=plain_text(place.get("city"), _NAME_MAX),
        spend_cents=cents,
        order_count=count,
        tags=tuple(plain_text(tag, _NAME_MAX) for tag in tags[:_TAGS_MAX]) if isinstance(tags, list) else (),
    )


def _phone(written: Any) -> Phone | None:
    if not isinstance(written, str):
        return None
    # SHOPLINE's documents show numbers in this form
    return parse_phone("+86" + written[4:] if written.startswith("0086") else written)


def _name(node: Mapping[str, Any]) -> str:
    whole = plain_text(node.get("displayName"), _NAME_MAX)
    return whole or plain_text(node.get("lastName"), _NAME_MAX) + plain_text(node.get("firstName"), _NAME_MAX)


def _count(written: Any) -> int:
    """An UnsignedInt64 comes as text. Raises ValueError, TypeError, OverflowError."""
    count = int(written or 0)
    if not 0 <= count <= _COUNT_MAX:
        raise ValueError("count")
    return count


def _cents(money: Any) -> int:
    """Yuan only: in another currency it is an amount that nobody here can compare.

    Raises ValueError, ArithmeticError.
    """
    if not isinstance(money, dict) or money.get("currencyCode") != "CNY":
        return 0
    cents = Decimal(str(money.get("amount"))).scaleb(2)
    if not abs(cents) <= _CENTS_MAX:  # before it is written out: a million digits take half a minute
        raise ValueError("amount")
    return int(cents)
