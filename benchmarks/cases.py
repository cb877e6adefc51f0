"""How fast a number is looked up among many suppressions, and how long a case pack takes; a JSON line per figure.

    python benchmarks/cases.py [--suppressions 10000000] [--people 20000] [--entries 20000]

Suppressions are written straight in bulk, ten thousand look-ups each take one number through the store; a pack is that
of one complaint about a campaign of `people`, beside `entries` of the audit about anything else.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from evidence import AT, ENTITY, campaign_of, entries, opened, say, timed

from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.customer import Entity
from campaign_app.domain.phone import Phone
from campaign_app.reports.case_pack import Packed
from campaign_app.storage import schema
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.upserts import plain_insert
from campaign_app.wiring import App

PAGE = 20_000
LOOKS = 10_000
NAMES = ("entity_uscc", "key", "kind", "since", "source", "note", "said_by")


def suppress(app: App, count: int) -> list[Phone]:
    """A known number here and there among random keys."""
    known: list[Phone] = []
    kinds = ("opt_out", "complaint", "withdrawn")
    for first in range(0, count, PAGE):
        here = Phone(f"138{first // PAGE:08d}")
        known.append(here)
        keys = [app.workspace.phone_keys.of_phone(here), *(os.urandom(32) for _ in range(PAGE - 1))]
        rows = [(ENTITY, key, kinds[n % 3], AT + n, "reply", "", "") for n, key in enumerate(keys)]
        with app.workspace.database.write_much() as connection:
            write_tuples(connection, plain_insert(schema.suppression), NAMES, rows)
    return known


def look_up(app: App, known: list[Phone], count: int) -> None:
    keys, suppressions = app.workspace.phone_keys, app.workspace.suppressions
    took: list[float] = []
    began = time.process_time()
    for number in range(LOOKS):
        phone = known[number // 2 % len(known)] if number % 2 else Phone(f"139{number:08d}")
        start = time.perf_counter()
        found = suppressions.active(ENTITY, [keys.of_phone(phone)])
        took.append(time.perf_counter() - start)
        assert bool(found) is bool(number % 2)
    cpu = (time.process_time() - began) / LOOKS * 1000
    took.sort()
    milliseconds = {name: round(took[int(LOOKS * part)] * 1000, 3) for name, part in (("p50", 0.5), ("p99", 0.99))}
    say(
        "look one number up among suppressions",
        count,
        **milliseconds,
        worst=round(took[-1] * 1000, 3),
        cpu=round(cpu, 3),
    )


def pack(app: App, folder: Path, people: int, others: int) -> None:
    entries(app.workspace, others)
    campaign_of(app.workspace, people)
    with app.workspace.database.read() as connection:
        ref = connection.execute(sa.text("SELECT ref FROM customer ORDER BY id DESC LIMIT 1")).scalar_one()
    now = app.clock()
    new = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, "GD-1", ref=ref, text="一直收到短信")
    with app.workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE submission SET claimed_at = :at"), {"at": round(now.timestamp() * 1000) - 9})
    case = app.complaints.add(new, actor="bench")
    made = timed("case pack, first in a process", people, lambda: _packed(app, case.id, folder / "first.zip"))
    made = timed("case pack", people, lambda: _packed(app, case.id, folder / "second.zip"))
    say("case pack's size", people, bytes=made.size, entries=others)


def _packed(app: App, case_id: int, file: Path) -> Packed:
    return app.case_packs.export(case_id, file, actor="bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suppressions", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--entries", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.people:
            with opened(Path(folder) / "pack") as app:
                pack(app, Path(folder), given.people, given.entries)
        if given.suppressions:
            with opened(Path(folder) / "look") as app:
                app.workspace.accounts.add_entity(Entity(ENTITY, "杭州某店"))
                known = timed(
                    "write suppressions in bulk", given.suppressions, lambda: suppress(app, given.suppressions)
                )
                size = (app.workspace.folder / "workspace.db").stat().st_size
                print(json.dumps({"figure": "file", "bytes": size}), flush=True)
                look_up(app, known, given.suppressions)


if __name__ == "__main__":
    main()
