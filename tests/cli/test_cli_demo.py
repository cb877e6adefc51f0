"""How long the demo waits for its reports, and how it asks its sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from campaign_app.cli import demo
from campaign_app.cli.demo import report_seconds
from campaign_app.cli.main import app
from campaign_app.demo import begin_sandbox


@pytest.mark.parametrize(
    ("customers", "spent", "seconds"),
    [
        (10_000, 5, 15),
        (10_000, 20, 8),
        (500, 20, 8),
        (10_000, 27.5, 0.5),
        (10_000, 90, 0),
        (1_000_000, 90, 15),
    ],
)
def test_ten_thousand_customers_take_half_a_minute_at_most(customers: int, spent: float, seconds: float) -> None:
    assert report_seconds(customers, spent) == seconds


def test_no_proxy_stands_between_the_demo_and_its_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nothing listens
    with begin_sandbox(customers=10, seed=1, faults="none") as ready:
        sandbox = ready()
        sandbox.shift_clock(timedelta(hours=1))
        assert sandbox.ledger()["accepted"] == 0


@pytest.mark.parametrize("option", [("--seed", "2"), ("--faults", "flaky")])
def test_in_a_window_the_demo_takes_no_seed_or_faults_without_a_word(
    option: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "has_display", lambda: True)
    told = CliRunner().invoke(app, ["demo", *option], obj=lambda **_: 0)
    assert told.exit_code == 2
    assert "--headless" in told.output
