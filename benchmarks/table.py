"""The table of customers on a real encrypted store: `python benchmarks/table.py` prints one JSON line per figure.

`open`: from asking for the page to the first rows drawn. `frame`: scroll by a third of the view, then by random jumps,
and paint (offscreen); the reading of pages goes on beside it as it does in the window. `resident`: memory of the whole
process after it. `--folder` keeps the store (a million customers take two minutes to make) for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
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
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.phone import Phone

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
KEY = bytes(range(32))
LEAF = '{"channel":"sms","checked_at":"2026-11-01T00:00:00Z","iss":"91110000MA0000009X","pad":"' + "x" * 260 + '"}'
PAGE = 1_000
FRAMES = 400
PLACES = (("浙江", "杭州"), ("江苏", "南京"), ("广东", "深圳"), ("四川", "成都"), ("湖北", "武汉"))
STATUSES = (*(ConsentStatus.CONFIRMED,) * 6, ConsentStatus.DECLINED, ConsentStatus.PENDING, ConsentStatus.WITHDRAWN)


def say(figure: str, **values: object) -> None:
    print(json.dumps({"figure": figure} | values, ensure_ascii=False), flush=True)


def customer(number: int) -> PlatformCustomer:
    province, city = PLACES[number % len(PLACES)]
    return PlatformCustomer(
        f"ou-{number:09d}",
        f"顾客{number}",
        Phone(f"138{number * 48_271 % 10**8:08d}"),
        NOW,
        province,
        city,
        spend_cents=number * 7_919 % 1_000_000,
        order_count=number % 17,
        last_order_at=NOW - timedelta(days=number % 400),
    )


def fact(account_id: int, number: int) -> ConsentFact:
    evidence = Evidence(
        ISSUER, "consent_api", "1.0", True, f"q{number // PAGE}", f"r{number // PAGE}", LEAF, number % PAGE
    )
    return ConsentFact(
        CustomerRef(account_id, f"ou-{number:09d}"),
        STATUSES[number % len(STATUSES)],
        NOW,
        ConsentMethod.EXPLICIT_TOGGLE,
        Channel.SMS,
        frozenset({"retail"}),
        ENTITY,
        NOW - timedelta(days=30),
        checked_at=NOW,
        evidence=evidence,
    )


def fill(app: bootstrap.App, count: int) -> None:
    store = app.workspace
    store.accounts.add_entity(Entity(ENTITY, "杭州某店"))
    account = Account(
        0, "consent_api", "杭州店", "http://127.0.0.1", ENTITY, ISSUER, "登记处", "k1", simulated=True, pinned_keys="{}"
    )
    account_id = store.accounts.add_account(account).id
    for first in range(0, count, PAGE):
        numbers = range(first, min(first + PAGE, count))
        store.customers.upsert_page(account_id, [customer(n) for n in numbers], "x", NOW)
        store.facts.append([fact(account_id, n) for n in numbers if n % 10], [])
        keys = [store.phone_keys.of_ref(CustomerRef(account_id, f"ou-{n:09d}")) for n in numbers if n % 29 == 0]
        store.suppressions.add([Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "reply") for key in keys])


def queries(app: bootstrap.App) -> None:
    people = app.people
    asked = {
        "everybody": people.query(),
        "one shop": people.query(account_id=1),
        "a province": people.query(province="浙江"),
        "confirmed": people.query(status="confirmed"),
        "never asked": people.query(status="not_asked"),
        "a name": people.query("顾客77"),
        "a ref": people.query("ou-000000077"),
        "a number": people.query(f"138{77 * 48_271:08d}"),
    }
    for name, query in asked.items():
        began = time.perf_counter()
        total, ids = people.anchors(query)
        counted = time.perf_counter() - began
        waits = []
        for first in random.Random(1).choices(ids, k=20) if ids else ():
            began = time.perf_counter()
            people.rows(query, first)
            waits.append(time.perf_counter() - began)
        median = round(statistics.median(waits) * 1000, 1) if waits else None
        say(f"query: {name}", rows=total, count_ms=round(counted * 1000), page_ms=median)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=("queries", "window"))
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "workspace"
        keeper = MemoryKeeper(KEY)
        made = bootstrap.is_workspace(folder)
        app = stack.enter_context(bootstrap.open_app(folder, keeper) if made else bootstrap.create_app(folder, keeper))
        if not made:
            fill(app, asked.customers)
        if asked.only != "window":
            queries(app)


if __name__ == "__main__":
    main()
