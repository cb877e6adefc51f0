"""The nine rules of `docs/adapters.md`, asked of every adapter of ours: see `campaign_app.conformance.adapters`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaign_app.conformance.adapters import Check, PlatformCase, checks, hold
from campaign_app.conformance.adapters.behind import Started, starting
from campaign_app.platforms.adapter import OWN
from tests.helpers.connected import clock
from tests.helpers.platform_cases import cases

pytestmark = pytest.mark.keeps_threads
CASES = cases()


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    with starting() as start:
        yield start


@pytest.mark.parametrize(
    ("case", "check"),
    [pytest.param(case, check, id=f"{case.name}: {check}") for case in CASES for check in checks(case)],
)
def test_an_adapter_keeps_to_the_rules(case: PlatformCase, check: Check, started: Started) -> None:
    hold(case, started(case), check, clock=clock)


def test_every_adapter_of_ours_is_held_to_the_rules() -> None:
    assert {case.name for case in CASES} == set(OWN)
    rules = {check.rule for case in CASES for check in checks(case)}
    assert rules == set(range(10)), "no rule is left out"
