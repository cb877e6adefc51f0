"""Platforms that can only veto, beside an endpoint that confirms everybody: what they say, and what is spoilt of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaign_app.conformance.adapters import PlatformCase, Spoilt
from campaign_app.conformance.adapters.behind import ASKED, Behind, Started, standing_behind, starting
from campaign_app.conformance.adapters.tampering import BROKEN, Spoil
from campaign_app.domain.errors import RemoteError
from campaign_app.platforms import adapter_for
from campaign_app.platforms.endorsed import EndorsedPlatform
from tests.fakes.remotes import FakeClock, FakePlatform
from tests.helpers.connected import clock
from tests.helpers.platform_cases import cases

pytestmark = pytest.mark.keeps_threads


def _only_vetoes(case: PlatformCase) -> bool:
    offers = adapter_for(case.name).capabilities
    return offers.vetoes and not offers.consent_lookup


VETOING = [case for case in cases() if _only_vetoes(case)]


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    with starting() as start:
        yield start


@pytest.fixture
def behind(case: PlatformCase, started: Started) -> Iterator[Behind]:
    with standing_behind(case, started(case), clock) as client:
        yield client


def _endorsed(behind: Behind) -> EndorsedPlatform:
    """Its native side is the adapter's own client behind the proxy."""
    account = behind.running.account
    endpoint = FakePlatform(account.id, FakeClock(clock()))
    endpoint.truth = {ref.ref: {"entity_uscc": account.entity_uscc} for ref in behind.refused()}
    return EndorsedPlatform(behind.client, endpoint, clock, (True, True))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in VETOING])
def test_a_veto_beats_the_endpoint_and_silence_does_not(behind: Behind) -> None:
    refs = list(behind.refused())
    facts = _endorsed(behind).consents(refs).facts
    passed = {ref for ref in refs if behind.passes(facts[ref])}
    assert passed == set(behind.silent())
    assert ASKED <= len(passed) < len(refs)


@pytest.mark.parametrize("spoil", [pytest.param(spoil, id=name) for name, spoil in BROKEN.items()])
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in VETOING])
def test_where_vetoes_cannot_be_read_nobody_passes(behind: Behind, spoil: Spoil) -> None:
    behind.proxy.spoil = spoil
    refs = behind.silent()[:ASKED]
    try:
        facts = _endorsed(behind).consents(refs).facts
    except RemoteError:
        return
    assert not any(behind.passes(facts[ref]) for ref in refs)


@pytest.mark.parametrize(
    ("case", "spoilt"),
    [pytest.param(case, one, id=f"{case.name}: {one.name}") for case in VETOING for one in case.spoilt],
)
def test_a_spoilt_veto_lets_nobody_pass_whom_it_is_about(behind: Behind, spoilt: Spoilt) -> None:
    refs = behind.silent()[:ASKED]
    client = _endorsed(behind)
    assert all(map(behind.passes, client.consents(refs).facts.values()))
    behind.proxy.spoil = spoilt.spoil
    try:
        facts = client.consents(refs).facts
    except RemoteError:
        return
    assert not any(behind.passes(facts[ref]) for ref in refs[: 1 if spoilt.first_only else None])


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in VETOING])
def test_vetoes_are_spoilt_on_purpose(case: PlatformCase) -> None:
    assert len(case.spoilt) >= 4
