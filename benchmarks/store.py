"""Rows per second of the encrypted store against bare INSERT loops into the same schema; one JSON line per figure.

Everything is on the real store: SQLCipher, WAL, synchronous=FULL. Objects are made outside the measured time, except in
`upsert_page`, where the floor gets ready-made rows and the store starts from a platform's customers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_app.consent.gate import Ask, Person, decide
from campaign_app.consent.policy import Policy
from campaign_app.consent.recipient import ConfirmedRecipient, Outgoing
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Receipt,
)
from campaign_app.domain.customer import Account, Entity, ImportRow, PlatformCustomer
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.jobs.ports import Claim
from campaign_app.storage.workspace import Workspace, create_workspace

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
LEAF = '{"channel":"sms","checked_at":"2026-11-01T00:00:00Z","iss":"91110000MA0000009X","pad":"' + "x" * 260 + '"}'
PAGE, BATCH, CHUNK = 1_000, 500, 5_000
PREFIXES = ("138", "139", "150", "151", "152", "157", "158", "159", "182", "187")


class Stopwatch:
    """Adds up what is measured; the rest (making objects) goes free."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def __call__(self, work: Callable[[], Any]) -> Any:
        start, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - cpu
        return result


def say(figure: str, count: int, watch: Stopwatch, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    line = {"figure": figure, "rows": count, "seconds": round(watch.seconds, 2), "cpu_seconds": round(watch.cpu, 2)}
    line["per_second"] = round(count / watch.seconds)
    print(json.dumps(line | {"peak_rss_mib": round(peak)} | more), flush=True)


def phone(number: int) -> Phone:
    # a fixed walk through the numbers, so that their hashes and the order of import differ
    spread = number * 48_271 % 10_000_000
    return Phone(f"{PREFIXES[number // 10_000_000 % 10]}{number % 10}{spread:07d}")


def customer(number: int) -> PlatformCustomer:
    return PlatformCustomer(
        ref=f"ou-{number:09d}",
        name=f"顾客{number}",
        phone=phone(number),
        updated_at=NOW,
        province="浙江",
        city="杭州",
        spend_cents=number % 100_000,
        order_count=number % 17,
        last_order_at=NOW - timedelta(days=number % 400),
        tags=("会员", "双11"),
    )


def fact(account_id: int, number: int) -> ConsentFact:
    page = number // PAGE
    return ConsentFact(
        ref=CustomerRef(account_id, f"ou-{number:09d}"),
        status=ConsentStatus.WITHDRAWN if number % 20 == 0 else ConsentStatus.CONFIRMED,
        observed_at=NOW,
        method=ConsentMethod.EXPLICIT_TOGGLE,
        channel=Channel.SMS,
        purposes=frozenset({"retail"}),
        entity_uscc=ENTITY,
        obtained_at=NOW - timedelta(days=30),
        checked_at=NOW,
        evidence=Evidence(
            ISSUER, "consent_api", "1.0", simulated=True, request_id=f"q{page}", receipt_id=f"r{page}",
            leaf=LEAF, leaf_index=number % PAGE,
        ),
    )  # fmt: skip


def pages(count: int, size: int) -> Iterator[range]:
    return (range(first, min(first + size, count)) for first in range(0, count, size))


def bare_inserts(folder: Path, count: int) -> float:
    """The floor: ready-made rows of `customer`, executemany by the page, nothing asked and nothing derived."""
    workspace, account_id = prepared(folder / "floor")
    watch = Stopwatch()
    raw = workspace.database.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        columns = (
            "account_id, ref, name, phone_sealed, phone_key, province, city, spend_cents, order_count, last_order_at, "
            "tags, updated_at, seen_at"
        )
        statement = f"INSERT INTO customer ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
        for page in pages(count, PAGE):
            rows = [
                (account_id, f"ou-{n:09d}", f"顾客{n}", os.urandom(39), os.urandom(32), "浙江", "杭州", n % 100_000,
                 n % 17, 1, "\x1f会员\x1f双11\x1f", 1, 1)
                for n in page
            ]  # fmt: skip

            def insert(rows: list[Any] = rows) -> None:
                driver.execute("BEGIN IMMEDIATE")
                driver.executemany(statement, rows)
                driver.execute("COMMIT")

            watch(insert)
    finally:
        raw.close()
        workspace.close()
    say("floor: bare INSERT into customer", count, watch)
    return count / watch.seconds


def prepared(folder: Path) -> tuple[Workspace, int]:
    workspace = create_workspace(folder, MemoryKeeper(os.urandom(32)))
    workspace.accounts.add_entity(Entity(ENTITY, "杭州某店"))
    account = Account(
        0, "consent_api", "S1", "http://127.0.0.1", ENTITY, ISSUER, "登记处", "k1", simulated=True, pinned_keys="{}"
    )
    return workspace, workspace.accounts.add_account(account).id


def upsert(workspace: Workspace, account_id: int, count: int, figure: str, floor: float) -> None:
    watch = Stopwatch()
    for page in pages(count, PAGE):
        rows = [customer(number) for number in page]
        watch(lambda rows=rows: workspace.customers.upsert_page(account_id, rows, "x", NOW))
    say(figure, count, watch, of_floor=round(count / watch.seconds / floor, 2))


def imports(workspace: Workspace, account_id: int, count: int, floor: float) -> None:
    """Half of the rows meet a customer by number, half wait."""
    watch = Stopwatch()
    import_id = workspace.imports.begin("bench.csv", "0" * 64, count, NOW)
    for page in pages(count, CHUNK):
        rows = [
            ImportRow(n, account_id, None, phone(n if n % 2 else n + 20_000_000), {"偏好": "咖啡", "等级": str(n % 5)})
            for n in page
        ]
        watch(lambda rows=rows: workspace.imports.apply_chunk(import_id, rows))
    say("import apply_chunk", count, watch, of_floor=round(count / watch.seconds / floor, 2))
    watch = Stopwatch()
    watch(lambda: workspace.imports.undo(import_id))
    say("import undo", count, watch)


def facts(workspace: Workspace, account_id: int, count: int) -> None:
    watch = Stopwatch()
    for page in pages(count, PAGE):
        rows = [fact(account_id, number) for number in page]
        receipt = Receipt(f"r{page[0] // PAGE}", account_id, "e30." + "x" * 400, b"h" * 32 * len(page), NOW)
        watch(lambda rows=rows, receipt=receipt: workspace.facts.append(rows, [receipt]))
    say("facts.append", count, watch)
    watch = Stopwatch()
    for page in pages(count, PAGE):
        watch(lambda page=page: workspace.facts.latest([number + 1 for number in page]))
    say("facts.latest", count, watch)
    watch = Stopwatch()
    for page in pages(count, PAGE):
        watch(lambda page=page: workspace.customers.by_ids([number + 1 for number in page]))
    say("customers.by_ids", count, watch)


def sending(workspace: Workspace, account_id: int, count: int) -> None:
    watch = Stopwatch()
    made = workspace.campaigns.create(Campaign(0, "双11", ENTITY, "retail", Filter()))
    watch(lambda: workspace.campaigns.snapshot(made.id, NOW))
    say("campaigns.snapshot", count, watch)
    watch = Stopwatch()
    for page in pages(count, PAGE):
        members = watch(lambda page=page: workspace.campaigns.members(made.id, page.start, page.stop))
        reasons = {seq: ("ok", None) for seq, _ in members}
        watch(lambda reasons=reasons: workspace.campaigns.set_reasons(made.id, reasons))
    say("campaigns.members and set_reasons", count, watch)
    sends = workspace.campaigns.campaign(made.id)
    workspace.campaigns.update(replace(sends, state=CampaignState.SENDING), expected=CampaignState.DRAFT)
    ledger(workspace, account_id, made.id, count)


def ledger(workspace: Workspace, account_id: int, campaign_id: int, count: int) -> None:
    claimed, settled, sent = Stopwatch(), Stopwatch(), 0
    account, campaign = workspace.accounts.account(account_id), workspace.campaigns.campaign(campaign_id)
    ask = Ask(campaign_id, "retail", ENTITY, NOW, NOW, Policy(), simulated_sender=True)
    for page in pages(count, BATCH):
        members = workspace.campaigns.ok_members(campaign_id, page.start - 1, len(page))
        claims = list(claims_of(workspace, ask, members))
        key, span = f"c{campaign_id}-{page.start}", (page.start, page.stop)
        work = claimed(lambda c=claims, k=key, s=span: workspace.ledger.claim(campaign, account, k, c, {}, s, NOW))
        outcomes = [SubmitOutcome(each.outgoing.message_id, Outcome.ACCEPTED, f"p-{each.seq:012d}") for each in claims]
        settled(lambda w=work, o=outcomes: workspace.ledger.settle(w.id, o, NOW))
        sent += len(claims)
    say("ledger.claim", sent, claimed)
    say("ledger.settle", sent, settled)
    claimed.seconds, claimed.cpu = claimed.seconds + settled.seconds, claimed.cpu + settled.cpu
    say("ledger.claim and settle", sent, claimed)


def claims_of(workspace: Workspace, ask: Ask, members: tuple[tuple[int, int], ...]) -> Iterator[Claim]:
    latest = workspace.facts.latest([customer_id for _, customer_id in members])
    known = workspace.customers.by_ids([customer_id for _, customer_id in members])
    for seq, customer_id in members:
        fact_id, newest = latest[customer_id]
        decision = decide(Person(customer_id, fact_id, newest), ask)
        if isinstance(decision, ConfirmedRecipient):
            text = f"【某店】顾客{customer_id}，双11会员日开始了，全场满300减40，退订回T"
            outgoing = Outgoing(decision, f"{workspace.id}-{ask.campaign_id}-{seq}", text)
            yield Claim(seq, outgoing, known[customer_id].phone_key or b"")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to put the temporary workspaces")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.folder))
    try:
        floor = bare_inserts(folder, asked.rows)
        workspace, account_id = prepared(folder / "store")
        upsert(workspace, account_id, asked.rows, "customers.upsert_page, new", floor)
        upsert(workspace, account_id, min(asked.rows, 200_000), "customers.upsert_page, again", floor)
        imports(workspace, account_id, min(asked.rows, 200_000), floor)
        facts(workspace, account_id, min(asked.rows, 200_000))
        sending(workspace, account_id, min(asked.rows, 200_000))
        workspace.close()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
