"""Audience filters say the same in SQL as in plain Python, and nothing in them is ever taken for SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import ENTITY, NOW, Fresh, person, shop, sync

from campaign_app.domain.audience import Condition, Filter, Op, named_accounts
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.storage.filters import NOBODY
from campaign_app.storage.workspace import Workspace
from tests.helpers.account_state import set_account_state

EXAMPLES = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
WORDS = st.sampled_from(["浙江", "广东", "", "VIP", "vip", "会员", "%", "_", "' OR 1=1 --", "a\\b"])
SMALL = st.integers(-1, 4)
people = st.builds(
    lambda n, province, city, spend, orders, days, tags: person(
        f"c{n}",
        name=province,
        province=province,
        city=city,
        spend_cents=spend,
        order_count=orders,
        last_order_at=None if days is None else NOW - timedelta(hours=days),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
    ),
    st.integers(0, 10_000),
    WORDS,
    WORDS,
    SMALL,
    SMALL,
    st.none() | st.integers(-30, 100),
    st.lists(WORDS, max_size=3),
)
texts = st.sampled_from(["province", "city", "name", "tag"])
conditions = st.one_of(
    st.builds(Condition, texts, st.sampled_from([Op.IS, Op.IS_NOT]), WORDS),
    st.builds(Condition, texts, st.just(Op.IN), st.lists(WORDS, max_size=3).map(tuple)),
    st.builds(
        Condition,
        st.sampled_from(["spend_cents", "order_count", "account", "days_since_order"]),
        st.sampled_from([Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST]),
        SMALL | SMALL.map(str),
    ),
    st.builds(Condition, st.sampled_from(["spend_cents", "account"]), st.just(Op.IN), st.just(("1", "2"))),
)
filters = st.recursive(
    st.builds(Filter, st.lists(conditions, max_size=3).map(tuple), st.booleans()),
    lambda inner: st.builds(Filter, st.lists(conditions | inner, max_size=3).map(tuple), st.booleans()),
    max_leaves=6,
)


def matches(audience: Filter, who: PlatformCustomer, account_id: int) -> bool:
    if not audience.parts:
        return True
    each = [
        matches(part, who, account_id) if isinstance(part, Filter) else holds(part, who, account_id)
        for part in audience.parts
    ]
    return all(each) if audience.every else any(each)


def holds(condition: Condition, who: PlatformCustomer, account_id: int) -> bool:
    wanted: Any = condition.value
    if condition.field == "tag":
        if condition.op is Op.IN:
            return any(tag in who.tags for tag in wanted)
        return (wanted in who.tags) == (condition.op is Op.IS)
    value: Any = account_id if condition.field == "account" else getattr(who, condition.field, None)
    if condition.field == "days_since_order":
        if who.last_order_at is None:
            return False
        value = (NOW - who.last_order_at) // timedelta(days=1)
    if isinstance(value, int):
        wanted = tuple(map(int, wanted)) if condition.op is Op.IN else int(wanted)
    return {
        Op.IS: lambda: value == wanted,
        Op.IS_NOT: lambda: value not in (wanted, ""),
        Op.IN: lambda: value in wanted,
        Op.AT_LEAST: lambda: value >= wanted,
        Op.AT_MOST: lambda: value <= wanted,
    }[condition.op]()


@given(st.lists(people, max_size=8, unique_by=lambda p: p.ref), st.lists(filters, min_size=1, max_size=6))
@EXAMPLES
def test_sql_and_python_agree(fresh: Fresh, crowd: list[PlatformCustomer], audiences: list[Filter]) -> None:
    with fresh() as workspace:
        account_id = shop(workspace)
        workspace.customers.upsert_page(account_id, crowd, "x", NOW)
        for audience in audiences:
            expected = sum(matches(audience, who, account_id) for who in crowd)
            assert workspace.customers.count(audience, ENTITY, NOW) == expected, audience


def test_a_filter_survives_json(workspace: Workspace) -> None:
    audience = Filter((Condition("tag", Op.IN, ("a", "b")), Filter((Condition("city", Op.IS, "x"),), every=False)))
    workspace.audiences.save("老客", audience, NOW)
    workspace.audiences.save("老客", audience, NOW)
    assert workspace.audiences.all() == {"老客": audience}
    workspace.audiences.delete("老客")
    assert workspace.audiences.all() == {}


def test_a_saved_audience_gets_another_name_that_is_free(workspace: Workspace) -> None:
    audiences, kept = workspace.audiences, Filter((Condition("tag", Op.IS, "会员"),))
    audiences.save("甲", kept, NOW)
    audiences.save("乙", Filter(), NOW)
    audiences.rename("甲", "甲")
    audiences.rename("甲", "丙")
    assert list(audiences.all().items()) == [("丙", kept), ("乙", Filter())]
    with pytest.raises(SettingsError) as taken:
        audiences.rename("丙", "乙")
    assert taken.value.code == "segment_taken"
    with pytest.raises(NotFound):
        audiences.rename("甲", "丁")
    assert audiences.all() == {"丙": kept, "乙": Filter()}


def test_everybodys_customers_are_those_of_every_shop(workspace: Workspace) -> None:
    account = shop(workspace)
    customers = workspace.customers
    customers.upsert_page(account, [PlatformCustomer("a", "王", None, NOW, "浙江")], "x", NOW)
    set_account_state(workspace.accounts, account, "disconnected")
    assert (customers.count(Filter(), ENTITY, NOW), customers.count(Filter(), "", NOW)) == (0, 1)
    assert (customers.values("province", ENTITY, 5), customers.values("province", "", 5)) == ((), ("浙江",))


def nested(depth: int) -> Filter:
    inner = Filter((Condition("city", Op.IS, "x"),))
    for _ in range(depth):
        inner = Filter((inner,), every=False)
    return inner


@pytest.mark.parametrize(
    "audience",
    [
        Filter((Condition("province", Op.AT_LEAST, "x"),)),
        Filter((Condition("province", Op.IS, 3),)),
        Filter((Condition("province", Op.IN, "x"),)),
        Filter((Condition("tag", Op.AT_MOST, "x"),)),
        Filter((Condition("spend_cents", Op.IS, "viel"),)),
        Filter((Condition("spend_cents", Op.IS, 2**70),)),
        Filter((Condition("days_since_order", Op.IN, ("1",)),)),
        Filter((Condition("password", Op.IS, "x"),)),
        Filter((Condition("city", Op.IN, tuple(map(str, range(6_000)))),)),
        Filter(tuple(Condition("city", Op.IS, "x") for _ in range(300))),
        nested(40),
    ],
)
def test_what_makes_no_sense_is_refused(workspace: Workspace, audience: Filter) -> None:
    shop(workspace)
    with pytest.raises(SettingsError) as caught:
        workspace.customers.count(audience, ENTITY, NOW)
    assert caught.value.code == "audience_filter"


@pytest.mark.parametrize(
    "written",
    [
        "no",
        "[]",
        '{"every": true, "parts": [{"field": "x"}]}',
        "[" * 99_999,
        *(
            f'{{"every": true, "parts": [{{"field": "account", "op": {rest}}}]}}'
            for rest in (
                '"is", "value": "x"',
                '"is", "value": null',
                '"in", "value": ["1", "x"]',
                f'"is", "value": "{"1" * 5_000}"',
            )
        ),
        '{"every": true, "parts": [' * 22 + "]}" * 22,
    ],
)
def test_an_audience_that_cannot_be_read_is_nobody_and_hides_no_other_campaign(
    workspace: Workspace, written: str
) -> None:
    sync(workspace, shop(workspace), person("c1"))
    workspace.campaigns.create(Campaign(0, "双11", ENTITY, "retail", Filter()))
    spoilt = workspace.campaigns.create(Campaign(0, "双11", ENTITY, "retail", Filter())).id
    with workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE campaign SET audience = :to WHERE id = :id"), {"to": written, "id": spoilt})
    first, second = workspace.campaigns.campaigns()
    assert named_accounts(first.audience) == {0}
    assert (first.audience, second.audience) == (NOBODY, Filter())
    assert workspace.customers.count(NOBODY, ENTITY, NOW) == 0 < workspace.customers.count(Filter(), ENTITY, NOW)
