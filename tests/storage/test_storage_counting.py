"""Counting an audience of millions by several readers says what one of them would."""

from __future__ import annotations

from itertools import pairwise

import pytest
from storage_plans import grown
from storage_samples import ENTITY, NOW, person, shop, sync

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.storage import counting
from campaign_app.storage.counting import READERS, count_customers, ranges_of
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
