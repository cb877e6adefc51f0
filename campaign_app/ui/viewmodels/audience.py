"""The audience of a campaign while it is put together: what is typed, what it means, and how many that are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.audience import Filter, Op
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import AppError
from campaign_app.services.audience_lines import Draft, Line, Read, draft_of, ops_of, read
from campaign_app.ui.tasks import Task
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

COUNT_MS: Final = 250
SAVE_MS: Final = 800
SAMPLE: Final = 5
VALUES: Final = 500
LISTED: Final = ("province", "city", "tag")
LOCKED: Final = frozenset({State.APPROVED, State.SCHEDULED})  # changed only on purpose


@dataclass(frozen=True, slots=True)
class AudienceState:
    """`count` is of the last audience that could be read; None while it is not known.

    `unkept` says that the conditions could not be saved; they stay as they were typed.
    `draft` is None where the audience is too deep to be shown line by line. `values` are those to choose from.
    """

    draft: Draft | None = None
    problems: Mapping[int, str] = field(default_factory=dict)
    count: int | None = None
    total: int | None = None
    counting: bool = False
    sample: tuple[Customer, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    saved: Mapping[str, Filter] = field(default_factory=dict)
    unlocked: bool = False
    unkept: bool = False

    @property
    def unfinished(self) -> int:
        """Lines that have no meaning yet: until they have one, nothing is counted and nothing is saved."""
        return len(self.problems)


@dataclass(frozen=True, slots=True)
class _Start:
    shops: Mapping[int, str]
    saved: Mapping[str, Filter]
    total: int


@dataclass(frozen=True, slots=True)
class _Counted:
    count: int
    sample: tuple[Customer, ...]


class AudienceModel(QObject):
    """`changed` carries an AudienceState."""

    changed = Signal(object)

    def __init__(self, app: App, tasks: Tasks, messages: Messages, campaign: CampaignModel) -> None:
        super().__init__(campaign)
        self.setObjectName("audience_model")
        self._app, self._tasks, self._messages, self._campaign = app, tasks, messages, campaign
        self.state = AudienceState()
        self._shops: Mapping[int, str] = {}
        self._ready = False
        self._known: Filter | None = None  # the audience that was last read from the campaign, or given to it
        self._count_pause = self._pause(COUNT_MS, self._count)
        self._save_pause = self._pause(SAVE_MS, self.save)
        campaign.changed.connect(self._campaign_changed)
        campaign.again.connect(self.save)

    @property
    def entity(self) -> str:
        return self._campaign.view.campaign.entity_uscc

    def load(self) -> None:
        """Reads what there is to choose from; each time somebody comes to the step."""
        self._tasks.run(lambda _: self._start(), self._begin, failed=self._messages.error, owner=self, key="start")

    def add(self, group: int = 0, name: str = "province", op: Op | None = None, text: str = "") -> None:
        """A new line in a group; 0 is the outermost."""
        if self.state.draft is not None:
            self._write(self.state.draft.with_line(group, name, op or ops_of(name)[0], text))

    def add_group(self) -> None:
        if self.state.draft is not None:
            self._write(self.state.draft.with_group("province", Op.IN))

    def remove(self, key: int) -> None:
        if self.state.draft is not None:
            self._write(self.state.draft.without(key))

    def change(self, line: Line) -> None:
        if self.state.draft is not None:
            self._write(self.state.draft.changed(line))

    def join(self, group: int, *, every: bool) -> None:
        if self.state.draft is not None:
            self._write(self.state.draft.joined(group, every=every))

    def clear(self) -> None:
        """Every customer of the entity."""
        self._write(Draft())

    def restore(self, draft: Draft) -> None:
        """Takes what stood there before."""
        self._write(draft)

    def unlock(self) -> None:
        """A person means to change what was approved."""
        self._become(replace(self.state, unlocked=True))

    def save(self) -> None:
        """Gives the campaign what can be read; what is unfinished stays here."""
        self._save_pause.stop()
        found = self._read()
        if found is None or found.problems or found.audience == self._known:
            return
        former, self._known = self._known, found.audience
        self._campaign.edit(then=self._kept, failed=partial(self._not_kept, former), audience=found.audience)

    def use(self, name: str) -> None:
        """Puts a saved segment in the place of the conditions."""
        audience = self.state.saved[name]
        self._adopt(audience)
        self._known = self._campaign.view.campaign.audience
        if self.state.draft is None:  # too deep to be shown: it is the campaign's at once
            self._known = audience
            self._campaign.edit(audience=audience)
        else:
            self._save_pause.start()

    def keep(self, name: str) -> None:
        """Saves the conditions as a segment; the same name again replaces it."""
        found = self._read()
        audience = found.audience if found is not None else self._campaign.view.campaign.audience
        self._change_saved(lambda: self._app.audiences.save(name, audience))

    def forget(self, name: str) -> None:
        self._change_saved(lambda: self._app.audiences.remove(name))

    def _change_saved(self, change: Callable[[], None]) -> None:
        def work(_: Task) -> Mapping[str, Filter]:
            change()
            return self._app.audiences.saved()

        self._tasks.write(
            work,
            lambda saved: self._become(replace(self.state, saved=saved)),
            failed=self._messages.error,
            owner=self,
        )

    def _pause(self, pause_ms: int, then: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(pause_ms)
        made.timeout.connect(then)
        return made

    def _start(self) -> _Start:
        labels: dict[int, str] = {}
        for account in self._app.accounts.all():
            if account.entity_uscc == self.entity:
                taken = account.label in labels.values()
                labels[account.id] = f"{account.label} #{account.id}" if taken else account.label
        return _Start(labels, self._app.audiences.saved(), self._app.audiences.count(Filter(), self.entity))

    def _begin(self, start: _Start) -> None:
        self._shops = start.shops
        values = {**self.state.values, "account": tuple(start.shops.values())}
        self._become(replace(self.state, saved=start.saved, total=start.total, values=values))
        if not self._ready:
            self._ready = True
            self._campaign_changed(self._campaign.view)
        else:
            self._count()
        for name in LISTED:
            self._tasks.run(
                partial(self._values, name),
                partial(self._listed, name),
                failed=self._messages.error,
                owner=self,
                key=f"values {name}",
            )

    def _values(self, name: str, _: Task) -> tuple[str, ...]:
        return self._app.audiences.values(name, self.entity, VALUES)

    def _listed(self, name: str, found: tuple[str, ...]) -> None:
        self._become(replace(self.state, values={**self.state.values, name: found}))

    def _campaign_changed(self, view: CampaignView) -> None:
        """The audience is another than the one known here: a change was refused, or somebody else made it."""
        changed = view.campaign.audience != self._known or (self.state.unkept and not view.editable)
        if self._ready and changed and not view.unsaved and not self._save_pause.isActive():
            self._adopt(view.campaign.audience)
            self._known = view.campaign.audience
        if self.state.unlocked and view.campaign.state not in LOCKED:
            self._become(replace(self.state, unlocked=False))

    def _kept(self) -> None:
        self._become(replace(self.state, unkept=False))

    def _not_kept(self, former: Filter | None) -> None:
        """What was typed stays here: it is saved with the next change, or when a person asks for it."""
        self._known = former
        self._become(replace(self.state, unkept=True))

    def _adopt(self, audience: Filter) -> None:
        draft = draft_of(audience, self._shops)
        self._become(replace(self.state, draft=draft, problems={}, unkept=False))
        if draft is not None:
            problems = read(draft, self._shops).problems
            self._become(replace(self.state, problems=problems))
        self._count_pause.start(0)

    def _write(self, draft: Draft) -> None:
        self._become(replace(self.state, draft=draft, problems=read(draft, self._shops).problems))
        self._count_pause.start(COUNT_MS)
        self._save_pause.start()

    def _read(self) -> Read | None:
        return read(self.state.draft, self._shops) if self.state.draft is not None else None

    def _meant(self) -> Filter | None:
        """The audience as it stands; None while some line has no meaning."""
        found = self._read()
        if found is None:
            return self._campaign.view.campaign.audience
        return None if found.problems else found.audience

    def _count(self) -> None:
        audience, entity = self._meant(), self.entity
        if audience is None:
            self._become(replace(self.state, count=None, counting=False, sample=()))
            return
        self._become(replace(self.state, counting=True))

        def work(task: Task) -> _Counted:
            count = self._app.audiences.count(audience, entity)
            task.tick(0.5)
            return _Counted(count, self._app.audiences.sample(audience, entity, SAMPLE))

        self._tasks.run(work, partial(self._counted, audience), failed=self._uncounted, owner=self, key="count")

    def _counted(self, audience: Filter, found: _Counted) -> None:
        if audience == self._meant():  # else somebody typed on: another count is on its way, or none makes sense
            self._become(replace(self.state, count=found.count, sample=found.sample, counting=False))

    def _uncounted(self, error: AppError) -> None:
        self._become(replace(self.state, count=None, counting=False, sample=()))
        self._messages.error(error)

    def _become(self, state: AudienceState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
            self._campaign.mark_unfinished(state.unfinished)
            self._campaign.mark_unkept("audience", on=state.unkept)
