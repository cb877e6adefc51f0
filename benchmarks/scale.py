"""What grows with the number of customers: `scale.py --sizes 100000,1000000` prints one JSON line a figure.

Each size is filled in bulk into a workspace of four shops, then asked: audience counts, snapshot, what screening reads
and writes, funnel, table paging, syncing and a file import into the full table. Filling and asking are
processes of their own, so that each peak of memory is its own. Beside the time on the clock stands the processor's time
of the process (on a server: of the client) and the load of the machine, since only that can be compared on a busy one.

`--folder` keeps the workspaces, and asks those that are there again. `--server postgresql://user@host:port/` uses
databases `scale_SIZE` of that server, which are made where they are missing; the password is in PGPASSWORD.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Suppression,
    SuppressionKind,
)
from campaign_app.domain.customer import Account, Entity, ImportRow, PlatformCustomer
from campaign_app.domain.people import NOT_ASKED, PeopleQuery
from campaign_app.domain.phone import Phone
from campaign_app.processes import look_for_cycles_less_often
from campaign_app.services.import_parts import PART
from campaign_app.storage import schema
from campaign_app.storage.filters import joined_tags
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.server import Server
from campaign_app.storage.upserts import plain_insert
from campaign_app.storage.workspace import Workspace, create_team_workspace, create_workspace, open_workspace

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
KEY = hashlib.sha256(b"the benchmark's workspaces").digest()
LEAF = '{"channel":"sms","checked_at":"2026-11-01T00:00:00Z","iss":"91110000MA0000009X","pad":"' + "x" * 260 + '"}'
PAGE = 1_000
SHOPS = (50, 25, 15, 10)  # of a hundred customers
PROVINCES = (
    *("广东", "山东", "江苏", "浙江", "河南", "四川", "湖北", "河北", "湖南", "安徽"),
    *("福建", "上海", "北京", "辽宁", "陕西", "江西", "重庆", "广西", "云南", "山西"),
)
TAGS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("会员",),
    ("会员", "双11"),
    ("新客",),
    ("会员", "沉睡"),
    ("双11",),
    ("企业",),
)
SCREENED = MORE = 100_000
BULK = 50_000
REF_STEP = 0x9E3779B97F4A7C15
# as the audience step of the window builds them
AUDIENCES = {
    "everybody": Filter(),
    "a province": Filter((Condition("province", Op.IS, "浙江"),)),
    "three provinces": Filter((Condition("province", Op.IN, ("浙江", "江苏", "上海")),)),
    "a city": Filter((Condition("city", Op.IS, "浙江3市"),)),
    "ordered lately": Filter((Condition("days_since_order", Op.AT_MOST, 30),)),
    "spent much": Filter((Condition("spend_cents", Op.AT_LEAST, 500_000),)),
    "a tag": Filter((Condition("tag", Op.IN, ("双11",)),)),
    "a segment": Filter(
        (
            Condition("province", Op.IN, ("浙江", "江苏", "上海")),
            Condition("days_since_order", Op.AT_MOST, 180),
            Filter((Condition("spend_cents", Op.AT_LEAST, 100_000), Condition("tag", Op.IN, ("会员",))), every=False),
        )
    ),
    "asleep": Filter((Condition("days_since_order", Op.AT_LEAST, 180), Condition("order_count", Op.AT_LEAST, 2))),
}


def say(figure: str, seconds: float, cpu: float, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    line = {"figure": figure, "seconds": round(seconds, 3), "cpu_seconds": round(cpu, 3), **more}
    print(json.dumps(line | {"peak_rss_mib": round(peak), "load": os.getloadavg()[0]}, ensure_ascii=False), flush=True)


class Watch:
    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def __call__(self, work: Callable[[], Any]) -> Any:
        start, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - cpu
        return result

    def say(self, figure: str, count: int, **more: object) -> None:
        per_second = round(count / self.seconds) if self.seconds else 0
        say(figure, self.seconds, self.cpu, count=count, per_second=per_second, **more)


def customer(number: int) -> PlatformCustomer:
    dice = random.Random(number)
    province = PROVINCES[min(int(dice.expovariate(0.12)), len(PROVINCES) - 1)]
    orders = min(int(dice.expovariate(0.4)), 60)
    return PlatformCustomer(
        ref=ref_of(number),
        name=f"顾客{number}",
        phone=phone_of(number),
        updated_at=NOW,
        province=province,
        city=f"{province}{dice.randrange(12)}市",
        spend_cents=int(dice.paretovariate(1.2) * 5_000) * min(orders, 1),
        order_count=orders,
        last_order_at=NOW - timedelta(seconds=int(dice.expovariate(1 / 200) * 86_400)) if orders else None,
        tags=dice.choice(TAGS),
    )


def ref_of(number: int) -> str:
    """In no order, as platforms' ids are."""
    return f"ou{number * REF_STEP % 2**64:016x}"


