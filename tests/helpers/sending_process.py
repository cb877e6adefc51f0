"""A worker's dispatch of one campaign in a process of its own, once somebody writes a line to its standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from campaign_app.clocks import system_clock
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.jobs import dispatch
from campaign_app.storage.workspace import open_workspace
from campaign_app.working import worker_context
from tests.helpers.aliyun_shop import KEY


def main(folder: str, campaign_id: int) -> None:
    context = worker_context(open_workspace(Path(folder), MemoryKeeper(KEY)), system_clock)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    result = dispatch.BatchResult(dispatch.Step.ON, -1)
    while result.step is dispatch.Step.ON:
        try:
            result = dispatch.run_batch(context, campaign_id, result.after)
        except RemoteUnavailable:  # the flow waits and tries again, too
            context.wait(0.1)
    sys.stdout.write(f"{result.step.value}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
