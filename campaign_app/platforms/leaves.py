"""One proven leaf becomes one fact; whatever it does not say plainly leaves the fact unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from pydantic_core import from_json

from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Evidence


class Note(StrEnum):
    """Why a fact is unknown. Up to `missing` they are about a whole page."""

    UNPROVEN = "unproven"  # no valid signature of a pinned key
    UNPINNED_KEY = "unpinned_key"  # signed with a key that the platform did not have when it was connected
    SELF_ISSUED = "self_issued"
    OTHER_ISSUER = "other_issuer"
    OTHER_ENTITY = "other_entity"
    REPLAYED = "replayed"  # signed in answer to another question
    OTHER_REQUEST = "other_request"
    SIMULATION = "simulation"  # simulated where the account is real, or the other way round
    MISSING = "missing"
    CONTRADICTORY = "contradictory"
    BROKEN_ROW = "broken_row"
    WRONG_INDEX = "wrong_index"
    WRONG_PATH = "wrong_path"
    NOT_IN_RECEIPT = "not_in_receipt"
    BROKEN_LEAF = "broken_leaf"
    BROKEN_DATE = "broken_date"
    OTHER_REF = "other_ref"
    UNKNOWN_WORD = "unknown_word"
    BAD_REF = "bad_ref"
    OTHER_ACCOUNT = "other_account"


class Odd(Exception):
    """An answer that confirms nothing, and why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.value)
        self.note = note


_PER_MONTH_MAX: Final = 1_000_000
_STATUSES: Final[Mapping[str, ConsentStatus]] = {word.value: word for word in ConsentStatus}
_METHODS: Final[Mapping[str, ConsentMethod]] = {word.value: word for word in ConsentMethod}
_CHANNELS: Final[Mapping[str, Channel]] = {word.value: word for word in Channel}
_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
T = TypeVar("T")


def read_leaf(text: str) -> Mapping[str, Any]:
    """The fields of a leaf, of the kinds that `wire.Leaf` says. Raises Odd.

    Only the canonical text counts: with a key twice in it, two readers would see two different consents.
    """
    try:
        leaf = from_json(text, allow_inf_nan=False)
        good = _canonical(leaf) == text and all(check(leaf[name]) for name, check in _KINDS)
    except (ValueError, KeyError, TypeError):
        raise Odd(Note.BROKEN_LEAF) from None
    if not good:
        raise Odd(Note.BROKEN_LEAF)
    return leaf if isinstance(leaf, dict) else {}


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_flag(value: object) -> bool:
    return type(value) is bool


def _are_texts(value: object) -> bool:
    return type(value) is list and all(type(word) is str for word in value)


def _is_limit(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value <= _PER_MONTH_MAX)


_KINDS: Final[tuple[tuple[str, Callable[[object], bool]], ...]] = (
    *((name, _is_text) for name in ("iss", "aud", "ref", "channel", "status", "method")),
    ("purposes", _are_texts),
    ("max_per_month", _is_limit),
    ("simulated", _is_flag),
)


def fact_of(leaf: Mapping[str, Any], ref: CustomerRef, evidence: Evidence, observed_at: datetime) -> ConsentFact:
    """What a leaf of `read_leaf` says. Raises Odd for a date that is none."""
    status = _STATUSES.get(leaf["status"])
    checked_at = _moment(leaf, "checked_at")
    if checked_at is None:
        raise Odd(Note.BROKEN_DATE)
    return ConsentFact(
        ref=ref,
        status=ConsentStatus.UNKNOWN if status is None else status,
        observed_at=observed_at,
        method=_METHODS.get(leaf["method"], ConsentMethod.UNKNOWN),
        channel=_CHANNELS.get(leaf["channel"], Channel.UNKNOWN),
        purposes=frozenset(leaf["purposes"]),
        entity_uscc=leaf["aud"],
        obtained_at=_moment(leaf, "obtained_at"),
        expires_at=_moment(leaf, "expires_at"),
        withdrawn_at=_moment(leaf, "withdrawn_at"),
        max_per_month=leaf["max_per_month"],
        checked_at=checked_at,
        evidence=evidence,
        note="" if status is not None else Note.UNKNOWN_WORD.value,
    )


def _moment(leaf: Mapping[str, Any], name: str) -> datetime | None:
    """A moment with its zone, as UTC. Raises Odd for anything else that is not null."""
    written = leaf.get(name, "")
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
        if at.tzinfo is UTC:
            return at
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise Odd(Note.BROKEN_DATE)
