"""The list of campaigns, and which of them is open in the editor at which step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError
from campaign_app.services import campaign_rows
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.ui.viewmodels.campaign import ACTOR, MOVING, CampaignModel, CampaignView
from campaign_app.ui.viewmodels.campaign_steps import STEPS

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

FAST_MS: Final = 1_000
SLOW_MS: Final = 5_000
NEEDS_PERSON: Final = "needs_person"  # whatever stands still until a person does something
GROUPS: Final[Mapping[str, frozenset[State]]] = {
    "all": frozenset(State),
    NEEDS_PERSON: frozenset(State),
    "draft": frozenset({State.DRAFT, State.SCREENING, State.SCREENED}),
    "planned": frozenset({State.APPROVED, State.SCHEDULED, State.WAITING}),
    "sending": frozenset({State.SENDING, State.PAUSED, State.CANCELLING}),
    "ended": frozenset({State.DONE, State.CANCELLED}),
}


@dataclass(frozen=True, slots=True)
class ListState:
    """`senders` are the entities with a connected account: only they can have a new campaign."""

    rows: tuple[CampaignRow, ...] = ()
    senders: tuple[Entity, ...] = ()
    group: str = "all"
    query: str = ""
    loaded: bool = False

    @property
    def shown(self) -> tuple[CampaignRow, ...]:
        asked = self.query.strip().casefold()
        return tuple(r for r in self.rows if _is_of(self.group, r) and asked in r.campaign.name.casefold())

    @property
    def tally(self) -> dict[str, int]:
        return {group: sum(_is_of(group, r) for r in self.rows) for group in GROUPS}


def _is_of(group: str, row: CampaignRow) -> bool:
    return row.campaign.state in GROUPS[group] and (group != NEEDS_PERSON or row.needs_person)


@dataclass(frozen=True, slots=True)
class _Read:
    rows: tuple[CampaignRow, ...]
    senders: tuple[Entity, ...]


class CampaignsModel(QObject):
    """`changed` carries a ListState, `leaving` that the open campaign is about to go, `opened` that it is another.

    `read` comes each time that everything was read, changed or not. `taken` carries the model of the open campaign
    that somebody deleted in another window, before it goes.
    """

    changed = Signal(object)
    leaving = Signal()
    opened = Signal()
    read = Signal()
    taken = Signal(object)  # CampaignModel

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("campaigns_model")
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = ListState()
        self.current: CampaignModel | None = None
        self.entity = ""
        self.step = STEPS[0]
        self._loading = False
        self._told = ""
        self._watchers: set[int] = set()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def load(self, known: tuple[CampaignRow, ...] = ()) -> None:
        """Reads everything; what is `known` of long ago is not counted anew."""
        self._loading = True
        self._tasks.run(lambda _: self._read(known), self._loaded, failed=self._unread, owner=self, key="load")

    def watch(self, who: object, *, seen: bool) -> None:
        """Reads now and again for as long as somebody looks at the list."""
        if seen:
            self._watchers.add(id(who))
            self._timer.start(SLOW_MS)
            self.load()
        else:
            self._watchers.discard(id(who))
        if not self._watchers:
            self._timer.stop()

    def show_group(self, group: str) -> None:
        self._become(replace(self.state, group=group))

    def search(self, query: str) -> None:
        self._become(replace(self.state, query=query))

    def create(self, *, name: str, entity_uscc: str, purpose: str) -> None:
        """A new draft for every customer of the entity, open at its first step."""
        from campaign_app.domain.audience import Filter

        self._tasks.write(
            lambda _: self._app.campaigns.create(
                name=name, entity_uscc=entity_uscc, purpose=purpose, audience=Filter(), actor=ACTOR
            ),
            lambda made: self.open(made.id),
            failed=self._messages.error,
            owner=self,
        )

    def duplicate(self, campaign_id: int, name: str, then: Callable[[Campaign], None]) -> None:
        self._tasks.write(
            lambda _: self._app.campaigns.duplicate(campaign_id, name, ACTOR),
            lambda made: self._done(made, then),
            failed=self._messages.error,
            owner=self,
        )

    def delete(self, campaign_id: int) -> None:
        """A draft only."""
        self._tasks.write(
            lambda _: self._app.campaigns.delete_draft(campaign_id, ACTOR),
            lambda _: self.load(),
            failed=self._refused,
            owner=self,
        )

    def open(self, campaign_id: int, step: str = "") -> None:
        """Opens a campaign in the editor, at a step or at the one that is next."""
        if self.current is not None and self.current.id == campaign_id:
            self.step = step or self.step
            self.opened.emit()
            return
        self._tasks.run(
            lambda _: self._look_up(campaign_id),
            lambda found: self._open(*found, step),
            failed=self._messages.error,
            owner=self,
            key="open",
        )

    def close(self) -> None:
        """Back to the list. What is on its way to the workspace still gets there, and says so if it does not."""
        self.leaving.emit()
        former, self.current = self.current, None
        if former is not None:
            former.stop()
            former.changed.connect(lambda view: _let_go(former, view))
            _let_go(former, former.view)
        self.opened.emit()

    def _look_up(self, campaign_id: int) -> tuple[Campaign, str]:
        campaign = self._app.campaigns.get(campaign_id)
        return campaign, self._names().get(campaign.entity_uscc, campaign.entity_uscc)

    def _open(self, campaign: Campaign, entity: str, step: str) -> None:
        if self.current is not None:
            self.close()
        self.current = CampaignModel(self._app, self._tasks, self._messages, campaign, self)
        self.current.gone.connect(self._gone)
        self.entity, self.step = entity, step or _next_step(campaign)
        self.current.load()
        self.opened.emit()

    def _gone(self) -> None:
        if self.current is not None and self.current.was_taken:
            self.taken.emit(self.current)
        self.close()

    def _done(self, made: Campaign, then: Callable[[Campaign], None]) -> None:
        self.load()
        then(made)

    def _refused(self, error: AppError) -> None:
        self._messages.error(error)
        self.load()

    def _look(self) -> None:
        if not self._loading:
            self.load(self.state.rows)

    def _unread(self, error: AppError) -> None:
        self._loading = False
        self._timer.setInterval(SLOW_MS)
        if error.code != self._told:  # it looks again by the clock: once said is enough
            self._told = error.code
            self._messages.error(error)

    def _read(self, known: tuple[CampaignRow, ...]) -> _Read:
        connected = {account.entity_uscc for account in self._app.accounts.all() if account.state == "connected"}
        senders = tuple(entity for entity in self._app.accounts.entities() if entity.uscc in connected)
        return _Read(campaign_rows.rows(self._app.campaigns, self._app.accounts, known), senders)

    def _names(self) -> dict[str, str]:
        return {entity.uscc: entity.name for entity in self._app.accounts.entities()}

    def _loaded(self, read: _Read) -> None:
        self._loading, self._told = False, ""
        if self._timer.isActive():
            moving = any(row.campaign.state in MOVING for row in read.rows)
            self._timer.setInterval(FAST_MS if moving else SLOW_MS)
        self._become(replace(self.state, rows=read.rows, senders=read.senders, loaded=True))
        self.read.emit()

    def _become(self, state: ListState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def _next_step(campaign: Campaign) -> str:
    """Where the work is: what is written is screened, what is screened is sent, what was sent has results."""
    if campaign.state is State.DRAFT:
        return "content" if campaign.audience.parts or campaign.body else "audience"
    if campaign.state is State.SCREENING:
        return "screening"
    return "results" if campaign.state in (State.DONE, State.CANCELLED) else "sending"


def _let_go(model: CampaignModel, view: CampaignView) -> None:
    if not view.unsaved:
        model.deleteLater()
