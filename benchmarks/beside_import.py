"""A campaign and the window's own writes beside the import of a large file; prints one JSON line per figure.

Both want the workspace's write lock, which the import holds nearly always. The floor is the same without an import.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dispatch import BODY, approve, connect, screen, send, workspace
from import_customers import write_file

from campaign_app import bootstrap, clocks
from campaign_app.cli.import_ import OPEN_STATES
from campaign_app.demo import begin_sandbox, daytime_offset, quiet_days
from campaign_app.services.import_plan import Source
from campaign_app.storage.schema_sending import submission

PRESSES = 100
BETWEEN = 0.05  # seconds
CHUNKS = 2  # of the import, before anything is measured


def show(figure: str, waits: Sequence[float], **facts: Any) -> None:
    waits = sorted(waits)
    told = {"p50": waits[len(waits) // 2], "p95": waits[len(waits) * 95 // 100], "longest": waits[-1]}
    print(
        json.dumps({"figure": figure, "n": len(waits), **{k: round(v, 3) for k, v in told.items()}, **facts}),
        flush=True,
    )


def begin_import(app: bootstrap.App, file: Path, account: int) -> int:
    begun = app.imports.begin(source=Source(str(file), account), actor="benchmark")
    job = app.jobs.enqueue("import", begun.args, app.clock())
    while app.jobs.job(job.id).progress < CHUNKS:
        assert app.jobs.job(job.id).state in OPEN_STATES, "the import has ended before anything was measured"
        time.sleep(BETWEEN)
    return job.id


def pressed(app: bootstrap.App) -> list[float]:
    """Seconds that each of some small changes took, as a press in the window makes them."""
    waits = []
    for _ in range(PRESSES):
        began = time.perf_counter()
        app.workspace.accounts.set_setting("benchmark", began)
        waits.append(time.perf_counter() - began)
        time.sleep(BETWEEN)
    return waits


def sent(app: bootstrap.App, campaign_id: int) -> list[float]:
    """Sends it; seconds between one claim of a batch and the next."""
    send(app, campaign_id)
    claimed = (
        sa.select(submission.c.claimed_at).where(submission.c.campaign_id == campaign_id).order_by(submission.c.id)
    )
    with app.workspace.database.read() as connection:
        times = list(connection.execute(claimed).scalars())
    return [(after - before) / 1000 for before, after in pairwise(times)]


def measure(folder: Path, options: argparse.Namespace) -> None:
    offset = daytime_offset(clocks.system_clock(), quiet_days())
    file = folder / "people.csv"
    write_file(file, options.rows, 1)
    with ExitStack() as stack:
        sandbox = stack.enter_context(begin_sandbox(customers=options.customers, seed=1, faults="none"))()
        sandbox.shift_clock(offset)
        app = stack.enter_context(workspace(folder / "ws", offset, reread=False))
        connect(app, sandbox)
        account = app.workspace.accounts.accounts()[0].id
        alone, beside = (screen(app, sandbox, BODY).id for _ in range(2))
        approve(app, alone)
        show("press_seconds", pressed(app), beside="nothing")
        show("seconds_between_batches", sent(app, alone), beside="nothing")
        approve(app, beside)
        job = begin_import(app, file, account)
        show("press_seconds", pressed(app), beside="import", import_goes_on=app.jobs.job(job).state == "running")
        gaps = sent(app, beside)
        show("seconds_between_batches", gaps, beside="import", import_goes_on=app.jobs.job(job).state == "running")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=30_000, help="about 45 %% of them can be sent to, twice")
    parser.add_argument("--rows", type=int, default=2_000_000, help="of the file")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), parser.parse_args())


if __name__ == "__main__":
    main()
