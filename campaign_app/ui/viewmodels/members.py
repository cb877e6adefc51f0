"""The rows behind one bar of the funnel: which reason is open, whose proof is shown, and their export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.consent import Reason
from campaign_app.domain.errors import AppError
from campaign_app.domain.finding import Finding
from campaign_app.services.members import Member

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Task, Tasks

NAME: Final = "members_model"
PAGE_ROWS: Final = 100
ACTOR: Final = "window"


@dataclass(frozen=True, slots=True)
class MembersState:
    """`reason` "" while no bar is open; `written` is how many rows of an export are in the file, None without one.

    `stops` is why the text of the chosen one may not be sent, None where that is not the reason or not known yet.
    """

    reason: str = ""
    chosen: Member | None = None
    stops: tuple[Finding, ...] | None = None
    written: int | None = None


class MemberRows:
    """A source of a paged table; see `ui.itemmodels.paged`. Asked on background threads."""

    page_rows = PAGE_ROWS

    def __init__(self, app: App, campaign_id: int, reason: str) -> None:
        self._app, self._campaign_id, self._reason = app, campaign_id, reason
        self._starts: tuple[int, ...] = ()

    def count(self) -> int:
        total, self._starts = self._app.members.pages(self._campaign_id, self._reason, PAGE_ROWS)
        return total

    def page(self, number: int) -> Sequence[Member]:
        starts = self._starts
        if number >= len(starts):
            return ()
        return self._app.members.page(self._campaign_id, self._reason, starts[number], PAGE_ROWS)


class MembersModel(QObject):
    changed = Signal(object)  # MembersState
    exported = Signal(object, int)  # Path, rows

    def __init__(self, app: App, tasks: Tasks, campaign_id: int, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks, self._campaign_id = app, tasks, campaign_id
        self._export: Task | None = None
        self.state = MembersState()

    def open(self, reason: str) -> None:
        self._become(MembersState(reason, written=self.state.written))

    def close(self) -> None:
        self._become(MembersState(written=self.state.written))

    def choose(self, member: Member | None, language: str = "zh_CN") -> None:
        if member == self.state.chosen:
            return
        self._become(replace(self.state, chosen=member, stops=None))
        if member is not None and member.reason == Reason.CONTENT:
            self._tasks.run(
                lambda _: self._app.composing.stops(self._campaign_id, member.customer_id, language, member.stopped),
                lambda found: self._become(replace(self.state, stops=found)),
                owner=self,
                key="stops",
            )

    def rows(self) -> MemberRows:
        return MemberRows(self._app, self._campaign_id, self.state.reason)

    def export(
        self,
        file: Path,
        head: Sequence[str],
        words: Callable[[Member], Sequence[str]],
        failed: Callable[[AppError], None],
    ) -> None:
        """Writes all rows of the open reason; `changed` tells how far it is. `words` is called on another thread."""
        reason, members, campaign_id = self.state.reason, self._app.members, self._campaign_id

        def work(task: Task) -> int:
            def tick(done: int) -> None:
                task.tick(float(done))

            return members.export(campaign_id, reason, file, head=head, words=words, actor=ACTOR, tick=tick)

        def ended(rows: int) -> None:
            self._become(replace(self.state, written=None))
            self.exported.emit(file, rows)

        def not_ended(error: AppError) -> None:
            self._become(replace(self.state, written=None))
            failed(error)

        self._become(replace(self.state, written=0))
        self._export = self._tasks.run(work, ended, failed=not_ended, owner=self)
        self._export.progressed.connect(self._wrote)

    def cancel_export(self) -> None:
        """A file of that name stays as it was."""
        if self._export is not None:
            self._export.cancel()
        self._become(replace(self.state, written=None))

    def _wrote(self, rows: float) -> None:
        if self.state.written is not None:
            self._become(replace(self.state, written=int(rows)))

    def _become(self, state: MembersState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def members_of(app: App, tasks: Tasks, campaign_id: int, owner: QObject) -> MembersModel:
    """The one of this campaign; `owner` is its model, which outlives the pages."""
    known = owner.findChild(MembersModel, NAME)
    return known if isinstance(known, MembersModel) else MembersModel(app, tasks, campaign_id, owner)
