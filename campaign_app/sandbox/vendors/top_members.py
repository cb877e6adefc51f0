"""The simulated people as members of a Taobao shop: blacklisted, no member, or with a membership."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from campaign_app.sandbox.config import Shop
from campaign_app.sandbox.mixing import unit
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.top_wire import BEIJING, TIME, Asked

BLACKLISTED: Final = 0.01
NO_MEMBERS: Final = 0.08
GRADES: Final = ("普通会员", "高级会员", "VIP会员", "至尊VIP")
_CHUNK: Final = 8_192
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Member:
    """What TOP knows of one customer besides trades; `bound` 0 is no membership behind the id."""

    status: str = "normal"
    grade: int = 1
    bound: int = 2

    @property
    def vetoed(self) -> bool:
        return self.status != "normal" or self.grade == 0 or self.bound not in (1, 2)


class Members:
    """Seeded, with what a test changed since; keeps what changed, and an index of trades where one is asked for."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._changed: dict[tuple[int, int], tuple[Member, int]] = {}
        self._trades: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def of(self, shop: Shop, index: int) -> Member:
        changed = self._changed.get((shop.number, index))
        if changed is not None:
            return changed[0]
        seed, at = self._platform.config.seed, np.asarray([index], dtype=np.uint64)
        draws = [float(unit(seed, f"top {salt}{shop.number}", at)[0]) for salt in ("status", "grade", "bound")]
        status = "blacklist" if draws[0] < BLACKLISTED else "normal"
        if draws[1] < NO_MEMBERS:
            return Member(status, 0, 0)
        return Member(status, 1 + int(draws[1] * 100) % len(GRADES), 1 if draws[2] < 0.3 else 2)

    def change(self, shop: Shop, index: int, member: Member) -> None:
        self._changed[shop.number, index] = member, int(self._platform.now().timestamp())

    def found(self, shop: Shop, asked: Asked) -> Sequence[int]:
        """Indices of the members whom a list or search is about, in the order of the list."""
        if "ouid" in asked.params:
            index = self._platform.population.index_of(shop, asked.params["ouid"])
            return [] if index is None else [index]
        chosen = self._by_trade(shop, asked)
        if "grade" not in asked.params:
            return chosen
        grade = asked.number("grade", 0, 0, 9)
        return [index for index in chosen if self.of(shop, index).grade == grade]

    def _by_trade(self, shop: Shop, asked: Asked) -> Sequence[int]:
        first, last = asked.moment("min_last_trade_time"), asked.moment("max_last_trade_time")
        source = asked.number("relation_source", 0, 0, 3)
        if first is None and last is None and not source:
            return range(shop.size)
        traded, sources = self._index(shop)
        good = np.ones(shop.size, dtype=bool)
        if first is not None:
            good &= traded >= first
        if last is not None:
            good &= (traded <= last) & (traded >= 0)
        if source:
            good &= sources == source
        return np.flatnonzero(good).tolist()

    def _index(self, shop: Shop) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When each customer traded last, -1 for never, and where the relation comes from."""
        if shop.number not in self._trades:
            times: list[int] = []
            for start in range(0, shop.size, _CHUNK):
                rows = self._platform.population.customers(shop, range(start, min(start + _CHUNK, shop.size)))
                times += [-1 if (at := _seconds(row["last_order_at"])) is None else at for row in rows]
            traded = np.asarray(times, dtype=np.int64)
            self._trades[shop.number] = traded, np.where(traded >= 0, 1, 2 + np.arange(shop.size) % 2)
        return self._trades[shop.number]

    def modified(self, shop: Shop, first: int, last: int) -> list[int]:
        """Who changed between two moments, both included, oldest first."""
        seeded = self._platform.population.updated(shop, 0, shop.size)
        for (number, index), (_, at) in self._changed.items():
            if number == shop.number:
                seeded[index] = at
        chosen = np.flatnonzero((seeded >= first) & (seeded <= last))
        return chosen[np.argsort(seeded[chosen], kind="stable")].tolist()  # type: ignore[no-any-return]

    def rows(self, shop: Shop, indices: Sequence[int]) -> Rows:
        people = self._platform.population.customers(shop, indices) if indices else []
        return [self._row(shop, index, person) for index, person in zip(indices, people, strict=True)]

    def _row(self, shop: Shop, index: int, person: dict[str, Any]) -> dict[str, Any]:
        member = self.of(shop, index)
        traded = _seconds(person["last_order_at"])
        row = {
            "ouid": person["ref"],
            "status": member.status,
            "grade": member.grade,
            "trade_count": person["order_count"],
            "trade_amount": f"{person['spend_cents'] / 100:.2f}",
            "relation_source": 1 if traded is not None else 2 + index % 2,
            "group_ids": "",
        }
        named = {"grade_name": GRADES[member.grade - 1]} if member.grade else {}
        return row | named | ({} if traded is None else {"last_trade_time": _written(traded)})


def page_of(asked: Asked, most: int, chosen: Sequence[int], rows: Callable[[Sequence[int]], Rows]) -> tuple[Rows, int]:
    """A page that is beyond the last one is empty."""
    page, size = asked.number("current_page", 1, 1, most), asked.number("page_size", 10, 1, 100)
    return rows(list(chosen[(page - 1) * size : page * size])), len(chosen)


def _seconds(written: str | None) -> int | None:
    return None if written is None else int(datetime.fromisoformat(written).timestamp())


def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING).strftime(TIME)
