"""How fast a number is looked up among many suppressions, and how long a case pack takes; a JSON line per figure.

    python benchmarks/cases.py [--suppressions 10000000] [--people 1000,30000,1000000] [--entries 20000]

Suppressions are written straight in bulk, ten thousand look-ups each take one number through the store; a pack is that
of one complaint about a campaign of each of these sizes, beside `entries` of the audit about anything else, and it is
made a first time in the process, again, and where no entry tells of the batch (the way of a campaign from before).
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from evidence import AT, ENTITY, campaign_of, entries, opened, say, timed

from campaign_app.app import App
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.customer import Entity
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports_evidence import EvidenceStore, SentWindow
from campaign_app.proving import case_packs_of
from campaign_app.reports.case_pack import Packed
from campaign_app.storage import schema
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.upserts import plain_insert

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


class Untold:
    """A store whose audit tells of no batch, as that of a campaign from before schema 25."""

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def sent_one(self, campaign_id: int, seq: int) -> tuple[SentWindow, None]:
        return self._store.sent_one(campaign_id, seq)[0], None


def pack(app: App, folder: Path, people: int, others: int) -> None:
    entries(app.workspace, others)
    campaign_of(app.workspace, people)
    with app.workspace.database.read() as connection:
        last = sa.select(schema.customer.c.ref).order_by(schema.customer.c.id.desc()).limit(1)
        ref = connection.execute(last).scalar_one()
        chain = connection.execute(sa.select(sa.func.max(schema.audit.c.id))).scalar_one()
    now = app.clock()
    new = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, "GD-1", ref=ref, text="一直收到短信")
    case = app.complaints.add(new, actor="bench")
    first = timed("case pack, first in a process", people, lambda: _packed(app, case.id, folder / "first.zip"))
    timed("case pack", people, lambda: _packed(app, case.id, folder / "second.zip"))
    say("case pack's size", people, bytes=first.size, entries=chain)
    evidence = replace(app.evidence, store=Untold(app.evidence.store))
    before = case_packs_of(app.workspace, app.clock, app.complaints, evidence)
    timed("case pack, batch untold", people, lambda: before.export(case.id, folder / "before.zip", actor="bench"))


def _packed(app: App, case_id: int, file: Path) -> Packed:
    return app.case_packs.export(case_id, file, actor="bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suppressions", type=int, default=10_000_000)
    parser.add_argument("--people", default="1000,30000,1000000")
    parser.add_argument("--entries", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for people in filter(None, map(int, given.people.split(","))):
            home = Path(folder) / f"pack-{people}"
            # some hours after the sending, by the clock of the workspace
            with opened(home, timedelta(seconds=AT / 1000 + 10_000 - time.time())) as app:
                pack(app, home, people, given.entries)
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
