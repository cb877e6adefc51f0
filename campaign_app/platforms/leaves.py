"""One proven leaf becomes one fact; whatever it does not say plainly leaves the fact unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final, cast

from pydantic_core import from_json, to_json

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
_typed: Final = itemgetter("iss", "aud", "ref", "channel", "status", "method", "purposes", "simulated")
_KEYS: Final = (
    "aud", "channel", "checked_at", "expires_at", "iss", "max_per_month", "method",
    "obtained_at", "purposes", "ref", "simulated", "status", "withdrawn_at",
)  # fmt: skip
_TYPES: Final = (str, str, str, str, str, str, list, bool)


def read_leaf(text: str) -> Mapping[str, Any]:
    """The fields of a leaf, of the kinds that `wire.Leaf` says. Raises Odd.

    Only the canonical text counts: with a key twice in it, two readers would see two different consents.
    """
    try:
        leaf = from_json(text, allow_inf_nan=False)
        sound = type(leaf) is dict and _is_sound(leaf) and _is_canonical(leaf, text)
    except (ValueError, KeyError):
        raise Odd(Note.BROKEN_LEAF) from None
    if not sound:
        raise Odd(Note.BROKEN_LEAF)
    return cast("dict[str, Any]", leaf)


def _is_canonical(leaf: Mapping[str, Any], text: str) -> bool:
    """Whether the text is the one way to write it; a leaf with just our keys in order is written again faster."""
    return (tuple(leaf) == _KEYS and to_json(leaf) == text.encode()) or _canonical(leaf) == text


def _is_sound(leaf: Mapping[str, Any]) -> bool:
    if tuple(map(type, _typed(leaf))) != _TYPES or not set(map(type, leaf["purposes"])) <= {str}:
        return False
    limit = leaf["max_per_month"]
    return limit is None or (type(limit) is int and 0 <= limit <= _PER_MONTH_MAX)


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
