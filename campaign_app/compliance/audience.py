"""What a whole audience's messages measure and cost, in one pass and without rendering them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from campaign_app.compliance.segments import CN_PART, CN_SINGLE, units
from campaign_app.compliance.template import Template


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many messages take how many parts. `shortest` and `longest` are the ids of such rows, None without any."""

    messages_by_parts: Mapping[int, int]
    shortest: int | None
    longest: int | None

    @property
    def messages(self) -> int:
        return sum(self.messages_by_parts.values())

    @property
    def parts(self) -> int:
        return sum(parts * messages for parts, messages in self.messages_by_parts.items())

    def cost(self, price_per_part: Decimal) -> Decimal:
        return self.parts * price_per_part


def distribution(signature: str, template: Template, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Distribution:
    """As mainland operators count (`cn`): 70 UTF-16 units in one part, else 67 in each, 【signature】 included.

    `rows` are ids with values; they are looked at once and not kept.
    """
    fixed = units(f"【{signature}】{template.fixed}")
    counts: Counter[int] = Counter()
    low, high, shortest, longest = -1, -1, None, None
    names = [(name, f"{{{name}}}") for name in template.names]
    for row, values in rows:
        size = fixed + sum(units(values.get(name, unfilled)) for name, unfilled in names)
        counts[size] += 1
        if size > high:
            high, longest = size, row
        if low < 0 or size < low:
            low, shortest = size, row
    parts: Counter[int] = Counter()
    for size, messages in counts.items():
        parts[1 if size <= CN_SINGLE else -(-size // CN_PART)] += messages
    return Distribution(dict(sorted(parts.items())), shortest, longest)
