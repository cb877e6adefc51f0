"""Which work of a team's workspace waits because no worker takes it, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.ports import Job
from campaign_app.jobs.sharing import queue_of
from campaign_app.storage.leases import AtWork, other_version

# a worker that begins, or takes the place of another one, needs some seconds
PATIENCE: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`jobs` of a queue (`jobs.sharing.QUEUES`) for which there is no worker.

    `files`: they need the files of one machine, `here` or another; any worker would do for the others.
    """

    queue: str
    jobs: int
    since: datetime
    files: bool = False
    here: bool = False

    @property
    def elsewhere(self) -> bool:
        return self.files and not self.here


@dataclass(frozen=True, slots=True)
class Takers:
    """Who takes what: the workers at work, and by queue when the last one that took it ended."""

    at_work: tuple[AtWork, ...]
    ended: Mapping[str, datetime]

    def require(self, version: str) -> None:
        """Raises WorkspaceError `other_version`: the tables may be others by now than whoever is open took them for."""
        for each in self.at_work:
            if each.version != version:
                raise other_version(each.version, version)

    def see(self, place: str) -> bool:
        """Whether any of them imports the files of this machine."""
        return any("import" in each.queues and each.host == place for each in self.at_work)

    def takes(self, job: Job) -> bool:
        place = job.args.get("place", "")
        return any(queue_of(job.kind) in each.queues and place in ("", each.host) for each in self.at_work)


def waiting(jobs: Iterable[Job], takers: Takers, now: datetime, place: str) -> tuple[Waiting, ...]:
    """Of the open `jobs`; `place` is this machine's."""
    found: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        if not takers.takes(job):
            found.setdefault((queue_of(job.kind), job.args.get("place", "")), []).append(job)
    told = []
    for (queue, where), some in found.items():
        asked = min((job.queued_at for job in some if job.queued_at is not None), default=now)
        ended = takers.ended.get(queue, asked)
        # by the server's clock, which may be hours ahead of ours: nobody would hear of it until then
        since = max(asked, ended) if ended - now < PATIENCE else asked
        told.append(Waiting(queue, len(some), since, bool(where), where == place))
    return tuple(each for each in told if now - each.since >= PATIENCE)


def waits_here(jobs: Iterable[Job], takers: Takers, place: str) -> bool:
    """Whether a job needs the files of this machine, whose worker there is none."""
    return any(job.args.get("place", "") == place and not takers.takes(job) for job in jobs)
