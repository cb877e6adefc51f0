"""Conditions while they are put together: what is typed, what it means, how many that are, and what is kept by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from campaign_app.domain.audience import Filter, Op
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import AppError
from campaign_app.services.audience_lines import Draft, Line, Read, draft_of, ops_of, read
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui.tasks import Task

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"
COUNT_MS: Final = 250
VALUES: Final = 500
LISTED: Final = ("province", "city", "tag")


@dataclass(frozen=True, slots=True)
class ConditionsState:
    """`count` is of the last conditions that could be read; None while it is not known.

    `draft` is None where the conditions are too deep to be shown line by line. `values` are those to choose from.
    `taken` names the saved segment that they began with, "" where they are nobody's.
    """

    draft: Draft | None = None
    problems: Mapping[int, str] = field(default_factory=dict)
    count: int | None = None
    total: int | None = None
    counting: bool = False
    sample: tuple[Customer, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    saved: Mapping[str, Filter] = field(default_factory=dict)
    taken: str = ""

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


class ConditionsModel(QObject):
    """`changed` carries the state. What the conditions are for is the part of those built on this."""

    changed = Signal(object)
    SAMPLE: ClassVar[int] = 0  # customers that are shown of those counted

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, state: ConditionsState, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = state
        self._shops: Mapping[int, str] = {}
        self._seen: Mapping[str, Filter] = {}  # what segments said when somebody came here, or chose or saved one
        self._adopted = Filter()  # what stands where no draft can show it
        self._count_pause = self._pause(COUNT_MS, self._count)

    @property
    def entity(self) -> str:
        """Whose customers are meant; "" is everybody's."""
        return ""

    def load(self) -> None:
        """Reads what there is to choose from; each time somebody comes here."""
        self._tasks.run(lambda _: self._start(), self._begin, failed=self._messages.error, owner=self, key="start")

    def renew(self) -> None:
        """Somebody saved, renamed or deleted a segment: the list is as it is now, and what was seen stays so."""
        self._tasks.run(
            lambda _: self._app.audiences.saved(), self._list, failed=self._messages.error, owner=self, key="saved"
        )

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
        """Everybody."""
        self._write(Draft())

    def restore(self, draft: Draft) -> None:
        """Takes what stood there before."""
        self._write(draft)

    def use(self, name: str) -> None:
        """Puts a saved segment in the place of the conditions."""
        self._seen = {**self._seen, name: self.state.saved[name]}
        self._adopt(self.state.saved[name], name)

    def keeps(self, name: str) -> bool:
        """Whether the segment of this name says what stands here."""
        return name in self.state.saved and self.state.saved[name] == self._meant()

    def keep(self, name: str, then: Callable[[Filter | None], None]) -> None:
        """Saves the conditions as a segment. The same name again replaces it: `then` has what it said before."""
        found, former = self._read(), self.state.saved.get(name)
        audience, seen = found.audience if found is not None else self._adopted, self._seen
        self._change_saved(
            lambda: self._app.audiences.save(name, audience, actor=ACTOR, seen=seen),
            lambda: then(former),
            name,
            own=name,
            again=lambda: self.keep(name, then),
        )

    def put_back(self, name: str, audience: Filter) -> None:
        """A segment that was deleted or replaced, as it was."""
        self._change_saved(lambda: self._app.audiences.save(name, audience, actor=ACTOR), own=name)

    def rename(self, name: str, to: str, then: Callable[[], None]) -> None:
        self._change_saved(lambda: self._app.audiences.rename(name, to, actor=ACTOR), then, to, own=to)

    def forget(self, name: str, then: Callable[[Filter], None]) -> None:
        """`then` has what it said."""
        said, left = self.state.saved[name], "" if name == self.state.taken else self.state.taken
        seen, remove = {name: said, **self._seen}, self._app.audiences.remove
        self._change_saved(lambda: remove(name, actor=ACTOR, seen=seen), lambda: then(said), left)

    def _change_saved(
        self,
        change: Callable[[], None],
        then: Callable[[], None] = lambda: None,
        taken: str | None = None,
        own: str = "",
        again: Callable[[], None] | None = None,
    ) -> None:
        """`own` is the segment that is as this window wants it; of the others it saw what it saw."""

        def work(_: Task) -> Mapping[str, Filter]:
            change()
            return self._app.audiences.saved()

        def done(saved: Mapping[str, Filter]) -> None:
            self._seen = {name: said if name == own else self._seen.get(name, said) for name, said in saved.items()}
            self._put(saved=saved, taken=self.state.taken if taken is None else taken)
            self._saved_changed()
            then()

        self._tasks.write(work, done, failed=partial(self._not_changed, again, taken or ""), owner=self)

    def _not_changed(self, again: Callable[[], None] | None, name: str, error: AppError) -> None:
        """`again` is offered where somebody else changed the segment: it is known here by then."""
        if error.code == OVERTAKEN and again is not None:
            self._messages.overtaken(error, lambda: again() if isValid(self) else None, name)
        else:
            self._messages.error(error)
        if error.code == OVERTAKEN:
            self._tasks.run(lambda _: self._app.audiences.saved(), self._know, owner=self, key="saved")

    def _know(self, saved: Mapping[str, Filter]) -> None:
        self._seen = saved
        self._list(saved)

    def _list(self, saved: Mapping[str, Filter]) -> None:
        self._put(saved=saved)
        self._saved_changed()

    def _pause(self, pause_ms: int, then: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(pause_ms)
        made.timeout.connect(then)
        return made

    def _start(self) -> _Start:
        labels: dict[int, str] = {}
        for account in self._app.accounts.all():
            if self.entity in ("", account.entity_uscc):
                taken = account.label in labels.values()
                labels[account.id] = f"{account.label} #{account.id}" if taken else account.label
        return _Start(labels, self._app.audiences.saved(), self._app.audiences.count(Filter(), self.entity))

    def _begin(self, start: _Start) -> None:
        self._shops, self._seen = start.shops, start.saved
        values = {**self.state.values, "account": tuple(start.shops.values())}
        self._put(saved=start.saved, total=start.total, values=values)
        self._started()
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
        self._put(values={**self.state.values, name: found})

    def _started(self) -> None:
        """What there is to choose from is known."""
        self._count()

    def _saved_changed(self) -> None:
        """Segments were saved, renamed or deleted."""

    def _written(self) -> None:
        """A person changed the conditions."""

    def _adopt(self, audience: Filter, taken: str = "") -> None:
        self._adopted = audience
        draft = draft_of(audience, self._shops)
        problems = {} if draft is None else read(draft, self._shops).problems
        self._put(draft=draft, problems=problems, taken=taken)
        self._count_pause.start(0)

    def _write(self, draft: Draft) -> None:
        self._put(draft=draft, problems=read(draft, self._shops).problems)
        self._count_pause.start(COUNT_MS)
        self._written()

    def _read(self) -> Read | None:
        return read(self.state.draft, self._shops) if self.state.draft is not None else None

    def _meant(self) -> Filter | None:
        """The conditions as they stand; None while some line has no meaning."""
        found = self._read()
        if found is None:
            return self._adopted
        return None if found.problems else found.audience

    def _count(self) -> None:
        audience, entity = self._meant(), self.entity
        if audience is None:
            self._put(count=None, counting=False, sample=())
            return
        self._put(counting=True)

        def work(task: Task) -> _Counted:
            count = self._app.audiences.count(audience, entity)
            task.tick(0.5)
            sample = self._app.audiences.sample(audience, entity, self.SAMPLE) if self.SAMPLE else ()
            return _Counted(count, sample)

        self._tasks.run(work, partial(self._counted, audience), failed=self._uncounted, owner=self, key="count")

    def _counted(self, audience: Filter, found: _Counted) -> None:
        if audience == self._meant():  # else somebody typed on: another count is on its way, or none makes sense
            self._put(count=found.count, sample=found.sample, counting=False)

    def _uncounted(self, error: AppError) -> None:
        self._put(count=None, counting=False, sample=())
        self._messages.error(error)

    def _put(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
