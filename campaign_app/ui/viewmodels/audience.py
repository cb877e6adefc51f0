"""The audience of a campaign while it is put together: what is typed here is what the campaign has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import Signal

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import EDITABLE, UNAPPROVED, Campaign
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.conditions import ConditionsModel, ConditionsState

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

SAVE_MS: Final = 600
LOCKED: Final = EDITABLE - UNAPPROVED  # changed only on purpose


@dataclass(frozen=True, slots=True)
class AudienceState(ConditionsState):
    """`unkept` says that the conditions could not be saved; they stay as they were typed."""

    unlocked: bool = False
    unkept: bool = False


class AudienceModel(ConditionsModel):
    """`changed` carries an AudienceState, `replaced` the conditions of another window that were written over.

    `taken`: those that were put together here, in whose place another window's stand now.
    """

    replaced = Signal(object)  # Filter
    taken = Signal(object)  # Filter
    SAMPLE: ClassVar[int] = 5
    state: AudienceState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, campaign: CampaignModel) -> None:
        super().__init__(app, tasks, messages, AudienceState(), campaign)
        self.setObjectName("audience_model")
        self._campaign = campaign
        self._ready = False
        self._typed = False  # whether it was given to it by somebody here
        self._known: Filter | None = None  # the audience that was last read from the campaign, or given to it
        self._save_pause = self._pause(SAVE_MS, self.save)
        campaign.changed.connect(self._campaign_changed)
        campaign.again.connect(self.save)

    @property
    def entity(self) -> str:
        return self._campaign.view.campaign.entity_uscc

    def unlock(self) -> None:
        """A person means to change what was approved."""
        self._put(unlocked=True)

    def save(self) -> None:
        """Gives the campaign what can be read; what is unfinished stays here."""
        self._save_pause.stop()
        found = self._read()
        if found is None or found.problems or found.audience == self._known:
            return
        former, self._known = self._known, found.audience
        self._typed = True
        self._campaign.edit(
            then=self._kept,
            failed=partial(self._not_kept, former),
            over=partial(self._written_over, former),
            audience=found.audience,
        )

    def put(self, audience: Filter) -> None:
        """Of another window, or what stood here before, in the place of what stands here."""
        self._typed = True
        self._adopt(audience)
        self._known = audience
        self._campaign.edit(then=self._kept, audience=audience)

    def _written_over(self, known: Filter | None, former: Campaign) -> None:
        if former.audience != known:
            self.replaced.emit(former.audience)

    def use(self, name: str) -> None:
        super().use(name)
        self._known = self._campaign.view.campaign.audience
        if self.state.draft is None:  # too deep to be shown: it is the campaign's at once
            self._known = self._adopted
            self._campaign.edit(audience=self._adopted)
        else:
            self._save_pause.start()

    def _started(self) -> None:
        if self._ready:
            self._count()
            return
        self._ready = True
        self._campaign_changed(self._campaign.view)

    def _written(self) -> None:
        self._save_pause.start()

    def _campaign_changed(self, view: CampaignView) -> None:
        """The audience is another than the one known here: a change was refused, or somebody else made it."""
        changed = view.campaign.audience != self._known or (self.state.unkept and not view.editable)
        if self._ready and changed and not view.unsaved and not self._save_pause.isActive():
            former, theirs = self._known, view.campaign.audience
            self._adopt(theirs)
            self._known = theirs
            if self._typed and former is not None and former != theirs and view.editable:
                self.taken.emit(former)
            self._typed = False
        if self.state.unlocked and view.campaign.state not in LOCKED:
            self._put(unlocked=False)

    def _kept(self) -> None:
        self._put(unkept=False)

    def _not_kept(self, former: Filter | None) -> None:
        """What was typed stays here: it is saved with the next change, or when a person asks for it."""
        self._known = former
        self._put(unkept=True)

    def _adopt(self, audience: Filter, taken: str = "") -> None:
        self._put(unkept=False)
        super()._adopt(audience, taken)

    def _put(self, **changes: Any) -> None:
        before = self.state
        super()._put(**changes)
        if self.state != before:
            self._campaign.mark_unfinished(self.state.unfinished)
            self._campaign.mark_unkept("audience", on=self.state.unkept)
