"""What one of several workers of a workspace takes of its jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.ports import Job

# by queue the kinds of jobs that stand in it
QUEUES: Final[Mapping[str, tuple[str, ...]]] = {
    "send": ("dispatch", "reconcile", "test"),
    "screen": ("screen",),
    "sync": ("sync", "changes"),
    "poll": ("poll", "tell"),
    "import": ("import",),
    "lookback": ("lookback",),
}
_QUEUE_OF: Final = {kind: queue for queue, kinds in QUEUES.items() for kind in kinds}
# the executor of a workspace that has one worker at a time
ALONE: Final = "local"


def queue_of(kind: str) -> str:
    return _QUEUE_OF[kind]


def place_of(job: Job) -> str:
    """Where a flow of this job stands to be taken over: its queue, and whose files it needs where it needs any."""
    place = job.args.get("place", "")
    return f"{queue_of(job.kind)}-{place}" if place else queue_of(job.kind)


def _always() -> bool:
    return True


def _nothing(_place_of: Callable[[int], str | None]) -> None:
    """Of a worker that is alone: DBOS recovers what an earlier one left as it starts."""


@dataclass(frozen=True, slots=True)
class Share:
    """`leads`: whether this worker is the one that begins what is due, and hands over what others left (`take_over`).

    `concurrency`: jobs of a queue at a time, where there is a limit; what is taken over comes on top. `active` are the
    jobs that run in this process. `crowd` is told how many campaigns wait for a place. `place`: of the machine, which
    alone sees the files of an import that was begun there.
    """

    executor: str = ALONE
    queues: frozenset[str] = frozenset(QUEUES)
    concurrency: int | None = None
    leads: Callable[[], bool] = _always
    active: Callable[[], Collection[int]] = tuple
    take_over: Callable[[Callable[[int], str | None]], object] = _nothing
    crowd: Callable[[int], object] = bool
    place: str = ""

    @property
    def alone(self) -> bool:
        return self.executor == ALONE

    def takes(self, job: Job) -> bool:
        return queue_of(job.kind) in self.queues and (self.alone or job.args.get("place", self.place) == self.place)

    @property
    def places(self) -> tuple[str, ...]:
        """What it takes over."""
        files = (f"import-{self.place}",) if "import" in self.queues and self.place else ()
        return (*sorted(self.queues), *files)

    def rooms(self, jobs: Sequence[Job]) -> dict[str, int]:
        """By queue, how many more of these open jobs this worker may begin."""
        rooms = dict.fromkeys(self.queues, len(jobs) if self.concurrency is None else self.concurrency)
        active = self.active() if self.concurrency is not None else ()
        for job in jobs:
            if job.id in active and queue_of(job.kind) in rooms:
                rooms[queue_of(job.kind)] -= 1
        return rooms


WHOLE: Final = Share()
