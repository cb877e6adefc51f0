"""Screening and durable dispatch against a sandbox of its own; prints one JSON line per figure.

The worker runs as its own process, as for a user. The floor is a hand-written loop in the same run with as many commits
(a claim and a settlement per batch of 500, in the same kind of encrypted file), the same signed HTTP and nothing else:
no gate, no changes pulled, no content check, no recovery.
"""

from __future__ import annotations

import argparse
import json
import secrets
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from campaign_app import bootstrap
from campaign_app.cli.demo import JOB_SECONDS
from campaign_app.cli.follow import follow_campaign, wait_for_job
from campaign_app.demo import BODY, Sandbox, daytime_offset, start_sandbox
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Account
from campaign_app.storage.engine import open_engine
from campaign_app.transport.connect import session_for
from campaign_app.transport.wire import MessagesAnswer

BATCH = 500
_ACCOUNT = Account(0, "consent_api", "floor", "", "", "", "", "", simulated=True, pinned_keys="{}")


def show(figure: str, value: float, **facts: Any) -> None:
    print(json.dumps({"figure": figure, "value": round(value, 1), **facts}), flush=True)


def measure(folder: Path, customers: int) -> None:
    offset = daytime_offset(bootstrap.system_clock())
    with ExitStack() as stack:
        sandbox = stack.enter_context(start_sandbox(customers=customers, seed=1, faults="none"))
        sandbox.shift_clock(offset)
        app = stack.enter_context(bootstrap.demo_app(folder / "ws", secrets.token_bytes(32), offset))
        start = time.perf_counter()
        connect(app, sandbox)
        show("sync_customers_per_s", customers / (time.perf_counter() - start), customers=customers)
        start = time.perf_counter()
        campaign = screen(app, sandbox)
        show("screening_per_s", campaign.snapshot_size / (time.perf_counter() - start), people=campaign.snapshot_size)
        seconds = send(app, campaign.id)
        sent = app.campaigns.results(campaign.id).counts["submitted"]
        show("dispatch_per_s", sent / seconds, messages=sent, seconds=round(seconds, 2))
        ledger = sandbox.ledger()
        show("doubled", ledger["doubled"])
        show("unconfirmed", ledger["unconfirmed"])
        seconds = by_hand(folder, sandbox, offset, sent)
        show("floor_loop_per_s", sent / seconds, messages=sent, seconds=round(seconds, 2))


def connect(app: bootstrap.App, sandbox: Sandbox) -> None:
    jobs = []
    for shop in sandbox.shops:
        account = app.accounts.connect(
            base_url=sandbox.url, key_id=shop["key_id"], private_key=shop["private_key"], actor="benchmark"
        )
        jobs.append(app.jobs.enqueue("sync", {"account_id": account.id}, app.clock()))
    for job in jobs:
        wait_for_job(app, job.id, seconds=JOB_SECONDS)


def screen(app: bootstrap.App, sandbox: Sandbox) -> Any:
    entity = sandbox.shops[0]["entity"]["uscc"]
    signature = next(s for s in app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed)
    made = app.campaigns.create(name="b", entity_uscc=entity, purpose="retail", audience=Filter(), actor="benchmark")
    app.campaigns.edit(made.id, signature=signature.text, body=BODY, actor="benchmark")
    app.campaigns.screen(made.id, actor="benchmark")
    return follow_campaign(app, made.id, {CampaignState.SCREENING}, quiet=True)


def send(app: bootstrap.App, campaign_id: int) -> float:
    warned = app.campaigns.warnings(campaign_id)
    ready = app.campaigns.funnel(campaign_id)["ok"]
    app.campaigns.approve(campaign_id, recipients=ready, confirmed_warnings=warned, actor="benchmark")
    start = time.perf_counter()
    app.campaigns.schedule(campaign_id, send_at=None, actor="benchmark")
    sent = follow_campaign(app, campaign_id, {CampaignState.SCHEDULED, CampaignState.SENDING}, quiet=True)
    assert sent.state is CampaignState.DONE, sent
    return time.perf_counter() - start


def by_hand(folder: Path, sandbox: Sandbox, offset: Any, messages: int) -> float:
    """The floor."""
    shop = sandbox.shops[0]
    clock = bootstrap.shifted_clock(offset)
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
    start = time.perf_counter()
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
    seconds = time.perf_counter() - start
    engine.dispose()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=230_000, help="about 45 %% of them can be sent to")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), parser.parse_args().customers)


if __name__ == "__main__":
    main()
