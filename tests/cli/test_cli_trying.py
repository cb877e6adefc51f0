"""`test-message`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from campaign_app import bootstrap
from campaign_app.cli import trying
from campaign_app.cli.main import app as line
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import NotFound
from campaign_app.domain.staff import Trial
from campaign_app.jobs.trying import send_trial
from tests.fakes.remotes import ENTITY, IDEMPOTENT
from tests.helpers.staged import KEY, Staged, open_by_day, stage


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staged]:
    """The command works on this workspace, and the worker's part is done as it waits for it."""
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    opened = open_by_day(tmp_path / "made", tmp_path / "workspace")
    app = next(opened)
    made = stage(app)
    made.shop.gateways[made.account].capabilities = replace(IDEMPOTENT, test_messages=True)

    class Opened:
        def __enter__(self) -> bootstrap.App:
            return app

        def __exit__(self, *_: object) -> None: ...

    def work(app: bootstrap.App, job_id: int, *, seconds: float) -> dict[str, Any]:
        made.shop.clock.now = app.clock()
        send_trial(made.shop.context, app.jobs.job(job_id).args["trial_id"])
        app.jobs.set_state(job_id, "done", result={})
        return {"seconds": seconds}

    monkeypatch.setattr(trying, "open_for", lambda *_: app)
    monkeypatch.setattr(bootstrap, "with_worker", lambda *_, **__: Opened())
    monkeypatch.setattr(trying, "wait_for_job", work)
    yield made
    opened.close()  # type: ignore[attr-defined]


def run(*words: str) -> Result:
    return CliRunner().invoke(line, ["test-message", *words])


def test_it_prints_what_became_of_the_message(staged: Staged) -> None:
    campaign = staged.draft()
    staged.app.staff_numbers.register(ENTITY, "店长", "19900000001", vouched=True, actor="王")
    told = json.loads(run(str(campaign.id), "--to", "店长", "--json").stdout)
    assert (told["campaign"], told["to"], told["number"]) == (campaign.id, "店长", "199****0001")
    assert (told["state"], told["code"]) == ("accepted", "")
    (message,) = staged.shop.gateways[staged.account].tests
    assert told["text"] == message.text


def test_a_number_that_nobody_registered_is_refused(staged: Staged) -> None:
    refused = run(str(staged.draft().id), "--to", "别人", "--json")
    assert isinstance(refused.exception, NotFound)
    assert staged.app.workspace.staff.last_trial(1) is None
    assert staged.shop.gateways[staged.account].tests == []


def test_a_worker_that_failed_is_told_of(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    from campaign_app.domain.errors import AppError

    campaign = staged.draft()
    staged.app.staff_numbers.register(ENTITY, "店长", "19900000001", vouched=True, actor="王")

    def fail(app: bootstrap.App, job_id: int, *, seconds: float) -> dict[str, Any]:
        app.jobs.set_state(job_id, "failed", error="disk_full")
        raise AppError("disk_full", str(seconds))

    monkeypatch.setattr(trying, "wait_for_job", fail)
    told = json.loads(run(str(campaign.id), "--to", "店长", "--json").stdout)
    assert (told["state"], told["code"]) == ("refused", "disk_full")
    last = staged.app.workspace.staff.last_trial(campaign.id)
    assert isinstance(last, Trial)
