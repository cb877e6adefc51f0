"""The seeded population: shares, names, numbers and determinism, asked of the data itself and over HTTP."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest
from helpers.sandbox import SandboxClient, SandboxProcess
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.phone import MAINLAND_MOBILE
from campaign_app.sandbox.config import SandboxConfig, Shop
from campaign_app.sandbox.mixing import scrambled, unscrambled
from campaign_app.sandbox.people import Population
from campaign_app.sandbox.truth import KINDS, NO_RECORD, Truths
from campaign_app.transport.wire import WireCustomer

NOW = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


def config(customers: int = 20_000, seed: int = 1) -> SandboxConfig:
    return SandboxConfig(clock=lambda: NOW, customers=customers, seed=seed)


def phones_of(setup: SandboxConfig, shop: Shop) -> list[str | None]:
    people = Population(setup)
    return people.phones(people.persons(shop, range(shop.size)))


def share(setup: SandboxConfig) -> Counter[str]:
    groups = Counter(kind.group for shop in setup.shops for kind in Truths(setup).kinds(shop, range(shop.size)))
    return Counter({name: round(100 * n / setup.customers, 1) for name, n in groups.items()})


def test_the_kinds_add_up() -> None:
    assert sum(kind.share for kind in KINDS) == 1_000


@pytest.mark.parametrize("seed", [1, 2, 99])
def test_consent_comes_in_realistic_shares(seed: int) -> None:
    found = share(config(seed=seed))
    wanted = {
        "explicit": 45,
        "registration_default": 20,
        "bundled": 10,
        "withdrawn": 5,
        "declined": 3,
        "pending": 4,
        "expired": 2,
        "wrong_channel": 2.5,
        "wrong_purpose": 2.5,
        "wrong_entity": 1.5,
        "unknown_word": 1,
        "pre_ticked": 1,
        "no_record": 2.5,
    }
    assert found.keys() == wanted.keys()
    for name, percent in wanted.items():
        assert abs(found[name] - percent) < 1, name


@pytest.mark.parametrize("seed", [1, 7])
def test_exactly_the_explicit_ones_may_be_reached(seed: int) -> None:
    """Whatever status the platform calls it: defaults, old, foreign and other-purpose consents do not count."""
    setup = config(seed=seed)
    truths, shop = Truths(setup), setup.shops[0]
    reachable = [t.confirms("retail", NOW.timestamp()) for t in truths.of(shop, range(shop.size))]
    explicit = [kind.group == "explicit" for kind in truths.kinds(shop, range(shop.size))]
    assert reachable == explicit


def test_a_finance_message_has_its_own_consents() -> None:
    setup = config()
    shop = setup.shops[0]
    truths = Truths(setup).of(shop, range(shop.size))
    finance = sum(t.confirms("finance", NOW.timestamp()) for t in truths)
    assert 0.03 < finance / shop.size < 0.06


def test_consents_were_obtained_in_the_past() -> None:
    setup = config()
    shop, now = setup.shops[0], NOW.timestamp()
    truths = Truths(setup).of(shop, range(shop.size))
    assert all(t.obtained_at is None or t.obtained_at < now for t in truths)
    assert all(t.withdrawn_at is None or (t.obtained_at or 0) < t.withdrawn_at < now for t in truths)
    assert {t.obtained_at for t in truths if t.status in ("no_record", "pending", "declined")} == {None}


@pytest.mark.parametrize("seed", [1, 12_345])
def test_numbers_are_valid_unique_and_mostly_there(seed: int) -> None:
    setup = config(seed=seed)
    first, second = (phones_of(setup, shop) for shop in setup.shops)
    for numbers in (first, second):
        known = [n for n in numbers if n]
        assert len(set(known)) == len(known)
        assert all(MAINLAND_MOBILE.fullmatch(n.removeprefix("+86")) for n in known)
        assert 0.02 < numbers.count(None) / len(numbers) < 0.04
    shared = set(first) & set(second) - {None}
    assert 0.015 < len(shared) / len((set(first) | set(second)) - {None}) < 0.025


@pytest.mark.parametrize("customers", [1_000, 200_000])
def test_no_two_numbers_are_neighbours(customers: int) -> None:
    setup = config(customers)
    numbers = sorted({int(n) for shop in setup.shops for n in phones_of(setup, shop) if n})
    assert int(np.diff(numbers).min()) > 1


def test_a_shared_number_is_one_person_in_both_shops() -> None:
    setup = config()
    people = Population(setup)
    first, second = ({r["phone"]: r for r in people.customers(shop, range(shop.size))} for shop in setup.shops)
    shared = first.keys() & second.keys() - {None}
    for number in shared:
        assert first[number]["name"] == second[number]["name"]
        assert first[number]["minor"] == second[number]["minor"]
        assert first[number]["ref"] != second[number]["ref"]


def test_customers_look_like_customers() -> None:
    setup = config(5_000)
    shop = setup.shops[0]
    rows = [WireCustomer.model_validate(row) for row in Population(setup).customers(shop, range(shop.size))]
    assert len({row.ref for row in rows}) == shop.size
    assert len({row.name for row in rows}) > 1_000
    assert len({row.province for row in rows}) == 31
    assert 5 <= sum(row.minor for row in rows) <= 40
    assert {tag for row in rows for tag in row.tags} >= {"会员", "母婴", "双11"}
    for row in rows:
        assert (row.order_count == 0) == (row.spend_cents == 0) == (row.last_order_at is None)
        assert row.last_order_at is None or row.last_order_at <= row.updated_at <= NOW


def test_the_same_seed_gives_the_same_people_and_another_one_others() -> None:
    rows, again, others = (Population(config(seed=seed)).customers(config().shops[0], range(500)) for seed in (1, 1, 2))
    assert rows == again
    assert not {row["ref"] for row in rows} & {row["ref"] for row in others}
    assert sum(a["name"] == b["name"] for a, b in zip(rows, others, strict=True)) < 50


def test_two_servers_of_one_seed_tell_the_same() -> None:
    with SandboxProcess(customers=300, seed=5) as one, SandboxProcess(customers=300, seed=5) as two:
        assert one.ready["shops"] == two.ready["shops"]
        pages = [list(s.client("S2").pages("/v1/customers", "customers", 7)) for s in (one, two)]
        assert pages[0] == pages[1]
        refs = [row["ref"] for row in pages[0]]
        leaves = [
            [a["leaf"].partition("checked_at")[2][30:] for a in s.client("S2").lookup(refs)["answers"]]
            for s in (one, two)
        ]
        assert leaves[0] == leaves[1]


@pytest.mark.parametrize("customers", [1, 4, 5, 11])
def test_small_populations_are_whole(customers: int) -> None:
    setup = config(customers)
    people = Population(setup)
    rows = [row for shop in setup.shops for row in people.customers(shop, range(shop.size))]
    assert len(rows) == customers == len({row["ref"] for row in rows})


def test_refs_lead_back_to_their_customer_and_others_nowhere() -> None:
    setup = config()
    people, (first, second) = Population(setup), setup.shops
    refs = people.refs(first, range(first.size))
    assert people.indices_of(first, refs) == list(range(first.size))
    assert people.indices_of(second, refs) == [None] * first.size
    assert people.indices_of(first, ["", "ou1", "ou1zzzzzzzz", "客", f"{refs[0]} ", refs[0].upper()]) == [None] * 6
    assert Truths(setup).of(first, [None]) == [NO_RECORD]


def test_scrambling_is_a_bijection() -> None:
    indices = np.arange(100_000, dtype=np.uint64)
    values = scrambled(3, "x", indices)
    assert len(set(values)) == 100_000
    assert unscrambled(3, "x", values) == indices.tolist()


def test_a_page_of_a_million_costs_a_page() -> None:
    setup = config(1_000_000)
    people, truths = Population(setup), Truths(setup)
    tracemalloc.start()
    indices, _ = people.listing(setup.shops[0], 700_000, 500, None)
    people.customers(setup.shops[0], indices)
    truths.of(setup.shops[0], indices)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_updated_since_lists_those_who_changed_and_nobody_else(reader: SandboxClient) -> None:
    everybody = list(reader.pages("/v1/customers", "customers"))
    since = sorted(row["updated_at"] for row in everybody)[len(everybody) // 2]
    wanted = [row for row in everybody if row["updated_at"] >= since]
    for limit in (1_000, 37):
        assert list(reader.pages(f"/v1/customers?updated_since={since}", "customers", limit)) == wanted


@given(st.integers(1, 50), st.integers(2, 5_000))
def test_a_number_leads_back_to_whoever_has_it(seed: int, customers: int) -> None:
    people, everybody = Population(config(customers, seed)), list(range(0, customers, max(customers // 50, 1)))
    phones = people.phones(np.asarray(everybody, dtype=np.uint64))
    found = people.persons_of([phone or "+86nobody" for phone in phones])
    assert found == [person if phone else None for person, phone in zip(everybody, phones, strict=True)]
    (beyond,) = people.phones(np.asarray([customers + 7], dtype=np.uint64))
    assert people.persons_of([beyond or "+8610000000000", "+8612345678901", "13800000000", ""]) == [None] * 4
