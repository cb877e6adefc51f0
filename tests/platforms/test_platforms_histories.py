"""A thousand random histories of a Platform Consent API: whatever happens on the way, facts end as the oracle has them.

A history is a seed: people whose consent changes at random, a server that throttles, cuts, halves, reorders, repeats
and sends cursors in circles, and a client that goes on as the program does. The oracle is the script's own truth.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteError
from campaign_app.platforms.consent_api import CHANGES, CUSTOMERS, ConsentApiPlatform
from tests.helpers.registry import ACCOUNT, Registry
from tests.helpers.replay import Replay, Reply
from tests.helpers.replayed import platform

pytestmark = pytest.mark.slow

# a thousand with CAMPAIGN_APP_HISTORIES=1000
HISTORIES = int(os.environ.get("CAMPAIGN_APP_HISTORIES", "200"))
BATCHES = 20
WORDS = ("confirmed", "declined", "withdrawn", "pending", "no_record")
PAGE = 3


@dataclass
class Server:
    """A registry with a list of customers and one of changes, which misbehaves at random until it is `calm`."""

    chance: random.Random
    truth: dict[str, dict[str, Any]]
    changes: list[str] = field(default_factory=list)
    calm: bool = False

    def __call__(self, request: requests.PreparedRequest) -> Any:
        trouble = None if self.calm else self.chance.choice(TROUBLES)
        if isinstance(trouble, (Reply, Exception, int)):
            return trouble
        parts = urlsplit(str(request.url))
        if request.method == "POST":
            return self._look_up(request, trouble)
        name, rows = ("customers", sorted(self.truth)) if parts.path == CUSTOMERS else ("changes", self.changes)
        return self._page(name, rows, parse_qs(parts.query).get("cursor", [""])[0], trouble)

    def _look_up(self, request: requests.PreparedRequest, trouble: str | None) -> Any:
        page = Registry(self.truth)(request)
        if trouble == "half":
            page["answers"] = page["answers"][: len(page["answers"]) // 2]
        elif trouble == "reordered":
            self.chance.shuffle(page["answers"])
        elif trouble == "repeated":
            page["answers"] += page["answers"][:1]
        elif trouble == "truncated":
            return Reply(body=json.dumps(page).encode()[:-9])
        return page

    def _page(self, name: str, rows: list[str], cursor: str, trouble: str | None) -> Any:
        at = int(cursor or 0)
        size = 1 if trouble == "half" else PAGE
        found = [_row(name, ref) for ref in rows[at : at + size]]
        following, more = at + len(found), at + size < len(rows)
        if trouble == "reordered":
            self.chance.shuffle(found)
        elif trouble == "repeated" and at:
            found.insert(0, _row(name, rows[at - 1]))
        elif trouble == "circle":
            following, more = at, True
        page = {name: found, "next_cursor": str(following), "has_more": more}
        return Reply(body=json.dumps(page).encode()[:-9]) if trouble == "truncated" else page


def _row(name: str, ref: str) -> dict[str, Any]:
    at = "2026-11-01T00:00:00Z"
    return {"ref": ref, "updated_at": at} if name == "customers" else {"ref": ref, "changed_at": at}


TROUBLES: tuple[Any, ...] = (
    *(None,) * 8,
    *("half", "half", "reordered", "repeated", "truncated", "circle"),
    Reply(429, headers={"Retry-After": "1"}),
    Reply(503, headers={"Retry-After": "1"}),
    500,
    requests.ReadTimeout(),
    requests.exceptions.ChunkedEncodingError(),
)


@dataclass
class Follower:
    """What the program keeps of an account: a cursor for each list, and the latest fact of everybody."""

    client: ConsentApiPlatform
    cursors: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    facts: dict[str, ConsentStatus] = field(default_factory=dict)

    def step(self, listing: str) -> bool:
        """One page, and the facts of those in it; says whether the list has ended. Trouble leaves all as it was."""
        cursor = self.cursors.get(listing, "")
        try:
            page = self.client.customers(cursor, None) if listing == CUSTOMERS else self.client.consent_changes(cursor)
            refs = [getattr(item, "ref", item) for item in page.items]
            self._read(refs)
        except RemoteError:
            return False
        self.cursors[listing] = page.next_cursor
        self.known |= set(refs)
        return not page.more

    def _read(self, refs: list[str]) -> None:
        answers = self.client.consents([CustomerRef(ACCOUNT.id, ref) for ref in refs]).facts
        assert {ref.ref for ref in answers} == set(refs)
        self.facts.update({ref.ref: fact.status for ref, fact in answers.items()})

    def read_everybody(self) -> bool:
        try:
            self._read(sorted(self.known))
        except RemoteError:
            return False
        return True


def play(seed: int) -> None:
    chance = random.Random(seed)
    people = [f"c{at}" for at in range(chance.randint(1, 9))]
    server = Server(chance, {ref: {"status": chance.choice(WORDS)} for ref in people})
    follower = Follower(platform(Replay(forever=server)))
    for _ in range(chance.randint(3, 12)):
        if chance.random() < 0.4:
            ref = chance.choice(people)
            server.truth[ref] = {"status": chance.choice(WORDS)}
            server.changes.append(ref)
        follower.step(chance.choice((CUSTOMERS, CHANGES)))
        for status in follower.facts.values():
            assert status is ConsentStatus.UNKNOWN or status.value in WORDS
    server.calm = True
    for listing in (CUSTOMERS, CHANGES):
        for _ in range(50):
            if follower.step(listing):
                break
        else:
            raise AssertionError(f"{listing} does not end")
    assert follower.known == set(people)
    assert follower.read_everybody()
    assert {ref: status.value for ref, status in follower.facts.items()} == {
        ref: truth["status"] for ref, truth in server.truth.items()
    }


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_history_ends_in_the_oracles_state(batch: int) -> None:
    each = HISTORIES // BATCHES
    for seed in range(batch * each, (batch + 1) * each):
        try:
            play(seed)
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error


def test_between_troubles_nobody_is_confirmed_whom_the_oracle_does_not_confirm() -> None:
    """Facts are of the moment they were read: with a truth that does not move, they never say more than it."""
    for seed in range(100):
        chance = random.Random(seed)
        truth = {f"c{at}": {"status": chance.choice(WORDS)} for at in range(6)}
        follower = Follower(platform(Replay(forever=Server(chance, truth))))
        for _ in range(10):
            follower.step(CUSTOMERS)
            assert all(s.value in (truth[ref]["status"], "unknown") for ref, s in follower.facts.items())
