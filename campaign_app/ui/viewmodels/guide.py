"""The guide of the first campaign: which of its steps are done, which is next, and whether it is shown at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.errors import AppError
from campaign_app.domain.ports import Job
from campaign_app.services.first_campaign import FirstCampaign, look
from campaign_app.ui.viewmodels.campaign import CampaignView

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.prefs import Prefs
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.viewmodels.jobs import Jobs

LOOK_MS: Final = 5_000
WAYMARKS: Final = ("connect", "customers", "audience", "content", "screening", "sending")
_BEFORE: Final = frozenset({State.DRAFT, State.SCREENING, State.SCREENED, State.APPROVED})
_SENDING: Final[Mapping[State, str]] = {
    State.SCREENED: "approve",
    State.APPROVED: "schedule",
    State.SCHEDULED: "scheduled",
    State.SENDING: "sending",
    State.PAUSED: "stopped",
    State.WAITING: "stopped",
}


@dataclass(frozen=True, slots=True)
class Lead:
    """What is done of `WAYMARKS`, the one that is next ("" after the last) and, of it, a code for what to do now."""

    done: frozenset[str] = frozenset()
    step: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class GuideState:
    """`found` is None until it was looked, `syncing` whether customers are coming in, `hidden` the user's own wish."""

    found: FirstCampaign | None = None
    syncing: bool = False
    hidden: bool = False

    @property
    def over(self) -> bool:
        """A first campaign was sent: there is nothing to be led to any more."""
        return self.found is not None and self.found.sent

    @property
    def shown(self) -> bool:
        return self.found is not None and not self.found.sent and not self.hidden

    @property
    def lead(self) -> Lead:
        """On the way of the campaign that is furthest."""
        return Lead() if self.found is None else lead_of(self.found, syncing=self.syncing)

    def lead_in(self, view: CampaignView) -> Lead:
        """On the way of a campaign that is open in the editor, whichever that is."""
        if self.found is None:
            return Lead()
        campaign, known = view.campaign, self.found.campaign
        verdict = view.verdict
        if not verdict and known is not None and _judged_alike(known, campaign):
            verdict = self.found.verdict
        if campaign.state is not State.DRAFT and not verdict:
            verdict = "pass"  # its text was judged on the way there, and is again before it leaves
        unread = not view.funnel and campaign.snapshot_size > 0  # what was found is not known here yet
        sent = bool(view.counts.get("accepted"))
        here = replace(self.found, campaign=campaign, verdict=verdict, ready=view.ready > 0 or unread, sent=sent)
        loose = "audience" in view.unkept or view.unfinished > 0
        return lead_of(here, syncing=self.syncing, loose=loose, unkept="text" in view.unkept)


class GuideModel(QObject):
    """`changed` carries a GuideState. `mark` tells this workspace from others; "" where nothing is to be remembered."""

    changed = Signal(object)

    def __init__(
        self, app: App, tasks: Tasks, jobs: Jobs, prefs: Prefs, mark: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._prefs, self._mark = app, tasks, prefs, mark
        self.state = GuideState(hidden=bool(mark) and prefs.is_guide_hidden(mark))
        self._loading = False
        self._watchers: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        jobs.changed.connect(self._jobs_changed)
        jobs.ended.connect(self._job_ended)
        self._jobs_changed(jobs.open)

    def load(self, known: FirstCampaign | None = None) -> None:
        """Once a campaign was sent it was sent: that is asked no more. What is `known` is not judged anew."""
        if self.state.over:
            self._timer.stop()
            return
        self._loading = True
        app = self._app
        self._tasks.run(
            lambda _: look(app.accounts, app.audiences, app.campaigns, known),
            self._loaded,
            failed=self._unread,
            owner=self,
            key="load",
        )

    def look(self) -> None:
        """By the clock: unless it is under way, or nobody wants to see it."""
        if not self._loading and not self.state.hidden:
            self.load(self.state.found)

    def watch(self, who: object, *, seen: bool) -> None:
        """Looks now and again for as long as somebody sees it."""
        if seen:
            self._watchers.add(id(who))
            self._timer.start()
            self.load()
        else:
            self._watchers.discard(id(who))
        if not self._watchers:
            self._timer.stop()

    def hide(self, *, hidden: bool) -> None:
        if self._mark:
            self._prefs.hide_guide(self._mark, hidden=hidden)
        self._become(replace(self.state, hidden=hidden))
        if not hidden:
            self.load()

    def _loaded(self, found: FirstCampaign) -> None:
        self._loading = False
        self._become(replace(self.state, found=found))

    def _unread(self, _: AppError) -> None:
        """The page that shows it reads the same, and says what is the matter."""
        self._loading = False

    def _jobs_changed(self, jobs: tuple[Job, ...]) -> None:
        self._become(replace(self.state, syncing=any(job.kind == "sync" for job in jobs)))

    def _job_ended(self, job: Job) -> None:
        if job.kind != "poll" and self.state.found is not None:
            self.load()

    def _become(self, state: GuideState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def lead_of(found: FirstCampaign, *, syncing: bool = False, loose: bool = False, unkept: bool = False) -> Lead:
    """`loose`: conditions of the audience that are not filled in or could not be saved; `unkept`: a text like that."""
    campaign = found.campaign
    codes = {
        "connect": "" if found.connected else "cut_off" if found.cut_off else "connect",
        "customers": "" if found.customers else "syncing" if syncing else "sync",
        "audience": "loose" if loose else _audience(campaign),
        "content": "unkept" if unkept else _content(campaign, found.verdict),
        "screening": _screening(campaign, ready=found.ready),
        "sending": "" if found.sent else _SENDING.get(campaign.state, "early") if campaign is not None else "early",
    }
    step = next((each for each in WAYMARKS if codes[each]), "")
    return Lead(frozenset(each for each in WAYMARKS if not codes[each]), step, codes.get(step, ""))


def _audience(campaign: Campaign | None) -> str:
    """Everybody is a choice too: whoever goes on to the content has made it."""
    if campaign is None:
        return "new"
    begun = campaign.body.strip() or campaign.signature.strip() or campaign.state is not State.DRAFT
    return "" if campaign.audience.parts or begun else "audience"


def _content(campaign: Campaign | None, verdict: str) -> str:
    if campaign is None or not campaign.body.strip():
        return "no_text"
    if not campaign.signature.strip():
        return "no_signature"
    # on its way it can be changed no more, and is judged batch by batch
    return {"": "judging", "block": "blocked"}.get(verdict, "") if campaign.state in _BEFORE else ""


def _screening(campaign: Campaign | None, *, ready: bool) -> str:
    if campaign is None or campaign.state is State.DRAFT:
        return "failed" if campaign is not None and campaign.state_note not in ("", "by_user") else "screen"
    if campaign.state is State.SCREENING:
        return "running"
    if campaign.state is State.SCREENED and not ready:
        return "nobody"
    return ""


def _judged_alike(one: Campaign, other: Campaign) -> bool:
    return (one.id, one.body, one.signature, one.purpose) == (other.id, other.body, other.signature, other.purpose)