def phone_of(number: int) -> Phone:
    return Phone(f"1{38 + number // 100_000_000}{number * 48_271 % 100_000_000:08d}")


def shop_of(number: int) -> int:
    part = number * 37 % 100
    return next(shop for shop in range(len(SHOPS)) if part < sum(SHOPS[: shop + 1]))


def fact(account_id: int, ref: str, number: int) -> ConsentFact:
    evidence = Evidence(
        ISSUER, "consent_api", "1.0", simulated=True, request_id=f"q{number // PAGE}",
        receipt_id=f"r{number // PAGE}", leaf=LEAF, leaf_index=number % PAGE,
    )  # fmt: skip
    status = ConsentStatus.CONFIRMED if number % 3 else ConsentStatus.DECLINED
    return ConsentFact(
        CustomerRef(account_id, ref), status, NOW, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS,
        frozenset({"retail"}), ENTITY, NOW - timedelta(days=30), checked_at=NOW, evidence=evidence,
    )  # fmt: skip


def make(folder: Path, server: str, size: int) -> Workspace:
    keeper = MemoryKeeper(KEY)
    if server:
        at = Server.parse(f"{server.rstrip('/')}/scale_{size}")
        make_database(at)
        made = create_team_workspace(folder, keeper, at, os.environ.get("PGPASSWORD", ""))
    else:
        made = create_workspace(folder, keeper)
    made.accounts.add_entity(Entity(ENTITY, "杭州某店"))
    for number in range(len(SHOPS)):
        given = {"simulated": True, "pinned_keys": "{}"}
        url = f"http://127.0.0.1/{number}"
        made.accounts.add_account(Account(0, "consent_api", f"店{number}", url, ENTITY, ISSUER, "登记处", "k", **given))
    return made


def make_database(at: Server) -> None:
    import psycopg

    with psycopg.connect(host=at.host, port=at.port, user=at.user, dbname="postgres", autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [at.database]).fetchone() is None:
            admin.execute(f'CREATE DATABASE "{at.database}" TEMPLATE template0')


def fill(store: Workspace, size: int) -> None:
    """Ready-made rows, in the order of their refs, the index of numbers last: ten times as fast as syncing them.

    How fast is syncing is measured where the table is full (`syncing`).
    """
    import numpy as np

    shops = [account.id for account in store.accounts.accounts()]
    order = np.argsort(np.arange(size, dtype=np.uint64) * np.uint64(REF_STEP))
    sealed = WorkspaceKeys.derived(KEY).phones.seal(phone_of(0))
    watch = Watch()
    names = tuple(column.name for column in schema.customer.c)
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP INDEX customer_phone")
    for first in range(0, size, BULK):
        rows = [
            row_of(store, shops[shop_of(int(order[at]))], at + 1, int(order[at]), sealed)
            for at in range(first, min(first + BULK, size))
        ]

        def write(rows: list[tuple[Any, ...]] = rows) -> None:
            with store.database.write_much() as connection:
                write_tuples(connection, plain_insert(schema.customer), names, rows)

        watch(write)
    with store.database.write_much() as connection:
        (phones,) = (index for index in schema.customer.indexes if index.name == "customer_phone")
        watch(lambda: phones.create(connection))
    _settle_down(store)
    watch.say("filled", size)


