"""A team at work: an owner connects, an operator builds, a reviewer approves, and the worker alone sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap, membership
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import AppError, NotPermitted
from campaign_app.domain.team import Role
from tests.helpers.crowd import Crowd, crowd
from tests.helpers.merchant import KEY, Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess

pytestmark = pytest.mark.slow


@dataclass
class Team:
    here: Crowd
    merchant: Merchant
    apps: dict[Role, bootstrap.App]

    def of(self, role: Role) -> Merchant:
        """What this person does with their own desktop."""
        return replace(self.merchant, app=self.apps[role])


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with (
        SandboxProcess(customers=40, seed=3) as sandbox,
        crowd(tmp_path / "ws", KEY) as here,
        ExitStack() as stack,
    ):
        maker = open_merchant(here.folder, sandbox, opened=bootstrap.open_app)
        stack.enter_context(maker.app)
        offset = timedelta(seconds=maker.offset_seconds)

        def opened(role: Role) -> bootstrap.App:
            folder = here.folder_of(here.people[role])
            return stack.enter_context(bootstrap.open_app(folder, MemoryKeeper(KEY), offset=offset))

        merchant = replace(maker, folder=here.folder_of(here.people[Role.WORKER]))
        yield Team(here, merchant, {role: opened(role) for role in Role})
        if merchant.worker is not None:
            merchant.stop_worker()


def test_each_does_what_is_theirs_and_nobody_else_does(team: Team) -> None:
    operator, reviewer, owner = (team.of(role) for role in (Role.OPERATOR, Role.REVIEWER, Role.OWNER))
    for desktop in (operator, reviewer, owner):
        with pytest.raises(AppError) as caught:
            bootstrap.start_worker_for(desktop.app)
        assert caught.value.code == "worker_elsewhere"
    with pytest.raises(NotPermitted):
        operator.connect()
    team.merchant.start_worker()
    assert not bootstrap.start_worker_for(operator.app).own, "there is one by now"
    owner.connect()

    with pytest.raises(NotPermitted):
        owner.new_campaign()
    made = operator.new_campaign().id
    campaigns = operator.app.campaigns
    operator.until(lambda: campaigns.get(made).state is CampaignState.SCREENED)
    ready, warned = campaigns.funnel(made)["ok"], campaigns.warnings(made)
    with pytest.raises(NotPermitted) as refused:
        campaigns.approve(campaigns.get(made), recipients=ready, confirmed_warnings=warned, actor="window")
    assert refused.value.facts["roles"] == "reviewer"
    reviewer.app.campaigns.approve(campaigns.get(made), recipients=ready, confirmed_warnings=warned, actor="window")
    who = reviewer.app.person.login
    for change, said in ((membership.revoke, {"approver_left"}), (membership.grant, set[str]())):
        change(team.merchant.app, who, Role.REVIEWER, actor="test")
        checks = operator.app.preflights.look(made).checks
        assert {each.code for each in checks if each.key == "approval"} == said
    whoever = reviewer if campaigns.warnings(made, operator.app.clock()) else operator  # of this very hour
    whoever.go_on(made)
    operator.until(lambda: campaigns.get(made).state is CampaignState.DONE)

    sent = team.merchant.sandbox.ledger()
    assert (sent["doubled"], sent["unconfirmed"]) == (0, 0)
    assert campaigns.results(made).counts["submitted"] == ready
    assert operator.app.evidence.verified().compared.rows > ready
    by = {entry.action: entry.actor for entry in operator.app.workspace.audit.entries(limit=10_000)}
    people = team.here.people
    assert by["account.connected"] == f"{people[Role.OWNER]}/test"
    assert by["campaign.created"] == f"{people[Role.OPERATOR]}/test"
    assert by["batch.claimed"] == f"{people[Role.WORKER]}/worker"
    assert by["campaign.approved"] == f"{people[Role.REVIEWER]}/window"
    assert campaigns.get(made).approved_by == f"{people[Role.REVIEWER]}/window"

    job = operator.app.jobs.enqueue("poll", {"account_id": 1}, operator.app.clock())
    assert job.asked_by == people[Role.OPERATOR]
    operator.until(lambda: operator.app.jobs.job(job.id).state == "done")
