"""Work that a person has the worker do: only what their role allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaign_app.domain.campaign import Released
from campaign_app.domain.ports import Job, JobStore
from campaign_app.domain.team import ASKED_BY_PEOPLE, Permission, Person


@dataclass(frozen=True, slots=True)
class AskedJobs:
    """Implements `domain.ports.JobStore` for whoever is no worker; putting down and ending a job raise NotPermitted."""

    store: JobStore
    person: Person

    def enqueue(self, kind: str, args: Mapping[str, Any], at: datetime) -> Job:
        self._require(kind)
        return self.store.enqueue(kind, args, at)

    def set_state(
        self,
        job_id: int,
        state: str,
        *,
        error: str = "",
        result: Mapping[str, Any] | None = None,
        released: Released | None = None,
    ) -> None:
        self._require(self.store.job(job_id).kind)
        self.store.set_state(job_id, state, error=error, result=result, released=released)

    def set_progress(self, job_id: int, progress: int, total: int) -> None:
        self.person.require(Permission.WORK)
        self.store.set_progress(job_id, progress, total)

    def forget(self, job_ids: Sequence[int]) -> None:
        self.person.require(Permission.WORK)
        self.store.forget(job_ids)

    def job(self, job_id: int) -> Job:
        return self.store.job(job_id)

    def open_jobs(self) -> tuple[Job, ...]:
        return self.store.open_jobs()

    def newest(self) -> int:
        return self.store.newest()

    def put_down_since(self, job_id: int) -> tuple[Job, ...]:
        return self.store.put_down_since(job_id)

    def ended_jobs(self, limit: int, *, kind: str | None = None) -> tuple[Job, ...]:
        return self.store.ended_jobs(limit, kind=kind)

    def ended(self, before: datetime, limit: int, *, kind: str | None = None) -> tuple[int, ...]:
        return self.store.ended(before, limit, kind=kind)

    def _require(self, kind: str) -> None:
        if not self.person.may(Permission.WORK):
            self.person.require(ASKED_BY_PEOPLE.get(kind, Permission.WORK))
