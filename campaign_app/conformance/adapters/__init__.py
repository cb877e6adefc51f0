"""The nine rules of `docs/adapters.md`, asked of an adapter over real HTTP: for ours, and for whoever ships one.

CASE = PlatformCase(name="my_platform", start=my_simulator, …)

@pytest.fixture(scope="module")
def running():
    with CASE.start() as started:
        yield started

@pytest.mark.parametrize("check", checks(CASE), ids=str)
def test_the_nine_rules(check, running):
    hold(CASE, running, check, clock=lambda: datetime.now(UTC))
"""

from __future__ import annotations

from campaign_app.conformance.adapters.behind import Behind, Broken
from campaign_app.conformance.adapters.cases import OpenEnd, PlatformCase, Running, Spoilt
from campaign_app.conformance.adapters.rules import Check, checks, hold
from campaign_app.conformance.adapters.tampering import Seen, Spoil, at, edit, renamed

__all__ = [
    "Behind", "Broken", "Check", "OpenEnd", "PlatformCase", "Running", "Seen", "Spoil", "Spoilt", "at", "checks",
    "edit", "hold", "renamed",
]  # fmt: skip
