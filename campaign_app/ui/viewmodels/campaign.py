"""One campaign as the five steps of its editor see it: read in the background, changed in the order of the gestures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.campaign import EDITABLE, Campaign, CampaignState
from campaign_app.domain.errors import AppError, NotFound
from campaign_app.domain.ports import Job
from campaign_app.domain.team import Permission

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

FAST_MS: Final = 500
SLOW_MS: Final = 3_000
ACTOR: Final = "window"
GONE: Final = "campaign"  # code of the error that there is no such campaign
Outcome = Literal["asking", "held", "unknown"]
MOVING: Final = frozenset(
    {CampaignState.SCREENING, CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.CANCELLING}
)


@dataclass(frozen=True, slots=True)
class CampaignView:
    """`funnel` sums to the snapshot, `counts` are the keys of `InboxStore.counts`.

    `fallen` are those of the funnel, by reason, who were ok when it was approved and refused right before they left.

    `job` is what the worker does for it, `unsaved` how many changes are on their way to the workspace. `verdict` is
    what the rules say of the text as it is stored (block, warn, pass), "" while nobody knows. `unfinished` conditions
    of the audience are typed but have no meaning yet, and what is `unkept` (text, audience) could not be saved: neither
    is part of what is stored.
    """

    campaign: Campaign
    funnel: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    job: Job | None = None
    unsaved: int = 0
    verdict: str = ""
    unfinished: int = 0
    unkept: frozenset[str] = frozenset()
    fallen: Mapping[str, int] = field(default_factory=dict)
    held_until: datetime | None = None  # behind a team's server that took over nothing leaves, until then at most
    builds: bool = True  # whether whoever looks may change campaigns at all

    @property
    def editable(self) -> bool:
        """Whether text and audience may still be changed."""
        return self.builds and self.open

    @property
    def open(self) -> bool:
        """The same, by somebody whose role it is."""
        begun = self.counts.get("submitted", 0) + self.counts.get("withheld", 0) > 0
        return self.campaign.state in EDITABLE and not begun

    @property
    def outcome(self) -> Outcome:
        """What it means that a message has none yet: the sender is being asked, it will be, or nobody can tell."""
        state = self.campaign.state
        if self.campaign.may_be_closed:
            return "unknown"
        if self.job is not None or state in (CampaignState.SENDING, CampaignState.CANCELLING):
            return "asking"
        return "held" if state in (CampaignState.PAUSED, CampaignState.WAITING) else "unknown"

    @property
    def ready(self) -> int:
        """How many people may be reached, as screened."""
        return self.funnel.get("ok", 0)

    @property
    def cleared(self) -> int:
        """How many the screening let pass, those included who were refused right before they would have left."""
        return self.ready + sum(self.fallen.values())

    @property
    def withheld(self) -> int:
        """How many were to be reached and were refused right before, by the gate or at the sender's door."""
        return self.counts.get("withheld", 0) + sum(self.fallen.values())


