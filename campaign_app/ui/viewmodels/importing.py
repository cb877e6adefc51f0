"""An import of a file, step by step: look, try, apply, report, take back. Nothing is changed before `apply`."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.customer import ChunkCounts, ImportReport
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.domain.ports import Job
from campaign_app.services.import_plan import Begun, DryRun, Preview, Source
from campaign_app.services.sheet_files import safe
from campaign_app.services.tables import ReadOptions
from campaign_app.ui.viewmodels.awaited import Awaited, begun_of
from campaign_app.ui.viewmodels.jobs import Jobs, same

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Task, Tasks

IMPORT: Final = "import"
ACTOR: Final = "window"
_OPEN: Final = frozenset({"queued", "running"})
EARLIER: Final = 20  # of the imports that ended last: where the awaited one is looked for
_WHOLE: Final = frozenset({"running", "done"})  # not taken back since
LOOKS: Final = 50  # at a tenth of a second each: how long a worker is given to end an import that was stopped
Step = Literal["file", "preview", "trial", "applying", "done"]


@dataclass(frozen=True, slots=True)
class ImportState:
    """`error` is what is wrong with what was asked last; everything else stays as it was before.

    `columns` are the user's own choices, `ended` is done, cancelled or failed once the import is over.
    """

    step: Step = "file"
    path: str = field(default="", repr=False)
    account_id: int = 0
    options: ReadOptions = field(default_factory=ReadOptions)
    columns: Mapping[str, str] = field(default_factory=dict)
    preview: Preview | None = field(default=None, repr=False)
    error: AppError | None = None
    busy: bool = False
    progress: float = 0.0
    trial: DryRun | None = field(default=None, repr=False)
    begun: Begun | None = None
    report: ImportReport | None = field(default=None, repr=False)
    ended: str = ""
    undone: ChunkCounts | None = None

    @property
    def source(self) -> Source:
        return Source(self.path, self.account_id, self.options, dict(self.columns))


class ImportModel(QObject):
    """`changed` carries the state, `ended` it once the import is over (the wizard may be closed by then)."""

    changed = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        app: App,
        tasks: Tasks,
        jobs: Jobs,
        messages: Messages,
        awaited: Awaited,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("import_model")
        self._app, self._tasks, self._jobs, self._messages = app, tasks, jobs, messages
        self._awaited = awaited
        self.state = ImportState()
        self._task: Task | None = None
        jobs.changed.connect(self._jobs_changed)
        jobs.ended.connect(self._job_ended)

    def start(self, account_id: int) -> None:
        """A new import, unless one is under way."""
        if self.state.step != "applying":
            self._become(ImportState(account_id=account_id))

    def take_up(self) -> None:
        """An import that an earlier window began: it is followed from here, or its end is told now."""
        args = self._awaited.args()
        if args and self.state.begun is None:
            self._tasks.run(
                lambda _: self._earlier(args), self._taken_up, failed=lambda _: self._awaited.forget(), owner=self
            )

    def set_shop(self, account_id: int) -> None:
        self._change(account_id=account_id, trial=None)

    def choose(self, path: str) -> None:
        """Another file: what was settled for the one before is forgotten."""
        self._look(ImportState(path=path, account_id=self.state.account_id))

    def read_as(self, **options: str) -> None:
        """encoding, delimiter or sheet; what was chosen for columns may not fit any more."""
        self._look(replace(self.state, options=replace(self.state.options, **options), columns={}))

    def set_target(self, column: str, target: str) -> None:
        """ref, phone, ignore or an attribute's name."""
        self._look(replace(self.state, columns={**self.state.columns, column: target}))

    def back(self) -> None:
        """To the step before; only while nothing has been changed."""
        self.stop()
        earlier: dict[Step, Step] = {"preview": "file", "trial": "preview"}
        self._change(step=earlier.get(self.state.step, self.state.step), error=None)

    def to_preview(self) -> None:
        if self.state.preview is not None and self.state.error is None:
            self._change(step="preview", error=self.state.preview.problem)

    def try_out(self) -> None:
        """Reads the whole file and says what an import would do."""
        source = self.state.source
        self._change(step="trial", trial=None, error=None, busy=True, progress=0.0)
        self._follow(
            self._tasks.run(
                lambda task: self._app.imports.dry_run(source=source, tick=task.tick),
                self._tried,
                failed=self._refused,
                owner=self,
                key="work",
            )
        )

    def stop(self) -> None:
        """Ends a look, a dry run or the reading before an import; nothing was changed by it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.state.busy:
            self._change(busy=False)

    def stop_reading(self) -> None:
        """As `stop`, unless an import is under way: that is the worker's."""
        if self.state.step in {"file", "preview", "trial"}:
            self.stop()

    def apply(self) -> None:
        """Imports what was tried; another file by now is refused."""
        trial = self.state.trial
        if trial is None or self.state.busy:
            return
        source = self.state.source
        self._change(error=None, busy=True, progress=0.0)
        self._follow(
            self._tasks.run(
                lambda task: self._app.imports.begin(source=source, actor=ACTOR, sha256=trial.sha256, tick=task.tick),
                self._begun,
                failed=self._refused,
                owner=self,
                key="work",
            )
        )

    def cancel_import(self) -> None:
        """Stops after the chunk at hand; what was imported stays and can be undone."""
        begun = self.state.begun
        job = None if begun is None else self._job(begun)
        if job is not None and self.state.step == "applying":
            self._change(busy=True)
            self._tasks.write(
                lambda _: self._app.jobs.set_state(job.id, "cancelled"),
                lambda _: self._jobs.look(),
                failed=self._refused,
                owner=self,
            )

    def undo(self) -> None:
        report = self.state.report
        if report is None or self.state.busy:
            return
        self._change(busy=True)
        self._tasks.write(
            lambda _: self._undo(report.id), lambda found: self._undone(*found), failed=self._refused, owner=self
        )

    def export_refused(self, path: str, header: tuple[str, ...], words: Callable[[str, str], str]) -> None:
        """Every refused row as CSV: its number, the column and the reason, and nothing that stood in it."""
        report = self.state.report
        if report is not None:
            self._tasks.run(
                lambda _: self._write_refused(report, Path(path), header, words),
                lambda _: self._messages.done(path),
                failed=self._messages.error,
                owner=self,
            )

    def _look(self, wanted: ImportState) -> None:
        """What was chosen counts at once, right or wrong: a swap of two columns is wrong for a moment."""
        self._become(replace(wanted, busy=True, error=None, trial=None))
        source = wanted.source
        self._task = self._tasks.run(
            lambda _: self._preview(source),
            self._looked,
            failed=self._refused,
            owner=self,
            key="work",
        )

    def _preview(self, source: Source) -> Preview:
        """Who could not import it here is told before anything is settled, and not at the last step."""
        self._app.imports.require_seen()
        return self._app.imports.preview(source=source)

    def _looked(self, preview: Preview) -> None:
        """What has to be settled is settled beside the rows, so they are shown in any case."""
        step: Step = "preview" if self.state.step == "file" else self.state.step
        self._change(step=step, preview=preview, error=preview.problem, busy=False)

    def _tried(self, trial: DryRun) -> None:
        self._change(trial=trial, busy=False)

    def _refused(self, error: AppError) -> None:
        self._change(error=error, busy=False)

    def _earlier(self, args: Mapping[str, int | str]) -> Job | None:
        jobs = self._app.jobs
        found = same(jobs.open_jobs(), IMPORT, args) or same(jobs.ended_jobs(EARLIER, kind=IMPORT), IMPORT, args)
        if found is None or self._app.imports.report(import_id=int(args["import_id"]), limit=1).state not in _WHOLE:
            return None
        return found

    def _taken_up(self, job: Job | None) -> None:
        if job is None:
            self._awaited.forget()
        elif self.state.step == "file" and not self.state.path:  # else somebody was quicker with another file
            self._change(step="applying", begun=begun_of(job))
            if job.state in _OPEN:
                self._jobs.follow(job)
            else:
                self._job_ended(job)

    def _begun(self, begun: Begun) -> None:
        self._awaited.put(begun)
        self._change(step="applying", begun=begun, busy=False, progress=0.0)
        self._jobs.enqueue(IMPORT, **begun.args)

    def _job(self, begun: Begun) -> Job | None:
        return self._jobs.of(IMPORT, **begun.args)

    def _jobs_changed(self, _: tuple[Job, ...]) -> None:
        begun = self.state.begun
        job = None if begun is None or self.state.step != "applying" else self._job(begun)
        if job is not None:
            self._change(progress=job.progress / job.total if job.total else 0.0)

    def _job_ended(self, job: Job) -> None:
        begun = self.state.begun
        ours = begun is not None and job.kind == IMPORT and job.args.get("import_id") == begun.import_id
        if begun is None or not ours or self.state.step != "applying":
            return
        self._tasks.run(
            lambda task: self._ending(job, begun.import_id, task),
            lambda report: self._over(job, report),
            failed=self._refused,
            owner=self,
        )

    def _ending(self, job: Job, import_id: int, task: Task) -> ImportReport:
        """The worker ends an import that was stopped; one whose flow failed, or whose worker is gone, is ended here."""
        imports = self._app.imports
        report = imports.report(import_id=import_id)
        looks = 0
        while report.state == "running" and job.state == "cancelled" and looks < LOOKS:
            task.tick(looks / LOOKS)
            self._app.wait(0.1)
            looks += 1
            report = imports.report(import_id=import_id)
        if report.state == "running":
            imports.finish(import_id)
        return imports.report(import_id=import_id)

    def _over(self, job: Job, report: ImportReport) -> None:
        error = AppError(job.error, job.error) if job.state == "failed" else None
        self._awaited.forget()
        self._change(step="done", report=report, ended=job.state, error=error, busy=False, progress=1.0)
        self.ended.emit(self.state)

    def _undo(self, import_id: int) -> tuple[ChunkCounts, ImportReport]:
        undone = self._app.imports.undo(import_id=import_id, actor=ACTOR)
        return undone, self._app.imports.report(import_id=import_id)

    def _undone(self, undone: ChunkCounts, report: ImportReport) -> None:
        self._change(undone=undone, report=report, busy=False)

    def _write_refused(
        self, report: ImportReport, path: Path, header: tuple[str, ...], words: Callable[[str, str], str]
    ) -> None:
        refusals = self._app.imports.report(import_id=report.id, limit=max(1, report.refused)).refusals
        try:
            with path.open("w", encoding="utf-8-sig", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(header)
                writer.writerows((number, safe(where), words(code, where)) for number, code, where in refusals)
        except OSError as error:
            raise SettingsError("cannot_write", "The file cannot be written", file=path.name) from error

    def _follow(self, task: Task) -> None:
        if self.state.busy:
            self._task = task
            task.progressed.connect(lambda done: self._progressed(task, done))

    def _progressed(self, task: Task, done: float) -> None:
        if task is self._task and self.state.busy:
            self._change(progress=done)

    def _change(self, **changes: Any) -> None:
        self._become(replace(self.state, **changes))

    def _become(self, state: ImportState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
