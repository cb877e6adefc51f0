"""Policy asks for a second person: whoever changed a campaign last neither approves it nor confirms its warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.team import Editor, Person
from campaign_app.services.campaigns import Campaigns
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import CLEAN, Desk, code_of, open_desk

ANNA, BOB = Person(user="anna"), Person(user="bob")
HOLIDAY = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Used by Anna."""
    for made in open_desk(tmp_path / "ws"):
        made.campaigns = used_by(made, ANNA)
        yield made


def used_by(desk: Desk, person: Person, *, asks: bool = True) -> Campaigns:
    workspace, shop = desk.shop.workspace, desk.shop
    made = Campaigns(
        store=workspace.campaigns, inbox=workspace.inbox, texts=desk.texts, audit=workspace.audit, clock=shop.clock,
        by_another=lambda: asks,
    )  # fmt: skip
    return made.used_by(person)


def approve(desk: Desk, campaign: Campaign, person: Person, *, asks: bool = True) -> Campaign:
    return used_by(desk, person, asks=asks).approve(campaign, recipients=5, actor="window")


def test_who_changed_it_last_does_not_approve_it_and_another_does(desk: Desk) -> None:
    screened = desk.screened()
    with pytest.raises(NotAllowed) as caught:
        approve(desk, screened, ANNA)
    assert (caught.value.code, caught.value.facts) == ("same_person", {"who": "anna"})
    assert desk.campaigns.get(screened.id) == screened
    assert approve(desk, screened, BOB).state is CampaignState.APPROVED


def test_without_the_policy_anybody_may(desk: Desk) -> None:
    assert approve(desk, desk.screened(), ANNA, asks=False).state is CampaignState.APPROVED
    assert used_by(desk, ANNA, asks=False).editor(desk.made()) is None


@pytest.mark.parametrize(
    "change", [{"body": CLEAN + "。"}, {"signature": "安宁"}, {"purpose": "membership"}, {"audience": Filter(())}]
)
def test_whatever_an_approval_covers_makes_its_editor(desk: Desk, change: dict[str, Any]) -> None:
    made = desk.made()
    other = {"audience": Filter((Condition("city", Op.IS, "杭州"),))} if "audience" in change else change
    edited = used_by(desk, BOB).edit(made.id, actor="window", **other)
    assert (made.edited_by, edited.edited_by) == ("@anna", "@bob")
    assert desk.campaigns.get(made.id).edited_by == "@bob"


def test_another_name_or_nothing_new_makes_nobody_its_editor(desk: Desk) -> None:
    screened = desk.screened()
    renamed = used_by(desk, BOB).edit(screened.id, actor="window", name="双十二")
    assert renamed.edited_by == used_by(desk, BOB).edit(screened.id, actor="window", body=CLEAN).edited_by == "@anna"
    assert code_of(lambda: approve(desk, renamed, ANNA)) == "same_person"


def test_whoever_begins_or_copies_a_campaign_is_its_editor(desk: Desk) -> None:
    made = desk.campaigns.create(name="n", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="window")
    copied = used_by(desk, BOB).duplicate(made.id, "m", "window")
    assert [desk.campaigns.editor(each) for each in (made, copied)] == [Editor.MYSELF, Editor.ANOTHER]


def test_of_a_campaign_whose_editor_was_not_put_down_nobody_approves_until_it_is_changed_once(desk: Desk) -> None:
    screened = desk.screened()
    old = replace(screened, edited_by="")
    desk.shop.workspace.campaigns.update(old, expected=CampaignState.SCREENED)
    assert [code_of(lambda p=p: approve(desk, old, p)) for p in (ANNA, BOB, Person())] == ["editor_unknown"] * 3
    edited = desk.campaigns.edit(screened.id, actor="window", body=CLEAN + " ")
    assert desk.campaigns.editor(edited) is Editor.MYSELF
    assert used_by(desk, BOB).editor(edited) is Editor.ANOTHER


def test_warnings_of_the_planned_time_are_confirmed_by_another_person_too(desk: Desk) -> None:
    approved = approve(desk, desk.screened(), BOB)
    confirmed = {"send_at": HOLIDAY, "confirmed_warnings": ["TIM-002"], "actor": "window"}
    assert code_of(lambda: desk.campaigns.schedule(approved.id, **confirmed)) == "same_person"
    assert desk.campaigns.get(approved.id) == approved
    assert used_by(desk, BOB).schedule(approved.id, **confirmed).state is CampaignState.SCHEDULED


def test_without_a_warning_whoever_changed_it_sends_what_another_approved(desk: Desk) -> None:
    approved = approve(desk, desk.screened(), BOB)
    assert desk.campaigns.schedule(approved.id, send_at=None, actor="window").state is CampaignState.SCHEDULED


def test_whoever_changes_it_while_another_looks_at_it_is_not_passed_over(desk: Desk) -> None:
    """Back to the same text, so that what is shown still fits: Bob is by now whoever changed it last."""
    shown, store = desk.screened(), desk.shop.workspace.campaigns
    changed = replace(shown, edited_by="@bob")
    store.update(changed, expected=CampaignState.SCREENED)
    approved = replace(shown, state=CampaignState.APPROVED)
    noted = Noted("campaign.approved", "window", desk.shop.clock())
    with pytest.raises(NotAllowed):
        store.update_confirmed(approved, (), expected=CampaignState.SCREENED, noted=noted)
    assert code_of(lambda: approve(desk, shown, BOB)) == "same_person"
