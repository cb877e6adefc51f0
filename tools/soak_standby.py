"""A team's server that is lost while a campaign is sent, and the standby that takes over from it.

    python tools/soak_standby.py --falls 12 --seed 1

Each fall is a campaign on a PostgreSQL of its own with a streaming standby, and two hosts with a worker each. While one
sends, the server is lost: with that host, which comes back up to 15 s later, or without; and with everything that it
committed at the standby (`…_whole`), or not (`…_behind`: for 0.1 to 1.5 s nothing reached it). Sent through the shop's
own platform, which knows keys, and through Aliyun, which does not, in turn. One JSON line after each fall, with the
sums; exit status 1 as soon as anything is wrong: anybody twice, unconfirmed or lost, a loss that nobody noticed, or an
alarm where nothing was lost. Linux, as root: a host has a machine id of its own by a mount namespace.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.helpers.run import begin_run, end_run
from tests.helpers.soaking import Figures
from tests.helpers.standing_in import KINDS, Falls, standby_round

SENDERS = ("aliyun", "platform")


def soak(wanted: int, seed: int, kinds: Sequence[str]) -> bool:
    """Whether nothing was wrong."""
    figures, falls, began, chance = Figures(), Falls(), time.monotonic(), random.Random(seed)
    senders, turns = cycle(SENDERS), cycle(each for each in kinds for _ in SENDERS)
    while falls.kinds.total() < wanted and not figures.broken and not falls.broken:
        sender, kind = next(senders), next(turns)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")  # what the window has seen
            standby_round(Path(folder), sender, kind, chance, figures, falls)
        line = {"soak": "standby", "seed": seed, "last": [sender, kind], **asdict(figures), **falls.told()}
        print(json.dumps({**line, "seconds": round(time.monotonic() - began)}), flush=True)
    return not figures.broken and not falls.broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--falls", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS), help="apart by commas")
    asked = parser.parse_args()
    kinds = asked.kinds.split(",")
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"no such kinds: {', '.join(sorted(unknown))}")
    begin_run()
    try:
        good = soak(asked.falls, asked.seed, kinds)
    finally:
        end_run()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
