"""A look-back that is killed goes on where it was: every message is looked at once, whenever the kill came."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.lookback import RunState
from campaign_app.jobs import lookback
from tests.helpers.looking_back import Hindsight, open_hindsight


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Hindsight]:
    yield from open_hindsight(tmp_path / "ws")


@pytest.mark.slow
def test_a_killed_look_back_counts_nobody_twice_and_leaves_nobody_out(
    here: Hindsight,
) -> None:
    here.account(2_100)
    here.done(here.sent())
    store, run = here.shop.workspace.lookbacks, here.begin()
    assert process(here, run.id, 2, "before") == -9
    assert (store.run(run.id).state, store.run(run.id).looked) == (RunState.RUNNING, 500)
    assert process(here, run.id, 2, "after") == -9
    assert store.run(run.id).looked == 1_500
    while lookback.look_some(here.shop.context, run.id, 1, lookback.Walk())[0]:
        pass
    lookback.end(here.shop.context, run.id)
    ended = store.run(run.id)
    assert (ended.state, ended.looked, ended.total) == (RunState.DONE, 2_100, 2_100)


def process(here: Hindsight, run_id: int, steps: int, when: str) -> int:
    folder = str(here.shop.workspace.folder)
    command = [sys.executable, "-m", "tests.helpers.lookback_process", folder, str(run_id), str(steps), when]
    return subprocess.run(command, check=False, cwd=Path(__file__).parents[2], timeout=240).returncode
