"""Screening and durable dispatch against a sandbox of its own; prints one JSON line per figure.

The worker runs as its own process, as for a user. The floor is a hand-written loop in the same run with as many commits
(a claim and a settlement per batch of 500, in the same kind of encrypted file), the same signed HTTP and nothing else:
no gate, no changes pulled, no content check, no recovery.

Beside the time on the clock each figure has the processor's time of all processes together (Linux), since on a busy
machine only that can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from campaign_app import bootstrap, clocks
from campaign_app.cli.demo import JOB_SECONDS
from campaign_app.cli.follow import follow_campaign, wait_for_job
from campaign_app.credentials import MemoryKeeper
from campaign_app.demo import BODY, Sandbox, begin_sandbox, daytime_offset, quiet_days
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Account
from campaign_app.domain.platform import consent_api
from campaign_app.processes import start_worker
from campaign_app.storage.engine import open_engine
from campaign_app.transport.connect import session_for
from campaign_app.transport.wire import MessagesAnswer

BATCH = 500
# the sandbox's people complain by chance, one of 10,000 each: three early ones would pause what is measured here, as
# they should by the default of 10. The most that a person may set; the fuse itself is asked as ever
FUSE = 100
_ACCOUNT = Account(0, "consent_api", "floor", "", "", "", "", "", simulated=True, pinned_keys="{}")


def show(figure: str, value: float, **facts: Any) -> None:
    print(json.dumps({"figure": figure, "value": round(value, 1), **facts}), flush=True)


@dataclass
class Watch:
    """Time on the clock and on all processors since it was made."""

    wall: float
    cpu: float

    @classmethod
    def started(cls) -> Watch:
        return cls(time.perf_counter(), _cpu_seconds())

    def show(self, figure: str, count: int, **facts: Any) -> None:
        wall, cpu = time.perf_counter() - self.wall, _cpu_seconds() - self.cpu
        told = {"count": count, "seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), **facts}
        show(figure, count / wall, **told)


def _cpu_seconds() -> float:
    """Of this process and its living children."""
    own = os.times()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if not children.exists():
        return own.user + own.system
    ticks = [
        Path(f"/proc/{child}/stat").read_text().rpartition(") ")[2].split() for child in children.read_text().split()
    ]
    return own.user + own.system + sum(int(t[11]) + int(t[12]) for t in ticks) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, options: argparse.Namespace) -> None:
    offset = daytime_offset(clocks.system_clock(), quiet_days())
    with ExitStack() as stack:
        sandbox = stack.enter_context(begin_sandbox(customers=options.customers, seed=1, faults="none"))()
        sandbox.shift_clock(offset)
        app = stack.enter_context(workspace(folder / "ws", offset, reread=options.reread))
        watch = Watch.started()
        connect(app, sandbox)
        watch.show("sync_customers_per_s", options.customers)
        watch = Watch.started()
        campaign = screen(app, sandbox, BODY.replace("{name}", "{city}{name}") if options.own_words else BODY)
        watch.show("screening_per_s", campaign.snapshot_size)
        approve(app, campaign.id)
        if options.latency:
            delay(sandbox, options.latency / 1000)
        watch = Watch.started()
        send(app, campaign.id)
        sent = app.campaigns.results(campaign.id).counts["submitted"]
        watch.show(
            "dispatch_per_s", sent, reread=options.reread, own_words=options.own_words, latency_ms=options.latency
        )
        ledger = sandbox.ledger()
        show("doubled", ledger["doubled"])
        show("unconfirmed", ledger["unconfirmed"])
        by_hand(folder, sandbox, offset, sent)


@contextmanager
def workspace(folder: Path, offset: timedelta, *, reread: bool) -> Iterator[bootstrap.App]:
    """A throw-away workspace with its worker; with `reread` every fact is read again before its batch."""
    key = secrets.token_bytes(32)
    with bootstrap.create_app(folder, MemoryKeeper(key), offset=offset) as app:
        app.workspace.accounts.set_setting(bootstrap.DEMO, value=True)
        app.workspace.accounts.set_setting("complaints_per_10000", value=FUSE)
        if reread:
            app.workspace.accounts.set_setting("batch_reread_minutes", value=0)
        with start_worker(folder, key, offset):
            yield app


def connect(app: bootstrap.App, sandbox: Sandbox) -> None:
    jobs = []
    for shop in sandbox.shops:
        account = app.accounts.connect(
            consent_api(base_url=sandbox.url, key_id=shop["key_id"], private_key=shop["private_key"]), actor="benchmark"
        )
        jobs.append(app.jobs.enqueue("sync", {"account_id": account.id}, app.clock()))
    for job in jobs:
        wait_for_job(app, job.id, seconds=JOB_SECONDS)


def screen(app: bootstrap.App, sandbox: Sandbox, body: str) -> Any:
    entity = sandbox.shops[0]["entity"]["uscc"]
    signature = next(s for s in app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed)
    made = app.campaigns.create(name="b", entity_uscc=entity, purpose="retail", audience=Filter(), actor="benchmark")
    app.campaigns.edit(made.id, signature=signature.text, body=body, actor="benchmark")
    app.campaigns.screen(made.id, actor="benchmark")
    return follow_campaign(app, made.id, {CampaignState.SCREENING}, quiet=True)


def approve(app: bootstrap.App, campaign_id: int) -> None:
    warned = app.campaigns.warnings(campaign_id)
    ready = app.campaigns.funnel(campaign_id)["ok"]
    shown = app.campaigns.get(campaign_id)
    app.campaigns.approve(shown, recipients=ready, confirmed_warnings=warned, actor="benchmark")


def send(app: bootstrap.App, campaign_id: int) -> None:
    app.campaigns.schedule(campaign_id, send_at=None, actor="benchmark")
    sent = follow_campaign(app, campaign_id, {CampaignState.SCHEDULED, CampaignState.SENDING}, quiet=True)
    assert sent.state is CampaignState.DONE, sent


def delay(sandbox: Sandbox, seconds: float) -> None:
    """Every answer from now on comes so much later, as from a platform far away."""
    order = {"next": [{"fault": "slow_body", "times": 1_000_000, "seconds": seconds}]}
    requests.post(f"{sandbox.url}/sandbox/faults", json=order, timeout=5).raise_for_status()


def by_hand(folder: Path, sandbox: Sandbox, offset: timedelta, messages: int) -> None:
    """The floor."""
    shop = sandbox.shops[0]
    clock = clocks.shifted_clock(offset)
    account = replace(_ACCOUNT, base_url=sandbox.url, key_id=shop["key_id"])
    session = session_for(account, shop["private_key"], clock)
    engine = open_engine(folder / "floor.db", secrets.token_bytes(32), create=True)
    metadata = sa.MetaData()
    claim = sa.Table("claim", metadata, sa.Column("message_id", sa.Text, primary_key=True), sa.Column("text", sa.Text))
    outcome = sa.Table(
        "outcome", metadata, sa.Column("message_id", sa.Text, primary_key=True), sa.Column("state", sa.Text)
    )
    with engine.begin() as connection:
        metadata.create_all(connection)
    text = f"【安宁百货】{BODY.replace('{name}', '张女士')}"
    watch = Watch.started()
    for first in range(0, messages, BATCH):
        rows = [{"message_id": f"floor-{first + i}", "text": text} for i in range(min(BATCH, messages - first))]
        with engine.begin() as connection:
            connection.execute(sa.insert(claim), rows)
        body = {"purpose": "retail", "messages": [{**row, "ref": row["message_id"]} for row in rows]}
        answer = session.post(
            "/v1/messages", body, MessagesAnswer, headers={"Idempotency-Key": f"floor-{first}"}, safe_to_repeat=False
        )
        with engine.begin() as connection:
            connection.execute(
                sa.insert(outcome), [{"message_id": o.message_id, "state": o.status} for o in answer.outcomes]
            )
    watch.show("floor_loop_per_s", messages)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=230_000, help="about 45 %% of them can be sent to")
    parser.add_argument("--reread", action="store_true", help="read every fact again before its batch")
    parser.add_argument("--latency", type=int, default=0, help="milliseconds by which every answer comes later")
    parser.add_argument("--own-words", action="store_true", help="nearly everybody gets a text of their own")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), parser.parse_args())


if __name__ == "__main__":
    main()
