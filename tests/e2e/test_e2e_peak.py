"""A drill on a campaign that a real worker sends to the sandbox: how long it takes, and what left after the command."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from campaign_app.cli.follow import follow_campaign, wait_for_job
from campaign_app.demo import BODY, add_campaign, begin_sandbox, connect_shops, open_demo
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.peak import Result, Wish
from campaign_app.processes import begin_worker, greet, hand_over
from campaign_app.services.window import BEIJING
from tests.helpers.fresh import KEY

BATCH, STEP = 3, 0.02


@pytest.mark.slow
def test_everything_stops_within_a_batch_and_then_goes_on(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ready = stack.enter_context(begin_sandbox(customers=250, seed=1, faults="none"))
        worker = stack.enter_context(begin_worker(tmp_path / "workspace"))
        app = open_demo(stack, tmp_path / "workspace", KEY, made=partial(hand_over, worker, KEY))
        greet(worker)
        sandbox = ready()
        sandbox.shift_clock(app.offset)
        for job_id in connect_shops(app, sandbox):
            wait_for_job(app, job_id, seconds=120)
        app.policies.save({"batch_size": str(BATCH)}, actor="王")
        made = add_campaign(app, sandbox, "双十一", BODY)
        app.campaigns.screen(made.id, actor="王")
        follow_campaign(app, made.id, {CampaignState.SCREENING}, quiet=True)
        funnel, warned = app.campaigns.funnel(made.id), app.campaigns.warnings(made.id)
        shown = app.campaigns.get(made.id)
        app.campaigns.approve(shown, recipients=funnel["ok"], confirmed_warnings=warned, actor="王")
        today = app.clock().astimezone(BEIJING).date()
        plan = app.peaks.add(Wish("双十一", today, today + timedelta(days=1)), actor="王")
        now = app.campaigns.warnings(made.id, app.clock())
        app.campaigns.schedule(made.id, send_at=None, confirmed_warnings=now, actor="王")
        while app.workspace.inbox.counts(made.id)["accepted"] < BATCH:
            app.wait(STEP)
        pause = app.peaks.pause_all(plan.id, drill=True, actor="王")
        while (seen := app.peaks.follow(pause.id, actor="王")).result is Result.WATCHING:
            app.wait(STEP)
        assert seen.result is Result.STOPPED, seen
        assert seen.messages + seen.left <= BATCH
        assert seen.seconds is not None
        assert app.campaigns.get(made.id).state is CampaignState.PAUSED
        taken, counts = sandbox.ledger()["accepted"], app.workspace.inbox.counts(made.id)
        assert taken == counts["submitted"] - counts["rejected"] - seen.left, "the sandbox took what the ledger says"
        assert taken < funnel["ok"], "it was stopped on its way"
        assert app.peaks.resume(pause.id, actor="王").pause.resumed == (made.id,)
        follow_campaign(app, made.id, {CampaignState.SENDING}, quiet=True)
        ledger, counts = sandbox.ledger(), app.workspace.inbox.counts(made.id)
        assert (ledger["doubled"], ledger["unconfirmed"], ledger["accepted"]) == (
            0,
            0,
            counts["submitted"] - counts["rejected"],
        )
        assert counts["submitted"] > taken, "the others got theirs afterwards"
