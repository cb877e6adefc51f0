"""Complaint cases page by page, the one that is open, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.complaint import (
    DONE,
    UNANSWERED,
    Case,
    CaseNote,
    CaseQuery,
    CaseState,
    Deadline,
    Found,
    NewCase,
)
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.ports import Job
from campaign_app.ui.viewmodels.backups import ACTOR, Work
from campaign_app.ui.viewmodels.jobs import Jobs

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

NAME: Final = "cases_model"
PAGE_ROWS: Final = 50
# whose clock runs, whose handling has ended, all
KINDS: Final[dict[str, frozenset[CaseState]]] = {"open": UNANSWERED, "done": DONE, "all": frozenset()}
_BRING: Final = frozenset({"poll", "dispatch", "reconcile"})
Row = tuple[Case, Deadline | None]


@dataclass(frozen=True, slots=True)
class Detail:
    case: Case
    deadline: Deadline | None
    found: Found
    history: tuple[CaseNote, ...]


@dataclass(frozen=True, slots=True)
class CasesState:
    """`total` cases were found, None while nobody knows; `busy`: something is being done with the open one.

    `nobody`: it was looked, and there is no entity that could be complained of.
    """

    kind: str = "open"
    text: str = ""
    total: int | None = None
    opened: int | None = None
    detail: Detail | None = None
    busy: bool = False
    entities: tuple[Entity, ...] = ()
    shops: tuple[Account, ...] = ()
    nobody: bool = False

    @property
    def filtered(self) -> bool:
        return bool(self.text.strip())


class CaseSource:
    """Fits `itemmodels.paged.Source`."""

    page_rows = PAGE_ROWS

    def __init__(self, app: App, query: CaseQuery) -> None:
        self._app, self._query = app, query
        self._newest = 0

    def count(self) -> int:
        count, self._newest = self._app.complaints.count(self._query)
        return count

    def page(self, number: int) -> Sequence[Row]:
        complaints = self._app.complaints
        cases = complaints.page(self._query, self._newest, number * PAGE_ROWS, PAGE_ROWS)
        return [(case, complaints.deadline(case)) for case in cases]


class CasesModel(QObject):
    """`other`: other cases are wanted; `again`: the same ones, with what is new; `added` carries a new Case."""

    changed = Signal(object)  # CasesState
    other = Signal(object)  # CaseSource
    again = Signal()
    added = Signal(object)  # Case
    packed = Signal(object)  # Packed

    def __init__(self, app: App, tasks: Tasks, messages: Messages, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = CasesState()
        self.entering, self.packing = Work(tasks, self), Work(tasks, self)
        self.entering.ended.connect(self._entered)
        self.packing.ended.connect(self._packed)
        jobs.ended.connect(self._job_ended)

    def load(self) -> None:
        """Whom a complaint may be about."""
        accounts = self._app.accounts
        self._tasks.run(
            lambda _: (tuple(accounts.entities()), tuple(accounts.all())), self._loaded, owner=self, key="load"
        )

    def source(self) -> CaseSource:
        return CaseSource(self._app, self._app.complaints.query(self.state.text, KINDS[self.state.kind]))

    def show_kind(self, kind: str) -> None:
        self._look_at(replace(self.state, kind=kind, total=None))

    def search(self, text: str) -> None:
        self._look_at(replace(self.state, text=text, total=None))

    def counted(self, total: int) -> None:
        self._become(replace(self.state, total=total))

    def open(self, case_id: int) -> None:
        if case_id != self.state.opened:
            self._become(replace(self.state, opened=case_id, detail=None))
        self._read()

    def close(self) -> None:
        self._become(replace(self.state, opened=None, detail=None))

    def add(self, new: NewCase) -> None:
        self.entering.begin(lambda _: self._app.complaints.add(new, actor=ACTOR))

    def own(self, owner: str) -> None:
        self._do(lambda case_id: self._app.complaints.own(case_id, owner, actor=ACTOR))

    def match(self, ledger_id: int) -> None:
        self._do(lambda case_id: self._app.complaints.match(case_id, ledger_id, actor=ACTOR))

    def unmatch(self) -> None:
        self._do(lambda case_id: self._app.complaints.unmatch(case_id, actor=ACTOR))

    def say(self, step: str, text: str) -> None:
        """`step`: note, answer, close or reopen."""
        complaints = self._app.complaints
        steps: dict[str, Callable[..., None]] = {
            "note": complaints.note, "answer": complaints.answer, "close": complaints.close,
            "reopen": complaints.reopen,
        }  # fmt: skip
        self._do(lambda case_id: steps[step](case_id, text, actor=ACTOR))

    def pack(self, case_id: int, target: Path) -> None:
        self.packing.begin(lambda tick: self._app.case_packs.export(case_id, target, actor=ACTOR, tick=tick))

    def _do(self, work: Callable[[int], None]) -> None:
        case_id = self.state.opened
        if case_id is None or self.state.busy:
            return
        self._become(replace(self.state, busy=True))
        self._tasks.write(lambda _: work(case_id), lambda _: self._done(), failed=self._refused, owner=self)

    def _done(self) -> None:
        self._become(replace(self.state, busy=False))
        self._read()
        self.again.emit()

    def _refused(self, error: AppError) -> None:
        self._become(replace(self.state, busy=False))
        self._messages.error(error)
        self._read()

    def _read(self) -> None:
        case_id = self.state.opened
        if case_id is not None:
            self._tasks.run(
                lambda _: self._detail(case_id), self._shown, failed=self._messages.error, owner=self, key="detail"
            )

    def _detail(self, case_id: int) -> Detail:
        complaints = self._app.complaints
        case = complaints.case(case_id)
        return Detail(case, complaints.deadline(case), complaints.found(case_id), complaints.history(case_id))

    def _shown(self, detail: Detail) -> None:
        if detail.case.id == self.state.opened:
            self._become(replace(self.state, detail=detail))

    def _entered(self, case: Case) -> None:
        self.added.emit(case)
        self.again.emit()
        self.open(case.id)

    def _packed(self, made: Any) -> None:
        self.packed.emit(made)
        self._read()

    def _loaded(self, read: tuple[tuple[Entity, ...], tuple[Account, ...]]) -> None:
        self._become(replace(self.state, entities=read[0], shops=read[1], nobody=not read[0]))

    def _look_at(self, wanted: CasesState) -> None:
        if (wanted.kind, wanted.text) != (self.state.kind, self.state.text):
            self._become(wanted)
            self.other.emit(self.source())

    def _job_ended(self, job: Job) -> None:
        if job.kind in _BRING:
            self.again.emit()

    def _become(self, state: CasesState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
