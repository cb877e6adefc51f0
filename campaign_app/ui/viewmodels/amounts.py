"""Amounts of money as people type them: read as they are typed, kept once they are right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from campaign_app.domain.money import BUDGET_MAX, read_yuan, yuan


@dataclass(frozen=True, slots=True)
class Amount:
    """`stored` is None where there is none; `typed` is what stands in the field, "" for none."""

    key: str
    title: str
    stored: int | None = None
    typed: str = ""
    most: int = BUDGET_MAX

    @property
    def value(self) -> int | None:
        """Raises ValueError for what is no amount."""
        return read_yuan(self.typed, self.most) if self.typed.strip() else None

    @property
    def wrong(self) -> bool:
        try:
            _ = self.value
        except ValueError:
            return True
        return False

    @property
    def kept(self) -> bool:
        return not self.wrong and self.value == self.stored


def written(amount: int | None) -> str:
    return "" if amount is None else yuan(amount).removeprefix("¥")


def amount(key: str, title: str, stored: int | None, most: int = BUDGET_MAX) -> Amount:
    return Amount(key, title, stored, written(stored), most)


def beside(known: Iterable[Amount], read: Iterable[Amount]) -> tuple[Amount, ...]:
    """What was read, with what was typed meanwhile and not kept yet."""
    open_ones = {each.key: each.typed for each in known if not each.kept}
    typed = ((each, replace(each, typed=open_ones.get(each.key, each.typed))) for each in read)
    return tuple(each if now.kept else now for each, now in typed)
