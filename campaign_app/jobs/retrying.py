"""How often a step of the durable flows is tried again, and for which trouble. Imported by the worker process only."""

from __future__ import annotations

from typing import Final, TypedDict

from dbos import DBOS
from dbos import error as dbos_error

from campaign_app.domain.errors import AppError, RemoteUnavailable, WorkspaceError


class RetryOptions(TypedDict):
    """Of `DBOS.step`; each wait is `backoff_rate` times as long as the one before, and the first `interval_seconds`."""

    interval_seconds: float
    max_attempts: int
    backoff_rate: float


# 31.5 s of waits, after which a person is told
RETRIES: Final = RetryOptions(interval_seconds=0.5, max_attempts=7, backoff_rate=2.0)
# 63.5 s, longer than replies may be out of sight after a process was killed (51 s, `gateways.leasing`)
SENDING_RETRIES: Final = RetryOptions(interval_seconds=0.5, max_attempts=8, backoff_rate=2.0)
# of a job's last word, which nobody else can say: an hour, in which nothing is sent and nothing else is held up
ENDING_RETRIES: Final = RetryOptions(interval_seconds=2.0, max_attempts=1800, backoff_rate=1.0)
_AWAY: Final = frozenset({"server_unreachable", "server_read_only", "server_connections"})


def is_server_away(error: BaseException) -> bool:
    """A team's server restarts or has no connection left, or the way to it is cut, or a standby has yet to take over:

    what the step began is found and taken up again.
    """
    return isinstance(error, WorkspaceError) and error.code in _AWAY


def _is_temporary(error: BaseException) -> bool:
    return isinstance(error, RemoteUnavailable) or is_server_away(error)


def _keeps_job_from_ending(error: BaseException) -> bool:
    """Lets go what such an error holds: DBOS keeps those of all tries, of which there are many."""
    keeps = is_server_away(error) or (isinstance(error, WorkspaceError) and error.code == "server_disk_full")
    if keeps:
        error.__traceback__ = error.__cause__ = error.__context__ = None
    return keeps


asks_server: Final = DBOS.step(retries_allowed=True, should_retry=is_server_away, **RETRIES)
asks_platform: Final = DBOS.step(retries_allowed=True, should_retry=_is_temporary, **RETRIES)
asks_sender: Final = DBOS.step(retries_allowed=True, should_retry=_is_temporary, **SENDING_RETRIES)
ends_job: Final = DBOS.step(retries_allowed=True, should_retry=_keeps_job_from_ending, **ENDING_RETRIES)


def last_error(spent: dbos_error.DBOSMaxStepRetriesExceeded) -> AppError:
    """The last of the errors for which a step was tried again."""
    last = spent.errors[-1]
    assert isinstance(last, AppError)
    return last
