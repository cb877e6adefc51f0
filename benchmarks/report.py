"""What a self-check report of a year costs: `report.py [--sends 1000000] [--folder DIR]`, a JSON line a figure.

A workspace is filled in bulk: twelve campaigns, one a month, and for each send a member, a consent fact of its own, a
row of the ledger with its text, an outcome; a hundredth answers with an opt-out. `--folder` keeps it and asks it again
if it is there. Filling and asking are processes of their own, so that the peak of memory is that of the report.
Beside the time on the clock stands the processor's: only that can be compared on a busy machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from campaign_app import wiring
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.self_check import QUERIES, Period, Stage
from campaign_app.storage import schema
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.schema_sending import campaign_member, inbound, ledger, ledger_latest, submission
from campaign_app.storage.upserts import plain_insert
from campaign_app.storage.workspace import Workspace, create_workspace, open_workspace

YEAR = 2026
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
KEY = hashlib.sha256(b"the benchmark's workspaces").digest()
LEAF = '{"channel":"sms","checked_at":"2026-11-01T00:00:00Z","iss":"91110000MA0000009X","pad":"' + "x" * 260 + '"}'
TEXT = "【安宁百货】您好，冬装上新，会员到店满300元减50元，11月30日前有效。拒收请回复R"
MONTHS, BATCH, BULK = 12, 500, 100_000
REASONS = ("declined", "default_consent", "no_record", "withdrawn", "expired")


def say(figure: str, seconds: float, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    line = {"figure": figure, "seconds": round(seconds, 3), **more, "peak_rss_mib": round(peak)}
    print(json.dumps(line | {"load": round(os.getloadavg()[0], 2)}, ensure_ascii=False), flush=True)


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def made(folder: Path) -> Workspace:
    store = create_workspace(folder, MemoryKeeper(KEY))
    store.accounts.add_entity(Entity(ENTITY, "杭州某店"))
    given = {"simulated": True, "pinned_keys": "{}"}
    store.accounts.add_account(
        Account(0, "consent_api", "杭州店", "http://127.0.0.1/", ENTITY, ISSUER, "登记处", "k", **given)
    )
    for month in range(MONTHS):
        purpose = "finance" if month % 4 == 3 else "retail"
        store.campaigns.create(Campaign(0, f"{month + 1}月上新", ENTITY, purpose, Filter()))
    return store


def put(store: Workspace, table: sa.Table, rows: Iterator[tuple[Any, ...]]) -> None:
    names = tuple(column.name for column in table.c)
    while bulk := list(islice(rows, BULK)):
        with store.database.write_much() as connection:
            write_tuples(connection, plain_insert(table), names, bulk)


def hashed(number: int) -> bytes:
    return hashlib.blake2b(number.to_bytes(8, "big"), digest_size=32).digest()


def places(people: int) -> Iterator[tuple[int, int]]:
    """Everybody of each month, in order."""
    return ((month, at) for month in range(MONTHS) for at in range(people))


def fill(folder: Path, sends: int) -> None:
    """Each month a tenth more people are screened than are sent to."""
    started = time.perf_counter()
    store, each = made(folder), sends // MONTHS
    people = each + each // 10
    claimed = [ms(datetime(YEAR, month + 1, 5, 2, tzinfo=UTC)) for month in range(MONTHS)]
    now = claimed[-1]
    customers = (
        (n + 1, 1, f"ou{n:012d}", f"顾客{n}", None, hashed(n), "浙江", "杭州", 0, 0, None, "", "{}", now, now, None)
        for n in range(people)
    )
    put(store, schema.customer, customers)
    put(store, schema.consent_source, ((n + 1, 1, ISSUER, "consent_api", "1.0", 1, "", "", None, "") for n in range(1)))
    facts = (
        (
            month * people + at + 1, at + 1,
            "confirmed" if at < each else "default", "explicit_toggle" if at < each else "registration_default",
            "sms", '["retail"]', ENTITY, now, None, None, None, claimed[month], claimed[month], 1, LEAF, at % 1000, "",
        )
        for month, at in places(people)
    )  # fmt: skip
    put(store, schema.consent_fact, facts)
    last = (MONTHS - 1) * people
    latest = ((at + 1, last + at + 1, now, int(at >= each)) for at in range(people))
    put(store, schema.consent_latest, latest)
    members = (
        (month + 1, at, at + 1, "ok" if at < each else REASONS[at % 5], month * people + at + 1, 1)
        for month, at in places(people)
    )
    put(store, campaign_member, members)
    batches = -(-each // BATCH)
    claims = (
        (
            month * batches + n + 1, month + 1, 1, f"key-{month}-{n}", n * BATCH, n * BATCH + BATCH - 1,
            claimed[month] + n, 1, BATCH, 0, 45,
        )
        for month in range(MONTHS)
        for n in range(batches)
    )  # fmt: skip
    put(store, submission, claims)
    rows = (
        (
            n + 1, month * batches + at // BATCH + 1, month + 1, at, at + 1, month * people + at + 1, "confirmed",
            f"m{n:012d}", hashed(at), TEXT,
        )
        for n, (month, at) in enumerate(places(each))
    )  # fmt: skip
    put(store, ledger, rows)
    put(
        store, ledger_latest,
        ((month + 1, n + 1, "failed" if n % 50 == 0 else "delivered", 2) for n, (month, _) in enumerate(places(each))),
    )  # fmt: skip
    replies = (
        (
            n + 1, 1, f"r{n}", f"ou{at:012d}", None, "R", claimed[month] + 60_000 + n,
            claimed[month] + 61_500 + n % 40_000, 1, month + 1, hashed(at),
        )
        for n, (month, at) in enumerate(islice(places(each), 0, None, 100))
    )  # fmt: skip
    put(store, inbound, replies)
    marks = (
        (n + 1, ENTITY, hashed(at), "opt_out", claimed[MONTHS - 1] + 60_000 + n, "reply", "", "")
        for n, (month, at) in enumerate(islice(places(each), 0, None, 100))
        if month == MONTHS - 1
    )
    put(store, schema.suppression, marks)
    store.close()
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    say("filled", time.perf_counter() - started, sends=sends, mib=size >> 20)


def timed(figure: str, work: Callable[[], Any], **more: object) -> None:
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    say(figure, time.perf_counter() - started, cpu_seconds=round(time.process_time() - cpu, 2), **more, **result)


def ask(folder: Path, sends: int, *, each: bool) -> None:
    keeper, period = MemoryKeeper(KEY), Period.year(YEAR)
    with wiring.wire(open_workspace(folder, keeper), keeper, timedelta(0)) as app:
        if each:
            with app.workspace.reports.facts(period) as facts:
                for name in QUERIES:
                    timed(f"query {name}", lambda name=name: {"rows": sum(1 for _ in getattr(facts, name)() or ())})
        with tempfile.TemporaryDirectory() as out:
            for kind in ("pdf", "xlsx", "json"):

                def make(kind: str = kind) -> dict[str, int]:
                    made = app.reporting.export(period, Stage.CHECK, Path(out) / f"report.{kind}", actor="benchmark")
                    return {"bytes": made.size, "pages": made.pages}

                timed(f"report as {kind}", make, sends=sends)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sends", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--each", action="store_true", help="also what each query costs")
    parser.add_argument("--do", choices=("fill", "ask"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.do == "fill":
        fill(given.folder, given.sends)
    elif given.do == "ask":
        ask(given.folder, given.sends, each=given.each)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.folder or Path(temporary) / "workspace"
            more = ["--sends", str(given.sends), "--folder", str(folder), *(["--each"] if given.each else [])]
            for step in ("ask",) if folder.exists() else ("fill", "ask"):
                subprocess.run([sys.executable, __file__, *more, "--do", step], check=True)


if __name__ == "__main__":
    main()