def row_of(store: Workspace, account_id: int, row_id: int, number: int, sealed: bytes) -> tuple[Any, ...]:
    each = customer(number)
    last = None if each.last_order_at is None else int(each.last_order_at.timestamp() * 1000)
    now = int(NOW.timestamp() * 1000)
    assert each.phone is not None
    return (
        row_id, account_id, each.ref, each.name, sealed, store.phone_keys.of_phone(each.phone), each.province,
        each.city, each.spend_cents, each.order_count, last, joined_tags(each.tags), "{}", now, now, None,
    )  # fmt: skip


def _settle_down(store: Workspace) -> None:
    """As autovacuum leaves a server; files are as they were written."""
    if store.database.engine.dialect.name == "postgresql":
        at = store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with at as connection:
            connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence('customer', 'id'), (SELECT max(id) FROM customer))"
            )
            connection.exec_driver_sql("VACUUM ANALYZE")


def ask(store: Workspace, size: int) -> None:
    counts(store)
    paging(store, "")
    campaign(store)
    paging(store, " after screening")
    syncing(store, size)
    file_rows(store, size)


def counts(store: Workspace) -> None:
    for name, audience in AUDIENCES.items():
        taken = []
        for _ in range(2):
            watch = Watch()
            found = watch(lambda audience=audience: store.customers.count(audience, ENTITY, NOW))
            taken.append(watch)
        first, again = taken
        say(f"count: {name}", again.seconds, again.cpu, found=found, first_seconds=round(first.seconds, 3))
    watch = Watch()
    watch(lambda: [store.customers.values(field, ENTITY, 200) for field in ("province", "city", "tag")])
    watch.say("values to choose from", 3)


