"""Seconds of a look-back over sent messages, by the real store, gate and rules; a JSON line per figure.

    python benchmarks/lookback.py [--messages 1000000] [--own-words]

What was sent is written in bulk, in batches of 500, with the customers, consents and numbers that a real campaign has;
consents are of the last hour, so that no platform is asked. One in fifty has withdrawn since, one in a hundred has a
consent by default. Then a run is begun and gone through as the worker does it, in this one process. With `--own-words`
nearly every text is another (name, city, points); without, names repeat as they do.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa

from campaign_app import working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Receipt,
)
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.lookback import Scope
from campaign_app.domain.message import Outcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.signature import Signature
from campaign_app.jobs import lookback
from campaign_app.processes import look_for_cycles_less_often
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.schema_sending import ledger, ledger_latest, submission
from campaign_app.storage.upserts import plain_insert
from campaign_app.storage.workspace import Workspace, create_workspace

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
SENT = NOW - timedelta(days=1)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
BATCH = 500
FIRST, GIVEN = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜",
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英",
)
CITIES = (
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "湖州",
    "绍兴",
    "金华",
    "衢州",
    "舟山",
    "台州",
    "丽水",
    "上海",
    "苏州",
    "南京",
)
NAMES = "{name}您好，冬装上新，会员到店满300元减50元，11月30日前有效。拒收请回复R"
OWN = "{city}的{name}您好，冬装上新，{name}的会员积分{points}分可到店抵用，11月30日前有效。拒收请回复R"


def say(figure: str, value: float, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"figure": figure, "value": value, "peak_rss_mib": peak} | more), flush=True)


def values(n: int) -> dict[str, str]:
    chance = Random(n)
    name = chance.choice(FIRST) + chance.choice(GIVEN) + (chance.choice(GIVEN) if n % 3 else "")
    return {"name": name, "city": chance.choice(CITIES), "points": str(chance.randrange(10_000))}


def fact_of(account: int, n: int) -> ConsentFact:
    status, method, withdrawn = ConsentStatus.CONFIRMED, ConsentMethod.EXPLICIT_TOGGLE, None
    if n % 50 == 0:
        status, withdrawn = ConsentStatus.WITHDRAWN, NOW - timedelta(hours=2)
    elif n % 100 == 1:
        method = ConsentMethod.REGISTRATION_DEFAULT
    page = f"r{n // 1000}"
    proof = Evidence(ISSUER, "consent_api", "1.0", True, page, page, f'{{"ref":"c{n}"}}', n % 1000)
    obtained = NOW - timedelta(days=200)
    return ConsentFact(
        CustomerRef(account, f"c{n}"), status, NOW, method, Channel.SMS, frozenset({"retail"}), ENTITY, obtained, None,
        withdrawn, None, NOW, proof,
    )  # fmt: skip


def fill(workspace: Workspace, messages: int, body: str) -> None:
    workspace.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    account = workspace.accounts.add_account(
        Account(0, "consent_api", "S1", "http://127.0.0.1", ENTITY, ISSUER, "登记处", "k1", True, "{}")
    ).id
    filed = Signature(
        "安宁百货",
        ENTITY,
        "company",
        "approved",
        carrier_filed=True,
        scopes=("retail",),
        valid_until=date(2027, 12, 31),
    )
    workspace.accounts.put_signatures(account, [filed], NOW)
    campaign = workspace.campaigns.create(Campaign(0, "双11", ENTITY, "retail", Filter(), "安宁百货", body))
    rows = 0
    for first in range(0, messages, 5_000):
        numbers = range(first, min(first + 5_000, messages))
        people = [
            PlatformCustomer(f"c{n}", values(n)["name"], Phone(f"138{n:08d}"), SENT, city=values(n)["city"])
            for n in numbers
        ]
        workspace.customers.upsert_page(account, people, "x", SENT)
        good = [_confirmed(fact_of(account, n)) for n in numbers]
        pages = range(first // 1000, numbers[-1] // 1000 + 1)
        receipts = [Receipt(f"r{page}", account, "jws", bytes(32_000), SENT) for page in pages]
        then = workspace.facts.append(good, receipts)
        workspace.facts.append([fact_of(account, n) for n in numbers if n % 50 == 0 or n % 100 == 1], receipts)
        ids = workspace.customers.ids_of_refs(account, [f"c{n}" for n in numbers])
        with workspace.database.write_much() as connection:
            _write(connection, campaign.id, account, body, [(n, ids[f"c{n}"], then[ids[f"c{n}"]][0]) for n in numbers])
        rows += len(numbers)
    say("filled", rows)


def _confirmed(fact: ConsentFact) -> ConsentFact:
    good = replace(fact, status=ConsentStatus.CONFIRMED, method=ConsentMethod.EXPLICIT_TOGGLE, withdrawn_at=None)
    return replace(good, observed_at=NOW - timedelta(minutes=30), checked_at=NOW - timedelta(minutes=30))


def _write(
    connection: sa.Connection, campaign: int, account: int, body: str, people: Sequence[tuple[int, int, int]]
) -> None:
    at = int(SENT.timestamp() * 1000)
    batches, sent, latest = [], [], []
    for n, customer, fact in people:
        batch = n // BATCH + 1
        if n % BATCH == 0:
            batches.append((batch, campaign, account, f"k{batch}", n, n + BATCH - 1, at + batch, 1, None, 0, None))
        text = f"【安宁百货】{body.format(**values(n))}"
        sent.append((n + 1, batch, campaign, n, customer, fact, "confirmed", f"m{n}", n.to_bytes(32, "big"), text))
        latest.append((campaign, n + 1, Outcome.DELIVERED.value, 1))
    for table, made in ((submission, batches), (ledger, sent), (ledger_latest, latest)):
        write_tuples(connection, plain_insert(table), tuple(column.name for column in table.c), made)


def look(workspace: Workspace, messages: int, *, own_words: bool) -> None:
    look_for_cycles_less_often()
    context = working.worker_context(workspace, lambda: NOW + timedelta(hours=1))
    run = workspace.lookbacks.begin(Scope(SENT - timedelta(days=1), NOW), asked_by="benchmark", at=NOW)
    start, cpu, walk = time.perf_counter(), time.process_time(), lookback.Walk()
    while lookback.look_some(context, run.id, 4, walk)[0]:
        pass
    lookback.end(context, run.id)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    ended = workspace.lookbacks.run(run.id)
    assert ended.looked == messages, ended.counts()
    say(
        "lookback_seconds", round(seconds, 2), messages=messages, cpu_seconds=round(cpu, 2), own_words=own_words,
        per_second=round(messages / seconds), **ended.counts(),
    )  # fmt: skip


def compare(workspace: Workspace) -> None:
    newest, *_ = workspace.lookbacks.runs(1)
    again = workspace.lookbacks.begin(newest.scope, asked_by="benchmark", at=NOW)
    start = time.perf_counter()
    told = workspace.lookbacks.difference(newest.id, again.id)
    say("difference_seconds", round(time.perf_counter() - start, 2), gone=told.gone)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=1_000_000)
    asked.add_argument("--own-words", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workspace = create_workspace(Path(scratch) / "ws", MemoryKeeper(bytes(range(32))))
        try:
            fill(workspace, options.messages, OWN if options.own_words else NAMES)
            look(workspace, options.messages, own_words=options.own_words)
            compare(workspace)
        finally:
            workspace.close()


if __name__ == "__main__":
    main()
