"""A reviewer lifts an opt-out for a later grant that the platform told, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, SuppressionKind
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.errors import AppError, NotPermitted
from campaign_app.domain.phone import Phone
from campaign_app.domain.team import Person, Role
from tests.helpers.fresh import fresh_folder
from tests.helpers.staged import open_by_day

ENTITY, ISSUER = "91330100MA0000001X", "91110000MA0000009X"
PHONE = Phone("13912345678")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    """Customer 1, who opted out by hand an hour ago."""
    for app in open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace"):
        stores = app.workspace
        stores.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
        shop = Account(0, "consent_api", "店", "https://a.example", ENTITY, ISSUER, "登记处", "k", True, "{}")
        account = stores.accounts.add_account(shop).id
        stores.customers.upsert_page(account, [PlatformCustomer("c1", "张三", PHONE, app.clock())], "x", app.clock())
        stores.opt_outs.add(1, app.clock() - timedelta(hours=1), "by_hand", "来电", "李")
        yield app


def told(app: bootstrap.App, obtained_at: datetime, **changed: object) -> None:
    made = ConsentFact(
        CustomerRef(1, "c1"), ConsentStatus.CONFIRMED, app.clock(), ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS,
        frozenset({"retail"}), ENTITY, obtained_at, None, None, None, app.clock(),
    )  # fmt: skip
    app.workspace.facts.append([replace(made, **changed)], [])  # type: ignore[arg-type]


def kinds(app: bootstrap.App) -> set[SuppressionKind]:
    return {mark.kind for mark in app.workspace.suppressions.of_customers([1]).get(1, ())}


def refused(app: bootstrap.App, reviewer: str = "王") -> str:
    before, entries = kinds(app), app.workspace.audit.head()
    with pytest.raises(AppError) as caught:
        app.lifting.lift(1, actor=reviewer)
    assert (kinds(app), app.workspace.audit.head()) == (before, entries)
    return caught.value.code


def test_a_later_grant_and_a_reviewer_lift_it_under_reference_and_number_and_it_is_in_the_audit(
    app: bootstrap.App,
) -> None:
    told(app, app.clock() - timedelta(minutes=5))
    assert refused(app, " ") == "lift_reviewer"
    assert app.lifting.lift(1, actor="王") == frozenset()
    assert kinds(app) == set()
    assert app.suppressing.look(ENTITY, PHONE.digits) == ()
    (entry,) = app.workspace.audit.entries(limit=1)
    assert (entry.action, entry.actor) == ("suppression.lifted", "王")
    said = {"customer": 1, "fact": 1, "marks": 2, "lifts": 2}
    assert {name: entry.facts[name] for name in said} == said
    assert refused(app) == "lift_nothing"


def test_without_a_later_explicit_grant_nothing_is_lifted(app: bootstrap.App) -> None:
    assert refused(app) == "lift_unconfirmed"
    told(app, app.clock() - timedelta(hours=2))
    assert refused(app) == "lift_older"
    told(app, app.clock() - timedelta(minutes=5), method=ConsentMethod.REGISTRATION_DEFAULT)
    assert refused(app) == "lift_unconfirmed"


def test_a_complaint_stays_whatever_is_lifted_beside_it(app: bootstrap.App) -> None:
    told(app, app.clock() - timedelta(minutes=5))
    mark = next(iter(app.workspace.suppressions.of_customers([1])[1]))
    app.workspace.suppressions.add([replace(mark, kind=SuppressionKind.COMPLAINT)])
    assert app.lifting.lift(1, actor="王") == {SuppressionKind.COMPLAINT}
    assert kinds(app) == {SuppressionKind.COMPLAINT}
    assert refused(app) == "lift_nothing"


def test_an_operator_may_not(app: bootstrap.App) -> None:
    told(app, app.clock() - timedelta(minutes=5))
    app.lifting.used_by(Person("op", frozenset({Role.OPERATOR})))
    with pytest.raises(NotPermitted):
        app.lifting.lift(1, actor="op")
    assert kinds(app) == {SuppressionKind.OPT_OUT}
