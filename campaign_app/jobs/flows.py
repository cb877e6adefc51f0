"""The durable flows: DBOS around the plain steps of this package. Imported by the worker process only.

Inputs and results are ids and counts, since DBOS stores them. A step may run twice after a crash: each is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance
from dbos import error as dbos_error

from campaign_app.domain.errors import AppError, RemoteUnavailable, WorkspaceError
from campaign_app.jobs import dispatch, gating, lookback, poll, screening, sync, telling, trying
from campaign_app.jobs.halting import Halt, Turns
from campaign_app.jobs.import_flow import ImportFlow
from campaign_app.jobs.notes import away_note, note_of
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from campaign_app.jobs.sharing import WHOLE, Share
from campaign_app.jobs.stopping import released
from campaign_app.jobs.stores import Context
from campaign_app.jobs.takeover import name_of, register_queues

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


class RetryOptions(TypedDict):
    interval_seconds: float
    max_attempts: int
    backoff_rate: float


_AWAY: Final = frozenset({"server_unreachable", "server_read_only", "server_connections"})


def _temporary(error: BaseException) -> bool:
    return isinstance(error, RemoteUnavailable) or _server_away(error)


def _server_away(error: BaseException) -> bool:
    """A team's server restarts or has no connection left, or the way to it is cut, or a standby has yet to take over:

    what the step began is found and taken up again.
    """
    return isinstance(error, WorkspaceError) and error.code in _AWAY


def _server_out(error: BaseException) -> bool:
    """Lets go what such an error holds: DBOS keeps those of all tries, of which there are many."""
    out = _server_away(error) or (isinstance(error, WorkspaceError) and error.code == "server_disk_full")
    if out:
        error.__traceback__ = error.__cause__ = error.__context__ = None
    return out


# 31.5 s of waits, after which a person is told
RETRIES: Final = RetryOptions(interval_seconds=0.5, max_attempts=7, backoff_rate=2.0)
# 63.5 s, longer than replies may be out of sight after a process was killed (51 s, `gateways.leasing`)
SENDING_RETRIES: Final = RetryOptions(interval_seconds=0.5, max_attempts=8, backoff_rate=2.0)
# of a job's last word, which nobody else can say: an hour, in which nothing is sent and nothing else is held up
ENDING_RETRIES: Final = RetryOptions(interval_seconds=2.0, max_attempts=1800, backoff_rate=1.0)
_asks_server: Final = DBOS.step(retries_allowed=True, should_retry=_server_away, **RETRIES)
_asks_platform: Final = DBOS.step(retries_allowed=True, should_retry=_temporary, **RETRIES)
_asks_sender: Final = DBOS.step(retries_allowed=True, should_retry=_temporary, **SENDING_RETRIES)
_ends: Final = DBOS.step(retries_allowed=True, should_retry=_server_out, **ENDING_RETRIES)


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
            last = _last(spent)
            if isinstance(last, WorkspaceError) and _server_away(last):
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

    @_ends
    def end(self, job_id: int, state: str, error: str, result: Mapping[str, Any], note: str = "") -> None:
        """Ends the job; if it failed, its campaign is put where a person can start it again, with the note for them.

        Both at once: tried again, it leaves alone what they have let go on since.
        """
        jobs = self._context.stores.jobs
        gone = released(self._context, jobs.job(job_id), note or error) if state == "failed" else None
        jobs.set_state(job_id, state, error=error, result=result, released=gone)

    def sync(self, job_id: int, account_id: int, full: bool = False) -> dict[str, Any]:  # noqa: FBT001 FBT002 by name
        """Who changed since the last sync, and everybody the first time or if `full`."""
        if not self.sync_signatures(account_id, full):
            return {"rows": 0, "new": 0, "broken": 0, "erased": 0, "pages": 0, "customers": "not_offered"}
        rows = new = broken = erased = pages = unreachable = 0
        more = True
        while more and pages < sync.MAX_PAGES:
            got = self.sync_page(job_id, account_id, rows)
            rows, new, broken, erased = rows + got[0], new + got[1], broken + got[2], erased + got[4]
            more, pages = got[3], pages + 1
            unreachable += sum(got[5:])  # what an earlier version wrote down has none
        counted = {"rows": rows, "new": new, "broken": broken, "erased": erased, "pages": pages}
        return counted | ({"unreachable": unreachable} if unreachable else {})

    @_asks_platform
    def sync_signatures(self, account_id: int, full: bool) -> bool:  # noqa: FBT001 steps take what is stored of them
        """Begins the walk, too: a step of its own would be one more that an update has to know.

        Says whether the platform lists its customers.
        """
        sync.begin_walk(self._context, account_id, full=full)
        sync.sync_signatures(self._context, account_id)
        return sync.hands_out_customers(self._context, account_id)

    @_asks_platform
    def sync_page(self, job_id: int, account_id: int, before: int) -> tuple[int, int, int, bool, int, int]:
        if self._context.stores.jobs.job(job_id).state == "cancelled":
            return 0, 0, 0, False, 0, 0
        step = sync.sync_page(self._context, account_id)
        self._context.stores.jobs.set_progress(job_id, before + step.rows, 0)
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

    @_asks_server
    def import_chunk(self, job_id: int, import_id: int, chunk: int, chunks: int) -> bool:
        if self._context.stores.jobs.job(job_id).state == "cancelled":
            return False
        self._imports.apply_chunk(import_id, chunk)
        self._context.stores.jobs.set_progress(job_id, chunk + 1, chunks)
        return True

    @_asks_server
    def import_end(self, import_id: int) -> dict[str, Any]:
        return dict(self._imports.finish(import_id))

    def screen(self, job_id: int, campaign_id: int) -> dict[str, Any]:
        size = self.snapshot(job_id, campaign_id)
        for first in range(0, size, screening.CHUNK * CHUNKS_A_STEP):
            if self.screen_chunk(job_id, campaign_id, first, size) == 0:
                break
        return {"funnel": self.screen_end(campaign_id)}

    @_asks_server
    def snapshot(self, job_id: int, campaign_id: int) -> int:
        size = screening.take_snapshot(self._context, campaign_id)
        self._context.stores.jobs.set_progress(job_id, 0, size)
        return size

    @_asks_platform
    def screen_chunk(self, job_id: int, campaign_id: int, first: int, size: int) -> int:
        done = screening.screen_chunks(self._as_set(self._context), campaign_id, first, size, CHUNKS_A_STEP)
        self._context.stores.jobs.set_progress(job_id, first + done, size)
        return done

    @_asks_server
    def screen_end(self, campaign_id: int) -> dict[str, int]:
        return screening.finish_screening(self._context, campaign_id)

    def dispatch(self, job_id: int, campaign_id: int) -> dict[str, Any]:
        after, step = WHERE_IT_WAS, dispatch.Step.ON.value
        while step in (dispatch.Step.ON, dispatch.Step.WAIT):
            if step == dispatch.Step.WAIT:
                self.pause()
            step, after = self.dispatch_chunk(job_id, campaign_id, after)
            if step in (dispatch.Step.END, dispatch.Step.WAIT):
                step, after = self.dispatch_end(campaign_id)
        return {"ended": step}

    @_workflow
    def dispatch_chunk(self, job_id: int, campaign_id: int, after: int) -> tuple[str, int]:
        step = dispatch.Step.ON.value
        for _ in range(STEPS_A_CHUNK):
            step, after = self.dispatch_batch(job_id, campaign_id, after)
            if step != dispatch.Step.ON:
                break
        return step, after

    @_asks_sender
    def dispatch_batch(self, job_id: int, campaign_id: int, after: int) -> tuple[str, int]:
        if after == WHERE_IT_WAS:
            after = self._context.stores.ledger.decided_until(campaign_id)
        with self.halt.sending():
            result = dispatch.run_batches(self._for_a_batch, campaign_id, after, BATCHES_A_STEP)
        size = self._context.stores.campaigns.campaign(campaign_id).snapshot_size
        self._context.stores.jobs.set_progress(job_id, min(result.after + 1, size), size)
        gives_way = result.step is dispatch.Step.ON and self.turns.is_over(job_id, self._context.clock())
        return dispatch.Step.GIVES_WAY if gives_way else result.step.value, result.after

    @_asks_sender
    def dispatch_end(self, campaign_id: int) -> tuple[str, int]:
        with self.halt.sending():
            result = dispatch.finish(self._as_set(self._context), campaign_id)
        # told by a step, that a recovered flow goes the same way again
        leaves = result.step is dispatch.Step.WAIT and self.turns.crowded
        return dispatch.Step.LEAVES if leaves else result.step.value, result.after

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
            if settled == dispatch.Step.LEAVES:
                return {"ended": settled}
            looks += settled == Settled.UNKNOWN
            self.pause()
        return {}

    @_asks_platform
    def reconcile_once(self, job_id: int, campaign_id: int, looks: int) -> str:
        self._context.stores.jobs.set_progress(job_id, 0, 0)
        settled = reconcile(self._as_set(self._context), campaign_id, looks)
        return dispatch.Step.LEAVES if settled is Settled.LATER and self.turns.crowded else settled.value

    def poll(self, job_id: int, account_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        return self.poll_streams(account_id)

    @_asks_platform
    def poll_streams(self, account_id: int) -> dict[str, Any]:
        return poll.poll_all(self._context, account_id)

    def tell(self, job_id: int, account_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        told = 0
        while some := self.tell_some(account_id):
            told += some
        return {"told": told}

    @_asks_platform
    def tell_some(self, account_id: int) -> int:
        return telling.tell_opt_outs(self._context, account_id)

    def changes(self, job_id: int, account_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        return {"read": self.changes_once(account_id)}

    @_asks_platform
    def changes_once(self, account_id: int) -> bool:
        return gating.follow_changes(self._context, account_id)

    def test(self, job_id: int, trial_id: int) -> dict[str, Any]:  # noqa: ARG002 every flow is called with its job
        return {"state": self.test_once(trial_id)}

    def lookback(self, job_id: int, run_id: int) -> dict[str, Any]:
        try:
            while self.lookback_some(job_id, run_id):
                pass
        except Exception as trouble:
            # a server that is away for long comes back: then the worker puts the run down again
            last = _last(trouble) if isinstance(trouble, dbos_error.DBOSMaxStepRetriesExceeded) else trouble
            if not _server_away(last):
                self.lookback_failed(run_id, last.code if isinstance(last, AppError) else "bug")
            raise
        return {"ended": self.lookback_end(run_id)}

    @_asks_server
    def lookback_some(self, job_id: int, run_id: int) -> bool:
        walk = self._walks.setdefault(run_id, lookback.Walk())
        more, looked, total = lookback.look_some(self._as_set(self._context), run_id, WINDOWS_A_STEP, walk)
        self._context.stores.jobs.set_progress(job_id, looked, total)
        return more

    @DBOS.step()
    def lookback_failed(self, run_id: int, code: str) -> None:
        self._walks.pop(run_id, None)
        lookback.fail(self._context, run_id, code)

    @_asks_server
    def lookback_end(self, run_id: int) -> str:
        self._walks.pop(run_id, None)
        return lookback.end(self._context, run_id)

    @DBOS.step()
    def test_once(self, trial_id: int) -> str:
        with self.halt.sending():
            return trying.send_trial(self._as_set(self._context), trial_id).value


def _last(spent: dbos_error.DBOSMaxStepRetriesExceeded) -> AppError:
    """The last of the errors for which a step was tried again (`_temporary`)."""
    last = spent.errors[-1]
    assert isinstance(last, AppError)
    return last


def launch(
    context: Context,
    imports: ImportFlow,
    system_engine: Any,
    as_set: Callable[[Context], Context],
    share: Share = WHOLE,
) -> Flows:
    """Starts DBOS on an open engine (beside the workspace, or on its server).

    A worker that is alone recovers what a killed one left; one of several takes from the queues what `takeover` puts
    there.
    """
    config: DBOSConfig = {
        "name": "campaign-app",
        "system_database_engine": system_engine,
        # nobody is notified of anything here, and a listener would hold a connection to the server
        "use_listen_notify": False,
        "application_version": FLOWS_VERSION,
        "executor_id": share.executor,
        "log_level": "WARNING",
        "enable_otlp": False,
        # only how long the end of the worker waits for whoever looks for notifications
        "notification_listener_polling_interval_sec": 0.1,
    }
    DBOS(config=config)
    flows = Flows(context, imports, as_set)
    if not share.alone:
        DBOS.listen_queues([name_of(place) for place in share.places])
    DBOS.launch()
    if not share.alone:
        register_queues(share.places)
    return flows


def stop(seconds: int) -> None:
    """Ends DBOS; flows still running after `seconds` go on at the next launch."""
    running = DBOS.list_workflows(status="PENDING", limit=1, load_input=False, load_output=False)
    # asked to wait, DBOS sleeps a second before it looks whether there is anything to wait for
    DBOS.destroy(workflow_completion_timeout_sec=seconds if running else 0)
