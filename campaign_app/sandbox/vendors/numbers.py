"""Senders know people by their numbers: who is behind one, and what a message to them comes to in the sandbox's ledger.

Some people are customers of both shops under one number. A sender is told of no shop, so such a message counts as
confirmed if the consent given to either of them holds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from campaign_app.sandbox.config import Shop
from campaign_app.sandbox.ledger import Row
from campaign_app.sandbox.platform import Outcome, Platform
from campaign_app.transport.receipts import utc_text
from campaign_app.transport.wire import MESSAGES_MAX, MessagesRequest, WireMessage

PURPOSE: Final = "retail"
TEST: Final = "test"
# a provider is told of no test; the program names its tests so, and a customer's number is none whatever the name
_TEST: Final = re.compile(r"-test-\d+$", re.ASCII)
_KEY_MAX: Final = 80


class Owner(NamedTuple):
    """One customer of a shop."""

    shop: Shop
    place: int
    ref: str


class Handed(NamedTuple):
    """What became of one message, as the platform decided it; `seq` of its row in the ledger, 0 where it has none."""

    status: str
    code: str
    seq: int


class Numbers:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def phone_of(self, shop: Shop, index: int) -> str | None:
        people = self._platform.population
        return people.phones(people.persons(shop, [index]))[0]

    def owners(self, phones: Sequence[str]) -> list[list[Owner]]:
        """For each number (E.164) its customers, of the first shop first; none for one that nobody handed out."""
        people, (own, other) = self._platform.population, self._platform.config.shops
        persons = [(at, person) for at, person in enumerate(people.persons_of(phones)) if person is not None]
        first = [(at, person) for at, person in persons if person < other.first]
        second = [(at, person - other.first) for at, person in persons if person >= other.first]
        maybe = [(at, person // 4, person) for at, person in first if person // 4 < other.size]
        behind = people.persons(other, [index for _, index, _ in maybe]).tolist()
        second += [(at, index) for (at, index, person), twin in zip(maybe, behind, strict=True) if twin == person]
        found: list[list[Owner]] = [[] for _ in phones]
        for shop, entries in ((own, first), (other, second)):
            refs = people.refs(shop, [index for _, index in entries])
            for (at, index), ref in zip(entries, refs, strict=True):
                found[at].append(Owner(shop, index, ref))
        return found

    def hand_over(self, phones: Sequence[str], key: str, text: str) -> list[Handed]:
        """Takes the text to each of these numbers; whoever is nobody's customer is reached as well, unconfirmed."""
        chosen = self._chosen(self.owners(phones))
        found: dict[int, Handed] = {}
        by_shop: defaultdict[int, list[int]] = defaultdict(list)
        for at, owner in enumerate(chosen):
            if owner is None:
                found[at] = self._reach_stranger(phones[at], key, text)
            else:
                by_shop[owner.shop.number].append(at)
        for places in by_shop.values():
            for start in range(0, len(places), MESSAGES_MAX):
                some = places[start : start + MESSAGES_MAX]
                handed = self._accepted([chosen[at] for at in some], key, text)
                found.update(zip(some, handed, strict=True))
        return [found[at] for at in range(len(phones))]

    def _chosen(self, owners: Sequence[Sequence[Owner]]) -> list[Owner | None]:
        """Of somebody's customerships the one that agreed, else the first."""
        now, agreed = self._platform.now().timestamp(), set[tuple[int, int]]()
        for shop in self._platform.config.shops:
            mine = [each for some in owners if len(some) > 1 for each in some if each.shop == shop]
            truths = self._platform.truth_of(shop, [each.ref for each in mine])
            agreed |= {
                (shop.number, each.place) for each, t in zip(mine, truths, strict=True) if t.confirms(PURPOSE, now)
            }
        return [
            next((each for each in some if (each.shop.number, each.place) in agreed), some[0]) if some else None
            for some in owners
        ]

    def _accepted(self, owners: Sequence[Owner | None], key: str, text: str) -> list[Handed]:
        mine = [owner for owner in owners if owner is not None]
        messages = [WireMessage(message_id=f"{key[:_KEY_MAX]}:{each.ref}", ref=each.ref, text=text) for each in mine]
        request = MessagesRequest(purpose=PURPOSE, messages=messages)
        return [_handed(outcome) for outcome in self._platform.accept(mine[0].shop, key, request)]

    def _reach_stranger(self, phone: str, key: str, text: str) -> Handed:
        name = f"stranger{sha256(phone.encode()).hexdigest()[:12]}"
        seq, at = len(self._platform.ledger.rows) + 1, utc_text(self._platform.now()) or ""
        ledger, test = self._platform.ledger, _TEST.search(key) is not None
        row = Row(seq, "", key, f"{key[:_KEY_MAX]}:{name}", name, TEST if test else PURPOSE, at, confirmed=False)
        if test:
            ledger.rows.append(row)  # it has its place among all that was taken, and counts as a test only
            ledger.take_trial("", key, key, phone, text, at)
        else:
            ledger.append(row, text)
        return Handed("accepted", "", seq)


def _handed(outcome: Outcome) -> Handed:
    seq = int(outcome.provider_id.removeprefix("p")) if outcome.provider_id else 0
    return Handed(outcome.status, outcome.code, seq)
