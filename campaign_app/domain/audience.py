"""Audience filters: a small tree over customers, kept as JSON and compiled to SQL by the store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from campaign_app.domain.errors import SettingsError

FIELDS: Final = (
    "account",
    "province",
    "city",
    "spend_cents",
    "order_count",
    "days_since_order",
    "tag",
    "name",
)


class Op(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Condition:
    """`field op value`: value is a string, an int or, for `in`, a tuple of strings."""

    field: str
    op: Op
    value: str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """All of (`every` true) or any of the parts; no part at all means every customer."""

    parts: tuple[Condition | Filter, ...] = ()
    every: bool = True

    def to_json(self) -> dict[str, Any]:
        return {"every": self.every, "parts": [_part_to_json(p) for p in self.parts]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Raises SettingsError for anything but what `to_json` writes."""
        try:
            parts = tuple(_part_from_json(p) for p in data["parts"])
            return cls(parts, bool(data["every"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SettingsError("audience_filter", "The audience filter cannot be read") from error


def _part_to_json(part: Condition | Filter) -> dict[str, Any]:
    if isinstance(part, Filter):
        return part.to_json()
    value = list(part.value) if isinstance(part.value, tuple) else part.value
    return {"field": part.field, "op": part.op.value, "value": value}


def _part_from_json(data: Any) -> Condition | Filter:
    if "parts" in data:
        return Filter.from_json(data)
    if data["field"] not in FIELDS:
        raise ValueError(data["field"])
    op, value = Op(data["op"]), data["value"]
    if (op is Op.IN) != isinstance(value, list) or not isinstance(value, str | int | list) or isinstance(value, bool):
        raise ValueError(value)
    return Condition(data["field"], op, tuple(map(str, value)) if isinstance(value, list) else value)


def names_fields(audience: Filter, fields: Collection[str]) -> bool:
    """Whether any of its conditions, however deep, asks for one of these."""
    return any(
        names_fields(part, fields) if isinstance(part, Filter) else part.field in fields for part in audience.parts
    )


def named_accounts(audience: Filter) -> frozenset[int] | None:
    """The accounts that it keeps to, by conditions that hold for everybody; None where it may reach those of any.

    Raises ValueError where a condition names what is no number.
    """
    if not audience.every and len(audience.parts) != 1:
        return None
    kept: frozenset[int] | None = None
    for part in audience.parts:
        named = named_accounts(part) if isinstance(part, Filter) else _named(part)
        if named is not None:
            kept = named if kept is None else kept & named
    return kept


def _named(condition: Condition) -> frozenset[int] | None:
    if condition.field != "account" or condition.op not in (Op.IS, Op.IN):
        return None
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return frozenset(map(int, values))
