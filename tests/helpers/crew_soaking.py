"""Campaigns of several workers under blows; what has to hold afterwards is counted as in `soaking`."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from tests.helpers.crew import LEASE, Crew, crew_of
from tests.helpers.merchant import KEY, open_merchant
from tests.helpers.pg import cut_connections, team_folder
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.soaking import ENDED, RATES, SIGNED, Figures, carry, fired, work_off

KINDS: Final = ("kill",) * 5 + ("stop",) * 3 + ("end", "cut")
_PATIENCE: Final = 900.0


@dataclass
class Blows:
    """What befell the workers; `back`: seconds behind the lease's end until the campaign was at another one."""

    kinds: Counter[str] = field(default_factory=Counter)
    back: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.kinds.values())

    def told(self) -> dict[str, Any]:
        ordered = sorted(self.back) or [0.0]
        at = {f"back_p{n}": round(ordered[(len(ordered) - 1) * n // 100], 1) for n in (50, 95, 100)}
        return {"blows": dict(self.kinds), "taken_over": len(self.back), **at}


def crew_round(
    folder: Path,
    sender: str,
    workers: int,
    most: int,
    chance: random.Random,
    figures: Figures,
    blows: Blows,
) -> None:
    """One campaign, until so many blows fell or it ended; then it ends in peace."""
    people = 300 + 60 * most
    with SandboxProcess(customers=people, seed=chance.randrange(1_000)) as sandbox, team_folder(folder, KEY) as made:
        merchant = open_merchant(made, sandbox, batch_size=8, opened=bootstrap.open_app)
        with crew_of(merchant) as crew:
            crew.start_all(workers)
            merchant.connect()
            carrier = carry(merchant, sender)
            campaign = merchant.new_campaign(signed=SIGNED).id
            merchant.until(lambda: merchant.app.campaigns.get(campaign).state is CampaignState.SCREENED, _PATIENCE)
            sandbox.faults(RATES)
            until = blows.count + most
            while blows.count < until and merchant.app.campaigns.get(campaign).state not in ENDED:
                _blow(crew, campaign, chance, figures, blows)
            figures.faults += fired(sandbox)
            sandbox.faults("none")
            merchant.until(lambda: merchant.go_on(campaign) in ENDED, _PATIENCE)
            work_off(merchant, "poll", carrier)
            figures.count(sandbox, merchant.app.workspace, campaign, None)


def _blow(crew: Crew, campaign_id: int, chance: random.Random, figures: Figures, blows: Blows) -> None:
    """At a random moment after more was handed over than there was."""
    counts, merchant = crew.merchant.app.workspace.inbox.counts, crew.merchant
    before = counts(campaign_id)["submitted"]
    merchant.until(lambda: merchant.go_on(campaign_id) in ENDED or counts(campaign_id)["submitted"] > before, _PATIENCE)
    time.sleep(chance.uniform(0.0, 0.6))
    kind = chance.choice(KINDS)
    sending = crew.sender_of(campaign_id)
    figures.kills_while_sending += sending is not None
    struck = sending if sending is not None and chance.random() < 0.8 else chance.choice(crew.workers)
    blows.kinds[kind] += 1
    if kind == "cut":
        cut_connections(merchant.app.workspace)
        return
    figures.kills += kind == "kill"
    began = time.monotonic()
    _strike(crew, kind, struck)
    if struck is sending and len(crew.workers) > (kind == "stop"):
        _wait_for_another(crew, campaign_id, struck, began + (0 if kind == "end" else LEASE), blows)
    if kind == "stop":
        struck.send_signal(signal.SIGCONT)
        # a lease that nobody has declared over goes on; else it asks for a new process
        if _ended(struck):
            assert crew.end(struck) == 75
    while len(crew.workers) < crew.size:
        crew.start()


def _strike(crew: Crew, kind: str, struck: subprocess.Popen[str]) -> None:
    if kind == "kill":
        crew.kill(struck)
    elif kind == "end":
        struck.send_signal(signal.SIGTERM)
        assert crew.end(struck) == 0
    else:
        struck.send_signal(signal.SIGSTOP)


def _wait_for_another(crew: Crew, campaign_id: int, struck: object, free_at: float, blows: Blows) -> None:
    def elsewhere() -> bool:
        return crew.merchant.go_on(campaign_id) in ENDED or crew.sender_of(campaign_id) not in (None, struck)

    crew.merchant.until(elsewhere, _PATIENCE)
    if crew.merchant.app.campaigns.get(campaign_id).state not in ENDED:
        blows.back.append(time.monotonic() - free_at)


def _ended(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(2 * LEASE)
    except subprocess.TimeoutExpired:
        return False
    return True
