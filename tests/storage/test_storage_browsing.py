"""The table of customers: counts and pages agree with a plain look at everybody, whatever is asked."""

from __future__ import annotations

from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import NOW, fact, minutes, number, person, shop, sync

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.people import NOT_ASKED, ORDERS, PeopleQuery
from campaign_app.storage.workspace import Workspace

STATUSES = (ConsentStatus.CONFIRMED, ConsentStatus.DECLINED, None, ConsentStatus.PENDING)
PROVINCES = ("浙江", "江苏", "")


@pytest.fixture
def people(workspace: Workspace) -> Workspace:
    """Two shops, customers a0 … a29 and b0 … b19, with statuses and provinces in turn."""
    for prefix, count in (("a", 30), ("b", 20)):
        account_id = shop(workspace, f"key-{prefix}")
        sync(
            workspace,
            account_id,
            *(
                person(f"{prefix}{n}", number(n), province=PROVINCES[n % 3], name=f"王{prefix}{n}")
                for n in range(count)
            ),
        )
        told = [(n, STATUSES[n % 4]) for n in range(count)]
        workspace.facts.append([fact(account_id, f"{prefix}{n}", status=s) for n, s in told if s is not None], [])
    return workspace


def pages(workspace: Workspace, query: PeopleQuery, every: int) -> list[int]:
    total, begins = workspace.people.anchors(query, every)
    read = [workspace.people.ids(query, first, every) for first in begins]
    assert all(len(page) == every for page in read[:-1])
    found = [each for page in read for each in page]
    assert len(found) == total == len(set(found))
    assert found == sorted(found)
    return found


def refs(workspace: Workspace, ids: list[int]) -> set[str]:
    return {each.ref for each in workspace.customers.by_ids(ids).values()}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    status=st.sampled_from(["", NOT_ASKED, *(s.value for s in STATUSES if s), "expired"]),
    province=st.sampled_from(["", "浙江", "云南"]),
    account=st.sampled_from([None, 1, 2, 99]),
    text=st.sampled_from(["", "王a", "王a1", "b7", "%", "_", "不在"]),
    every=st.integers(1, 60),
)
def test_pages_hold_exactly_those_that_match(
    people: Workspace, status: str, province: str, account: int | None, text: str, every: int
) -> None:
    query = PeopleQuery(text, None, account, status, province)
    everybody = [("a", 1, n) for n in range(30)] + [("b", 2, n) for n in range(20)]
    wanted = {
        f"{prefix}{n}"
        for prefix, which, n in everybody
        if account in {None, which}
        and province in {"", PROVINCES[n % 3]}
        and status in {"", getattr(STATUSES[n % 4], "value", NOT_ASKED)}
        and (f"王{prefix}{n}".startswith(text) or f"{prefix}{n}" == text)
    }
    assert refs(people, pages(people, query, every)) == wanted


def test_a_number_finds_its_people_in_every_shop(people: Workspace) -> None:
    key = people.phone_keys.of_phone(number(7))
    assert refs(people, pages(people, PeopleQuery(phone_key=key), 200)) == {"a7", "b7"}
    assert "13800000007" not in repr(PeopleQuery("张三", key))
    assert "张三" not in repr(PeopleQuery("张三", key))


def test_gaps_between_ids_are_noticed(people: Workspace) -> None:
    (gone,) = people.customers.ids_of_refs(2, ["b2"]).values()
    with people.database.write() as connection:
        connection.execute(sa.text(f"DELETE FROM customer WHERE id = {gone}"))
    found = pages(people, PeopleQuery(), 20)
    assert len(found) == 49
    assert gone not in found


def test_nobody(workspace: Workspace) -> None:
    assert workspace.people.anchors(PeopleQuery(), 200) == (0, ())
    assert workspace.people.anchors(PeopleQuery(province="浙江"), 200) == (0, ())
    assert workspace.people.provinces() == ()


def test_the_latest_answer_is_the_one_that_is_searched(people: Workspace) -> None:
    later = fact(1, "a0", status=ConsentStatus.DECLINED, checked_at=NOW + minutes(5), observed_at=NOW + minutes(5))
    people.facts.append([later], [])
    assert "a0" in refs(people, pages(people, PeopleQuery(status="declined"), 200))
    assert "a0" not in refs(people, pages(people, PeopleQuery(status="confirmed"), 200))


def test_provinces_are_listed_once(people: Workspace) -> None:
    assert people.people.provinces() == ("江苏", "浙江")


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_everybody_is_sorted_by_what_can_be_sorted_by(people: Workspace, order: str, descending: bool) -> None:
    later = [
        person(f"a{n}", number(n), spend_cents=n % 4 * 100, last_order_at=None if n % 3 else NOW + minutes(n % 5),
               province=PROVINCES[n % 3], city=f"城{n % 2}", updated_at=NOW + minutes(1))
        for n in range(30)
    ]  # fmt: skip
    sync(people, 1, *later)
    found = list(people.people.ordered(PeopleQuery(account_id=1), order, 100, descending=descending))
    known = people.customers.by_ids(found)

    def value(customer_id: int) -> object:
        customer = known[customer_id]
        place = (customer.province, customer.city) if customer.province else None
        return place if order == "province" else getattr(customer, order) or None

    values = [value(each) for each in found]
    there = [each for each in values if each is not None]
    assert values == there + [None] * (len(values) - len(there)), "who has nothing there comes last"
    assert there == sorted(there, reverse=descending)
    assert all(a < b for (a, x), (b, y) in pairwise(zip(found, values, strict=True)) if x == y is not None), (
        "equals by id"
    )
    assert sorted(found) == pages(people, PeopleQuery(account_id=1), 200)
    first = people.people.ordered(PeopleQuery(account_id=1), order, 7, descending=descending)
    assert list(first) == found[:7]


@pytest.mark.parametrize("status", ["confirmed", "declined", NOT_ASKED])
def test_a_status_is_sorted_too(people: Workspace, status: str) -> None:
    query = PeopleQuery(status=status, province="浙江")
    found = people.people.ordered(query, "spend_cents", 100, descending=True)
    assert sorted(found) == pages(people, query, 200) != []


def test_a_segment_is_listed_paged_and_sorted(people: Workspace) -> None:
    rich = [person(f"b{n}", number(n), spend_cents=n * 100, updated_at=NOW + minutes(1)) for n in range(20)]
    sync(people, 2, *rich)
    spent = Filter((Condition("spend_cents", Op.AT_LEAST, 1_500), Condition("province", Op.IS, "浙江")))
    query = PeopleQuery(audience=spent, now=NOW)
    found = pages(people, query, 2)
    assert refs(people, found) == set()
    wanted = PeopleQuery(audience=Filter((Condition("spend_cents", Op.AT_LEAST, 1_500),)), now=NOW, text="")
    assert refs(people, pages(people, wanted, 2)) == {f"b{n}" for n in range(15, 20)}
    first, *_ = people.people.ordered(wanted, "spend_cents", 3, descending=True)
    assert refs(people, [first]) == {"b19"}
