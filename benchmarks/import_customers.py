"""A CSV file into the encrypted store against a bare INSERT loop into the same schema; one JSON line per figure.

Both write to the real store (SQLCipher, WAL, synchronous=FULL), each in a process of its own, and leave the same rows
in the same tables. The floor gets ready-made rows, 20,000 in a transaction, and its row making goes free; the import
starts from the file, as a worker does that was given the job, and pays for everything: hashing, two readings,
duplicates, runs, HMAC, sealing, matching, the report. Its two processes are counted together.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account, Entity
from campaign_app.jobs.tabular import open_table
from campaign_app.processes import look_for_cycles_less_often
from campaign_app.reading import beside
from campaign_app.services.import_parts import CHUNK, Beside, nobody
from campaign_app.services.import_plan import Source
from campaign_app.services.imports import Imports
from campaign_app.services.tables import ReadOptions
from campaign_app.storage.engine import BULK_CACHE_KIB
from campaign_app.storage.workspace import Workspace, create_workspace

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
HEADER = "客户标识,手机号,会员等级,省份,城市,累计消费\n"
SECONDS = (
    "134",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "157",
    "158",
    "159",
    "182",
    "183",
    "187",
    "188",
)
PLACES = ("浙江,杭州", "广东,深圳", "江苏,苏州", "四川,成都", "山东,青岛", "湖北,武汉")
INSERT = (
    "INSERT INTO import_prospect (import_id, row_no, account_id, ref, phone_sealed, phone_key, attributes, consecutive)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_KEYS = "INSERT INTO waiting_key (key, import_id, row_no) VALUES (?, ?, ?)"


def write_file(path: Path, rows: int, seed: int) -> None:
    """The same seed writes the same file."""
    dice = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        for _ in range(rows):
            ref = f"ou{dice.getrandbits(64):016x}"
            phone = f"{dice.choice(SECONDS)}{dice.randrange(10**8):08d}"
            out.write(f"{ref},{phone},{dice.choice('金银铜')}卡,{dice.choice(PLACES)},{dice.randrange(10**6) / 100}\n")


def workspace(folder: Path) -> Workspace:
    made = create_workspace(folder, MemoryKeeper(os.urandom(32)))
    made.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    said = {"simulated": True, "pinned_keys": "{}"}
    made.accounts.add_account(Account(0, "bench", "店", "http://127.0.0.1/", ENTITY, ISSUER, "登记处", "k", **said))
    return made


def measure(work: Callable[[], int]) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), cpu_seconds()
    rows = work()
    return {"rows": rows, "seconds": time.perf_counter() - wall, "cpu_seconds": cpu_seconds() - cpu}


def cpu_seconds() -> float:
    """Of this process, and of its children that have ended."""
    return sum(os.times()[:4])


def floor(path: Path, folder: Path) -> dict[str, Any]:
    """Ready-made rows, executemany, one transaction per chunk; only that is measured."""
    total = {"rows": 0, "seconds": 0.0, "cpu_seconds": 0.0}
    made = workspace(folder)
    import_id = made.imports.begin("floor.csv", "0" * 64, 0, NOW)
    with made.database.engine.connect() as pooled:
        connection = pooled.connection.driver_connection
        assert connection is not None
        connection.execute(f"PRAGMA cache_size = -{BULK_CACHE_KIB}")  # three times what the import has

        def write(rows: list[tuple[Any, ...]]) -> int:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT, rows)
            connection.executemany(INSERT_KEYS, _keys(rows))
            connection.execute("COMMIT")
            return len(rows)

        for rows in _ready_made(path, import_id):
            for name, value in measure(lambda rows=rows: write(rows)).items():  # type: ignore[misc]
                total[name] += value
    made.close()
    return total


def _keys(rows: list[tuple[Any, ...]]) -> list[tuple[int, int, int]]:
    """Two for each row, at random, in the order of the table."""
    halves = ((row, row[5][at : at + 8]) for row in rows for at in (0, 8))
    return sorted((int.from_bytes(half, "big", signed=True), row[0], row[1]) for row, half in halves)


def _ready_made(path: Path, import_id: int) -> Iterator[list[tuple[Any, ...]]]:
    with path.open(encoding="utf-8") as lines:
        next(lines)
        rows: list[tuple[Any, ...]] = []
        for number, line in enumerate(lines, 2):
            ref, _, level, province, city, spend = line.rstrip("\n").split(",")
            text = json.dumps(
                {"city": city, "province": province, "会员等级": level, "累计消费": spend}, ensure_ascii=False
            )
            rows.append((import_id, number, 1, ref, os.urandom(39), os.urandom(32), text, 0))
            if len(rows) == CHUNK:
                yield rows
                rows = []
        yield rows


def whole(path: Path, folder: Path) -> dict[str, Any]:
    """As the window begins it and a worker carries it out, which has the file read beside it; the children count."""
    made = workspace(folder)

    def imports(help_of: Beside = nobody) -> Imports:
        return Imports(
            store=made.imports,
            settings=made.accounts,
            open_table=open_table,
            clock=lambda: NOW,
            beside=help_of,
        )

    begun = imports().begin(source=Source(str(path), 1), actor="bench")
    worker = imports(beside(made.imports.keys.rows))

    def work() -> int:
        for chunk in range(begun.chunks):
            worker.apply_chunk(begun.import_id, chunk)
        counts = worker.finish(begun.import_id)
        assert counts["left"] == 0, counts
        return counts["rows"]

    try:
        return measure(work)
    finally:
        made.close()


def read(path: Path, _: Path) -> dict[str, Any]:
    return measure(lambda: sum(len(block.rows) for block in open_table(path, ReadOptions()).blocks()))


PARTS = {"read": read, "floor": floor, "import": whole}


def run_part(part: str, path: Path) -> None:
    """In this process, so that its peak memory is its own."""
    look_for_cycles_less_often()  # as the worker does
    with tempfile.TemporaryDirectory(prefix="bench-import-") as folder:
        figures = PARTS[part](path, Path(folder) / "workspace")
    line = {"figure": part, **{name: round(value, 2) for name, value in figures.items()}}
    peaks = {"peak_rss_mib": peak_mib(resource.RUSAGE_SELF), "reader_peak_rss_mib": peak_mib(resource.RUSAGE_CHILDREN)}
    print(json.dumps({**line, "per_second": round(figures["rows"] / figures["seconds"]), **peaks}))


def peak_mib(whose: int) -> int:
    return round(resource.getrusage(whose).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=1, help="of floor and import in turn; the best of each counts")
    options.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    options.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.part:
        run_part(chosen.part, chosen.file)
        return
    with tempfile.TemporaryDirectory(prefix="bench-import-") as folder:
        path = Path(folder) / "customers.csv"
        write_file(path, chosen.rows, chosen.seed)
        best: dict[str, float] = {}
        least: dict[str, float] = {}
        for part in ["read", *["floor", "import"] * chosen.rounds]:
            command = [sys.executable, __file__, "--part", part, "--file", str(path)]
            line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            print(line.strip(), flush=True)
            figures = json.loads(line)
            best[part] = max(best.get(part, 0.0), figures["per_second"])
            least[part] = min(least.get(part, float("inf")), figures["cpu_seconds"])
    ratio, by_cpu = best["import"] / best["floor"], least["floor"] / least["import"]
    told = {"ratio": round(ratio, 3), "ratio_of_cpu": round(by_cpu, 3), "wanted": 0.7}
    print(json.dumps({"figure": "import_over_floor", **told}))


if __name__ == "__main__":
    main()
