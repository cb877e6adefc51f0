"""The simulated customers. Each follows from the seed and a number; only the page that is asked for is ever built.

A person has a number in the whole population. About 2 % of all phone numbers belong to somebody who is a customer of
both shops: such a customer of the second shop is the same person as one of the first shop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from campaign_app.sandbox.config import SandboxConfig, Shop
from campaign_app.sandbox.mixing import Index, below, mixed, scrambled, unit, unscrambled, weighted
from campaign_app.sandbox.words import GIVEN, PLACES, SURNAMES, TAGS, UNUSUAL_NAMES

SHARED: Final = 0.098  # of the second shop's customers, which makes 2 % of all numbers
PHONELESS: Final = 0.03
MINORS: Final = 0.004
UNUSUAL: Final = 0.004
DAY: Final = 86_400
# the three leading digits that the mainland's numbering plan gives to mobile numbers without further conditions
_PREFIXES: Final = tuple(
    prefix
    for prefix in range(130, 200)
    if re.fullmatch(r"1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])", str(prefix))
)
_NUMBERS: Final = len(_PREFIXES) * 10**8
# about the golden ratio of the number space and coprime to it: no two are the same, none are neighbours
_STRIDE: Final = 3_213_776_743
_BACK: Final = pow(_STRIDE, -1, _NUMBERS)
_SEALED: Final = re.compile(r"~sandboxsealed([12])x([0-9a-f]{8})~1~", re.ASCII)
_REF: Final = re.compile(r"ou([12])([0-9a-f]{8})", re.ASCII)


def iso(seconds: int | None) -> str | None:
    """ISO 8601 with Z."""
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}Z"


class Population:
    """Everybody, by shop and index. Holds no customer."""

    def __init__(self, config: SandboxConfig) -> None:
        self._seed = config.seed
        self._epoch = config.epoch
        self._shops = config.shops
        self._offset = config.seed * 7_919_000_003 % _NUMBERS

    # --- ids ---

    def refs(self, shop: Shop, indices: Sequence[int]) -> list[str]:
        values = scrambled(self._seed, f"ref{shop.number}", np.asarray(indices, dtype=np.uint64))
        return [f"ou{shop.number}{value:08x}" for value in values]

    def index_of(self, shop: Shop, ref: str) -> int | None:
        return self.indices_of(shop, [ref])[0]

    def indices_of(self, shop: Shop, refs: Sequence[str]) -> list[int | None]:
        """Index of each ref in this shop, None for a ref that it never handed out."""
        matches = [_REF.fullmatch(ref) for ref in refs]
        values = [int(m[2], 16) if m and int(m[1]) == shop.number else -1 for m in matches]
        found = unscrambled(self._seed, f"ref{shop.number}", [max(v, 0) for v in values])
        return [i if v >= 0 and i < shop.size else None for v, i in zip(values, found, strict=True)]

    # --- people ---

    def persons(self, shop: Shop, indices: Sequence[int]) -> Index:
        """Number of the person behind each customer; a shared one has the number they have in the first shop."""
        index = np.asarray(indices, dtype=np.uint64)
        own = index + np.uint64(shop.first)
        if shop.number == 1:
            return own
        twin = index * np.uint64(4) + (mixed(self._seed, "twin", own) & np.uint64(3))
        return np.where(unit(self._seed, "shared", own) < SHARED, twin, own)

    def phones(self, persons: Index) -> list[str | None]:
        """E.164 numbers; None for those whose number the platform does not hand out."""
        numbers = ((persons * np.uint64(_STRIDE) + np.uint64(self._offset)) % np.uint64(_NUMBERS)).tolist()
        known = (unit(self._seed, "phone", persons) >= PHONELESS).tolist()
        return [
            f"+86{_PREFIXES[number // 10**8]}{number % 10**8:08d}" if has else None
            for number, has in zip(numbers, known, strict=True)
        ]

    def persons_of(self, phones: Sequence[str]) -> list[int | None]:
        """Who has each number (E.164); None for one that the platform does not hand out."""
        there = sum(shop.size for shop in self._shops)
        found = [self._person_of(phone) for phone in phones]
        maybe = [person for person in found if person is not None and person < there]
        handed_out = dict(zip(maybe, self.phones(np.asarray(maybe, dtype=np.uint64)), strict=True))
        return [person if person is not None and handed_out.get(person) else None for person in found]

    def _person_of(self, phone: str) -> int | None:
        written = re.fullmatch(r"\+86(1[0-9]{2})([0-9]{8})", phone, re.ASCII)
        if written is None or int(written[1]) not in _PREFIXES:
            return None
        number = _PREFIXES.index(int(written[1])) * 10**8 + int(written[2])
        return (number - self._offset) * _BACK % _NUMBERS

    def sealed(self, shop: Shop, index: Index, phones: Sequence[str | None]) -> list[str | None]:
        """The number of each customer as the shop's platform would have sealed it; none of whoever has no number."""
        values = scrambled(self._seed, f"sealed{shop.number}", index)
        return [
            None if phone is None else f"~sandboxsealed{shop.number}x{value:08x}~1~"
            for value, phone in zip(values, phones, strict=True)
        ]

    def phone_of_sealed(self, shop: Shop, sealed: str) -> str | None:
        """The number (E.164) within; None for what this shop's customers never had."""
        written = _SEALED.fullmatch(sealed)
        if written is None or int(written[1]) != shop.number:
            return None
        (index,) = unscrambled(self._seed, f"sealed{shop.number}", [int(written[2], 16)])
        return self.phones(self.persons(shop, [index]))[0] if index < shop.size else None

    def names(self, persons: Index) -> list[str]:
        surnames = below(self._seed, "surname", persons, len(SURNAMES)).tolist()
        given = below(self._seed, "given", persons, len(GIVEN)).tolist()
        odd = (unit(self._seed, "odd name", persons) / UNUSUAL * len(UNUSUAL_NAMES)).tolist()
        return [
            UNUSUAL_NAMES[int(o)] if o < len(UNUSUAL_NAMES) else SURNAMES[s] + GIVEN[g]
            for s, g, o in zip(surnames, given, odd, strict=True)
        ]

    # --- customers ---

    def updated(self, shop: Shop, first: int, last: int) -> NDArray[np.int64]:
        """When each customer last changed, in seconds."""
        index = np.arange(first, last, dtype=np.uint64)
        return self._epoch - below(self._seed, f"updated{shop.number}", index, 400 * DAY)

    def customers(self, shop: Shop, indices: Sequence[int]) -> list[dict[str, Any]]:
        """Rows of the customer listing, as they go over the wire."""
        index = np.asarray(indices, dtype=np.uint64)
        persons = self.persons(shop, indices)
        updated = self._epoch - below(self._seed, f"updated{shop.number}", index, 400 * DAY)
        columns = {
            "ref": self.refs(shop, indices),
            "name": self.names(persons),
            "phone": (phones := self.phones(persons)),
            "platform_phone": self.sealed(shop, index, phones),
            **self._places(persons),
            **self._orders(shop, index, updated),
            "tags": self._tags(shop, index),
            "minor": (unit(self._seed, "minor", persons) < MINORS).tolist(),
            "updated_at": [iso(at) for at in updated.tolist()],
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def _places(self, persons: Index) -> dict[str, list[str]]:
        provinces = weighted(self._seed, "province", persons, [weight for _, weight, _ in PLACES]).tolist()
        cities = unit(self._seed, "city", persons).tolist()
        return {
            "province": [PLACES[p][0] for p in provinces],
            "city": [PLACES[p][2][int(c * len(PLACES[p][2]))] for p, c in zip(provinces, cities, strict=True)],
        }

    def _orders(self, shop: Shop, index: Index, updated: NDArray[np.int64]) -> dict[str, list[Any]]:
        """Many with few orders, few with many; nobody ordered after the row last changed."""
        draw = unit(self._seed, f"orders{shop.number}", index)
        counts = np.minimum(np.floor(np.log1p(-draw) / np.log(0.72)), 60).astype(np.int64)
        basket = np.exp(8.6 + 1.1 * (unit(self._seed, f"basket{shop.number}", index) * 2 - 1)).astype(np.int64)
        last = updated - below(self._seed, f"last{shop.number}", index, 300 * DAY)
        ordered = counts > 0
        return {
            "spend_cents": (counts * basket).tolist(),
            "order_count": counts.tolist(),
            "last_order_at": [
                iso(at) if has else None for at, has in zip(last.tolist(), ordered.tolist(), strict=True)
            ],
        }

    def _tags(self, shop: Shop, index: Index) -> list[list[str]]:
        held = [(unit(self._seed, f"tag{shop.number}{tag}", index) < share).tolist() for tag, share in TAGS]
        return [[tag for (tag, _), has in zip(TAGS, row, strict=True) if has] for row in zip(*held, strict=True)]

    def listing(self, shop: Shop, start: int, limit: int, since: int | None) -> tuple[list[int], int]:
        """Indices of the next `limit` customers from `start` on, changed at `since` or later, and where to go on."""
        if since is None:
            stop = min(start + limit, shop.size)
            return list(range(start, stop)), stop
        chosen: list[int] = []
        for index in self._changed(shop, start, since):
            if len(chosen) == limit:
                return chosen, index
            chosen.append(index)
        return chosen, shop.size

    def _changed(self, shop: Shop, start: int, since: int) -> Iterator[int]:
        for first in range(start, shop.size, 8_192):
            last = min(first + 8_192, shop.size)
            yield from (np.flatnonzero(self.updated(shop, first, last) >= since) + first).tolist()
