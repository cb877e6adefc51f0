"""Jobs as DBOS workflows: they are started, found again, and forgotten. Imported by the worker process only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dbos import DBOS, SetWorkflowID

from campaign_app.domain.ports import Job
from campaign_app.jobs.sharing import ALONE
from campaign_app.jobs.stopping import released
from campaign_app.jobs.stores import Context
from campaign_app.jobs.worker import Starter, is_time

# a flow that is written down as going on, and at which nobody in this process works for so long
LOST_AFTER: Final = timedelta(seconds=15)
GOING_ON: Final = frozenset({"PENDING", "ENQUEUED", "DELAYED"})


class FlowLost(Exception):
    """A flow is at work by what is written down, and by nobody in this process: a full disk ended it unwritten.

    Only a new process takes it up again, as after a kill.
    """


def flow_starter(context: Context, flows: Any, executor: str = ALONE) -> Starter:
    """Starts jobs as DBOS workflows whose id is the job's: the same job again is the same workflow, whoever starts it.

    A job whose flow ended without being able to say so is ended here, and its campaign handed to a person. Raises
    FlowLost for one at which nobody works for longer than it takes to begin or to be written down.
    """
    idle: dict[int, datetime] = {}

    def start(job: Job) -> None:
        known = DBOS.get_workflow_status(f"job-{job.id}")
        if known is not None and known.status in GOING_ON:
            now = context.clock()
            if job.id in flows.active or known.executor_id != executor:
                idle.pop(job.id, None)
            elif is_time(idle.setdefault(job.id, now), now, LOST_AFTER):
                raise FlowLost
            return  # begun before: DBOS itself goes on with it
        if known is not None:
            end_orphan(context, job)
            return
        with SetWorkflowID(f"job-{job.id}"):
            # where it is done is between the job and its worker
            args = {name: value for name, value in job.args.items() if name != "place"}
            DBOS.start_workflow(flows.run, job.id, job.kind, args)

    return start


def forget_flows(job_ids: Sequence[int]) -> None:
    """Removes what DBOS keeps of the flows of these jobs."""
    DBOS.delete_workflows([f"job-{job_id}" for job_id in job_ids], delete_children=True)


def end_orphan(context: Context, job: Job) -> None:
    """Ends a job whose flow is over, unless it ended in the meantime."""
    context.stores.jobs.set_state(job.id, "failed", error="bug", released=released(context, job, "bug"))
