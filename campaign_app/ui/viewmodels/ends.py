"""The end of long work, for a notice of the system: whoever waits for it does something else meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.ports import Job

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.viewmodels.jobs import Jobs

LONG_SECONDS: Final = 15.0  # what is over sooner was waited for; hourly syncs mostly are
PLACES: Final = {"sync": "customers", "import": "customers", "screen": "campaigns", "dispatch": "campaigns"}
_TOLD: Final = frozenset({"done", "failed"})


@dataclass(frozen=True, slots=True)
class Ended:
    """`name` is the campaign's, "" where it is about none; `page` and `what` are where it can be seen."""

    kind: str
    done: bool
    name: str
    page: str
    what: int | None


class Ends(QObject):
    """`told` carries an Ended for work that took long while nobody looked: `active` says whether somebody does."""

    told = Signal(object)

    def __init__(
        self,
        app: App,
        tasks: Tasks,
        jobs: Jobs,
        active: Callable[[], bool],
        now: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._active, self._now = app, tasks, active, now
        self._since: dict[int, float] = {}
        jobs.changed.connect(self._changed)
        jobs.ended.connect(self._ended)

    def _changed(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            if job.kind in PLACES:
                self._since.setdefault(job.id, self._now())

    def _ended(self, job: Job) -> None:
        since = self._since.pop(job.id, None)
        long = since is not None and self._now() - since >= LONG_SECONDS
        if not long or job.state not in _TOLD or self._active():
            return
        campaign = job.args.get("campaign_id")
        what = campaign if isinstance(campaign, int) else None
        ended = partial(Ended, job.kind, job.state == "done", page=PLACES[job.kind], what=what)
        if what is None:
            self.told.emit(ended(name=""))
            return
        self._tasks.run(
            lambda _: self._app.campaigns.get(what).name,
            lambda name: self.told.emit(ended(name=name)),
            failed=lambda _error: self._without_a_name(ended),
            owner=self,
        )

    def _without_a_name(self, ended: Callable[..., Ended]) -> None:
        self.told.emit(ended(name=""))
