"""Campaigns of several workers under blows; what has to hold afterwards is counted as in `soaking`."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from campaign_app import bootstrap
from campaign_app.cli.worker import TRY_AGAIN
from campaign_app.domain.campaign import CampaignState
from tests.helpers.crew import LEASE, Crew, crew_of
from tests.helpers.merchant import KEY, KeptKeeper, open_merchant
from tests.helpers.pg import cut_connections, restart, team_folder
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.soaking import ENDED, RATES, SIGNED, Figures, carry, fired, work_off
from tests.helpers.way import new_route, new_way

KINDS: Final = ("kill",) * 4 + ("stop",) * 2 + ("restart",) * 3 + ("end", "cut", "net")
# which befall no one worker
_OF_ALL: Final = ("cut", "restart")
# where the kernel cuts ways, that is what is looked at
OF_NETWORKS: Final = ("net",) * 4 + ("kill", "restart")
# for which a server that restarts is down, and a worker's way to it is cut
_DOWN: Final = (0.0, 8.0)
_CUT: Final = (5.0, 30.0)
_PATIENCE: Final = 900.0


@dataclass
class Blows:
    """What befell the workers; `back`: seconds behind the lease's end until the campaign was at another one.

    `on`: seconds from a restarted server's first answer until more was handed over. `renewed`: workers that asked for
    a new process, since others had declared that they ended.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    back: list[float] = field(default_factory=list)
    on: list[float] = field(default_factory=list)
    renewed: int = 0

    @property
    def count(self) -> int:
        return sum(self.kinds.values())

    def told(self) -> dict[str, Any]:
        times = {**_spread("back", self.back), **_spread("on", self.on)}
        return {"blows": dict(self.kinds), "taken_over": len(self.back), "renewed": self.renewed, **times}


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds) or [0.0]
    return {f"{name}_p{n}": round(ordered[(len(ordered) - 1) * n // 100], 1) for n in (50, 95, 100)}


def crew_round(
    folder: Path,
    sender: str,
    workers: int,
    most: int,
    chance: random.Random,
    figures: Figures,
    blows: Blows,
    *,
    by_kernel: bool = False,
    kinds: Sequence[str] = KINDS,
) -> None:
    """One campaign, until so many blows fell or it ended; then it ends in peace."""
    people = 300 + 60 * most
    with (
        SandboxProcess(customers=people, seed=chance.randrange(1_000)) as sandbox,
        team_folder(folder, KEY, KeptKeeper.kind) as made,
    ):
        merchant = open_merchant(made, sandbox, batch_size=8, opened=bootstrap.open_app, keeper=KeptKeeper(KEY))
        with crew_of(merchant) as crew:
            crew.apart = new_route if by_kernel else new_way
            crew.start_all(workers)
            merchant.connect()
            carrier = carry(merchant, sender)
            campaign = merchant.new_campaign(signed=SIGNED).id
            merchant.until(lambda: merchant.app.campaigns.get(campaign).state is CampaignState.SCREENED, _PATIENCE)
            sandbox.faults(RATES)
            until = blows.count + most
            while blows.count < until and merchant.app.campaigns.get(campaign).state not in ENDED:
                _blow(crew, campaign, chance, figures, blows, kinds)
            figures.faults += fired(sandbox)
            sandbox.faults("none")
            merchant.until(lambda: merchant.go_on(campaign) in ENDED, _PATIENCE)
            work_off(merchant, "poll", carrier)
            figures.count(sandbox, merchant.app.workspace, campaign, None)


def _blow(
    crew: Crew, campaign_id: int, chance: random.Random, figures: Figures, blows: Blows, kinds: Sequence[str]
) -> None:
    """At a random moment after more was handed over than there was."""
    _until_more(crew, campaign_id, blows)
    time.sleep(chance.uniform(0.0, 0.6))
    _renew(crew, blows)
    kind = chance.choice(kinds)
    sending = crew.sender_of(campaign_id)
    figures.kills_while_sending += sending is not None
    struck = sending if sending is not None and chance.random() < 0.8 else chance.choice(crew.workers)
    blows.kinds[kind] += 1
    if kind in _OF_ALL:
        _strike_all(crew, campaign_id, kind, chance, blows)
        return
    figures.kills += kind == "kill"
    began, whole = time.monotonic(), time.monotonic() + chance.uniform(*_CUT)
    _strike(crew, kind, struck)
    alone = len(crew.workers) - (kind in ("stop", "net")) == 0
    if struck is sending and not alone:
        _wait_for_another(crew, campaign_id, struck, began + (0 if kind == "end" else LEASE), blows)
    if kind == "net":
        time.sleep(max(0.0, whole - time.monotonic()))
        crew.ways[struck.pid].heal(drop=chance.random() < 0.5)
    if kind == "stop":
        struck.send_signal(signal.SIGCONT)
    if kind in ("stop", "net"):
        # a lease that nobody has declared over goes on; else it asks for a new process
        _ended(struck)
    _renew(crew, blows)


def _until_more(crew: Crew, campaign_id: int, blows: Blows) -> None:
    """Until more was handed over than there was, or the campaign has ended."""
    counts, merchant = crew.merchant.app.workspace.inbox.counts, crew.merchant
    before = counts(campaign_id)["submitted"]

    def more() -> bool:
        if all(each.poll() is not None for each in crew.workers):
            _renew(crew, blows)  # all asked for new processes, and nobody is left who could hand over anything
        return merchant.go_on(campaign_id) in ENDED or counts(campaign_id)["submitted"] > before

    merchant.until(more, _PATIENCE)


def _renew(crew: Crew, blows: Blows) -> None:
    """Whoever ended by itself, as a service's manager does."""
    for each in [each for each in crew.workers if each.poll() is not None]:
        assert crew.end(each) == TRY_AGAIN, crew.log[-1]
        blows.renewed += 1
    while len(crew.workers) < crew.size:
        crew.start()


def _strike_all(crew: Crew, campaign_id: int, kind: str, chance: random.Random, blows: Blows) -> None:
    if kind == "cut":
        cut_connections(crew.merchant.app.workspace)
        return
    restart(chance.uniform(*_DOWN))
    began = time.monotonic()
    _until_more(crew, campaign_id, blows)
    blows.on.append(time.monotonic() - began)


def _strike(crew: Crew, kind: str, struck: subprocess.Popen[str]) -> None:
    if kind == "kill":
        crew.kill(struck)
    elif kind == "end":
        struck.send_signal(signal.SIGTERM)
        assert crew.end(struck) == 0
    elif kind == "net":
        crew.ways[struck.pid].cut()
    else:
        struck.send_signal(signal.SIGSTOP)


def _wait_for_another(crew: Crew, campaign_id: int, struck: object, free_at: float, blows: Blows) -> None:
    def elsewhere() -> bool:
        if all(each is struck or each.poll() is not None for each in crew.workers):
            _renew(crew, blows)  # whoever was struck before asks for a new process only now: nobody else is there
        return crew.merchant.go_on(campaign_id) in ENDED or crew.sender_of(campaign_id) not in (None, struck)

    crew.merchant.until(elsewhere, _PATIENCE)
    if crew.merchant.app.campaigns.get(campaign_id).state not in ENDED:
        blows.back.append(time.monotonic() - free_at)


def _ended(process: subprocess.Popen[str]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(2 * LEASE)
