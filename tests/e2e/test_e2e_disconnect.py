"""An account that is disconnected in the midst of a sync: the flow stops, and no page is half there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap, working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.platform import consent_api
from campaign_app.domain.ports import Job
from campaign_app.jobs import launching
from campaign_app.jobs.stores import Context
from campaign_app.jobs.sync import Walk
from tests.helpers.flowing import FakeImport, stop
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.sandbox import SandboxProcess

PAGE = 1_000  # of the client


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=3_500) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    with bootstrap.open_app(fresh_folder(tmp_path / "ws"), MemoryKeeper(KEY)) as opened:
        yield opened


class Disturbed:
    """The store of customers, round whose first page something happens."""

    def __init__(self, customers: Any, happens: Callable[[], object], *, late: bool) -> None:
        self._customers, self._happens, self._late = customers, happens, late
        self.pages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._customers, name)

    def upsert_page(self, *args: Any) -> Any:
        self.pages += bool(args[1])
        if self.pages == 1 and not self._late:
            self._happens()
        stored = self._customers.upsert_page(*args)
        if self.pages == 1 and self._late:
            self._happens()
        return stored


def connect(app: bootstrap.App, sandbox: SandboxProcess) -> int:
    shop = sandbox.shops[0]
    asked = consent_api(base_url=sandbox.url, key_id=shop.key_id, private_key=shop.private_key)
    return app.accounts.connect(asked, actor="test").id


def synced(app: bootstrap.App, context: Context, account: int) -> Job:
    """The job at its end, by the flow that the worker runs."""
    from dbos import DBOS

    from campaign_app.jobs.starting import flow_starter

    launched = launching.launch(context, FakeImport(), app.workspace.flows, lambda _: context)
    job = app.jobs.enqueue("sync", {"account_id": account}, app.clock())
    try:
        flow_starter(context, launched)(job)
        DBOS.retrieve_workflow(f"job-{job.id}").get_result(polling_interval_sec=0.02)
    finally:
        stop(1)
    return app.jobs.job(job.id)


@pytest.mark.parametrize("late", [False, True], ids=["with a page on its way", "with a page just stored"])
def test_a_disconnected_account_ends_its_sync_at_a_whole_page(
    app: bootstrap.App, sandbox: SandboxProcess, late: bool
) -> None:
    account = connect(app, sandbox)
    context = working.worker_context(app.workspace, app.clock)
    store = Disturbed(context.stores.customers, lambda: app.accounts.disconnect(account, actor="test"), late=late)
    disturbed = replace(context, stores=replace(context.stores, customers=store))
    job = synced(app, disturbed, account)
    assert (job.state, job.error) == ("failed", "account_disconnected")
    assert (app.workspace.customers.total(), store.pages) == (PAGE, 1), "one whole page, and none after it"
    walk = Walk.read(app.workspace.accounts.cursor(account, "customers"))
    assert walk is not None
    assert walk.cursor
    assert not walk.ended
    assert app.accounts.synced_at(account) is None
    assert connect(app, sandbox) == account
    again = synced(app, working.worker_context(app.workspace, app.clock), account)
    everybody = app.workspace.customers.total()
    assert everybody > 2 * PAGE
    assert again.result is not None
    assert (again.state, again.result["new"], again.result["rows"]) == ("done", everybody - PAGE, everybody - PAGE)
