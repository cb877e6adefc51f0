"""The durable flows on a server: their state in a schema of its own, and a server that goes away under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import WorkspaceError
from campaign_app.jobs import dispatch, flows, screening
from campaign_app.jobs.stopping import released
from campaign_app.storage.jobs import SqlJobs
from tests.helpers.flowing import Running, stop
from tests.helpers.pg import cluster
from tests.helpers.shop import Shop

DIALECTS = ("postgresql",)


@pytest.fixture
def running(shop: Shop) -> Iterator[Running]:
    running = Running(shop)
    yield running
    stop(1)


@pytest.mark.expects_logs("dbos")
def test_a_server_that_restarts_under_an_import_costs_no_chunk(running: Running) -> None:
    """Nobody has to have the file read again for a moment's trouble."""
    times = Counter[int]()

    def cut(chunk: int) -> None:
        times[chunk] += 1
        if chunk == 1 and times[chunk] == 1:
            raise WorkspaceError("server_unreachable", "The workspace's server cannot be reached")

    running.imports.before = cut
    job = running.run("import", import_id=9, chunks=3)
    assert (job.state, job.error, job.progress) == ("done", "", 3)
    assert (running.imports.chunks, times[1]) == ([(9, 0), (9, 1), (9, 2)], 2)


@pytest.mark.expects_logs("dbos")
def test_a_server_that_restarts_costs_no_screening(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither at its first step nor at its last."""
    for name, code in (("take_snapshot", "server_unreachable"), ("finish_screening", "server_read_only")):
        trouble = WorkspaceError(code, "Away, or a standby that has yet to take over")
        monkeypatch.setattr(screening, name, failing_once(getattr(screening, name), trouble))
    running.shop.add_account(5)
    campaign = running.shop.campaign(state=CampaignState.SCREENING, screened=False)
    assert running.run("screen", campaign_id=campaign.id).result == {"funnel": {"ok": 5}}
    assert running.shop.state(campaign.id) == (CampaignState.SCREENED, "")


@pytest.mark.expects_logs("dbos")
@pytest.mark.parametrize("code", ["server_disk_full", "server_unreachable"])
def test_why_a_job_failed_is_put_down_once_the_server_takes_it(
    running: Running, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Not "a bug", which whoever frees room on the server could do nothing about."""
    running.shop.add_account(5)
    campaign = running.shop.campaign()
    monkeypatch.setattr(dispatch, "run_batches", full)
    trouble = WorkspaceError(code, "Away")
    monkeypatch.setattr(flows, "released", failing_once(released, trouble))
    job = running.run("dispatch", campaign_id=campaign.id)
    assert (job.state, job.error) == ("failed", "server_disk_full")
    assert running.shop.state(campaign.id) == (CampaignState.PAUSED, "server_disk_full")
    assert trouble.__traceback__ is None, "of an hour of tries all are kept, with whatever they hold"


@pytest.mark.expects_logs("dbos")
def test_a_campaign_that_goes_on_while_its_jobs_end_is_tried_again_is_not_stopped_anew(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server took the end, its answer was lost, and a person has let the campaign go on meanwhile."""
    shop, ends = running.shop, SqlJobs.set_state
    shop.add_account(5)
    campaign = shop.campaign()
    stood: list[tuple[CampaignState, str]] = []

    def unheard(store: SqlJobs, job_id: int, state: str, **more: Any) -> None:
        ends(store, job_id, state, **more)
        if state == "failed" and not stood:
            stood.append(shop.state(campaign.id))
            shop.set_state(campaign.id, CampaignState.SENDING)
            raise WorkspaceError("server_unreachable", "Away")

    monkeypatch.setattr(SqlJobs, "set_state", unheard)
    monkeypatch.setattr(dispatch, "run_batches", full)
    job = running.run("dispatch", campaign_id=campaign.id)
    assert (job.state, job.error, stood) == (
        "failed",
        "server_disk_full",
        [(CampaignState.PAUSED, "server_disk_full")],
    )
    assert shop.state(campaign.id)[0] is CampaignState.SENDING


@pytest.mark.expects_logs("dbos")
def test_no_job_waits_for_what_a_server_does_not_mend(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended by whoever finds that its flow is over."""
    running.shop.add_account(5)
    monkeypatch.setattr(dispatch, "run_batches", full)
    monkeypatch.setattr(
        flows, "released", failing_once(released, WorkspaceError("damaged", "The workspace is damaged"))
    )
    with pytest.raises(WorkspaceError) as caught:
        running.run("dispatch", campaign_id=running.shop.campaign().id)
    assert caught.value.code == "damaged"
    (job,) = running.shop.workspace.jobs.open_jobs()
    running.start(job)
    assert running.shop.workspace.jobs.job(job.id).error == "bug"


def full(*_: object) -> None:
    raise WorkspaceError("server_disk_full", "The disk of the workspace's server is full; nothing was changed")


def failing_once(real: Callable[..., Any], trouble: WorkspaceError) -> Callable[..., Any]:
    left = [trouble]

    def fails(*given: Any) -> Any:
        if left:
            raise left.pop()
        return real(*given)

    return fails


@pytest.mark.expects_logs("dbos", "psycopg")
def test_connections_that_are_cut_under_a_sending_lose_and_double_nobody(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "BATCHES_A_STEP", 1)
    shop = running.shop
    account = shop.add_account(40)
    campaign = shop.campaign()
    cuts = ["INSERT INTO ledger_outcome", "INSERT INTO ledger "]

    def cut(connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if cuts and statement.startswith(cuts[-1]):
            cuts.pop()
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            with closing(cluster().admin()) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])

    event.listen(shop.workspace.database.engine, "before_cursor_execute", cut)
    sent = running.run("dispatch", campaign_id=campaign.id)
    assert (sent.state, sent.result) == ("done", {"ended": "end"})
    assert len(shop.reached()) == len(set(shop.reached())) == 40
    assert not cuts
    assert len(shop.gateways[account].submits) == 1, "what was submitted before the cut is looked up, not repeated"
    with shop.workspace.database.read() as connection:
        schemas = connection.exec_driver_sql("SELECT DISTINCT schemaname FROM pg_tables").scalars()
        assert {"campaign_app", "dbos"} <= set(schemas)
