"""The table of customers on a real encrypted store: `python benchmarks/table.py` prints one JSON line per figure.

`open`: from asking for the page to the first rows drawn. `scroll`: a scripted scroll through the page, frame by frame
(`benchmarks/scrolling.py`), with p50, p95, p99 and the longest frame of each kind of gesture; pages are read beside it
as they are in the window. `resident`: memory of the whole process after it. `floor`: the same scroll through a bare
QTableView over a constant model of as many rows. `--folder` keeps the store (a million customers take two minutes to
make) for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import scrolling
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from campaign_app import bootstrap, words
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
from campaign_app.domain.people import ORDERS
from campaign_app.domain.phone import Phone
from campaign_app.services.people import PAGE_ROWS
from campaign_app.ui.app import SWITCH_SECONDS
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.garbage import Garbage
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import ROW
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState

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
    page, at = divmod(number, PAGE)
    evidence = Evidence(
        ISSUER,
        "consent_api",
        "1.0",
        simulated=True,
        request_id=f"q{page}",
        receipt_id=f"r{page}",
        leaf=LEAF,
        leaf_index=at,
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


def orders(app: bootstrap.App) -> None:
    """From a click on a head to what is shown: the first `SORTED_MOST` of all, or of those that a search finds."""
    people = app.people
    for name, query in {"everybody": people.query(), "a province": people.query(province="浙江")}.items():
        for order in ORDERS:
            began = time.perf_counter()
            ids = people.ordered(query, order, descending=True)
            sorted_in = time.perf_counter() - began
            waits = []
            for first in random.Random(1).choices(range(max(1, len(ids) - PAGE_ROWS)), k=20):
                began = time.perf_counter()
                people.rows_of(ids[first : first + PAGE_ROWS])
                waits.append(time.perf_counter() - began)
            page_ms = round(statistics.median(waits) * 1000, 1)
            say(f"sorted: {name} by {order}", rows=len(ids), sorted_ms=round(sorted_in * 1000), page_ms=page_ms)


def window(app: bootstrap.App, scratch: Path, frames: int) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    qt = QApplication([])
    garbage = Garbage(qt)
    garbage.start()
    tasks, prefs = Tasks(), Prefs(scratch / "prefs")
    theme = Theme(qt, "light")
    kit = Kit(theme, tasks, Messages(lambda: words.load("zh_CN")), prefs)
    session = Session(Plan(app.workspace.folder), tasks)
    session.state = SessionState("open", app=app, worker="running")
    desk = Desk(kit, app, Jobs(app, tasks), session, Way())
    before = resident()
    began = time.perf_counter()
    page = CustomersPage(desk)
    theme.dress(page)
    page.resize(1092, 740)
    page.show()
    page.shown()
    until(lambda: page.rows.row(0) is not None)
    page.table.viewport().repaint()
    first = time.perf_counter() - began
    until(lambda: page.model.state.found is not None)
    counted = time.perf_counter() - began
    say("open", rows=page.rows.rowCount(), first_rows_ms=round(first * 1000), counted_ms=round(counted * 1000))
    garbage.settle()  # as in the program, once its window is there
    scrolling.measure("scroll", page.table, frames, say)
    page.table.scrollToTop()
    began = time.perf_counter()
    page.table.scrollToBottom()
    until(lambda: page.rows.row(page.rows.rowCount() - 1) is not None)
    say("last row", ms=round((time.perf_counter() - began) * 1000))
    say("resident", mib=resident(), before_the_page=before)
    rows, columns, size = page.rows.rowCount(), len(page.rows.columns), page.table.size()
    desk.jobs.stop()
    tasks.finish()
    page.hide()
    page.deleteLater()
    QCoreApplication.processEvents()
    garbage.stop()
    scrolling.floor(rows, columns, ROW, size, frames, say)


def until(done: Callable[[], bool], seconds: float = 120) -> None:
    end = time.perf_counter() + seconds
    while not done():
        if time.perf_counter() > end:
            raise SystemExit("not done in time")
        QCoreApplication.processEvents()
        time.sleep(0.001)


def resident() -> int:
    """MiB of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--frames", type=int, default=FRAMES, help="of each kind of gesture")
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
            orders(app)
        if asked.only != "queries":
            window(app, Path(stack.enter_context(tempfile.TemporaryDirectory())), asked.frames)


if __name__ == "__main__":
    main()
