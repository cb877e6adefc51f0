"""How fast work goes and how long it still takes, from what was seen of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from campaign_app.services.campaigns import UNSCREENED
from campaign_app.ui.viewmodels.campaign import CampaignView

WINDOW: Final = timedelta(seconds=15)
LEAST: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """`per_second` and `seconds_left` are None while too little was seen to tell."""

    done: int
    total: int
    per_second: float | None = None
    seconds_left: float | None = None


class Pace:
    """Remembers how far the work was in the last seconds; what goes backwards is other work."""

    def __init__(self, window: timedelta = WINDOW) -> None:
        self._window = window
        self._seen: deque[tuple[datetime, int]] = deque()

    def forget(self) -> None:
        self._seen.clear()

    def see(self, at: datetime, done: int, total: int) -> Progress:
        if self._seen and (done < self._seen[-1][1] or at < self._seen[-1][0]):
            self._seen.clear()
        self._seen.append((at, done))
        # one sample older than the window is kept, so that the window is always covered
        while len(self._seen) > 2 and at - self._seen[1][0] >= self._window:
            self._seen.popleft()
        first_at, first = self._seen[0]
        if at - first_at < LEAST or done == first:
            return Progress(done, total)
        rate = (done - first) / (at - first_at).total_seconds()
        return Progress(done, total, rate, max(0, total - done) / rate)


@dataclass(frozen=True, slots=True)
class Run:
    """How far a sending is: of `total` people `handled` were decided, `submitted` of them handed over."""

    total: int
    handled: int
    submitted: int
    accepted: int
    rejected: int
    unknown: int
    withheld: int

    @property
    def left(self) -> int:
        return max(0, self.total - self.handled)


def screened_of(view: CampaignView) -> tuple[int, int]:
    """How many were judged, and of how many; nobody of nobody while the audience is still being frozen.

    Until then the funnel is that of a former screening; from then on it knows of every chunk, the job of several.
    """
    if view.job is None or not view.job.total:
        return 0, 0
    judged = sum(view.funnel.values()) - view.funnel.get(UNSCREENED, 0)
    return min(max(view.job.progress, judged), view.job.total), view.job.total


def run_of(view: CampaignView) -> Run:
    counts, withheld = view.counts, view.withheld
    submitted = counts.get("submitted", 0)
    handled = submitted + withheld
    total = max(view.cleared, handled)
    return Run(
        total, handled, submitted, counts.get("accepted", 0), counts.get("rejected", 0),
        counts.get("unknown", 0), withheld,
    )  # fmt: skip
