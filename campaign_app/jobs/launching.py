"""Starts and ends the durable flows of a worker's process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbos import DBOS, DBOSConfig

from campaign_app.jobs.flows import FLOWS_VERSION, Flows
from campaign_app.jobs.import_flow import ImportFlow
from campaign_app.jobs.sharing import WHOLE, Share
from campaign_app.jobs.stores import Context
from campaign_app.jobs.takeover import name_of, register_queues


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
