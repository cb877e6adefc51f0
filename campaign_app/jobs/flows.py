"""The durable flows: DBOS around the plain steps of this package. Imported by the worker process only.

Inputs and results are ids and counts, since DBOS stores them, under the names of the steps. A step may run twice after
a crash: each is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dbos import DBOS, DBOSConfiguredInstance
from dbos import error as dbos_error

from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.jobs import dispatch, gating, lookback, poll, screening, sync, telling, trying
from campaign_app.jobs.dispatch import Step
from campaign_app.jobs.halting import Halt, Turns
from campaign_app.jobs.import_flow import ImportFlow
from campaign_app.jobs.notes import away_note, note_of
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.retrying import asks_platform, asks_sender, asks_server, ends_job, is_server_away, last_error
from campaign_app.jobs.settling import Settled
from campaign_app.jobs.stopping import released
from campaign_app.jobs.stores import Context

_log = logging.getLogger(__name__)
# changes only when steps change: recovery filters on it, so the program's version would strand paused campaigns
FLOWS_VERSION: Final = "flows-4"
# what DBOS writes for a step costs as much as a small batch, so a step has some; after a crash it may run again from
# its first batch, and passes over those that the ledger knows
BATCHES_A_STEP: Final = 5
STEPS_A_CHUNK: Final = 10
CHUNKS_A_STEP: Final = 4
WINDOWS_A_STEP: Final = 4
FENCE_POLL_SECONDS: Final = 5.0
# a sending begins behind what an earlier job of its campaign has settled
WHERE_IT_WAS: Final = -2


@dataclass(slots=True)
class _SyncTotals:
    """What the pages of one sync came to so far; `more`: the platform has another page."""

    rows: int = 0
    new: int = 0
    broken: int = 0
    erased: int = 0
    unreachable: int = 0
    pages: int = 0
    more: bool = True

    def add(self, rows: int, new: int, broken: int, more: bool, erased: int, unreachable: int = 0) -> None:  # noqa: FBT001
        """A page as `sync_page` returns it; what an earlier version wrote down tells nothing of `unreachable`."""
        self.rows += rows
        self.new += new
        self.broken += broken
        self.erased += erased
        self.unreachable += unreachable
        self.pages += 1
        self.more = more

    def result(self) -> dict[str, Any]:
        names = ("rows", "new", "broken", "erased", "pages", *(("unreachable",) if self.unreachable else ()))
        return {name: getattr(self, name) for name in names}


def _workflow(function: Callable[..., Any]) -> Callable[..., Any]:
    # a campaign may be recovered any number of times: no limit after which it would be given up
    return DBOS.workflow(max_recovery_attempts=None)(function)


@DBOS.dbos_class()
class Flows(DBOSConfiguredInstance):
    """Every kind of job as a workflow; one instance per process. `as_set` gives the context the settings of now.

    `active` are the jobs that really run in this process, whatever DBOS has written down of them.
    """

    def __init__(self, context: Context, imports: ImportFlow, as_set: Callable[[Context], Context]) -> None:
        super().__init__("flows")
        self._context = context
        self._imports = imports
        self._as_set = as_set
        self.active: set[int] = set()
        self._walks: dict[int, lookback.Walk] = {}
        self.halt = Halt()
        self.turns = Turns()

    @_workflow
    def run(self, job_id: int, kind: str, args: Mapping[str, Any]) -> None:
        """Runs one job to its end, by the settings of now; an error ends it as failed with its code, a bug as `bug`."""
        flows: dict[str, Callable[..., dict[str, Any]]] = {
            "sync": self.sync,
            "import": self.import_file,
            "screen": self.screen,
            "dispatch": self.dispatch,
            "reconcile": self.reconcile,
            "poll": self.poll,
            "tell": self.tell,
            "changes": self.changes,
            "test": self.test,
            "lookback": self.lookback,
        }
        self.active.add(job_id)
        self.turns.begin(job_id, self._context.clock())
        try:
            self._run(job_id, flows[kind], args)
        finally:
            self.active.discard(job_id)
            self.turns.end(job_id)

    def _run(self, job_id: int, flow: Callable[..., dict[str, Any]], args: Mapping[str, Any]) -> None:
        try:
            result = flow(job_id, **args)
        except dbos_error.DBOSMaxStepRetriesExceeded as spent:
            last = last_error(spent)
            if isinstance(last, WorkspaceError) and is_server_away(last):
                self.end(job_id, "failed", last.code, {})
                return
            self.end(job_id, "failed", "platform_unavailable", {}, away_note(last, self._context.clock()))
        except AppError as problem:
            self.end(job_id, "failed", problem.code, {}, note_of(problem))
        except Exception:  # noqa: BLE001 the last barrier: no campaign stays "sending" with nobody at work on it
            _log.exception("job %s ended by an unexpected error", job_id)
            self.end(job_id, "failed", "bug", {})
        else:
            self.end(job_id, "done", "", result)

    @ends_job
    def end(self, job_id: int, state: str, error: str, result: Mapping[str, Any], note: str = "") -> None:
        """Ends the job; if it failed, its campaign is put where a person can start it again, with the note for them.

        Both at once: tried again, it leaves alone what they have let go on since.
        """
        jobs = self._context.stores.jobs
        gone = released(self._context, jobs.job(job_id), note or error) if state == "failed" else None
        jobs.set_state(job_id, state, error=error, result=result, released=gone)

    def _is_cancelled(self, job_id: int) -> bool:
        return self._context.stores.jobs.job(job_id).state == "cancelled"

    def _show_progress(self, job_id: int, done: int, total: int) -> None:
        self._context.stores.jobs.set_progress(job_id, done, total)

    def sync(self, job_id: int, account_id: int, full: bool = False) -> dict[str, Any]:  # noqa: FBT001 FBT002 by name
        """Who changed since the last sync, and everybody the first time or if `full`."""
        totals = _SyncTotals()
        if not self.sync_signatures(account_id, full):
            return totals.result() | {"customers": "not_offered"}
        while totals.more and totals.pages < sync.MAX_PAGES:
            totals.add(*self.sync_page(job_id, account_id, totals.rows))
        return totals.result()

    @asks_platform
    def sync_signatures(self, account_id: int, full: bool) -> bool:  # noqa: FBT001 steps take what is stored of them
        """Begins the walk, too: a step of its own would be one more that an update has to know.

        Says whether the platform lists its customers.
        """
        sync.begin_walk(self._context, account_id, full=full)
        sync.sync_signatures(self._context, account_id)
        return sync.hands_out_customers(self._context, account_id)

    @asks_platform
    def sync_page(self, job_id: int, account_id: int, before: int) -> tuple[int, int, int, bool, int, int]:
        """(rows, new, broken, whether there are more, erased, unreachable), as `sync.SyncStep` tells of them."""
        if self._is_cancelled(job_id):
            return 0, 0, 0, False, 0, 0
        step = sync.sync_page(self._context, account_id)
        self._show_progress(job_id, before + step.rows, 0)
        return step.rows, step.new, step.broken, step.more, step.erased, step.unreachable

    def import_file(self, job_id: int, import_id: int, chunks: int) -> dict[str, Any]:
        try:
            for chunk in range(chunks):
                if not self.import_chunk(job_id, import_id, chunk, chunks):
                    break
            return self.import_end(import_id)
        finally:
            # also where the trouble was between two chunks: what reads the file would wait for as long as this process
            self._imports.leave(import_id)

    @asks_server
    def import_chunk(self, job_id: int, import_id: int, chunk: int, chunks: int) -> bool:
        if self._is_cancelled(job_id):
            return False
        self._imports.apply_chunk(import_id, chunk)
        self._show_progress(job_id, chunk + 1, chunks)
        return True

    @asks_server
    def import_end(self, import_id: int) -> dict[str, Any]:
        return dict(self._imports.finish(import_id))

    def screen(self, job_id: int, campaign_id: int) -> dict[str, Any]:
        size = self.snapshot(job_id, campaign_id)
        for first in range(0, size, screening.CHUNK * CHUNKS_A_STEP):
            if self.screen_chunk(job_id, campaign_id, first, size) == 0:
                break
        return {"funnel": self.screen_end(campaign_id)}

    @asks_server
    def snapshot(self, job_id: int, campaign_id: int) -> int:
        size = screening.take_snapshot(self._context, campaign_id)
        self._show_progress(job_id, 0, size)
        return size

    @asks_platform
    def screen_chunk(self, job_id: int, campaign_id: int, first: int, size: int) -> int:
        done = screening.screen_chunks(self._as_set(self._context), campaign_id, first, size, CHUNKS_A_STEP)
        self._show_progress(job_id, first + done, size)
        return done

    @asks_server
    def screen_end(self, campaign_id: int) -> dict[str, int]:
        return screening.finish_screening(self._context, campaign_id)

    def dispatch(self, job_id: int, campaign_id: int) -> dict[str, Any]:
        """Chunk by chunk through the screened people; at their end what is open is settled, for which it may wait."""
        after, step = WHERE_IT_WAS, Step.ON.value
        while step in (Step.ON, Step.WAIT):
            if step == Step.WAIT:
                self.pause()
            step, after = self.dispatch_chunk(job_id, campaign_id, after)
            if step in (Step.END, Step.WAIT):
                step, after = self.dispatch_end(campaign_id)
        return {"ended": step}

    @_workflow
    def dispatch_chunk(self, job_id: int, campaign_id: int, after: int) -> tuple[str, int]:
        """A workflow of its own, so that what DBOS keeps of one stays small however many people there are."""
        step = Step.ON.value
        for _ in range(STEPS_A_CHUNK):
            step, after = self.dispatch_batch(job_id, campaign_id, after)
            if step != Step.ON:
                break
        return step, after

    @asks_sender
    def dispatch_batch(self, job_id: int, campaign_id: int, after: int) -> tuple[str, int]:
        """Some batches behind seq `after`: what the last of them did, and the seq up to which people are decided."""
        if after == WHERE_IT_WAS:
            after = self._context.stores.ledger.decided_until(campaign_id)
        with self.halt.sending():
            result = dispatch.run_batches(self._for_a_batch, campaign_id, after, BATCHES_A_STEP)
        size = self._context.stores.campaigns.campaign(campaign_id).snapshot_size
        self._show_progress(job_id, min(result.after + 1, size), size)
        gives_way = result.step is Step.ON and self.turns.is_over(job_id, self._context.clock())
        return Step.GIVES_WAY if gives_way else result.step.value, result.after

    @asks_sender
    def dispatch_end(self, campaign_id: int) -> tuple[str, int]:
        with self.halt.sending():
            result = dispatch.finish(self._as_set(self._context), campaign_id)
        # told by a step, that a recovered flow goes the same way again
        leaves = result.step is Step.WAIT and self.turns.crowded
        return Step.LEAVES if leaves else result.step.value, result.after

    def _for_a_batch(self) -> Context:
        self.halt.before_a_batch()
        return self._as_set(self._context)

    @DBOS.step()
    def pause(self) -> None:
        """DBOS's own sleep ends at a time of day: after a kill and by a clock that was set back, a day too late."""
        self._context.wait(FENCE_POLL_SECONDS)

    def reconcile(self, job_id: int, campaign_id: int) -> dict[str, Any]:
        looks = 0
        while (settled := self.reconcile_once(job_id, campaign_id, looks)) != Settled.DONE:
            if settled == Step.LEAVES:
                return {"ended": settled}
            looks += settled == Settled.UNKNOWN
            self.pause()
        return {}

    @asks_platform
    def reconcile_once(self, job_id: int, campaign_id: int, looks: int) -> str:
        self._show_progress(job_id, 0, 0)
        settled = reconcile(self._as_set(self._context), campaign_id, looks)
        return Step.LEAVES if settled is Settled.LATER and self.turns.crowded else settled.value

    def poll(self, job_id: int, account_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        return self.poll_streams(account_id)

    @asks_platform
    def poll_streams(self, account_id: int) -> dict[str, Any]:
        return poll.poll_all(self._context, account_id)

    def tell(self, job_id: int, account_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        told = 0
        while some := self.tell_some(account_id):
            told += some
        return {"told": told}

    @asks_platform
    def tell_some(self, account_id: int) -> int:
        return telling.tell_opt_outs(self._context, account_id)

    def changes(self, job_id: int, account_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        return {"read": self.changes_once(account_id)}

    @asks_platform
    def changes_once(self, account_id: int) -> bool:
        return gating.follow_changes(self._context, account_id)

    def test(self, job_id: int, trial_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        return {"state": self.test_once(trial_id)}

    @DBOS.step()
    def test_once(self, trial_id: int) -> str:
        with self.halt.sending():
            return trying.send_trial(self._as_set(self._context), trial_id).value

    def lookback(self, job_id: int, run_id: int) -> dict[str, Any]:
        try:
            while self.lookback_some(job_id, run_id):
                pass
        except Exception as trouble:
            # a server that is away for long comes back: then the worker puts the run down again
            last = last_error(trouble) if isinstance(trouble, dbos_error.DBOSMaxStepRetriesExceeded) else trouble
            if not is_server_away(last):
                self.lookback_failed(run_id, last.code if isinstance(last, AppError) else "bug")
            raise
        return {"ended": self.lookback_end(run_id)}

    @asks_server
    def lookback_some(self, job_id: int, run_id: int) -> bool:
        walk = self._walks.setdefault(run_id, lookback.Walk())
        more, looked, total = lookback.look_some(self._as_set(self._context), run_id, WINDOWS_A_STEP, walk)
        self._show_progress(job_id, looked, total)
        return more

    @DBOS.step()
    def lookback_failed(self, run_id: int, code: str) -> None:
        self._walks.pop(run_id, None)
        lookback.fail(self._context, run_id, code)

    @asks_server
    def lookback_end(self, run_id: int) -> str:
        self._walks.pop(run_id, None)
        return lookback.end(self._context, run_id)
