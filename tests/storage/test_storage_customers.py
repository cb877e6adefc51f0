"""Customers as synced: pages come twice, out of order and half-empty; nothing loosens a suppression."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Fresh, minutes, number, person, shop, sync

from campaign_app.domain.audience import Filter
from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import Customer, PlatformCustomer, Told
from campaign_app.domain.errors import NotFound
from campaign_app.domain.phone import PlatformPhone
from campaign_app.storage.workspace import Workspace

EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def test_a_customer_comes_back_as_synced(workspace: Workspace) -> None:
    account_id = shop(workspace)
    full = person(
        "ou-1",
        number(7),
        province="浙江",
        city="杭州",
        spend_cents=123_45,
        order_count=3,
        last_order_at=NOW - minutes(5),
        tags=("会员", "双 11", "a\x1fb"),
    )
    ids = sync(workspace, account_id, full, person("ou-2"))
    assert workspace.customers.by_ids([*ids.values(), 4711]) == {
        ids["ou-1"]: Customer(
            id=ids["ou-1"],
            account_id=account_id,
            ref="ou-1",
            name="顾客ou-1",
            province="浙江",
            city="杭州",
            spend_cents=123_45,
            order_count=3,
            last_order_at=NOW - minutes(5),
            tags=("会员", "双 11", "a b"),
            attributes={},
            phone=number(7),
            phone_key=workspace.phone_keys.of_phone(number(7)),
        ),
        ids["ou-2"]: Customer(ids["ou-2"], account_id, "ou-2", "顾客ou-2", "", "", 0, 0, None, (), {}),
    }
    sealed = workspace.customers.by_ids([ids["ou-1"]], phones=False)[ids["ou-1"]]
    assert (sealed.phone, sealed.phone_key) == (None, workspace.phone_keys.of_phone(number(7)))


def test_a_page_counts_what_is_new_and_moves_the_cursor(workspace: Workspace) -> None:
    account_id = shop(workspace)
    page = [person("c1"), person("c2"), person("c1")]
    assert workspace.customers.upsert_page(account_id, page, "after 2", NOW) == (2, 0)
    assert workspace.customers.upsert_page(account_id, [*page, person("c3")], "after 3", NOW) == (1, 0)
    assert workspace.customers.upsert_page(account_id, [], "end", NOW) == (0, 0)
    assert workspace.accounts.cursor(account_id, "customers") == "end"
    assert workspace.customers.total() == 3


def test_a_page_for_no_account_stores_nothing(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        workspace.customers.upsert_page(99, [person("c1")], "x", NOW)
    assert workspace.customers.total() == 0


def test_a_row_changes_nothing_but_what_it_is_told_of(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", told=Told.BUT_NUMBER), person("c2", number(2)))
    numbers = [person("c1", number(1), name="别名", told=Told.NUMBER), person("c9", number(9), told=Told.NUMBER)]
    assert workspace.customers.upsert_page(account_id, numbers, "x", NOW) == (0, 0)
    assert workspace.customers.total() == 2, "a number alone makes nobody a customer"
    newer = person("c1", name="新名", updated_at=NOW + minutes(1), told=Told.BUT_NUMBER)
    sync(workspace, account_id, newer, person("c2", name="新名", updated_at=NOW + minutes(1), told=Told.BUT_NUMBER))
    found = workspace.customers.by_ids(list(ids.values()))
    assert [(found[ids[ref]].name, found[ids[ref]].phone) for ref in ("c1", "c2")] == [
        ("新名", number(1)), ("新名", number(2)),
    ]  # fmt: skip
    again = [person("c1", number(1), told=Told.NUMBER), person("c2", None, told=Told.NUMBER)]
    assert workspace.customers.upsert_page(account_id, again, "x", NOW) == (0, 0)
    found = workspace.customers.by_ids(list(ids.values()))
    assert [found[ids[ref]].phone for ref in ("c1", "c2")] == [number(1), None]
    assert workspace.customers.ids_of_numbers(account_id, [workspace.phone_keys.of_phone(number(1))]) == (ids["c1"],)


def test_a_refusal_follows_a_number_that_is_learnt_apart(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", told=Told.BUT_NUMBER, withdrawn=True))
    sync(workspace, account_id, person("c1", number(1), told=Told.NUMBER, minor=True))
    kinds = {(mark.kind, mark.key) for mark in workspace.suppressions.of_customers(list(ids.values()))[ids["c1"]]}
    by_number = workspace.phone_keys.of_phone(number(1))
    assert {(SuppressionKind.WITHDRAWN, by_number), (SuppressionKind.MINOR, by_number)} <= kinds


def test_ids_stay_when_a_customer_is_synced_again(workspace: Workspace) -> None:
    account_id = shop(workspace)
    first = sync(workspace, account_id, person("c1"), person("c2"))
    assert sync(workspace, account_id, person("c2", updated_at=NOW + minutes(1)), person("c1")) == first


def test_who_is_on_the_platforms_own_blacklist_is_suppressed_by_ref_and_number(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", number(1), withdrawn=True, minor=True), person("c2", number(2)))
    found = workspace.suppressions.of_customers(list(ids.values()))
    assert {mark.kind for mark in found[ids["c1"]]} == {SuppressionKind.WITHDRAWN, SuppressionKind.MINOR}
    assert ids["c2"] not in found
    assert workspace.phone_keys.of_phone(number(1)) in {mark.key for mark in found[ids["c1"]]}


def test_minors_are_suppressed_by_ref_and_number_whatever_the_order(workspace: Workspace) -> None:
    account_id = shop(workspace)
    newer = person("c1", number(1), updated_at=NOW + minutes(1))
    sync(workspace, account_id, newer, person("c1", number(1), minor=True))
    sync(workspace, account_id, person("c1", number(1), updated_at=NOW + minutes(2)))
    keys = [workspace.phone_keys.of_ref(CustomerRef(account_id, "c1")), workspace.phone_keys.of_phone(number(1))]
    active = workspace.suppressions.active(ENTITY, keys)
    assert [[mark.kind for mark in active[key]] for key in keys] == [[SuppressionKind.MINOR]] * 2
    assert workspace.suppressions.active(OTHER_ENTITY, keys) == {}


@pytest.mark.parametrize("later", [number(2), None])
def test_an_opt_out_by_number_stays_with_the_customer_whose_number_changes(workspace: Workspace, later: object) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("c1", number(1)))
    gone = Suppression(ENTITY, workspace.phone_keys.of_phone(number(1)), SuppressionKind.OPT_OUT, NOW, "reply")
    workspace.suppressions.add([gone])
    sync(workspace, account_id, person("c1", later, updated_at=NOW + minutes(1)))
    key = workspace.phone_keys.of_ref(CustomerRef(account_id, "c1"))
    assert {mark.kind for mark in workspace.suppressions.active(ENTITY, [key])[key]} == {SuppressionKind.OPT_OUT}
    assert gone in workspace.suppressions.active(ENTITY, [gone.key])[gone.key]


def test_an_opt_out_by_a_former_number_holds_for_the_new_one_in_every_shop(workspace: Workspace) -> None:
    first, second = shop(workspace), shop(workspace, "k2")
    sync(workspace, first, person("c1", number(1)))
    twin = sync(workspace, second, person("d1", number(2)))["d1"]
    gone = Suppression(ENTITY, workspace.phone_keys.of_phone(number(1)), SuppressionKind.OPT_OUT, NOW, "reply")
    workspace.suppressions.add([gone])
    sync(workspace, first, person("c1", number(2), updated_at=NOW + minutes(1)))
    assert {mark.kind for mark in workspace.suppressions.of_customers([twin])[twin]} == {SuppressionKind.OPT_OUT}


def test_numbers_are_sealed_differently_each_time_and_never_plain(workspace: Workspace) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("c1", number(1)), person("c2", number(1)))
    with workspace.database.read() as connection:
        sealed = connection.execute(sa.text("SELECT phone_sealed, phone_key FROM customer")).all()
    assert len({row.phone_sealed for row in sealed}) == 2
    assert len({row.phone_key for row in sealed}) == 1
    assert not any(number(1).digits.encode() in blob for row in sealed for blob in row)


def test_a_great_many_are_read_at_once(workspace: Workspace) -> None:
    account_id = shop(workspace)
    crowd = [person(f"c{n}") for n in range(12_000)]
    workspace.customers.upsert_page(account_id, crowd, "x", NOW)
    ids = workspace.customers.ids_of_refs(account_id, [each.ref for each in crowd] + ["nobody"])
    assert len(ids) == len(workspace.customers.by_ids(list(ids.values()))) == 12_000


def test_the_audience_is_of_the_entitys_shops_only(workspace: Workspace) -> None:
    sync(workspace, shop(workspace), person("c1"))
    sync(workspace, shop(workspace, "k2"), person("c1"))
    sync(workspace, shop(workspace, "k3", entity_uscc=OTHER_ENTITY), person("c1"))
    counts = [workspace.customers.count(Filter(), entity, NOW) for entity in (ENTITY, OTHER_ENTITY, "nobody")]
    assert counts == [2, 1, 0]


seen = st.builds(
    lambda ref, at, spend, phone: person(
        f"c{ref}", None if phone is None else number(phone), updated_at=NOW + minutes(at), spend_cents=spend
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 9),
    st.none() | st.integers(0, 2),
)


@given(st.lists(st.lists(seen, max_size=6), max_size=5))
@EXAMPLES
def test_the_newest_version_stays_whatever_order_pages_come_in(
    fresh: Fresh, pages: list[list[PlatformCustomer]]
) -> None:
    with fresh() as workspace:
        account_id = shop(workspace)
        newest: dict[str, PlatformCustomer] = {}
        for page in pages:
            new = {each.ref for each in page} - set(newest)
            for each in page:
                if each.ref not in newest or each.updated_at >= newest[each.ref].updated_at:
                    newest[each.ref] = each
            assert workspace.customers.upsert_page(account_id, page, "x", NOW) == (len(new), 0)
        ids = workspace.customers.ids_of_refs(account_id, list(newest))
        stored = workspace.customers.by_ids(list(ids.values()))
        assert {(c.ref, c.spend_cents, c.phone) for c in stored.values()} == {
            (c.ref, c.spend_cents, c.phone) for c in newest.values()
        }


def test_some_of_an_audience_come_by_id_and_by_a_part_of_their_name(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, *(person(f"c{n}") for n in range(5)))
    found = workspace.customers.some(Filter(), ENTITY, NOW, 3)
    assert [each.id for each in found] == sorted(ids.values())[:3]
    assert [each.ref for each in workspace.customers.some(Filter(), ENTITY, NOW, 9, "C3")] == ["c3"]
    assert workspace.customers.some(Filter(), ENTITY, NOW, 9, "_") == ()
    assert workspace.customers.some(Filter(), OTHER_ENTITY, NOW, 9) == ()


SEALED, OTHER = PlatformPhone("~AgAAAAexample0sealed~1~"), PlatformPhone("~AgAAAAexample1sealed~1~")


def test_a_number_that_its_platform_sealed_is_sealed_once_more(workspace: Workspace) -> None:
    account_id = shop(workspace)
    (one,) = sync(workspace, account_id, person("c1", platform_phone=SEALED)).values()
    stored = workspace.customers.by_ids([one])[one]
    assert (stored.phone, stored.platform_phone) == (None, SEALED)
    assert stored.phone_key == workspace.phone_keys.of_platform_phone(SEALED)
    assert workspace.customers.by_ids([one], phones=False)[one].platform_phone is None
    with workspace.customers.db.read() as connection:
        (written,) = connection.execute(sa.text("SELECT platform_phone_sealed FROM customer")).scalars()
    assert SEALED.sealed.encode() not in written


def test_a_sealed_number_changes_stays_and_goes_with_its_row(workspace: Workspace) -> None:
    account_id = shop(workspace)
    (one,) = sync(workspace, account_id, person("c1", number(1), platform_phone=SEALED)).values()
    keys = workspace.phone_keys
    for later, (phone, theirs, key) in enumerate(
        (
            (number(1), OTHER, keys.of_phone(number(1))),
            (number(1), None, keys.of_phone(number(1))),
            (None, SEALED, keys.of_platform_phone(SEALED)),
            (None, None, None),
        ),
        1,
    ):
        row = person("c1", phone, updated_at=NOW + minutes(later), platform_phone=theirs)
        sync(workspace, account_id, row)
        stored = workspace.customers.by_ids([one])[one]
        assert (stored.phone, stored.platform_phone, stored.phone_key) == (phone, theirs, key)


def test_an_opt_out_stays_with_whoever_gets_another_sealed_number_and_erasing_takes_it(workspace: Workspace) -> None:
    account_id, keys = shop(workspace), workspace.phone_keys
    (one,) = sync(workspace, account_id, person("c1", platform_phone=SEALED)).values()
    mark = Suppression(ENTITY, keys.of_platform_phone(SEALED), SuppressionKind.OPT_OUT, NOW, "reply")
    workspace.suppressions.add([mark])
    sync(workspace, account_id, person("c1", updated_at=NOW + minutes(1), platform_phone=OTHER))
    ref = keys.of_ref(CustomerRef(account_id, "c1"))
    assert ref in workspace.suppressions.active(ENTITY, [ref])
    workspace.customers.upsert_page(account_id, [], "x", NOW + minutes(2), ["c1"])
    stored = workspace.customers.by_ids([one])[one]
    assert (stored.platform_phone, stored.phone_key) == (None, None)
    gone = keys.of_platform_phone(OTHER)
    assert gone in workspace.suppressions.active(ENTITY, [gone])


def test_a_nul_in_a_name_stops_no_list(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", name="张\0三"), person("c\0x"), person("c2"))
    assert workspace.customers.total() == 3
    assert workspace.customers.by_ids([ids["c1"]])[ids["c1"]].name in ("张\0三", "张\ufffd三")
