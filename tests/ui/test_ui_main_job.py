"""The whole job in the real window: clicked and typed, on a real worker process and a real platform process.

Off screen, or on the X server that `CAMPAIGN_APP_TEST_SCREEN` names; always under a watchdog, whose
limit holds where the test has the machine to itself.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QApplication

from campaign_app.domain.campaign import CampaignState
from tests.helpers.journey import Journey
from tests.helpers.nursery import FROM_NOTHING
from tests.helpers.watchdog import LIMIT_MS, Watched, watchdog

ALONE = "PYTEST_XDIST_WORKER" not in os.environ
# more with CAMPAIGN_APP_TEST_CUSTOMERS
CUSTOMERS = int(os.environ.get("CAMPAIGN_APP_TEST_CUSTOMERS", "5000"))


@pytest.mark.slow
@pytest.mark.timeout(900 + CUSTOMERS // 25)
def test_the_whole_job_by_mouse_and_keyboard(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", FROM_NOTHING)  # its own children are counted
    others = set(psutil.Process().children(recursive=True))  # of fixtures that outlive a test
    watched = Watched()
    with ExitStack() as ends:
        with watchdog(watched):
            journey = Journey(qapp, tmp_path, CUSTOMERS, lambda stage: setattr(watched, "doing", f"after {stage}"))
            ends.callback(journey.end)  # hides the window first: what is closed then keeps nobody waiting
            ends.callback(tell, watched)
            counts = do_everything(journey)
        ledger = journey.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
    assert ledger["accepted"] == counts["accepted"] > 0
    assert counts["delivered"] + counts["failed"] == counts["accepted"]
    assert counts["replies"] >= counts["opt_outs"] > 0
    if ALONE:  # beside other tests a turn says more of them than of the window
        assert not watched.slow, f"over {LIMIT_MS:.0f} ms:\n" + "\n".join(map(watched.told, watched.slow))
    assert not watched.asked, "the window's thread asked the store, the network or a process:\n" + watched.asked[0]
    left = set(psutil.Process().children(recursive=True)) - others
    assert not left, "every helper process has ended with the window"


def do_everything(journey: Journey) -> dict[str, int]:
    journey.begin()
    journey.guided("guide_card", "screening")  # the sample's text may be sent once its warnings are confirmed
    journey.look_at_customers()
    journey.open_draft()
    journey.write()
    journey.guided("guide_strip", "screening")
    journey.screen()
    journey.guided("guide_strip", "sending")
    ready = journey.model.view.ready
    assert sum(journey.model.view.funnel.values()) == journey.model.view.campaign.snapshot_size > ready > 0
    journey.approve()
    journey.send()
    counts = journey.results()
    journey.guided("guide_strip", "")  # a first campaign was sent: nobody is led any further
    # whoever opted out after the screening was left out by the gate before the batch
    left = journey.model.view.ready
    assert (journey.state, counts["submitted"]) == (CampaignState.DONE, left)
    assert 0 < left <= ready
    journey.look_at_signatures()
    journey.look_at_settings()
    return counts


def tell(watched: Watched) -> None:
    print(f"{watched.turns} turns of the window's thread, the longest:", *map(watched.told, watched.longest), sep="\n")
