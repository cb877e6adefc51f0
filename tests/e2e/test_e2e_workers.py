"""Several workers at once on a team's workspace: killed, stopped past their lease, told to end. Nobody is lost."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from tests.helpers.crew import GOOD, LEASE, Crew, crew_of
from tests.helpers.kannel_box import free_ports
from tests.helpers.merchant import KEY, KeptKeeper, open_merchant
from tests.helpers.pg import team_folder
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.way import new_way

pytestmark = [pytest.mark.faults, pytest.mark.slow]
# the work of a worker is elsewhere within so many seconds of its lease's end; a machine at rest needs one or two
BACK = 5.0
# as far as a machine that is busy with other tests may be behind
BUSY = 10.0
# of a lease, and from when the oldest worker hears of its server again until the other one does
USUAL, LATER = 15, 1.0


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with (
        SandboxProcess(customers=130, seed=3) as sandbox,
        team_folder(tmp_path / "host", KEY, KeptKeeper.kind) as folder,
    ):
        merchant = open_merchant(folder, sandbox, batch_size=2, opened=bootstrap.open_app, keeper=KeptKeeper(KEY))
        with crew_of(merchant) as crew:
            yield crew


def over_after(crew: Crew, campaign_id: int, left: object) -> float:
    """Seconds until the campaign is at another worker than `left`."""
    began = time.monotonic()
    state = crew.merchant.app.campaigns.get
    crew.merchant.until(
        lambda: crew.sender_of(campaign_id) not in (None, left) or state(campaign_id).state is CampaignState.DONE
    )
    return time.monotonic() - began


def test_workers_that_are_killed_stopped_and_ended_cost_nobody_a_message_and_double_none(crew: Crew) -> None:
    crew.start_all(2)
    crew.merchant.connect()
    campaign_id = crew.merchant.new_campaign().id

    killed = crew.sending(campaign_id)
    crew.kill(killed)
    assert over_after(crew, campaign_id, killed) - LEASE < BACK + BUSY

    crew.reinforce(campaign_id)
    stopped = crew.sending(campaign_id)
    stopped.send_signal(signal.SIGSTOP)
    assert over_after(crew, campaign_id, stopped) - LEASE < BACK + BUSY
    (port,) = free_ports(1)
    crew.reinforce(campaign_id, "--health-port", str(port), lease=300)
    stopped.send_signal(signal.SIGCONT)
    assert crew.end(stopped) == 75, "it asks for a new process, in which it is another worker"

    ending = crew.sending(campaign_id)
    with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        said = json.load(answer)
    assert (len(said["queues"]), said["lease_seconds"] > 200) == (6, True)
    ending.send_signal(signal.SIGTERM)
    assert crew.end(ending) == 0
    assert over_after(crew, campaign_id, ending) < BACK + BUSY, "its lease was given back"
    assert crew.finish(campaign_id) == GOOD
    assert crew.merchant.app.workspace.inbox.counts(campaign_id)["unknown"] == 0


def test_a_server_that_was_away_from_all_for_longer_than_a_lease_ends_nobody(crew: Crew) -> None:
    crew.apart = new_way
    for _ in range(2):
        crew.start(lease=USUAL)
    crew.merchant.connect()
    campaign_id = crew.merchant.new_campaign().id
    crew.sending(campaign_id)
    for way in crew.ways.values():
        way.cut()
    time.sleep(USUAL + 2)
    for way in crew.ways.values():
        way.heal(drop=True)
        time.sleep(LATER)
    assert crew.finish(campaign_id) == GOOD
    assert [each.poll() for each in crew.workers] == [None, None], "both go on as they are"


def test_a_pause_holds_at_every_worker_after_the_batch_under_way(crew: Crew) -> None:
    crew.start_all(2)
    crew.merchant.connect()
    app, counts = crew.merchant.app, crew.merchant.app.workspace.inbox.counts
    both = [crew.merchant.new_campaign(name).id for name in ("一", "二")]
    for each in both:
        crew.sending(each)
        app.campaigns.pause(each, actor="test")
    paused = [counts(each)["submitted"] for each in both]
    crew.merchant.until(lambda: not [job for job in app.jobs.open_jobs() if job.kind == "dispatch"])
    assert all(counts(each)["submitted"] - was <= 2 for each, was in zip(both, paused, strict=True)), "one batch"
    assert [app.campaigns.get(each).state for each in both] == [CampaignState.PAUSED] * 2
    assert crew.merchant.sandbox.ledger()["doubled"] == 0
