"""One campaign of a thousand recipients after another, each with one fault: the Nth write, commit or HTTP call fails.

    python tools/soak_nth.py --log nth.jsonl
    python tools/soak_nth.py --kinds commit,commit_done --shard 1/2 --log one.jsonl
    python tools/soak_nth.py --sum one.jsonl two.jsonl

For every kind of fault N goes from 1 to where a campaign ends without meeting it. After its fault each goes on as the
program does, with new worker processes and a person at the window, until it has ended or waits with a reason; then the
sandbox's ledger, the workspace's and its files are compared. One JSON line a round; a log that is there is continued.
Exit status 1 if anything was wrong: what was left of such a round stays in the folder that is named.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.helpers.nth_faults import KINDS
from tests.helpers.nth_round import World
from tests.helpers.nth_shim import CLOCK_KINDS, DISK_KINDS, POSSIBLE, compiled

MEMORY = Path("/dev/shm")
SHIM = "SOAK_NTH_FOLDER"  # of the run that preloaded the library
MACHINE = (*DISK_KINDS, *CLOCK_KINDS)
MOST_APART = 0.618  # the golden section
BEYOND = 2  # rounds without a fault, after which a kind has none left: threads make counts differ by a little


def numbers(asked: argparse.Namespace, kind: str, met: int) -> Iterator[int]:
    """The Ns of this run: all of its shard, or a sample spread over what a round without a fault meets."""
    if asked.sample:
        # other places for every kind
        shift = MOST_APART * sorted((*KINDS, *MACHINE)).index(kind) % 1
        yield from sorted({1 + int(met * (i + shift) / asked.sample) for i in range(asked.sample)})
        return
    part, of = map(int, asked.shard.split("/"))
    number = asked.first - 1 + part
    while True:
        yield number
        number += of * asked.every


def border_of(kind: str) -> str:
    if kind in KINDS:
        return KINDS[kind].border
    return "call" if kind in CLOCK_KINDS else "fsync" if kind == "fsync" else "disk_write"


def preload(folder: Path) -> None:
    """The same command once more, on a machine that can fail."""
    shim = compiled(folder)
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "LD_PRELOAD": str(shim), SHIM: str(folder)})


def soak(world: World, asked: argparse.Namespace, log: IO[str], known: set[tuple[str, int]]) -> bool:
    good = True
    for kind in asked.kinds.split(","):
        missed = 0
        for nth in numbers(asked, kind, world.plain.met[border_of(kind)]):
            if (kind, nth) in known:
                continue
            done = world.play(kind, nth)
            missed = 0 if done.fired else missed + 1
            if done.fired or done.broken:
                line = asdict(done) | {"reached": len(done.reached)}
                log.write(json.dumps(line, ensure_ascii=False) + "\n")
                log.flush()
            good &= not done.broken
            if missed >= BEYOND:
                break
    return good


def sums(logs: Sequence[Path]) -> dict[str, Any]:
    """By kind: rounds, sites, how the workers ended, what people were told, states at the end, and what was wrong."""
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for line in (json.loads(line) for log in logs for line in log.read_text().splitlines()):
        count = kinds[line["kind"]]
        count["rounds"] += 1
        count["seconds"] += line["seconds"]
        count[f"ended {line['state']} {line['note']}".strip()] += 1
        count["new workers"] += len(line["ends"]) - 1
        count["told a person"] += len(line["told"])
        count["wrong"] += bool(line["broken"])
        sites[line["kind"]].add(line["site"])
    return {kind: {**count, "sites": len(sites[kind])} for kind, count in kinds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default=",".join((*KINDS, *MACHINE) if POSSIBLE else KINDS))
    parser.add_argument("--shard", default="1/1", help="which part of how many")
    parser.add_argument("--first", type=int, default=1, help="the N to begin with")
    parser.add_argument("--every", type=int, default=1, help="only every so many of them")
    parser.add_argument("--sample", type=int, default=0, help="so many of each kind, spread over all")
    parser.add_argument("--customers", type=int, default=2_250, help="of whom four in nine may be reached")
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--log", type=Path, default=Path(os.devnull))
    parser.add_argument("--sum", type=Path, nargs="+", help="only the sums of these logs")
    asked = parser.parse_args()
    if asked.sum:
        print(json.dumps(sums(asked.sum), ensure_ascii=False, indent=1))
        return
    before = asked.log.read_text().splitlines() if asked.log.is_file() else []
    known = {(line["kind"], line["nth"]) for line in map(json.loads, before)}
    folder = Path(os.environ.get(SHIM) or tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    shim = SHIM in os.environ
    if not shim and not set(MACHINE).isdisjoint(asked.kinds.split(",")):
        preload(folder)
    with asked.log.open("a") as log, closing(World(folder, asked.customers, asked.batch, shim=shim)) as world:
        good = soak(world, asked, log, known)
    if good:
        shutil.rmtree(folder)
    else:
        print(f"what is left of it: {folder}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
