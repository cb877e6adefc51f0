"""A plan for a peak on a staged workspace, and a campaign of it that is being sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.peak import Duty, Plan, Wish
from campaign_app.services.peaks import Looked
from campaign_app.services.window import BEIJING
from tests.helpers.staged import Staged


def today(staged: Staged) -> date:
    return staged.app.clock().astimezone(BEIJING).date()


def wish(staged: Staged, *, days: int = 1, duty: tuple[Duty, ...] = (Duty("王丽", "总值班 09:00–22:00"),)) -> Wish:
    first = today(staged)
    return Wish("双十一", first, first + timedelta(days=days), (), duty)


def plan(staged: Staged) -> Plan:
    return staged.app.peaks.add(wish(staged), actor="王")


def state_of(looked: Looked, key: str) -> tuple[str, str]:
    found = next(item for item in looked.items if item.key == key)
    return found.state, found.code


def at_work(staged: Staged) -> Campaign:
    """A campaign that a live worker is sending."""
    made = staged.approved()
    staged.app.campaigns.schedule(made.id, send_at=None, actor="李")
    staged.shop.set_state(made.id, CampaignState.SENDING)
    jobs = staged.app.workspace.jobs
    jobs.set_state(jobs.enqueue("dispatch", {"campaign_id": made.id}, staged.app.clock()).id, "running")
    staged.beat()
    return staged.app.campaigns.get(made.id)


def send_until(staged: Staged, campaign: Campaign, pressed: Callable[[], object], *, batch: int, nth: int = 1) -> None:
    """In batches of `batch`; `pressed` is called while the `nth` is handed over. Its job ends as a worker ends it."""
    shop, submits = staged.shop, list[int]()

    def during() -> None:
        submits.append(1)
        if len(submits) == nth:
            pressed()

    shop.gateways[staged.account].before_submit = during
    shop.clock.now = staged.app.clock()
    shop.context = replace(shop.context, clock=staged.app.clock, batch=batch)
    shop.run(campaign.id)
    shop.gateways[staged.account].before_submit = None
    jobs = staged.app.workspace.jobs
    for job in jobs.open_jobs():
        jobs.set_state(job.id, "done")
