"""Two people change the same thing: whoever is second is told, nothing is written over in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app.compliance.message import Good
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.services.profiles import Profile
from tests.helpers.desk import code_of
from tests.helpers.fresh import fresh_folder
from tests.helpers.peaking import plan
from tests.helpers.shop import ENTITY
from tests.helpers.staged import Staged, open_by_day, stage

MINE, THEIRS, FORMER = (Filter((Condition("province", Op.IS, name),)) for name in ("浙江", "江苏", "上海"))


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    for app in open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace"):
        yield stage(app)


def test_a_setting_that_somebody_else_changed_is_not_written_over(staged: Staged) -> None:
    policies, seen = staged.app.policies, {"window_closes": "22:00"}
    policies.save({"window_closes": "21:00", "batch_size": "300"}, actor="乙")
    assert code_of(lambda: policies.save({"window_closes": "20:00"}, actor="甲", seen=seen)) == OVERTAKEN
    assert str(policies.current().window_closes) == "21:00:00"
    policies.save({"window_closes": "20:00"}, actor="甲", seen={"window_closes": "21:00"})
    policies.save({"house_cap_per_week": "2"}, actor="甲", seen={"house_cap_per_week": "1"})
    now = policies.current()
    assert (str(now.window_closes), now.batch_size, now.house_cap_per_week) == ("20:00:00", 300, 2)


def test_whoever_wants_what_already_stands_there_is_not_bothered(staged: Staged) -> None:
    policies = staged.app.policies
    policies.save({"batch_size": "300"}, actor="乙")
    policies.save({"batch_size": "300"}, actor="甲", seen={"batch_size": "500"})


def test_a_segment_that_somebody_else_changed_or_made_is_not_replaced_nor_deleted(staged: Staged) -> None:
    audiences = staged.app.audiences
    audiences.save("常客", FORMER, actor="甲")
    seen = audiences.saved()
    audiences.save("常客", THEIRS, actor="乙")
    audiences.save("新客", THEIRS, actor="乙")
    assert code_of(lambda: audiences.save("常客", MINE, actor="甲", seen=seen)) == OVERTAKEN
    assert code_of(lambda: audiences.save("新客", MINE, actor="甲", seen=seen)) == OVERTAKEN
    assert code_of(lambda: audiences.remove("常客", actor="甲", seen=seen)) == OVERTAKEN
    assert audiences.saved() == {"常客": THEIRS, "新客": THEIRS}
    audiences.save("常客", MINE, actor="甲", seen=audiences.saved())
    audiences.remove("新客", actor="甲", seen=audiences.saved())
    audiences.remove("新客", actor="甲", seen={"新客": THEIRS})
    assert audiences.saved() == {"常客": MINE}


def test_each_licence_of_an_entity_is_said_by_itself(staged: Staged) -> None:
    accounts = staged.app.accounts
    accounts.describe_entity(ENTITY, licences={"finance": True}, actor="乙")
    accounts.describe_entity(ENTITY, kind="institution", actor="乙")
    described = accounts.describe_entity(ENTITY, licences={"medical_ad": True}, actor="甲")
    assert (described.kind, described.licences) == ("institution", ("finance", "medical_ad"))
    assert accounts.describe_entity(ENTITY, licences={"finance": False}, actor="甲").licences == ("medical_ad",)


def test_of_a_profile_only_what_was_changed_is_written(staged: Staged) -> None:
    profiles, seen = staged.app.profiles, Profile()
    profiles.put(ENTITY, Profile(goods=(Good("羽绒被", 59_900),)), actor="乙")
    kept = profiles.put(ENTITY, replace(seen, industry="food"), actor="甲", seen=seen)
    assert kept == profiles.of(ENTITY) == Profile("food", goods=(Good("羽绒被", 59_900),))
    mine = replace(seen, goods=(Good("面霜", 12_950),))
    assert code_of(lambda: profiles.put(ENTITY, mine, actor="甲", seen=seen)) == OVERTAKEN
    assert profiles.of(ENTITY) == kept


def test_the_record_of_a_signature_that_somebody_else_changed_stays(staged: Staged) -> None:
    filings, seen = staged.app.filings, SignatureRecord(ENTITY, "安宁百货")
    filings.save(replace(seen, note="乙"), actor="乙", seen=seen)
    mine = replace(seen, note="甲")
    assert code_of(lambda: filings.save(mine, actor="甲", seen=seen)) == OVERTAKEN
    filings.save(mine, actor="甲", seen=replace(seen, note="乙"))
    assert staged.app.workspace.accounts.register(ENTITY).records["安宁百货"].note == "甲"


def test_a_plan_for_a_peak_that_somebody_else_changed_stays(staged: Staged) -> None:
    peaks, made = staged.app.peaks, plan(staged)
    peaks.change(made.id, replace(made.wish, name="双十二"), actor="乙", seen=made.wish)
    mine = replace(made.wish, name="年货节")
    assert code_of(lambda: peaks.change(made.id, mine, actor="甲", seen=made.wish)) == OVERTAKEN
    (now,) = peaks.plans()
    assert now.wish.name == "双十二"


def test_amounts_that_somebody_else_changed_stay(staged: Staged) -> None:
    money, account = staged.app.money, staged.account
    money.set_price(account, 45, actor="乙")
    money.set_month_budget(ENTITY, 9_000, actor="乙")
    assert code_of(lambda: money.set_price(account, 50, actor="甲", seen={})) == OVERTAKEN
    assert code_of(lambda: money.set_month_budget(ENTITY, 8_000, actor="甲", seen={ENTITY: 7_000})) == OVERTAKEN
    assert (money.prices(), money.month(ENTITY).budget) == ({account: 45}, 9_000)
    money.set_price(account, None, actor="甲", seen={account: 45})
    money.set_month_budget(ENTITY, 8_000, actor="甲", seen={ENTITY: 9_000})
    assert (money.prices(), money.month(ENTITY).budget) == ({}, 8_000)


def test_a_stated_signature_that_somebody_else_stated_stays(staged: Staged) -> None:
    filings, now = staged.app.filings, staged.app.clock()
    theirs = OwnFiling(ENTITY, "安宁到家", ("retail",), ("mobile",), now, "乙")
    mine = replace(theirs, scopes=("membership",), stated_by="甲")
    filings.state(theirs, "", seen={})
    assert code_of(lambda: filings.state(mine, "", seen={})) == OVERTAKEN
    filings.state(replace(theirs, stated_by="甲"), "", seen={})
    filings.state(mine, "", seen={"安宁到家": theirs})
    assert staged.app.workspace.accounts.register(ENTITY).own["安宁到家"].scopes == ("membership",)
