"""One, two and four workers on a team's workspace: several campaigns at once, one JSON line a figure.

    python benchmarks/crew.py --server postgresql://user@host:port/ --workers 1,2,4

The password is in PGPASSWORD. Each number of workers gets a database `crew_N` of its own, which must not be there, and
`--campaigns` campaigns that share all customers among them by province (about 45 % of all can be sent to), all screened
at once and then all sent at once.
Beside the time on the clock stands the processor's time of this process and its children: the workers and the sandbox,
but not the server of the database.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from dispatch import Watch, approve, connect, show
from scale import make_database

from campaign_app import bootstrap, clocks
from campaign_app.cli.follow import follow_campaign
from campaign_app.credentials import MemoryKeeper
from campaign_app.demo import BODY, Sandbox, begin_sandbox, daytime_offset, quiet_days
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import CampaignState
from campaign_app.processes import start_worker
from campaign_app.storage import schema
from campaign_app.storage.server import Server


@contextmanager
def workspace(folder: Path, server: str, workers: int, offset: timedelta) -> Iterator[bootstrap.App]:
    key = secrets.token_bytes(32)
    address = f"{server.rstrip('/')}/crew_{workers}"
    make_database(Server.parse(address))
    bootstrap.create_team(folder, MemoryKeeper(key), address, os.environ.get("PGPASSWORD", "")).close()
    with bootstrap.open_app(folder, MemoryKeeper(key), offset=offset) as app, ExitStack() as crew:
        app.workspace.accounts.set_setting(bootstrap.DEMO, value=True)
        for _ in range(workers):
            crew.enter_context(start_worker(folder, key, offset))
        yield app


def campaigns(app: bootstrap.App, sandbox: Sandbox, count: int) -> list[int]:
    entity = sandbox.shops[0]["entity"]["uscc"]
    signature = next(s for s in app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed)
    with app.workspace.database.read() as connection:
        provinces = list(
            connection.execute(sa.select(schema.customer.c.province).distinct().order_by("province")).scalars()
        )
    made = []
    for n in range(count):
        theirs = Filter((Condition("province", Op.IN, tuple(provinces[n::count])),))
        one = app.campaigns.create(
            name=f"b{n}", entity_uscc=entity, purpose="retail", audience=theirs, actor="benchmark"
        )
        app.campaigns.edit(one.id, signature=signature.text, body=BODY, actor="benchmark")
        made.append(one.id)
    return made


def measure(folder: Path, workers: int, options: argparse.Namespace) -> None:
    offset = daytime_offset(clocks.system_clock(), quiet_days())
    with ExitStack() as stack:
        sandbox = stack.enter_context(begin_sandbox(customers=options.customers, seed=1, faults="none"))()
        sandbox.shift_clock(offset)
        app = stack.enter_context(workspace(folder / "ws", options.server, workers, offset))
        connect(app, sandbox)
        ids = campaigns(app, sandbox, options.campaigns)
        watch = Watch.started()
        for each in ids:
            app.campaigns.screen(each, actor="benchmark")
        screened = [follow_campaign(app, each, {CampaignState.SCREENING}, quiet=True) for each in ids]
        watch.show("screening_per_s", sum(each.snapshot_size for each in screened), workers=workers)
        for each in ids:
            approve(app, each)
        watch = Watch.started()
        for each in ids:
            app.campaigns.schedule(each, send_at=None, actor="benchmark")
        for each in ids:
            sent = follow_campaign(app, each, {CampaignState.SCHEDULED, CampaignState.SENDING}, quiet=True)
            assert sent.state is CampaignState.DONE, sent
        counts = [app.campaigns.results(each).counts["submitted"] for each in ids]
        watch.show("dispatch_per_s", sum(counts), workers=workers, campaigns=len(ids))
        ledger = sandbox.ledger()
        show("doubled", ledger["doubled"])
        show("unconfirmed", ledger["unconfirmed"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--campaigns", type=int, default=4)
    options = parser.parse_args()
    for workers in map(int, options.workers.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), workers, options)


if __name__ == "__main__":
    main()
