"""`send` of what was approved before: the number is asked for again, and one that waits gets its new time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from campaign_app import bootstrap
from campaign_app.cli import campaigns
from campaign_app.domain.campaign import CampaignState
from tests.helpers.line import Line, new_line
from tests.helpers.staged import stage

# tomorrow may be one, or in a year whose days are not known yet
HOLIDAYS: Final = ("--confirm", "TIM-002", "--confirm", "TIM-003")


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Without a worker: nothing of what is scheduled here is sent."""

    @contextmanager
    def alone(app: bootstrap.App) -> Iterator[bootstrap.App]:
        with app:
            yield app

    monkeypatch.setattr(campaigns, "with_worker", alone)
    return new_line(tmp_path)


def state_of(line: Line, campaign_id: int) -> CampaignState:
    with line.open() as app:
        return app.campaigns.get(campaign_id).state


def tomorrow_at_ten(app: bootstrap.App) -> str:
    return (app.clock() + timedelta(days=1)).replace(hour=2, minute=0).isoformat()


def test_another_number_is_refused_though_the_campaign_is_approved(line: Line) -> None:
    with line.open() as app:
        made, at = stage(app).approved(), tomorrow_at_ten(app)
        ready = app.campaigns.funnel(made.id)["ok"]
    words = ("send", str(made.id), "--at", at, *HOLIDAYS, *line.options, "--json", "--recipients")
    status, said, told = line.call(*words, str(ready - 1))
    assert (status, said) == (2, "")
    assert str(ready) in told
    assert state_of(line, made.id) is CampaignState.APPROVED
    assert line.call(*words, str(ready))[0] == 0
    assert state_of(line, made.id) is CampaignState.SCHEDULED


def test_one_that_waits_for_a_person_gets_a_new_time(line: Line) -> None:
    with line.open() as app:
        desk = stage(app)
        made, at = desk.approved(), tomorrow_at_ten(app)
        desk.shop.set_state(made.id, CampaignState.WAITING)
        ready = app.campaigns.funnel(made.id)["ok"]
    status, said, told = line.call(
        "send", str(made.id), "--recipients", str(ready), "--at", at, *HOLIDAYS, *line.options, "--json"
    )
    assert (status, told) == (0, "")
    assert json.loads(said)["state"] == "scheduled"
