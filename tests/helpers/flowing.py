"""The durable flows on real DBOS over an encrypted database of its own, for the tests of every kind of job."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from dbos._dbos import _get_dbos_instance, _get_or_create_dbos_registry

from campaign_app.domain.ports import Job
from campaign_app.jobs import launching
from campaign_app.jobs.sharing import WHOLE, Share
from campaign_app.jobs.starting import flow_starter
from tests.helpers.shop import NOW, Shop


class FakeImport:
    def __init__(self) -> None:
        self.chunks: list[tuple[int, int]] = []
        self.left: list[int] = []
        self.before: Callable[[int], None] = lambda _: None

    def apply_chunk(self, import_id: int, chunk: int) -> None:
        self.before(chunk)
        self.chunks.append((import_id, chunk))

    def leave(self, import_id: int) -> None:
        self.left.append(import_id)

    def finish(self, import_id: int) -> Mapping[str, Any]:
        return {"import": import_id, "chunks": len(self.chunks)}


class Running:
    """Launched flows and a way to run a job to its end."""

    def __init__(self, shop: Shop, share: Share = WHOLE) -> None:
        self.shop = shop
        self.imports = FakeImport()
        self.flows = launching.launch(shop.context, self.imports, shop.workspace.flows, lambda _: shop.context, share)
        self.start = flow_starter(shop.context, self.flows, share.executor)

    def run(self, kind: str, **args: Any) -> Job:
        job = self.shop.workspace.jobs.enqueue(kind, args, NOW)
        return self.follow(job)

    def follow(self, job: Job) -> Job:
        self.start(job)
        from dbos import DBOS

        DBOS.retrieve_workflow(f"job-{job.id}").get_result(polling_interval_sec=0.02)
        return self.shop.workspace.jobs.job(job.id)


def stop(seconds: int) -> None:
    """Ends DBOS as the end of a process does: its registry knows a class by one instance per process.

    What was taken over from this very process is done by its database, and yet may be at work here still.
    """
    here, until = _get_dbos_instance()._active_workflows_set, time.monotonic() + seconds
    while here.activeList() and time.monotonic() < until:
        time.sleep(0.01)
    launching.stop(seconds)
    _get_or_create_dbos_registry().instance_info_map.clear()
