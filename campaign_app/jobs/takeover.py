"""The flows of a worker that ended go on at another one: DBOS hands them over by its queues.

It takes a flow from whoever had it: what a worker that was only stopped for a while writes of it afterwards is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Final

from dbos import DBOS
from dbos._dbos import _get_dbos_instance

from campaign_app.jobs.sharing import QUEUES

_log = logging.getLogger(__name__)
LOOK_SECONDS: Final = 0.5


def name_of(queue: str) -> str:
    """As DBOS knows it; it has queues of its own."""
    return f"taken-over-{queue}"


def register_queues(places: Iterable[str] = ()) -> None:
    """All that there are, and what this worker alone takes over."""
    for queue in dict.fromkeys((*QUEUES, *places)):
        DBOS.register_queue(name_of(queue), polling_interval_sec=LOOK_SECONDS)


def take_over(alive: Callable[[], Collection[str]], place_of: Callable[[int], str | None]) -> None:
    """Puts the flows that nobody is at work on where a worker finds them: those of executors that are not `alive`.

    `place_of` a job by its number (`sharing.place_of`); None of one that is forgotten. Who is alive is asked after what
    is under way was read: a worker enters before it begins anything.
    """
    running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    known = alive() if running else ()
    for flow in running:
        place = place_of(_job_of(flow.workflow_id)) if flow.executor_id not in known else None
        if place is not None:
            _log.info("%s of %s goes on elsewhere", flow.workflow_id, flow.executor_id)
            _hand_over(flow.workflow_id, flow.executor_id, name_of(place))


def _hand_over(workflow_id: str, former: str | None, queue: str) -> None:
    """Only from whom it was seen with: the public `resume_workflow` would also take it from whoever has it by now."""
    dead = [] if former is None else [former]
    _get_dbos_instance()._sys_db.reenqueue_for_recovery(workflow_id, dead, queue)  # noqa: SLF001 - see above


def _job_of(workflow_id: str) -> int:
    """`job-7` is the flow of job 7, `job-7-3` that of its third step."""
    return int(workflow_id.split("-")[1])