class CampaignModel(QObject):
    """`changed` carries a CampaignView whenever anything of it is different.

    `gone`: it was deleted, in another window where `was_taken`.

    `again` asks whoever holds something that could not be saved to try once more; by itself where the workspace could
    not be read for a while, and nobody changed the campaign meanwhile.
    """

    changed = Signal(object)
    gone = Signal()
    again = Signal()

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, campaign: Campaign, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.view = CampaignView(campaign, builds=app.person.may(Permission.BUILD))
        self._stored = campaign
        self._left: Campaign | None = None  # as it stood when something of it could not be saved
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._loading = False
        self._stopped = False
        self._told = ""
        self._gone = self.was_taken = False
        self._asked: set[str] = set()  # what is on its way: who clicks twice wants it once
        self._judged: tuple[str | int, ...] = ()
        self._set_pace()

    @property
    def id(self) -> int:
        return self.view.campaign.id

    def load(self) -> None:
        """Reads everything again; a newer reading overtakes an older one."""
        self._loading = True
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._unread, owner=self, key="load")

    def stop(self) -> None:
        """No one looks at this campaign any more."""
        self._stopped = True
        self._timer.stop()

    def edit(
        self,
        then: Callable[[], None] | None = None,
        failed: Callable[[], None] | None = None,
        over: Callable[[Campaign], None] | None = None,
        **changes: Any,
    ) -> None:
        """Changes name, purpose, audience, signature or body; what is shown changes at once, and back if it fails.

        `over` is told what stood there right before, once it is replaced.
        """
        if self._gone:
            return
        changed = replace(self.view.campaign, **changes)
        verdict = self.view.verdict if _judged_by(changed) == self._judged else ""
        self._become(replace(self.view, campaign=changed, unsaved=self.view.unsaved + 1, verdict=verdict))
        self._tasks.write(
            lambda _: self._edit(changes, wanted=over is not None),
            lambda edited: self._edited(*edited, then, over),
            failed=lambda error: self._not_saved(error, failed),
            owner=self,
        )

    def mark_unfinished(self, conditions: int) -> None:
        self._become(replace(self.view, unfinished=conditions))

    def mark_unkept(self, what: str, *, on: bool) -> None:
        unkept = self.view.unkept | {what} if on else self.view.unkept - {what}
        self._become(replace(self.view, unkept=unkept))

    def screen(self, *, knowing: bool = False) -> None:
        """`knowing`: a person was told that the approval is void with it."""
        self._do("screen", lambda: self._app.campaigns.screen(self.id, actor=ACTOR, knowing=knowing))

    def stop_screening(self) -> None:
        """A draft again as soon as the worker lets go."""
        self._do("stop_screening", lambda: self._app.campaigns.stop_screening(self.id, actor=ACTOR))

    def approve(self, *, recipients: int, warnings: Collection[str], then: Callable[[], None] | None = None) -> None:
        """`recipients` is the number that a person typed, `warnings` the rule ids that a person confirmed."""
        shown = self.view.campaign
        self._do(
            "approve",
            lambda: self._app.campaigns.approve(
                shown, recipients=recipients, confirmed_warnings=tuple(warnings), actor=ACTOR
            ),
            then,
        )

    def schedule(self, send_at: datetime | None, *, warnings: Collection[str] = ()) -> None:
        """None sends now. `warnings` are the rule ids that a person confirmed for this time."""
        self._do(
            "schedule",
            lambda: self._app.campaigns.schedule(
                self.id, send_at=send_at, confirmed_warnings=tuple(warnings), actor=ACTOR
            ),
        )

    def pause(self) -> None:
        self._do("pause", lambda: self._app.campaigns.pause(self.id, actor=ACTOR))

    def resume(self, *, knowing: bool = False) -> None:
        """`knowing`: a person was told what is not known of one that came with a copy."""
        self._do("resume", lambda: self._app.campaigns.resume(self.id, actor=ACTOR, knowing=knowing))

    def replan(self) -> None:
        self._do("replan", lambda: self._app.campaigns.replan(self.id, actor=ACTOR))

    def cancel(self) -> None:
        self._do("cancel", lambda: self._app.campaigns.cancel(self.id, actor=ACTOR))

    def close_unknown(self) -> None:
        """Ends the asking for messages of which nobody can tell what became."""
        self._do("close_unknown", lambda: self._app.campaigns.close_unknown(self.id, actor=ACTOR))

    def delete(self) -> None:
        """A draft only."""
        self._tasks.write(
            lambda _: self._app.campaigns.delete_draft(self.id, ACTOR),
            lambda _: self._deleted(),
            failed=self._messages.error,
            owner=self,
        )

    def _edit(self, changes: Mapping[str, Any], *, wanted: bool) -> tuple[Campaign | None, Campaign]:
        former = self._app.campaigns.get(self.id) if wanted else None
        return former, self._app.campaigns.edit(self.id, actor=ACTOR, **changes)

    def _edited(
        self,
        former: Campaign | None,
        campaign: Campaign,
        then: Callable[[], None] | None,
        over: Callable[[Campaign], None] | None,
    ) -> None:
        self._saved(campaign, then)
        if over is not None and former is not None:
            over(former)

    def _deleted(self) -> None:
        self.stop()
        self._gone = True
        self.gone.emit()

    def _do(self, what: str, action: Callable[[], Campaign], then: Callable[[], None] | None = None) -> None:
        if what in self._asked:
            return
        self._asked.add(what)
        self._tasks.write(
            lambda _: action(),
            lambda campaign: self._saved(campaign, then, edit=False),
            failed=self._refused,
            ended=lambda: self._asked.discard(what),
            owner=self,
        )

    def _look(self) -> None:
        """By the clock: a slow reading must not be overtaken for ever."""
        if not self._loading:
            self.load()

    def _unread(self, error: AppError) -> None:
        self._loading = False
        if isinstance(error, NotFound):
            self.was_taken = not self._stopped
            self._deleted()
        else:
            self._tell(error)

    def _tell(self, error: AppError) -> None:
        """It looks again by the clock: once said is enough."""
        if error.code != self._told:
            self._told = error.code
            self._messages.error(error)

    def _judge(self) -> None:
        """Asks the rules about a text that they have not seen yet."""
        asked = _judged_by(self.view.campaign)
        if asked == self._judged or self.view.unsaved or not self.view.editable:
            return
        self._judged = asked
        if not all(asked[:2]):
            return
        self._tasks.run(
            lambda _: self._app.campaigns.check(self.id).verdict,
            lambda verdict: self._become(replace(self.view, verdict=verdict)),
            failed=self._tell,
            owner=self,
            key="judge",
        )

    def _read(self) -> CampaignView:
        from campaign_app import bootstrap

        results = self._app.campaigns.results(self.id)
        jobs = (job for job in self._app.jobs.open_jobs() if job.args.get("campaign_id") == self.id)
        sending = results.campaign.state is CampaignState.SENDING
        held = bootstrap.awaited_hosts(self._app) if sending else None
        return CampaignView(
            results.campaign,
            results.funnel,
            results.counts,
            next(jobs, None),
            fallen=results.fallen,
            held_until=None if held is None else held.until,
            builds=self.view.builds,
        )

    def _loaded(self, view: CampaignView) -> None:
        self._loading = False
        as_left, self._told = self._told and view.campaign == self._left, ""
        self._stored = view.campaign
        if self.view.unsaved:  # what is on its way is newer than what was read
            view = replace(view, campaign=self.view.campaign, unsaved=self.view.unsaved)
        verdict = self.view.verdict if _judged_by(view.campaign) == self._judged else ""
        self._become(replace(view, verdict=verdict, unfinished=self.view.unfinished, unkept=self.view.unkept))
        self._judge()
        if as_left and self.view.unkept:
            self.again.emit()

    def _saved(self, campaign: Campaign, then: Callable[[], None] | None, *, edit: bool = True) -> None:
        self._stored, self._left = campaign, None
        unsaved = self.view.unsaved - edit
        # of several changes that are on their way the last one is shown
        shown = replace(self.view.campaign, state=campaign.state) if unsaved else campaign
        self._become(replace(self.view, campaign=shown, unsaved=unsaved))
        self.load()
        if then is not None:
            then()

    def _not_saved(self, error: AppError, failed: Callable[[], None] | None) -> None:
        if not self.view.unkept:
            self._left = self._stored
        if failed is not None:
            failed()  # whoever typed it is told before what is stored takes its place
        unsaved = self.view.unsaved - 1
        shown = self.view.campaign if unsaved else self._stored
        self._become(replace(self.view, campaign=shown, unsaved=unsaved))
        self._refused(error)

    def _refused(self, error: AppError) -> None:
        if error.code != GONE:  # the reading that follows finds it, and whoever holds this model tells it
            self._messages.error(error)
        self.load()

    def _become(self, view: CampaignView) -> None:
        if view == self.view:
            return
        self.view = view
        self._set_pace()
        self.changed.emit(view)

    def _set_pace(self) -> None:
        if self._stopped:
            return
        pace = FAST_MS if self.view.campaign.state in MOVING or self.view.job is not None else SLOW_MS
        if not self._timer.isActive() or self._timer.interval() != pace:
            self._timer.start(pace)


def _judged_by(campaign: Campaign) -> tuple[str | int, ...]:
    """What the rules look at, the text and the signature first; a screening changes whose text is the longest."""
    return campaign.body.strip(), campaign.signature, campaign.purpose, campaign.snapshot_size
