"""Rows of the platform's listings become ours one by one; a broken row is None and spoils no other."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

from pydantic import Field, ValidationError

from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.phone import parse_phone, parse_platform_phone
from campaign_app.domain.signature import Signature
from campaign_app.transport.listing import fields, good_ref, plain_text
from campaign_app.transport.wire import Wire, WireCustomer, WireSignature

_NAME_MAX: Final = 200
_TAGS_MAX: Final = 100
_COUNT_MAX: Final = 2**31 - 1
_CENTS_MAX: Final = 2**53


class CustomerRows(Wire):
    customers: list[Any]
    redacted: list[Any] = Field(default_factory=list)
    next_cursor: str
    has_more: bool


class ChangeRows(Wire):
    changes: list[Any]
    next_cursor: str
    has_more: bool


class SignatureRows(Wire):
    signatures: list[Any]


def customer_of(row: object) -> PlatformCustomer | None:
    """A number that is no mainland mobile number is none, nor is a sealed one that can be read; the customer stays."""
    try:
        wire = WireCustomer.model_validate(row)
    except ValidationError:
        return None
    if not good_ref(wire.ref) or abs(wire.spend_cents) > _CENTS_MAX or not 0 <= wire.order_count <= _COUNT_MAX:
        return None
    return PlatformCustomer(
        ref=wire.ref,
        name=plain_text(wire.name, _NAME_MAX),
        phone=parse_phone(wire.phone),
        updated_at=wire.updated_at.astimezone(UTC),
        province=plain_text(wire.province, _NAME_MAX),
        city=plain_text(wire.city, _NAME_MAX),
        spend_cents=wire.spend_cents,
        order_count=wire.order_count,
        last_order_at=wire.last_order_at and wire.last_order_at.astimezone(UTC),
        tags=tuple(plain_text(tag, _NAME_MAX) for tag in wire.tags[:_TAGS_MAX]),
        minor=wire.minor,
        platform_phone=parse_platform_phone(wire.platform_phone),
    )


def changed_ref(row: object) -> str:
    """Only the ref counts: whatever changed, the facts are read anew."""
    return good_ref(fields(row).get("ref"))


def signature_of(row: object) -> Signature | None:
    try:
        wire = WireSignature.model_validate(row)
    except ValidationError:
        return None
    return Signature(
        text=plain_text(wire.text, _NAME_MAX),
        owner_uscc=wire.owner_uscc,
        source=plain_text(wire.source, _NAME_MAX),
        status=plain_text(wire.status, _NAME_MAX),
        carrier_filed=wire.carrier_filed,
        scopes=tuple(plain_text(scope, _NAME_MAX) for scope in wire.scopes),
        valid_until=wire.valid_until,
    )
