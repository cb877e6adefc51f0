"""An audience as a person writes it: lines of field, condition and typed text, in at most one level of groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from campaign_app.domain.audience import Condition, Filter, Op

TEXTS: Final = frozenset({"province", "city", "tag", "name", "account"})
NUMBERS: Final = frozenset({"spend_cents", "order_count", "days_since_order"})
TEXT_OPS: Final = (Op.IN, Op.IS, Op.IS_NOT)
NUMBER_OPS: Final = (Op.AT_LEAST, Op.AT_MOST, Op.IS, Op.IS_NOT)
LARGEST: Final = 10**12
MARK: Final = "、"
_SPLIT: Final = re.compile(r"[、，,;；\n]")
_NOISE: Final = str.maketrans("", "", " ¥￥,，元单天")


@dataclass(frozen=True, slots=True)
class Line:
    """`key` names it for as long as it is there; `text` is as typed."""

    key: int
    field: str
    op: Op
    text: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    key: int
    every: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """`next_key` is the key of the next line or group. Group 0 is the outermost."""

    every: bool = True
    parts: tuple[Line | Group, ...] = ()
    next_key: int = 1

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them, in the order in which they are read."""
        return tuple(line for part in self.parts for line in (part.lines if isinstance(part, Group) else (part,)))

    def with_line(self, group: int, field: str, op: Op, text: str = "") -> Draft:
        line = Line(self.next_key, field, op, text)
        if group == 0:
            return replace(self, parts=(*self.parts, line), next_key=self.next_key + 1)
        return replace(
            self,
            parts=tuple(
                replace(part, lines=(*part.lines, line)) if isinstance(part, Group) and part.key == group else part
                for part in self.parts
            ),
            next_key=self.next_key + 1,
        )

    def with_group(self, field: str, op: Op) -> Draft:
        """A group that is met by any of its lines, where all are asked outside, and the other way about."""
        line = Line(self.next_key + 1, field, op)
        return replace(
            self, parts=(*self.parts, Group(self.next_key, not self.every, (line,))), next_key=self.next_key + 2
        )

    def without(self, key: int) -> Draft:
        """Without a line or a group; a group that lost its last line goes too."""
        left: list[Line | Group] = []
        for part in self.parts:
            if part.key == key:
                continue
            if isinstance(part, Group):
                lines = tuple(line for line in part.lines if line.key != key)
                if lines:
                    left.append(replace(part, lines=lines))
            else:
                left.append(part)
        return replace(self, parts=tuple(left))

    def changed(self, line: Line) -> Draft:
        return self._each(lambda known: line if known.key == line.key else known)

    def joined(self, group: int, *, every: bool) -> Draft:
        """All of the lines, or any of them."""
        if group == 0:
            return replace(self, every=every)
        return replace(
            self,
            parts=tuple(
                replace(part, every=every) if isinstance(part, Group) and part.key == group else part
                for part in self.parts
            ),
        )

    def _each(self, change: Callable[[Line], Line]) -> Draft:
        return replace(
            self,
            parts=tuple(
                replace(part, lines=tuple(map(change, part.lines))) if isinstance(part, Group) else change(part)
                for part in self.parts
            ),
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What a draft means: a filter, or the code of what is wrong with each of some lines."""

    audience: Filter
    problems: Mapping[int, str] = field(default_factory=dict)


def ops_of(name: str) -> tuple[Op, ...]:
    return TEXT_OPS if name in TEXTS else NUMBER_OPS


def read(draft: Draft, shops: Mapping[int, str]) -> Read:
    """`shops` are the names of the accounts by id. Problem codes: empty, number, whole, size, shop."""
    problems: dict[int, str] = {}

    def part(each: Line | Group) -> Condition | Filter:
        if isinstance(each, Group):
            return Filter(tuple(part(line) for line in each.lines), each.every)
        try:
            return _condition(each, shops)
        except ValueError as error:
            problems[each.key] = str(error)
            return Filter()

    parts = tuple(map(part, draft.parts))
    return Read(Filter() if problems else Filter(parts, draft.every), problems)


def draft_of(audience: Filter, shops: Mapping[int, str]) -> Draft | None:
    """None for a filter that has more levels, or other conditions, than can be shown line by line."""
    keys = iter(range(1, 1_000_000))
    parts: list[Line | Group] = []
    try:
        for part in audience.parts:
            if isinstance(part, Condition):
                parts.append(_line(part, next(keys), shops))
            else:
                parts.append(Group(next(keys), part.every, _lines(part, keys, shops)))
    except ValueError:
        return None
    return Draft(audience.every, tuple(parts), next(keys))


def _lines(group: Filter, keys: Iterable[int], shops: Mapping[int, str]) -> tuple[Line, ...]:
    numbers = iter(keys)
    if not group.parts:
        raise ValueError("an empty group")
    return tuple(_line(part, next(numbers), shops) for part in group.parts)


def _line(part: Condition | Filter, key: int, shops: Mapping[int, str]) -> Line:
    if isinstance(part, Filter) or part.op not in ops_of(part.field):
        raise ValueError("not a line")
    values = part.value if isinstance(part.value, tuple) else (part.value,)
    if part.field == "account":
        texts = [shops[int(value)] if int(value) in shops else str(value) for value in values]
    elif part.field == "spend_cents":
        texts = [format(Decimal(int(value)) / 100, "f").removesuffix(".00") for value in values]
    else:
        texts = [str(value) for value in values]
    return Line(key, part.field, part.op, MARK.join(texts))


def _condition(line: Line, shops: Mapping[int, str]) -> Condition:
    if not line.text.strip():
        raise ValueError("empty")
    if line.field in NUMBERS:
        return Condition(line.field, line.op, _number(line))
    if line.op is Op.IN:
        words = [word.strip() for word in _SPLIT.split(line.text) if word.strip()]
        if not words:
            raise ValueError("empty")
        return Condition(line.field, line.op, tuple(dict.fromkeys(str(_value(line, word, shops)) for word in words)))
    return Condition(line.field, line.op, _value(line, line.text.strip(), shops))


def _value(line: Line, word: str, shops: Mapping[int, str]) -> str | int:
    if line.field != "account":
        return word
    found = [number for number, name in shops.items() if name == word]
    if not found:
        raise ValueError("shop")
    return found[0]


def _number(line: Line) -> int:
    try:
        number = Decimal(line.text.translate(_NOISE))
    except InvalidOperation:
        raise ValueError("number") from None
    if line.field == "spend_cents":
        number *= 100
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError("number" if line.field == "spend_cents" else "whole")
    if not 0 <= number <= LARGEST:
        raise ValueError("size")
    return int(number)