def paging(store: Workspace, when: str) -> None:
    asked = {"everybody": PeopleQuery(), "a province": PeopleQuery(province="浙江")}
    if when:
        asked |= {"confirmed": PeopleQuery(status="confirmed"), "declined": PeopleQuery(status="declined")}
        asked |= {"never asked": PeopleQuery(status=NOT_ASKED)}
    for name, query in asked.items():
        watch = Watch()
        total, begins = watch(lambda query=query: store.people.anchors(query, 200))
        say(f"table{when}: open, {name}", watch.seconds, watch.cpu, rows=total)
        if not begins:
            continue
        places = {"first": begins[0], "middle": begins[len(begins) // 2], "last": begins[-1]}
        for place, first in places.items():
            watch = Watch()
            watch(lambda query=query, first=first: store.people.ids(query, first, 200))
            say(f"table{when}: {place} page, {name}", watch.seconds, watch.cpu)


def campaign(store: Workspace) -> None:
    """A snapshot of part of the customers, and what a screening of some of them reads and writes."""
    made = store.campaigns.create(Campaign(0, "双11", ENTITY, "retail", AUDIENCES["three provinces"]))
    watch = Watch()
    members = watch(lambda: store.campaigns.snapshot(made.id, NOW))
    watch.say("snapshot", members)
    reading, telling, writing, count = Watch(), Watch(), Watch(), min(members, SCREENED)
    for first in range(0, count, PAGE):
        page = reading(lambda first=first: store.campaigns.members(made.id, first, first + PAGE))
        ids = [customer_id for _, customer_id in page]
        people = reading(lambda ids=ids: store.customers.by_ids(ids, phones=False))
        reading(lambda ids=ids: (store.facts.latest(ids), store.suppressions.of_customers(ids)))
        told = [fact(people[each].account_id, people[each].ref, seq) for seq, each in page]
        telling(lambda told=told: store.facts.append(told, []))
        latest = reading(lambda ids=ids: store.facts.latest(ids))
        reading(lambda ids=ids: store.campaigns.sent_since(ENTITY, ids, NOW - timedelta(days=30)))
        reasons = {seq: ("ok" if seq % 3 else "declined", latest[each][0]) for seq, each in page}
        writing(lambda reasons=reasons: store.campaigns.set_reasons(made.id, reasons, {}))
        marks = [store.phone_keys.of_ref(CustomerRef(people[each].account_id, people[each].ref)) for each in ids[::29]]
        store.suppressions.add([Suppression(ENTITY, m, SuppressionKind.OPT_OUT, NOW, "reply") for m in marks])
    reading.say("screening: reading", count)
    telling.say("screening: facts appended", count)
    writing.say("screening: reasons written", count)
    for name, work in {
        "funnel": lambda: store.campaigns.funnel(made.id),
        "duplicates": lambda: store.campaigns.mark_duplicates(made.id),
        "funnel: pages of a reason": lambda: store.campaigns.member_pages(made.id, "declined", 200),
        "funnel: ages of facts": lambda: store.campaigns.fact_ages(made.id),
        "dispatch: next batch": lambda: store.campaigns.ok_members(made.id, count // 2, 500),
    }.items():
        watch = Watch()
        watch(work)
        watch.say(name, members)


def syncing(store: Workspace, size: int) -> None:
    """Pages of customers into the full table: new ones, then known ones, each in no order."""
    dice, shop = random.Random(2), store.accounts.accounts()[0].id
    new = range(size, size + MORE)
    known = [n for n in dice.sample(range(size), min(size, 3 * MORE)) if shop_of(n) == 0][:MORE]
    for name, numbers in (("new", new), ("known", known)):
        watch = Watch()
        for first in range(0, len(numbers), PAGE):
            page = [customer(n) for n in numbers[first : first + PAGE]]
            watch(lambda page=page: store.customers.upsert_page(shop, page, "x", NOW))
        watch.say(f"sync into the full table: {name}", len(numbers))


def file_rows(store: Workspace, size: int) -> None:
    """Rows of a file into the full table: half meet a customer by ref, half wait."""
    dice, watch, matched = random.Random(1), Watch(), Watch()
    account_id = store.accounts.accounts()[0].id
    import_id = store.imports.begin("bench.csv", os.urandom(32).hex(), SCREENED, NOW)
    for first in range(1, SCREENED, PART):
        rows = []
        for row in range(first, first + PART):
            number = dice.randrange(size * 2)
            rows.append(ImportRow(row, account_id, None, phone_of(number), {"等级": str(dice.randrange(10**6))}))
        matched(lambda rows=rows: store.imports.classify(rows))
        watch(lambda rows=rows: store.imports.apply_chunk(import_id, rows))
    matched.say("import into the full table: tried", SCREENED)
    watch.say("import into the full table: applied", SCREENED)
    watch = Watch()
    watch(lambda: store.imports.undo(import_id))
    watch.say("import into the full table: undone", SCREENED)


PARTS: dict[str, Callable[[Workspace, int], None]] = {"fill": fill, "ask": ask}


@contextmanager
def opened(folder: Path, server: str, size: int, *, new: bool) -> Iterator[Workspace]:
    store = make(folder, server, size) if new else open_workspace(folder, MemoryKeeper(KEY))
    try:
        yield store
    finally:
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--server", default="")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as scratch:
        base = asked.folder or Path(scratch)
        for size in map(int, asked.sizes.split(",")):
            folder = base / f"{'server' if asked.server else 'files'}-{size}"
            if asked.part:
                look_for_cycles_less_often()  # as the worker does
                with opened(folder, asked.server, size, new=asked.part == "fill") as store:
                    PARTS[asked.part](store, size)
                continue
            print(json.dumps({"customers": size, "there_already": folder.exists()}), flush=True)
            for part in ("fill", "ask")[folder.exists() :]:
                given = ["--sizes", str(size), "--folder", str(base), "--server", asked.server, "--part", part]
                subprocess.run([sys.executable, __file__, *given], check=True)


if __name__ == "__main__":
    main()
