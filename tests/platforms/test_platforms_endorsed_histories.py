"""Random histories of a shop and the consent service set on it: both careless, both changing, people opted out between.

Both clients are the real ones, over scripted servers. `CAMPAIGN_APP_HISTORIES=1000` runs a thousand; the ordinary run
has a few. In the middle nobody is confirmed whom the oracle does not confirm; in the end facts are what is true.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field

import pytest

from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.platforms.endorsed import EndorsedPlatform
from tests.helpers.registry import NOW
from tests.helpers.two_sides import SAID, SHOP, STATES, TwoSides

HISTORIES = int(os.environ.get("CAMPAIGN_APP_HISTORIES", "20"))
BATCHES = min(HISTORIES, 50)  # a test has its time limit


@dataclass
class Follower:
    """What the program keeps of the shop: a cursor for each list, and the latest fact of everybody."""

    client: EndorsedPlatform
    world: TwoSides
    cursors: dict[str, str] = field(default_factory=dict)
    facts: dict[str, ConsentFact] = field(default_factory=dict)

    def step(self, listing: str) -> bool:
        """One page, and the facts of those in it; says whether the list has ended. Trouble leaves all as it was."""
        cursor = self.cursors.get(listing, "")
        try:
            if listing == "customers":
                page = self.client.customers(cursor, None)
                self.read([customer.ref for customer in page.items])
                following, more = page.next_cursor, page.more
            else:
                changed = self.client.consent_changes(cursor)
                self.read(list(changed.items))
                following, more = changed.next_cursor, changed.more
        except RemoteRefused as refused:
            if refused.code == "cursor_loop":  # what was handed out leads nowhere: from the beginning
                self.cursors.pop(listing, None)
            return False
        except RemoteError:
            return False
        self.cursors[listing] = following
        return not more

    def read(self, refs: list[str]) -> None:
        answers = self.client.consents([CustomerRef(SHOP.id, ref) for ref in refs]).facts
        assert {ref.ref for ref in answers} == set(refs)
        for ref, fact in answers.items():
            self.facts[ref.ref] = fact
            confirmed = fact.status is ConsentStatus.CONFIRMED
            assert not confirmed or self.world.truth(ref.ref) is ConsentStatus.CONFIRMED, ref.ref

    def opt_out(self, ref: str) -> None:
        try:
            self.client.write_opt_out(CustomerRef(SHOP.id, ref), "退订", NOW)
        except RemoteError:
            return
        assert self.world.truth(ref) is ConsentStatus.WITHDRAWN
        assert (self.world.said[ref], self.world.states[ref]) == ("withdrawn", "UNSUBSCRIBED"), "told to both"

    def to_the_end(self, listing: str) -> None:
        for _ in range(200):
            if self.step(listing):
                return
        raise AssertionError(f"{listing} does not end")


def play(seed: int) -> None:
    chance = random.Random(seed)
    people = [str(at) for at in range(1, chance.randint(2, 10))]
    world = TwoSides(
        chance, {ref: chance.choice(SAID) for ref in people}, {ref: chance.choice(STATES) for ref in people}
    )
    follower = Follower(world.client(), world)
    for _ in range(chance.randint(3, 14)):
        ref, dice = chance.choice(people), chance.random()
        if dice < 0.2:
            world.say(ref, chance.choice(SAID))
        elif dice < 0.4:
            world.become(ref, chance.choice(STATES))
        elif dice < 0.5:
            follower.opt_out(ref)
        follower.step(chance.choice(("customers", "changes")))
    world.calm = True
    follower.to_the_end("customers")
    follower.to_the_end("changes")
    follower.read([ref for ref, fact in follower.facts.items() if fact.status is ConsentStatus.UNKNOWN])
    follower.client.close()
    assert {ref: fact.status for ref, fact in follower.facts.items()} == {ref: world.truth(ref) for ref in people}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_history_of_both_ends_in_the_oracles_state(batch: int) -> None:
    each = HISTORIES // BATCHES
    for seed in range(batch * each, (batch + 1) * each):
        try:
            play(seed)
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error
