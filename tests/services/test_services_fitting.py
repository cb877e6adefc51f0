"""Before anything is approved it is told whether a sender's templates give the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.money import Limits, Line, Quote
from campaign_app.domain.signature import FiledTemplate
from campaign_app.services.fitting import BELIEVED, FEW, check_fit, fits, note_templates
from campaign_app.services.money import Spending
from campaign_app.services.situation import Fit
from tests.helpers.shop import NOW
from tests.helpers.staged import KEY, Staged, open_by_day, stage

OTHER = FiledTemplate("T1", "promotion", "approved", text="您的积分即将到期", sends="${name}")


def filed(text: str, sends: str = "${name}", code: str = "T2") -> FiledTemplate:
    return FiledTemplate(code, "promotion", "approved", text=text, sends=sends)


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        yield stage(app)


def note(staged: Staged, *templates: FiledTemplate) -> None:
    note_templates(staged.app.workspace.accounts, staged.account, templates, staged.app.clock())


def told(staged: Staged, campaign_id: int) -> list[tuple[str, str, object]]:
    checks = staged.app.preflights.look(campaign_id).checks
    return [(each.level, each.code, each.facts["names"]) for each in checks if each.key == "fit"]


def test_a_text_that_no_template_gives_is_not_approved_until_one_does(staged: Staged) -> None:
    campaign = staged.screened()
    assert told(staged, campaign.id) == [], "nothing is known of the sender's templates"
    note(staged, OTHER, replace(filed(campaign.body), sends=""))
    shop = staged.app.workspace.accounts.account(staged.account).label
    assert told(staged, campaign.id) == [("block", "template_none", (shop,))]
    assert not staged.app.preflights.look(campaign.id).may_approve
    note(staged, OTHER, filed(campaign.body.replace("{name}", "${name}")))
    assert told(staged, campaign.id) == []
    assert staged.app.preflights.look(campaign.id).may_approve


def test_a_draft_is_told_as_well(staged: Staged) -> None:
    note(staged, OTHER)
    draft = staged.draft()
    assert [level for level, _, _ in told(staged, draft.id)] == ["block"]
    empty = replace(draft, body="")
    staged.app.workspace.campaigns.update(empty, expected=CampaignState.DRAFT)
    assert told(staged, draft.id) == []


def test_those_whom_alone_no_template_fits_are_counted(staged: Staged) -> None:
    store, now = staged.app.workspace.accounts, staged.app.clock()
    note(staged, filed("王先生您好，拒收请回复R"), filed("{1}女士您好，拒收请回复R", "{1}"))
    texts = {1: ["【店】王先生您好，拒收请回复R", "【店】李女士您好，拒收请回复R", "【店】李您好，拒收请回复R", "李"]}
    assert fits(store, texts, {1: staged.account}, now) == {staged.account: Fit(3, 1)}
    assert fits(store, texts, {1: 99, 2: staged.account}, now) == {staged.account: Fit(3, 1)}, "judged by all"
    mine = texts[1][:2] * (FEW // 2)
    assert fits(store, {1: mine, 2: texts[1]}, {1: staged.account, 2: 99}, now) == {staged.account: Fit(FEW, 0)}


def test_the_odd_text_of_the_one_who_was_looked_at_speaks_for_nobody_else(staged: Staged) -> None:
    store, now = staged.app.workspace.accounts, staged.app.clock()
    note(staged, filed("王先生您好，拒收请回复R"))
    texts = {1: ["【店】李您好，拒收请回复R"], 2: ["【店】王先生您好，拒收请回复R"] * 30}
    assert fits(store, texts, {1: staged.account, 2: 99}, now) == {staged.account: Fit(31, 1)}


def test_what_was_read_long_ago_says_nothing(staged: Staged) -> None:
    store, texts, now = staged.app.workspace.accounts, {1: ["【店】正文"]}, staged.app.clock()
    note_templates(store, staged.account, [OTHER], now)
    assert fits(store, texts, {1: staged.account}, now + BELIEVED) == {staged.account: Fit(1, 1)}
    for off in (BELIEVED + timedelta(seconds=1), -BELIEVED - timedelta(seconds=1)):
        assert fits(store, texts, {1: staged.account}, now + off) == {}


def test_a_sender_that_nobody_is_left_for_stands_in_nobodys_way(staged: Staged) -> None:
    seen = staged.app.preflights.look(staged.screened().id).seen
    quote = Quote((Line(99, {1: 5}, None, 0),))
    unfit = replace(seen, fits={staged.account: Fit(5, 5), 98: Fit(5, 5)}, now=NOW)
    assert [each.code for each in check_fit(unfit)] == ["template_none"]
    assert check_fit(replace(unfit, spending=Spending(quote, Limits()))) == ()
