"""Rendered texts are looked at once, and again as soon as anything about them may differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.compliance import Engine
from campaign_app.compliance.engine import CheckResult
from campaign_app.compliance.message import CheckRequest, Good
from campaign_app.domain.campaign import Campaign
from campaign_app.services.profiles import Profile
from campaign_app.services.texts import Texts
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import ENGINE, Desk, open_desk
from tests.helpers.rules import RULES
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


class CountingEngine(Engine):
    """Counts the rows that were really looked at."""

    looked_at = 0

    def check_rendered(self, request: CheckRequest, rows: Iterable[Mapping[str, str]]) -> Iterator[CheckResult]:
        for result in super().check_rendered(request, rows):
            self.looked_at += 1
            yield result


def test_what_anybody_would_meet_is_told_from_a_persons_own_words(desk: Desk) -> None:
    """Of the hour and the signature; the values that a file brought along are nobody else's."""
    anna, second = list(desk.shop.workspace.customers.by_ids([1, 2]).values())
    asked = [anna, replace(second, name="国家级")]
    campaign = replace(desk.made(), send_at=NOW + timedelta(hours=1))

    def met(changed: Campaign) -> list[bool]:
        found = desk.texts.messages(changed, asked, NOW)
        assert all(one.anybodys <= one.blocks | one.warned for one in found)
        return [bool(one.anybodys & one.blocks) for one in found]

    assert met(campaign) == [False, False]
    assert desk.texts.messages(campaign, asked, NOW)[1].blocked
    for changed in ({"send_at": NOW + timedelta(hours=14)}, {"signature": "别人家"}, {"body": "国家级。拒收请回复R"}):
        assert met(replace(campaign, **changed)) == [True, True]


def test_a_text_that_is_long_by_a_value_is_that_persons_matter(desk: Desk) -> None:
    """Whoever stands in for anybody has a name of three characters, and most have two."""
    anna, second = list(desk.shop.workspace.customers.by_ids([1, 2]).values())
    asked = [replace(anna, name="王芳"), replace(second, name="欧阳娜娜")]
    campaign = replace(desk.made(), send_at=NOW + timedelta(hours=1))
    tail = "。拒收请回复R"
    head = len(f"【安宁百货】王芳{tail}")
    body = "{name}" + "会员到店有礼欢迎光临店庆开始了新品上架换季上新冬装"[: 70 - head].ljust(70 - head, "呀") + tail
    short, long = desk.texts.messages(replace(campaign, body=body), asked, NOW)
    assert (len(short.text), len(long.text)) == (70, 72)
    assert long.warned - short.warned
    assert not long.anybodys & (long.warned - short.warned)


def test_the_same_words_are_looked_at_once_until_something_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = desk.shop.workspace
    engine = CountingEngine(RULES)
    texts = Texts(
        engine=lambda: engine, accounts=workspace.accounts, campaigns=workspace.campaigns, customers=workspace.customers
    )
    campaign = replace(desk.made(), send_at=NOW + timedelta(hours=1))
    anna, second = list(workspace.customers.by_ids([1, 2]).values())
    twin = replace(anna, id=99, city="苏州")
    bad = replace(second, name="国家级")
    asked = [anna, second, twin, bad]
    expected = desk.texts.messages(campaign, asked, NOW)
    assert texts.messages(campaign, asked, NOW) == expected
    assert [message.blocked for message in expected] == [False, False, False, True]
    assert engine.looked_at == 5, "three texts, and what anybody would meet by two, since one of them met a rule"
    assert texts.messages(campaign, asked[::-1], NOW + timedelta(minutes=5)) == expected[::-1]
    assert engine.looked_at == 5
    changed = replace(campaign, body=campaign.body + "。")
    assert texts.messages(changed, asked, NOW) == desk.texts.messages(changed, asked, NOW) != expected
    assert engine.looked_at == 10
    at_night = replace(changed, send_at=NOW + timedelta(hours=14))
    assert all(message.blocked for message in texts.messages(at_night, asked, NOW))
    assert engine.looked_at == 15
    monkeypatch.setattr("campaign_app.services.texts.KNOWN_MAX", 1)
    assert texts.messages(at_night, asked, NOW) == desk.texts.messages(at_night, asked, NOW)
    assert engine.looked_at == 20


def test_each_shops_people_are_judged_by_what_its_own_carrier_tells(desk: Desk) -> None:
    workspace = desk.shop.workspace
    second = desk.shop.add_account(1, prefix="d", first_phone=500)
    workspace.accounts.put_signatures(second, [], NOW)
    (theirs,) = (each for each in workspace.customers.by_ids(range(1, 99)).values() if each.account_id == second)
    (ours,) = workspace.customers.by_ids([1]).values()
    made = replace(desk.made(), send_at=NOW + timedelta(hours=1))
    asked = [theirs, ours, theirs]
    assert [each.blocked for each in desk.texts.messages(made, asked, NOW)] == [True, False, True]
    assert "SIG-006" in {each.rule_id for each in desk.texts.check(made, theirs.id, NOW).findings}
    assert "SIG-006" not in {each.rule_id for each in desk.texts.check(made, ours.id, NOW).findings}


def test_a_text_is_held_to_the_registered_goods(desk: Desk) -> None:
    made = desk.made("{name}您好，鹅绒被99元，12月9日止。拒收请回复R")
    workspace = desk.shop.workspace
    texts = Texts(
        engine=lambda: ENGINE,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
        profile={ENTITY: Profile(goods=(Good("鹅绒被", 19_900),))}.__getitem__,
    )
    assert "PRC-002" in {f.rule_id for f in texts.check(made, None, NOW).findings}
