"""The flows of a worker that ended go on elsewhere, and what it still does itself counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from dbos import DBOS

from campaign_app.domain.campaign import CampaignState
from campaign_app.jobs import flows
from campaign_app.jobs.sharing import Share, place_of
from campaign_app.jobs.starting import flow_starter
from campaign_app.jobs.takeover import take_over
from tests.helpers.flowing import Running, stop
from tests.helpers.shop import NOW, Shop

pytestmark = pytest.mark.faults

MINE = Share("worker-1", frozenset({"import", "send"}), 8, place="here")


@pytest.fixture
def running(shop: Shop) -> Iterator[Running]:
    running = Running(shop, MINE)
    yield running
    stop(1)


def nobody(_job_id: int) -> None:
    """Of a job that is forgotten."""


def flow_of(job_id: int) -> Any:
    return DBOS.get_workflow_status(f"job-{job_id}")


@pytest.mark.expects_logs("dbos")
def test_a_flow_of_a_worker_that_ended_is_done_by_another_one(running: Running) -> None:
    begun, go_on = Event(), Event()

    def before(_: int) -> None:
        if not begun.is_set():
            begun.set()
            go_on.wait(60)

    running.imports.before = before
    job = running.shop.workspace.jobs.enqueue("import", {"import_id": 4, "chunks": 2}, NOW)
    running.start(job)
    assert begun.wait(30)
    take_over(lambda: {"worker-1"}, lambda _: "import")
    take_over(lambda: {"worker-2"}, nobody)
    assert flow_of(job.id).status == "PENDING", "whose worker lives, or whose job is forgotten, is left alone"

    take_over(lambda: {"worker-2"}, lambda _: "import")
    DBOS.retrieve_workflow(f"job-{job.id}").get_result(polling_interval_sec=0.02)
    assert running.imports.chunks == [(4, 0), (4, 1)], "by the second, while the first stood still"
    assert running.shop.workspace.jobs.job(job.id).result == {"import": 4, "chunks": 2}

    go_on.set()  # the first goes on: its step runs, and that is all
    done = running.follow(running.shop.workspace.jobs.enqueue("import", {"import_id": 5, "chunks": 1}, NOW))
    assert done.state == "done"
    assert running.imports.chunks.count((4, 1)) == 1
    assert running.shop.workspace.jobs.job(job.id).result == {"import": 4, "chunks": 2}
    take_over(lambda: pytest.fail("nobody is asked for where nothing is under way"), nobody)


def test_a_flow_of_another_worker_is_not_missed_here(running: Running) -> None:
    begun, go_on = Event(), Event()

    def before(_: int) -> None:
        begun.set()
        go_on.wait(60)

    running.imports.before = before
    job = running.shop.workspace.jobs.enqueue("import", {"import_id": 4, "chunks": 1}, NOW)
    running.start(job)
    assert begun.wait(30)
    running.flows.active.clear()
    other = flow_starter(running.shop.context, running.flows, "worker-2")
    other(job)
    running.shop.clock.advance(60)
    other(job)
    go_on.set()
    assert running.follow(job).state == "done"


@pytest.mark.expects_logs("dbos")
def test_an_import_goes_on_at_a_worker_of_its_machine(running: Running) -> None:
    begun, stopped = Event(), Event()

    def before(_: int) -> None:
        if not begun.is_set():
            begun.set()
            stopped.wait(60)

    running.imports.before = before
    job = running.shop.workspace.jobs.enqueue("import", {"import_id": 6, "chunks": 1, "place": "here"}, NOW)
    running.start(job)
    assert begun.wait(30)
    take_over(lambda: {"worker-2"}, lambda _: place_of(job))
    DBOS.retrieve_workflow(f"job-{job.id}").get_result(polling_interval_sec=0.02)
    assert running.shop.workspace.jobs.job(job.id).state == "done"
    stopped.set()


@pytest.mark.expects_logs("dbos")
@pytest.mark.parametrize(
    ("meanwhile", "ended", "reached"),
    [(CampaignState.SENDING, "end", 6), (CampaignState.CANCELLING, "stopped", 0)],
)
def test_a_part_of_a_sending_goes_on_with_it_or_ends_with_it(
    running: Running, meanwhile: CampaignState, ended: str, reached: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is a flow of its own, which has an executor of its own."""
    monkeypatch.setattr(flows, "BATCHES_A_STEP", 1)
    shop, begun, stopped = running.shop, Event(), Event()
    account = shop.add_account(6)
    campaign = shop.campaign()

    def before() -> None:
        if not begun.is_set():
            begun.set()
            stopped.wait(60)

    shop.gateways[account].before_submit = before
    job = shop.workspace.jobs.enqueue("dispatch", {"campaign_id": campaign.id}, NOW)
    running.start(job)
    assert begun.wait(30)
    (part,) = (
        each.workflow_id for each in DBOS.list_workflows(status="PENDING") if each.workflow_id != f"job-{job.id}"
    )
    assert part.startswith(f"job-{job.id}-")
    shop.set_state(campaign.id, meanwhile)
    take_over(lambda: {"worker-2"}, lambda _: "send")
    DBOS.retrieve_workflow(f"job-{job.id}").get_result(polling_interval_sec=0.02)
    assert shop.workspace.jobs.job(job.id).result == {"ended": ended}
    assert DBOS.get_workflow_status(part).status == "SUCCESS"
    assert not DBOS.list_workflows(status=["PENDING", "ENQUEUED"]), "none is left behind"
    everybody = shop.gateways[account].everybody()
    assert len(everybody) == len(set(everybody)) == reached
    stopped.set()  # the first goes on, in a process that ends by then: nothing that it does is asked for
