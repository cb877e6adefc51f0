"""Every reply that came in, page by page, and which of them are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.answer import AnswerQuery
from campaign_app.domain.ports import Job
from campaign_app.services.answers import Answered
from campaign_app.services.opt_outs import TELL
from campaign_app.ui.viewmodels.jobs import Jobs

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

NAME: Final = "inbox_model"
REPLIES: Final = "replies"
# the parts of the page
PLACES: Final = (REPLIES, "cases", "refusals", "trends")
PAGE_ROWS: Final = 50
# all, opt-outs, others
KINDS: Final[dict[str, bool | None]] = {"all": None, "opt_outs": True, "others": False}
_BRING: Final = frozenset({"poll", TELL, "dispatch", "reconcile"})


@dataclass(frozen=True, slots=True)
class InboxState:
    """`total` replies were found, None while nobody knows."""

    kind: str = "all"
    text: str = ""
    total: int | None = None

    @property
    def filtered(self) -> bool:
        return self.kind != "all" or bool(self.text.strip())


class ReplySource:
    """Fits `itemmodels.paged.Source`: what comes in after it was counted waits for the next count."""

    page_rows = PAGE_ROWS

    def __init__(self, app: App, query: AnswerQuery) -> None:
        self._app, self._query = app, query
        self._newest = 0

    def count(self) -> int:
        count, self._newest = self._app.answers.count(self._query)
        return count

    def page(self, number: int) -> Sequence[Answered]:
        return self._app.answers.page(self._query, self._newest, number * PAGE_ROWS, PAGE_ROWS)


class InboxModel(QObject):
    """`other`: other replies are wanted; `again`: the same ones, with what is new."""

    changed = Signal(object)  # InboxState
    other = Signal(object)  # ReplySource
    again = Signal()

    def __init__(self, app: App, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app = app
        self.state = InboxState()
        self.place = REPLIES
        jobs.ended.connect(self._ended)

    def source(self) -> ReplySource:
        query = self._app.answers.query(self.state.text, opt_out=KINDS[self.state.kind])
        return ReplySource(self._app, query)

    def show_kind(self, kind: str) -> None:
        self._look_at(replace(self.state, kind=kind, total=None))

    def search(self, text: str) -> None:
        self._look_at(replace(self.state, text=text, total=None))

    def counted(self, total: int) -> None:
        self._become(replace(self.state, total=total))

    def _look_at(self, wanted: InboxState) -> None:
        if (wanted.kind, wanted.text) != (self.state.kind, self.state.text):
            self._become(wanted)
            self.other.emit(self.source())

    def _ended(self, job: Job) -> None:
        if job.kind in _BRING:
            self.again.emit()

    def _become(self, state: InboxState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
