"""Counting an audience of millions by several readers says what one of them would."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_plans import grown
from storage_samples import ENTITY, NOW, Fresh, person, shop, sync
from test_storage_filters import EXAMPLES, filters, matches, people

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.storage import counting, values
from campaign_app.storage.counting import READERS, count_customers, ranges_of
from campaign_app.storage.filters import kept_provinces
from campaign_app.storage.workspace import Workspace

WEST = Filter((Condition("province", Op.IS, "四川"),))


@pytest.mark.parametrize(
    ("furthest", "cores", "readers"),
    [(0, 8, 1), (499_999, 8, 1), (1_000_000, 8, 2), (10_000_000, 1, 1), (10_000_000, 2, 2), (10_000_000, 64, READERS)],
)
def test_every_id_is_one_readers(furthest: int, cores: int, readers: int) -> None:
    ranges = ranges_of(furthest, cores, counting.AT_ONCE)
    assert len(ranges) == readers
    assert ranges[0][0] <= 1
    assert ranges[-1][1] > furthest
    assert all(one[1] == other[0] for one, other in pairwise(ranges))


def test_several_readers_count_as_one_does(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting.os, "cpu_count", lambda: 3)
    shops = [shop(workspace), shop(workspace, "k2")]
    for account_id in shops:
        sync(workspace, account_id, *(person(f"c{n}", province=("四川", "浙江")[n % 3 > 0]) for n in range(10)))
    for audience, many in ((WEST, 8), (Filter(), 20), (Filter((Condition("name", Op.IS, "顾客c3"),)), 2)):
        assert workspace.customers.count(audience, ENTITY, NOW) == many
        assert count_customers(workspace.database, shops, audience, NOW, at_once=2) == many
    assert count_customers(workspace.database, shops[:1], WEST, NOW, at_once=2) == 4


def test_each_reader_begins_where_its_range_does(workspace: Workspace) -> None:
    shops = [shop(workspace)]
    sync(workspace, shops[0], *(person(f"c{n}") for n in range(10)))
    with grown(workspace) as plans:
        count_customers(workspace.database, shops, WEST, NOW, at_once=2)
        steps = {step for each in plans.steps.values() for step in each if "customer_counted" in step}
    expected = {"(account_id=? AND province=? AND id>?)", "(account_id=? AND province=? AND id>? AND id<?)"}
    if plans.dialect == "sqlite":
        assert steps == {f"SEARCH customer USING COVERING INDEX customer_counted {asked}" for asked in expected}
    assert not plans.sorted


CROWD = st.lists(people, max_size=6, unique_by=lambda p: p.ref)


@given(CROWD, CROWD, st.lists(filters, min_size=1, max_size=4))
@EXAMPLES
def test_shops_and_provinces_are_counted_as_one_by_one(
    fresh: Fresh, here: list[PlatformCustomer], there: list[PlatformCustomer], audiences: list[Filter]
) -> None:
    """Of two shops, of which each has provinces of its own, by several readers; a snapshot freezes the same people."""
    with fresh() as workspace, pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting.os, "cpu_count", lambda: 3)
        crowds = {shop(workspace): here, shop(workspace, "k2"): there}
        for account_id, crowd in crowds.items():
            workspace.customers.upsert_page(account_id, crowd, "x", NOW)
        for audience in audiences:
            found = [(at, who) for at, crowd in crowds.items() for who in crowd if matches(audience, who, at)]
            assert count_customers(workspace.database, list(crowds), audience, NOW, at_once=2) == len(found), audience
            made = workspace.campaigns.create(Campaign(0, "x", ENTITY, "retail", audience))
            assert workspace.campaigns.snapshot(made.id, NOW) == len(found), audience
            kept = kept_provinces(audience)
            assert kept is None or kept >= {who.province for _, who in found}


def test_provinces_that_an_audience_keeps_to() -> None:
    def of(*words: str) -> Condition:
        return Condition("province", Op.IN, words)

    much, not_here = Condition("spend_cents", Op.AT_LEAST, 1), Condition("province", Op.IS_NOT, "浙江")
    both = Filter((of("四川"), much), every=True)
    assert kept_provinces(Filter()) is None
    assert kept_provinces(Filter((much, not_here))) is None
    assert kept_provinces(Filter((of("四川", ""), much))) == {"四川", ""}
    assert kept_provinces(Filter((of("四川", "浙江"), of("浙江", "江苏")))) == {"浙江"}
    assert kept_provinces(Filter((of(), much))) == set()
    assert kept_provinces(Filter((of("浙江"), both), every=False)) == {"浙江", "四川"}
    assert kept_provinces(Filter((of("浙江"), much), every=False)) is None
    assert kept_provinces(Filter((of("浙江"), Filter()), every=False)) is None
    many = [of(*(f"{part}-{n}" for n in range(3_000))) for part in range(2)]
    assert kept_provinces(Filter(tuple(many), every=False)) is None


def test_members_are_frozen_in_the_order_of_ids_whatever_their_provinces(workspace: Workspace) -> None:
    places = ("浙江", "", "四川", "江苏", "四川")
    ids = sync(workspace, shop(workspace), *(person(f"c{n}", province=place) for n, place in enumerate(places)))
    made = workspace.campaigns.create(Campaign(0, "x", ENTITY, "retail", Filter()))
    assert workspace.campaigns.snapshot(made.id, NOW) == len(places)
    assert workspace.campaigns.members(made.id, 0, 9) == tuple(enumerate(sorted(ids.values())))


def test_values_are_of_the_first_customers_and_not_of_the_first_province(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "REACH", 3)
    places = ("", "浙江", "江苏", "浙江", "上海", "北京", "云南")
    sync(workspace, shop(workspace), *(person(f"c{n}", province=place) for n, place in enumerate(places)))
    assert workspace.customers.values("province", ENTITY, 9) == ("浙江", "上海", "北京", "江苏")
    assert workspace.customers.values("province", ENTITY, 2) == ("浙江", "上海")
    assert workspace.customers.values("province", "91330100MA2B00009X", 2) == ()
