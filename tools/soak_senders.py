"""Senders with and without idempotency keys under kills and faults: nobody twice, nobody unconfirmed, nobody lost.

    python tools/soak_senders.py --kills 200 --faults 10000 --seed 1

Kills: a real worker process on an encrypted workspace gets SIGKILL at random moments of a campaign, while every server
of the sandbox fails now and then. Faults: at least one befalls every batch at the provider, time-outs after acceptance
among them, while the clock of workspace and sandbox moves about the end of the campaign's window. Aliyun, Tencent and
the shop's own platform, which knows keys, take turns. Runs with other seeds may go on beside. One JSON line after each
round, with the sums; exit status 1 as soon as anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.helpers.soaking import SENDERS, Figures, fault_round, kill_round

# customers of a round, so that its campaign lasts about as long as its kills or faults do
MOST = {"kills": 20, "faults": 150}
PEOPLE = {"kills": lambda kills: 300 + 60 * kills, "faults": lambda faults: 300 + 8 * faults}
MEMORY = Path("/dev/shm")
Round = Callable[[Path, str, int, random.Random, Figures, int], None]


def soak(what: str, wanted: int, seed: int, one: Round) -> bool:
    """Rounds until there were as many as wanted; whether nothing was wrong."""
    figures, began, chance = Figures(), time.monotonic(), random.Random(f"{what} {seed}")
    senders = cycle(SENDERS)
    while (left := wanted - getattr(figures, what)) > 0 and not figures.broken:
        sender = next(senders)
        # in memory where there is such a disk: it is processes that are killed, not the machine
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            now = min(left, MOST[what])
            os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")  # what workers put down of what they have seen
            one(Path(folder) / "ws", sender, now, chance, figures, PEOPLE[what](now))
        line = {"soak": what, "seed": seed, "last": sender, **asdict(figures)}
        print(json.dumps({**line, "seconds": round(time.monotonic() - began)}), flush=True)
    return not figures.broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    good = soak("kills", asked.kills, asked.seed, kill_round)
    good &= soak("faults", asked.faults, asked.seed, fault_round)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
