"""Random histories of a careless platform end in what is true of everybody, and no bucket is ever overdrawn.

`CAMPAIGN_APP_HISTORIES=1000` runs a thousand of them; the ordinary run has a few. They go straight into the simulator,
whose clock only waiting moves.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from campaign_app.consent import Ask, ConfirmedRecipient, Person, Policy, decide
from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.platforms.shopify import VERSIONS
from campaign_app.platforms.shopify.pace import Cost, Pace
from campaign_app.sandbox.config import ENTITY
from campaign_app.sandbox.truth import Truth
from campaign_app.sandbox.vendors.shopify.service import FAULTS
from tests.helpers.shopify import ID, Inside, inside

HISTORIES = int(os.environ.get("CAMPAIGN_APP_HISTORIES", "20"))
BATCHES = max(1, HISTORIES // 20)  # a test has its time limit
CUSTOMERS = 260
# what a single person's truth may become in the middle of it
TRUTHS = ("double_opt_in", "explicit_toggle", "withdrawn", "no_record")


@pytest.mark.no_cover
@pytest.mark.parametrize("batch", range(BATCHES))
def test_whatever_the_platform_does_the_end_is_what_is_true(batch: int) -> None:
    histories = given(
        seed=st.integers(0, 50),
        version=st.sampled_from(VERSIONS),
        restore=st.sampled_from((100.0, 200.0, 1_000.0)),
        faults=st.lists(st.sampled_from(("", "", *FAULTS)), max_size=40),
        changes=st.lists(st.tuples(st.integers(0, CUSTOMERS * 4 // 5 - 1), st.sampled_from(TRUTHS)), max_size=6),
    )
    seeded(batch)(settings(max_examples=HISTORIES // BATCHES)(histories(_ends_as_it_is)))()


def _ends_as_it_is(seed: int, version: str, restore: float, faults: list[str], changes: list[tuple[int, str]]) -> None:
    world = inside(customers=CUSTOMERS, seed=seed, version=version)
    world.service.limit(restore, max(restore * 2, 1_000.0))
    world.service.faults.extend(faults)
    refs = _walk(world)
    cursor = _polled(world, "")[1]
    facts = _facts(world, refs)
    _never_wrong(world, facts)
    for index, truth in changes:
        _become(world, index, truth)
    world.time[0] += timedelta(seconds=1)
    _facts(world, _polled(world, cursor)[0], facts)
    # a history ends: from here on nothing more befalls
    world.service.faults.clear()
    _facts(world, _polled(world, cursor)[0], facts)
    spoilt = [ref for ref, fact in facts.items() if not _agrees(world, ref, fact)]
    _facts(world, spoilt, facts)
    assert set(refs) == _everybody(world)
    assert all(_agrees(world, ref, fact) for ref, fact in facts.items())
    assert world.service.shops[_token(world)].opt_ins == 0


def _token(world: Inside) -> str:
    return next(token for token, shop in world.service.shops.items() if shop.shelf.shop.number == 1)


def _everybody(world: Inside) -> set[str]:
    shelf = world.service.shops[_token(world)].shelf
    return {str(shelf.id_of(shelf.ref_of(index))) for index in range(shelf.shop.size)}


def _walk(world: Inside) -> list[str]:
    """All pages, each asked for until it comes; a list that was refused is walked again from its beginning."""
    found: dict[str, None] = {}
    codes: set[str] = set()
    cursor, more = "", True
    while more:
        try:
            page = world.client.customers(cursor, None)
        except RemoteUnavailable:
            continue
        except RemoteRefused as refused:
            codes.add(refused.code)
            cursor = ""
            continue
        found |= dict.fromkeys(customer.ref for customer in page.items)
        cursor, more = page.next_cursor, page.more
    assert codes <= {"cursor_loop", "permission", "contract_broken", "schema_drift"}
    return list(found)


def _polled(world: Inside, cursor: str) -> tuple[list[str], str]:
    found: list[str] = []
    more = True
    while more:
        try:
            page = world.client.consent_changes(cursor)
        except (RemoteUnavailable, RemoteRefused):
            continue
        found += page.items
        cursor, more = page.next_cursor, page.more
    return found, cursor


def _facts(world: Inside, refs: list[str], into: dict[str, ConsentFact] | None = None) -> dict[str, ConsentFact]:
    facts = {} if into is None else into
    while True:
        try:
            answers = world.client.consents([CustomerRef(ID, ref) for ref in refs])
        except (RemoteUnavailable, RemoteRefused):
            continue
        assert {ref.ref for ref in answers.facts} == set(refs)
        facts |= {ref.ref: fact for ref, fact in answers.facts.items()}
        return facts


def _never_wrong(world: Inside, facts: dict[str, ConsentFact]) -> None:
    """In the middle of whatever happens nobody passes who is not confirmed."""
    for ref, fact in facts.items():
        if _passes(world, fact):
            assert _true(world, ref), ref


def _passes(world: Inside, fact: ConsentFact) -> bool:
    now = world.time[0]
    ask = Ask(1, "retail", ENTITY.uscc, now, now, Policy(), simulated_sender=True)
    return isinstance(decide(Person(1, 1, fact), ask), ConfirmedRecipient)


def _true(world: Inside, ref: str) -> bool:
    """The oracle: an explicit consent by double opt-in, in force for as long as nobody takes it back."""
    shelf = world.service.shops[_token(world)].shelf
    index = shelf.index_of(ref)
    (truth,) = world.platform.truths.of(shelf.shop, [index])
    assert index is not None
    numbers = world.platform.population.phones(world.platform.population.persons(shelf.shop, [index]))
    lasting = truth.expires_at is None
    confirmed = truth.confirms("retail", world.time[0].timestamp()) and truth.method == "double_opt_in"
    return confirmed and lasting and numbers[0] is not None


def _agrees(world: Inside, ref: str, fact: ConsentFact) -> bool:
    return _passes(world, fact) is _true(world, ref)


def _become(world: Inside, index: int, word: str) -> None:
    at = int(world.time[0].timestamp())
    truth = {
        "withdrawn": Truth("withdrawn", "explicit_toggle", withdrawn_at=at),
        "no_record": Truth("no_record"),
    }.get(word, Truth("confirmed", word, purposes=("retail",), obtained_at=at))
    world.platform.change(world.service.shops[_token(world)].shelf.shop, index, truth)


# --- pace ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restore", [100.0, 200.0, 1_000.0, 2_000.0])
def test_a_throttled_shop_is_used_to_nine_tenths_and_never_refuses(restore: float) -> None:
    world = inside(customers=2_000)
    world.service.limit(restore, 1_000.0)
    _walk(world)
    spent, begun = world.service.bucket.spent, world.time[0]
    _walk(world)
    seconds = (world.time[0] - begun).total_seconds()
    assert (world.service.bucket.spent - spent) / (seconds * restore) >= 0.9
    assert world.service.bucket.throttled == 0


@pytest.mark.parametrize("fault", ["throttled", "throttled_429"])
def test_a_wait_is_what_the_answer_said_and_no_longer(fault: str) -> None:
    world = inside(customers=400)
    world.service.limit(100.0, 1_000.0)
    world.client.customers("", world.time[0] - timedelta(days=500))
    world.service.faults.append(fault)
    world.waited.clear()
    world.client.customers("", world.time[0] - timedelta(days=500))
    assert world.service.bucket.throttled <= 1
    assert 0 < sum(world.waited) <= 6.0


def test_a_cost_that_makes_no_sense_is_none() -> None:
    status = {"maximumAvailable": 1, "currentlyAvailable": 1, "restoreRate": 1}
    good = {"cost": {"requestedQueryCost": 1, "throttleStatus": status}}
    assert Cost.read(good) is not None
    for odd in (None, [], {}, {"cost": None}, {"cost": {"requestedQueryCost": "x", "throttleStatus": status}}):
        assert Cost.read(odd) is None
    for restore in (0, -1, "fast", None):
        spoilt = {"cost": {"requestedQueryCost": 1, "throttleStatus": {**status, "restoreRate": restore}}}
        assert Cost.read(spoilt) is None


def test_threads_share_one_bucket() -> None:
    time = [0.0]
    pace = Pace(lambda: time[0])
    points, delay = pace.reserve("a")
    pace.settle("a", points, Cost(100.0, 100.0, 1_000.0, 100.0))
    assert (points, delay) == (0.0, 0.0)
    waits = [pace.reserve("a")[1] for _ in range(3)]
    assert waits == [0.0, 1.01, 2.01]
    pace.settle("a", 100.0, None)
    pace.emptied()
    time[0] = 100.0
    assert pace.reserve("a")[1] == 0.0
