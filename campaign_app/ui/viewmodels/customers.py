"""What the page of customers shows: which of them, how many, the one that is open, and the syncs under way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.people import PeopleQuery
from campaign_app.domain.ports import Job
from campaign_app.services.audiences import Audiences
from campaign_app.services.people import PAGE_ROWS, SORTED_MOST, People, Person, PersonRow
from campaign_app.ui import show
from campaign_app.ui.steady import Steady

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.viewmodels.jobs import Jobs

SYNC: Final = "sync"
TYPING_MS: Final = 250
AGAIN_MS: Final = 3_000  # how often rows that come in are looked for
# how often marks of refusals are, of which a sending brings some all the time: to count ten million takes seconds
MARKS_MS: Final = 30_000


_NOBODY: Final = Filter((Condition("order_count", Op.AT_MOST, -1),))


@dataclass(frozen=True, slots=True)
class Search:
    """What the filter bar says. What was typed is kept in memory only: it may be somebody's number.

    `conditions` are those that are being built, not saved under any name; then there is no `segment`.
    """

    text: str = field(default="", repr=False)
    account_id: int | None = None
    status: str = ""
    province: str = ""
    segment: str = ""
    conditions: Filter | None = field(default=None, repr=False)
    order: str = ""
    descending: bool = False

    @property
    def empty(self) -> bool:
        """Whether it finds everybody, in whatever order."""
        bar = self.text.strip() or self.account_id or self.status or self.province
        return not (bar or self.segment or self.conditions)


class PeopleSource:
    """The customers that a search finds, as the table asks for them: on background threads only."""

    page_rows = PAGE_ROWS

    def __init__(self, people: People, audiences: Audiences, search: Search) -> None:
        self._people = people
        self._asked = partial(
            people.query, search.text, account_id=search.account_id, status=search.status, province=search.province
        )
        self._segment, self._conditions, self._audiences = search.segment, search.conditions, audiences
        self._order, self._descending = search.order, search.descending
        self._begins: tuple[int, ...] = ()
        self._ids: Sequence[int] = ()
        self.found = 0

    def first(self) -> tuple[PersonRow, ...]:
        """Before they are counted; who comes first in another order is known only once all are read."""
        return () if self._order else self._people.rows(self._query(), 0)

    def count(self) -> int:
        """How many rows there are: of a long sorted list the first ones. `found` is how many match."""
        if not self._order:
            self.found, self._begins = self._people.anchors(self._query())
            return self.found
        query = self._query()
        self._ids = self._people.ordered(query, self._order, descending=self._descending)
        shown = len(self._ids)
        self.found = self._people.anchors(query)[0] if shown == SORTED_MOST else shown
        return shown

    def _query(self) -> PeopleQuery:
        """With the segment as it stands now; one that is gone finds nobody rather than everybody."""
        if self._conditions is not None or not self._segment:
            return self._asked(audience=self._conditions)
        return self._asked(audience=self._audiences.saved().get(self._segment, _NOBODY))

    def page(self, number: int) -> tuple[PersonRow, ...]:
        if self._order:
            return self._people.rows_of(self._ids[number * PAGE_ROWS : (number + 1) * PAGE_ROWS])
        begins = self._begins
        return self._people.rows(self._query(), begins[number]) if number < len(begins) else ()

    def place_of(self, customer_id: int) -> int | None:
        """The row of a customer, None for one whom the search does not find; after `count`."""
        if self._order:
            ids = self._ids
            return next((row for row, each in enumerate(ids) if each == customer_id), None)
        page = bisect_right(self._begins, customer_id) - 1
        ids = [row.id for row in self.page(page)] if page >= 0 else []
        return page * self.page_rows + ids.index(customer_id) if customer_id in ids else None


@dataclass(frozen=True, slots=True)
class CustomersState:
    """`shops` is None until it is known; `found` None while it is counted, of which `shown` rows; `syncing` by shop."""

    shops: tuple[Account, ...] | None = None
    provinces: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    search: Search = field(default_factory=Search)
    found: int | None = None
    shown: int = 0
    everybody: int | None = None
    syncing: Mapping[int, Job] = field(default_factory=dict)
    opened: int | None = None
    person: Person | None = None

    @property
    def connected(self) -> tuple[Account, ...]:
        return tuple(shop for shop in self.shops or () if shop.state == "connected")


@dataclass(frozen=True, slots=True)
class _Read:
    shops: tuple[Account, ...]
    provinces: tuple[str, ...]
    segments: tuple[str, ...]
    everybody: int | None
    told: int  # as `CustomersModel._told` when this was begun


class CustomersModel(QObject):
    """`changed` carries the state; `asked` a source with other rows, `again` that the same rows are to be read anew.

    `synced` is told of each sync that was begun here and ended, with its job; `unread` why nothing could be read.
    """

    changed = Signal(object)
    asked = Signal(object)
    again = Signal()
    synced = Signal(object)
    unread = Signal(object)

    def __init__(self, app: App, tasks: Tasks, jobs: Jobs, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("customers_model")
        self._app, self._tasks, self._jobs, self._messages = app, tasks, jobs, messages
        self.state = CustomersState()
        self.source = PeopleSource(app.people, app.audiences, self.state.search)
        self._loads = Steady(tasks, self, "load")  # while a sync runs it is asked for by the clock
        self._begun: set[int] = set()  # accounts
        self._told = 0  # how often of saved segments
        self._typing = self._timer(TYPING_MS, self._ask, single=True)
        self._incoming = self._timer(AGAIN_MS, self._look_again)
        self._marks = self._timer(MARKS_MS, self.renew, single=True)
        jobs.changed.connect(self._jobs_changed)
        jobs.ended.connect(self._job_ended)
        self._jobs_changed(jobs.open)

    def load(self) -> None:
        """Shops, provinces and how many customers there are; the rows are read by the table."""
        self._loads.run("load", self._read, self._loaded, self.unread.emit)

    def refresh(self) -> None:
        """Everything that is shown, as it is now."""
        self.load()
        self.again.emit()
        if self.state.opened is not None:
            self.open(self.state.opened)

    def renew(self) -> None:
        """The same where others change it all the time."""
        if self.state.search.order:
            self.load()  # to sort a long list every few seconds would take all the time; it is done when the sync ends
        else:
            self.refresh()

    def renew_marks(self) -> None:
        """The same, where more of them come all the time: once for all that came since."""
        if not self._marks.isActive():
            self._marks.start()

    def search(self, **changes: Any) -> None:
        """Fields of Search; typing is waited for, a choice counts at once."""
        wanted = replace(self.state.search, **changes)
        if wanted == self.state.search:
            return
        self._become(search=wanted, found=None)
        self._typing.start(TYPING_MS if "text" in changes else 0)

    def clear_search(self) -> None:
        """The order stays."""
        known = self.state.search
        self.search(**asdict(Search(order=known.order, descending=known.descending)))

    def know_segments(self, names: tuple[str, ...]) -> None:
        """Those that are saved by now."""
        self._told += 1
        self._become(segments=names)

    def sort(self, order: str, *, descending: bool) -> None:
        """By one of `domain.people.ORDERS`; "" is the order in which customers came in."""
        self.search(order=order, descending=descending)

    def counted(self, found: int) -> None:
        """From the table: how many rows there are."""
        if self._typing.isActive():
            return  # they match what was searched before
        shown, found = found, self.source.found
        known = {"everybody": found} if self.state.search.empty else {}
        self._become(found=found, shown=shown, **known)
        if self.state.everybody is None:  # a search overtook the count of everybody
            self.load()

    def open(self, customer_id: int) -> None:
        """Shows all of one customer; the one before stays until this one is read."""
        self._become(opened=customer_id)
        self._tasks.run(
            lambda _: self._app.people.person(customer_id),
            self._opened,
            failed=self._not_opened,
            owner=self,
            key="person",
        )

    def close(self) -> None:
        self._become(opened=None, person=None)

    def sync(self, account_id: int) -> None:
        """Has the worker sync a shop; a second time beside the first is the first."""
        self._begun.add(account_id)
        self._jobs.enqueue(SYNC, account_id=account_id)

    def cancel_sync(self, account_id: int) -> None:
        """The worker ends after the page at hand; what has come in stays."""
        job = self.state.syncing.get(account_id)
        if job is not None:
            self._tasks.write(
                lambda _: self._app.jobs.set_state(job.id, "cancelled"),
                lambda _: self._jobs.look(),
                failed=self._messages.error,
                owner=self,
            )

    def _read(self) -> _Read:
        people, told = self._app.people, self._told
        segments = show.in_order(self._app.audiences.saved())
        # where the table shows everybody it counts them; at millions that is not to be done twice at once
        counted = self.state.search == Search()
        everybody = None if counted else people.anchors(people.query())[0]
        return _Read(self._app.accounts.all(), show.in_order(people.provinces()), segments, everybody, told)

    def _loaded(self, read: _Read) -> None:
        known: dict[str, object] = {} if read.everybody is None else {"everybody": read.everybody}
        if read.told == self._told:  # nothing was saved or deleted meanwhile
            known["segments"] = read.segments
        self._become(shops=read.shops, provinces=read.provinces, **known)

    def _ask(self) -> None:
        self.source = PeopleSource(self._app.people, self._app.audiences, self.state.search)
        self.asked.emit(self.source)

    def _opened(self, person: Person) -> None:
        if person.row.id == self.state.opened:
            self._become(person=person)

    def _not_opened(self, error: AppError) -> None:
        self.close()
        self._messages.error(error)

    def _jobs_changed(self, jobs: tuple[Job, ...]) -> None:
        syncing = {job.args["account_id"]: job for job in jobs if job.kind == SYNC}
        self._become(syncing=syncing)
        if syncing and not self._incoming.isActive():
            self._incoming.start()

    def _job_ended(self, job: Job) -> None:
        if job.kind == SYNC:
            account_id = job.args["account_id"]
            self.refresh()
            if account_id in self._begun:
                self._begun.discard(account_id)
                self.synced.emit(job)

    def _look_again(self) -> None:
        if self.state.syncing:
            self.renew()
        else:
            self._incoming.stop()

    def _timer(self, milliseconds: int, call: Any, *, single: bool = False) -> QTimer:
        made = QTimer(self)
        made.setInterval(milliseconds)
        made.setSingleShot(single)
        made.timeout.connect(call)
        return made

    def _become(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
