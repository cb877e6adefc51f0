"""Customers as the window lists them: consent and suppression apart, numbers masked, typed numbers never kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.bootstrap import App, open_app
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef, Evidence, Suppression, SuppressionKind
from campaign_app.domain.customer import Account, Entity, ImportRow, PlatformCustomer
from campaign_app.domain.errors import NotFound
from campaign_app.domain.phone import Phone
from campaign_app.services.people import Glance, People
from tests.fakes.remotes import ENTITY, ISSUER
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.shop import NOW

PHONE = Phone("13800000001")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with open_app(fresh_folder(tmp_path / "workspace"), MemoryKeeper(KEY)) as opened:
        opened.workspace.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
        account = Account(0, "fake", "安宁店", "http://127.0.0.1", ENTITY, ISSUER, "登记处", "k", True, "{}")
        shop = opened.workspace.accounts.add_account(account)
        people = [
            PlatformCustomer("c1", "王芳", PHONE, NOW, "浙江", "杭州", 12_345, 3, NOW, ("会员",)),
            PlatformCustomer("c2", "李娜", None, NOW),
        ]
        opened.workspace.customers.upsert_page(shop.id, people, "x", NOW)
        yield opened


@pytest.fixture
def people(app: App) -> People:
    return app.people


def told(ref: str, status: ConsentStatus, minutes: int = 0) -> ConsentFact:
    at = NOW + timedelta(minutes=minutes)
    proof = Evidence(ISSUER, "fake", "1.0", True, "q", "r", "{}", 0)
    return ConsentFact(
        CustomerRef(1, ref),
        status,
        at,
        purposes=frozenset({"retail"}),
        entity_uscc=ENTITY,
        checked_at=at,
        evidence=proof,
    )


def mark(app: App, kind: SuppressionKind, key: bytes, minutes: int = 0) -> Suppression:
    return Suppression(ENTITY, key, kind, NOW + timedelta(minutes=minutes), "reply")


def test_a_row_shows_consent_and_suppression_apart(app: App, people: People) -> None:
    app.workspace.facts.append([told("c1", ConsentStatus.CONFIRMED)], [])
    keys = app.workspace.phone_keys
    by_ref, by_phone = keys.of_ref(CustomerRef(1, "c1")), keys.of_phone(PHONE)
    marks = [
        mark(app, SuppressionKind.OPT_OUT, by_ref),
        mark(app, SuppressionKind.OPT_OUT, by_phone, 1),
        mark(app, SuppressionKind.COMPLAINT, by_ref, 2),
    ]
    app.workspace.suppressions.add(marks)
    total, begins = people.anchors(people.query())
    first, second = people.rows(people.query(), begins[0])
    assert total == 2
    assert (first.name, first.shop, first.phone, first.spend_cents) == ("王芳", "安宁店", "138****0001", 12_345)
    assert first.consent is not None
    assert first.consent.status is ConsentStatus.CONFIRMED
    assert [each.kind for each in first.suppressions] == [SuppressionKind.COMPLAINT, SuppressionKind.OPT_OUT]
    assert (second.phone, second.consent, second.suppressions) == ("", None, ())


@pytest.mark.parametrize("typed", ["13800000001", " 138 0000 0001 ", "+86 138-0000-0001", "１３８０００００００１"])
def test_a_whole_number_is_looked_for_by_its_hash_alone(people: People, typed: str) -> None:
    query = people.query(typed)
    assert query.text == ""
    assert query.phone_key is not None
    assert "0000" not in repr(query)
    (found,) = people.rows(query, people.anchors(query)[1][0])
    assert found.ref == "c1"


@pytest.mark.parametrize(
    ("typed", "refs"), [("王", ["c1"]), ("c2", ["c2"]), ("芳", []), ("1380000", []), ("", ["c1", "c2"])]
)
def test_everything_else_is_the_start_of_a_name_or_a_whole_ref(people: People, typed: str, refs: list[str]) -> None:
    query = people.query(typed)
    _, begins = people.anchors(query)
    assert [row.ref for first in begins for row in people.rows(query, first)] == refs


def test_a_person_has_every_answer_newest_first(app: App, people: People) -> None:
    app.workspace.facts.append([told("c1", ConsentStatus.PENDING)], [])
    elsewhere = replace(told("c1", ConsentStatus.CONFIRMED, 5), entity_uscc="91440300MA5D00002Y")
    app.workspace.facts.append([elsewhere], [])
    found = people.person(1)
    assert [fact.status for _, fact in found.facts] == [ConsentStatus.CONFIRMED, ConsentStatus.PENDING]
    assert (found.entity_name, found.account.label, found.order_count) == ("安宁百货有限公司", "安宁店", 3)
    assert found.tags == ("会员",)
    assert found.names == {ISSUER: "登记处", ENTITY: "安宁百货有限公司"}
    assert found.row.consent == Glance.of(found.facts[0][1])
    assert PHONE.digits not in repr(found)


def test_nobody_has_an_unknown_id(people: People) -> None:
    with pytest.raises(NotFound):
        people.person(99)


def test_provinces(people: People) -> None:
    assert people.provinces() == ("浙江",)


def test_a_number_in_another_column_of_a_file_is_masked(app: App, people: People) -> None:
    imports = app.workspace.imports
    which = imports.begin("会员.csv", "a", 1, NOW)
    imports.apply_chunk(which, [ImportRow(1, 1, "c1", None, {"备用电话": "13900000007", "级别": "金卡"})])
    imports.finish(which, {})
    (found,) = people.rows(people.query("c1"), people.anchors(people.query("c1"))[1][0])
    assert people.person(found.id).attributes == {"备用电话": "139****0007", "级别": "金卡"}
