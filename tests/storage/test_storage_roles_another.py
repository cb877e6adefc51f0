"""Where policy asks for a second person the database holds it too: it knows whose login changes and approves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import event
from storage_roles import OPERATOR, OWNER, REVIEWER, WORKER, Stage, refused, staged
from storage_samples import ENTITY, KEY, NOW

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.errors import NotAllowed, NotFound, NotPermitted
from campaign_app.services.policies import Policies
from tests.helpers.crowd import crowd

DIALECTS = ("postgresql",)
POLICY: Final = "approval_by_another"
APPROVE: Final = (
    "UPDATE campaign SET state = 'approved', approved_hash = 'h', approved_by = session_user, approved_at = 1"
    " WHERE id = %(id)s"
)
CHANGE: Final = "UPDATE campaign SET state = 'draft', body = 'other', edited_by = %(by)s WHERE id = %(id)s"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with crowd(tmp_path_factory.mktemp("crowd") / "ws", KEY) as here, closing(here.open(here.maker)) as workspace:
        yield staged(here, workspace)


@pytest.fixture(scope="module")
def both(stage: Stage) -> tuple[str, str]:
    """Two logins that each may build and approve."""
    here = stage.here
    logins = here.new_login(), here.new_login()
    with here.sql(here.maker) as sql:
        for login in logins:
            for role in (OPERATOR, REVIEWER):
                sql.execute(f'GRANT "{here.database}_team_{role}" TO {login}')
    return logins


@pytest.fixture
def screened(stage: Stage, both: tuple[str, str]) -> Iterator[int]:
    """A campaign of the first login's, screened by the worker."""
    anna = both[0]
    new = Campaign(0, "冬装", ENTITY, "retail", Filter(), signature="安宁", body="上新", edited_by=anna)
    with closing(stage.here.open(anna)) as workspace:
        made = workspace.campaigns.create(new).id
    with closing(stage.here.open(WORKER)) as service:
        service.campaigns.snapshot(made, NOW)
        reasons = {seq: ("ok", stage.fact_id) for seq, _ in service.campaigns.members(made, 0, 9)}
        service.campaigns.set_reasons(made, reasons)
        known = service.campaigns.campaign(made)
        service.campaigns.update(replace(known, state=CampaignState.SCREENED), expected=CampaignState.DRAFT)
    yield made
    ask(stage, "0")


def ask(stage: Stage, value: str) -> None:
    with closing(stage.here.open(OWNER)) as workspace:
        policies = Policies(store=workspace.accounts, clock=lambda: NOW).used_by(workspace.person)
        policies.save({POLICY: value}, actor="window")


def test_who_changed_it_last_is_refused_by_the_database_and_another_is_not(
    stage: Stage, both: tuple[str, str], screened: int
) -> None:
    verdicts = {}
    for value in ("0", "1"):
        ask(stage, value)
        for login in both:
            with stage.here.sql(login) as sql:
                verdicts[value, both.index(login)] = refused(sql, APPROVE, id=screened)
    assert verdicts == {("0", 0): False, ("0", 1): False, ("1", 0): True, ("1", 1): False}


def test_nor_are_warnings_confirmed_by_who_changed_it_last(stage: Stage, both: tuple[str, str], screened: int) -> None:
    with closing(stage.here.open(WORKER)) as service:
        service.campaigns.add_warnings(screened, {"EVA-002": 1})
    ask(stage, "1")
    confirm = "UPDATE campaign_warning SET confirmed_by = session_user, confirmed_at = 1 WHERE campaign_id = %(id)s"
    verdicts = []
    for login in both:
        with stage.here.sql(login) as sql:
            verdicts.append(refused(sql, confirm, id=screened))
    assert verdicts == [True, False]


def test_an_editor_that_no_login_is_known_by_leaves_nobody_to_approve(
    stage: Stage, both: tuple[str, str], screened: int
) -> None:
    ask(stage, "1")
    for unknown in ("", "@anna"):
        with stage.here.sql(stage.here.maker) as sql:
            sql.execute("UPDATE campaign SET edited_by = %s WHERE id = %s", (unknown, screened))
        for login in (*both, stage.here.maker):
            with stage.here.sql(login) as sql:
                assert refused(sql, APPROVE, id=screened), (unknown, login)


def test_nobody_puts_a_change_down_as_another_persons(stage: Stage, both: tuple[str, str], screened: int) -> None:
    anna, bob = both
    with stage.here.sql(anna) as sql:
        assert refused(sql, CHANGE, id=screened, by=bob)
        assert refused(sql, "UPDATE campaign SET edited_by = %(by)s WHERE id = %(id)s", id=screened, by=bob)
        assert refused(sql, "UPDATE campaign SET edited_by = '' WHERE id = %(id)s", id=screened)
    with stage.here.sql(bob) as sql:
        assert refused(sql, CHANGE, id=screened, by=anna)
        assert not refused(sql, CHANGE, id=screened, by=bob)
    with closing(stage.here.open(bob)) as workspace, pytest.raises(NotPermitted):
        workspace.campaigns.create(Campaign(0, "n", ENTITY, "retail", Filter(), edited_by=anna))


def test_only_an_owner_changes_the_policy_and_each_change_is_in_the_audit(stage: Stage, both: tuple[str, str]) -> None:
    ask(stage, "1")
    for login in (*both, stage.here.people[OPERATOR], stage.here.people[REVIEWER]):
        with stage.here.sql(login) as sql:
            assert refused(sql, "UPDATE setting SET value = '0' WHERE name = %(name)s", name=POLICY)
            assert refused(sql, "DELETE FROM setting WHERE name = %(name)s", name=POLICY)
        with closing(stage.here.open(login)) as workspace:
            policies = Policies(store=workspace.accounts, clock=lambda: NOW).used_by(workspace.person)
            with pytest.raises(NotPermitted):
                policies.save({POLICY: "0"}, actor="window")
    ask(stage, "0")
    with closing(stage.here.open(OWNER)) as workspace:
        last = workspace.audit.entries(limit=1)[0]
    owner = stage.here.people[OWNER]
    assert (last.action, last.actor) == ("settings.changed", f"{owner}/window")
    assert last.facts == {"setting": POLICY, "value": 0, "former": 1}


def test_a_builder_deletes_step_by_step_and_nobody_approves_what_is_left(
    stage: Stage, both: tuple[str, str], screened: int
) -> None:
    anna, ben = both
    with closing(stage.here.open(anna)) as mine, closing(stage.here.open(ben)) as theirs:
        members = len(mine.campaigns.members(screened, 0, 9))
        assert members > 1, "else there is one step"
        approved = replace(theirs.campaigns.campaign(screened), state=CampaignState.APPROVED)
        noted, codes = Noted("campaign.approved", ben, NOW), list[str]()

        def between(*_: object) -> None:
            with pytest.raises((NotAllowed, NotFound)) as caught:
                theirs.campaigns.update_confirmed(approved, [], expected=CampaignState.SCREENED, noted=noted)
            codes.append(caught.value.code)

        event.listen(mine.database.engine, "checkin", between)
        mine.campaigns.delete(screened, {CampaignState.SCREENED}, step=1)
        event.remove(mine.database.engine, "checkin", between)
        assert codes == ["campaign_state"] * (members - 1) + ["campaign"]
        with pytest.raises(NotFound):
            mine.campaigns.campaign(screened)
