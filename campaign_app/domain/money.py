"""What messages cost and whether a budget allows it.

Money is whole ten-thousandths of a yuan, never a float: contracts price a message as finely as 0.0325 yuan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

PER_YUAN: Final = 10_000
# what one part may cost, and what a budget may hold: far above any contract, far below what a database holds
PRICE_MAX: Final = 10 * PER_YUAN
BUDGET_MAX: Final = 1_000_000_000 * PER_YUAN
# shop account → parts, None where nobody counted them → people
Counted = Mapping[int, Mapping[int | None, int]]
_ORNAMENTS: Final = re.compile(r"^\s*¥|元\s*$|[\s,]")  # 3元5 is how 3.50 is said: no amount here
_BEIJING: Final = timezone(timedelta(hours=8))


def yuan(amount: int) -> str:
    """As people read it: two digits behind the point, a third and fourth only where there are any."""
    whole, rest = divmod(abs(amount), PER_YUAN)
    digits = f"{rest:04}"
    return f"{'-' if amount < 0 else ''}¥{whole:,}.{digits[:2]}{digits[2:].rstrip('0')}"


def read_yuan(typed: str, most: int) -> int:
    """What a person typed, in yuan. Raises ValueError for what is no amount, or too much, or finer than is kept."""
    plain = unicodedata.normalize("NFKC", typed).replace("。", ".")  # as a Chinese keyboard has the point
    try:
        amount = Decimal(_ORNAMENTS.sub("", plain)) * PER_YUAN
    except InvalidOperation:
        raise ValueError(typed) from None
    if not amount.is_finite() or amount != int(amount) or not 0 <= amount <= most:
        raise ValueError(typed)
    return int(amount)


def month_of(at: datetime) -> datetime:
    """When the month began that `at` lies in, by the civil time of China, in which senders bill."""
    local = at.astimezone(_BEIJING)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """What one sender account is to carry: `people_by_parts` is parts → people, `price` that of one part.

    `uncounted` are people whose parts nobody counted.
    """

    account_id: int
    people_by_parts: Mapping[int, int]
    price: int | None
    uncounted: int = 0

    @property
    def people(self) -> int:
        return sum(self.people_by_parts.values()) + self.uncounted

    @property
    def parts(self) -> int:
        return sum(parts * people for parts, people in self.people_by_parts.items())

    @property
    def cost(self) -> int | None:
        """None where it is not known."""
        return None if self.price is None or self.uncounted else self.parts * self.price


@dataclass(frozen=True, slots=True)
class Quote:
    """What is still to leave of a campaign, by the sender account that carries it."""

    lines: tuple[Line, ...] = ()

    @property
    def people(self) -> int:
        return sum(line.people for line in self.lines)

    @property
    def parts(self) -> int:
        return sum(line.parts for line in self.lines)

    @property
    def uncounted(self) -> int:
        return sum(line.uncounted for line in self.lines)

    @property
    def people_by_parts(self) -> dict[int, int]:
        sums: dict[int, int] = {}
        for line in self.lines:
            for parts, people in line.people_by_parts.items():
                sums[parts] = sums.get(parts, 0) + people
        return dict(sorted(sums.items()))

    @property
    def unpriced(self) -> tuple[int, ...]:
        """The sender accounts whose price nobody wrote down."""
        return tuple(line.account_id for line in self.lines if line.price is None)

    @property
    def cost(self) -> int | None:
        """None unless all of it is known."""
        costs = [line.cost for line in self.lines]
        return None if None in costs else sum(cost for cost in costs if cost is not None)


def quote_of(counted: Counted, payers: Mapping[int, int], prices: Mapping[int, int]) -> Quote:
    """What is to leave, by who is paid for it."""
    people: dict[int, dict[int, int]] = {}
    uncounted: dict[int, int] = {}
    for shop, by_parts in counted.items():
        payer = payers[shop]
        sums = people.setdefault(payer, {})
        for parts, count in by_parts.items():
            if parts is None:
                uncounted[payer] = uncounted.get(payer, 0) + count
            else:
                sums[parts] = sums.get(parts, 0) + count
    lines = (Line(payer, sums, prices.get(payer), uncounted.get(payer, 0)) for payer, sums in sorted(people.items()))
    return Quote(tuple(lines))


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets that hold for a campaign, None for none, and what is gone of them.

    `spent`: by the campaign so far, None where not all of it has a price. `taken`: of the entity's month, by everything
    that left in it and by what other campaigns under way have set aside, None where nobody can say of one of them.
    """

    campaign: int | None = None
    month: int | None = None
    spent: int | None = 0
    taken: int | None = 0

    @property
    def any(self) -> bool:
        return self.campaign is not None or self.month is not None


def objection(quote: Quote, limits: Limits) -> str:
    """Why the rest of a campaign may not leave, "" if it may. With a budget, what is not known is an objection."""
    if not limits.any:
        return ""
    if quote.uncounted or quote.cost is None:
        return "uncounted" if quote.uncounted else "no_price"
    return _over(quote.cost, limits.campaign, limits.spent, "budget") or _over(
        quote.cost, limits.month, limits.taken, "month"
    )


def _over(cost: int, budget: int | None, gone: int | None, which: str) -> str:
    if budget is None:
        return ""
    if gone is None:
        return f"{which}_unknown"
    return f"over_{which}" if gone + cost > budget else ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What left: `parts` of what no sender turned away, and what those with a price cost.

    `unpriced` parts left when nobody had written down a price; `uncounted` messages are older than the counting.
    `told`: parts that providers say they billed, of messages that we counted as `told_counted`.
    """

    parts: int = 0
    cost: int = 0
    unpriced: int = 0
    uncounted: int = 0
    told: int = 0
    told_counted: int = 0
