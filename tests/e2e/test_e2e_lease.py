"""A worker that was stopped between its claim and its request, and whose work others have by then: nothing leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_app.clocks import system_clock
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.message import Outcome
from campaign_app.jobs import dispatch
from campaign_app.storage.leasing import Lease
from campaign_app.working import worker_context
from tests.helpers.aliyun_shop import BODY, Workspace, aliyun_shop
from tests.helpers.connected import no_wait
from tests.helpers.sandbox import SandboxProcess

pytestmark = pytest.mark.faults


class Stopped(BaseException):
    """Where the process ends."""


class Stops:
    """The lease of a process that stands still right behind its claim, for an hour."""

    def __init__(self, shop: Workspace, campaign_id: int) -> None:
        self._ledger, self._campaign_id = shop.app.workspace.ledger, campaign_id

    @property
    def claimed(self) -> bool:
        return self._ledger.submission_at(self._campaign_id, 0) is not None

    def now(self) -> float:
        return 3_600.0 if self.claimed else 0.0

    def renew(self, _worker_id: int, _seconds: float) -> datetime | None:
        return None if self.claimed else datetime.now(UTC)


def lost() -> None:
    raise Stopped


def test_a_worker_that_stood_still_past_its_lease_sends_nothing_more(tmp_path: Path) -> None:
    with SandboxProcess(customers=40, seed=5) as sandbox, aliyun_shop(tmp_path / "ws", sandbox) as shop:
        campaign_id = shop.campaign(f"{{name}}{BODY}").id
        workspace, stops = shop.app.workspace, Stops(shop, campaign_id)
        lease = Lease(stops, 7, 15.0, lost, stops.now)
        lease.renew()
        with pytest.raises(Stopped):
            dispatch.run_batch(worker_context(workspace, system_clock, lease=lease), campaign_id, -1)
        assert stops.claimed
        assert list(sandbox.ledger_rows()) == []

        # the next one knows no more than that it may have been sent: it looks, and sends it to nobody
        after = worker_context(workspace, system_clock, pause=no_wait)
        result = dispatch.run_batch(after, campaign_id, -1)
        while result.step is dispatch.Step.ON:
            result = dispatch.run_batch(after, campaign_id, result.after)
        if result.step is dispatch.Step.END:
            dispatch.finish(after, campaign_id)
        first = workspace.ledger.submission_at(campaign_id, 0)
        assert first is not None
        unknown = {row.message_id for row in workspace.ledger.open_rows(first.id)}
        assert unknown == set(workspace.ledger.message_ids(first.id))
        assert not unknown & {row["message_id"] for row in sandbox.ledger_rows()}
        assert workspace.inbox.counts(campaign_id)[Outcome.UNKNOWN.value] in (0, len(unknown))
        assert shop.app.campaigns.get(campaign_id).state in (CampaignState.WAITING, CampaignState.PAUSED)
