"""Several workers on one team's workspace: killed, stopped past their lease, ended, cut off from the server.

    python tools/soak_workers.py --workers 2 --blows 100 --seed 1

A round is one campaign on a PostgreSQL of its own, through the shop's own platform (which knows keys) or through Aliyun
(which does not), in turn, while every server of the sandbox fails now and then. Most blows meet the worker that sends
right then: SIGKILL; SIGSTOP until others took over, and SIGCONT; SIGTERM; its way to the server cut for 5 to 30 s,
and healed. Others meet all of them: every connection dropped; the server stopped as by a crash and started again. One
JSON line after each round, with the sums; exit status 1 as soon as anything is wrong.

`--by-kernel` (Linux, as root, by `unshare` and iproute2's `ip`) goes into a network namespace of its own, in which the
kernel drops every packet of the worker that is cut, or the server's answers alone, with neither end told; most blows
are of that kind there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.helpers.crew_soaking import KINDS, OF_NETWORKS, Blows, crew_round
from tests.helpers.pg import LISTENS
from tests.helpers.run import begin_run, end_run
from tests.helpers.soaking import Figures
from tests.helpers.way import alone_in_namespace

SENDERS = ("platform", "aliyun")
# of one round
MOST = 10


def soak(workers: int, wanted: int, seed: int, by: list[str], kinds: Sequence[str], *, by_kernel: bool) -> bool:
    """Rounds until there were as many as wanted; whether nothing was wrong."""
    figures, blows, began, chance = Figures(), Blows(), time.monotonic(), random.Random(f"{workers} {seed}")
    senders = cycle(by)
    while (left := wanted - blows.count) > 0 and not figures.broken:
        sender, now = next(senders), min(left, MOST)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "ws"
            os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")  # what workers put down of what they have seen
            crew_round(place, sender, workers, now, chance, figures, blows, by_kernel=by_kernel, kinds=kinds)
        line = {"soak": "workers", "workers": workers, "seed": seed, "last": sender, **asdict(figures), **blows.told()}
        print(json.dumps({**line, "seconds": round(time.monotonic() - began)}), flush=True)
    return not figures.broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--blows", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--senders", default=",".join(SENDERS))
    parser.add_argument("--by-kernel", action="store_true")
    parser.add_argument("--kinds", help="of blows, apart by commas; a kind that stands twice falls twice as often")
    asked = parser.parse_args()
    kinds = asked.kinds.split(",") if asked.kinds else OF_NETWORKS if asked.by_kernel else KINDS
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"no such kinds: {', '.join(sorted(unknown))}")
    if asked.by_kernel:
        if LISTENS not in os.environ:
            env = {**os.environ, LISTENS: "*"}
            sys.exit(subprocess.call(["unshare", "--net", sys.executable, *sys.argv], env=env))
        alone_in_namespace()
    begin_run()
    try:
        good = soak(asked.workers, asked.blows, asked.seed, asked.senders.split(","), kinds, by_kernel=asked.by_kernel)
    finally:
        end_run()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
