"""Random histories of JD and TOP: members come and go, answers are spoilt; facts end as the oracle has them.

`CAMPAIGN_APP_HISTORIES=1000` runs a thousand of each; the ordinary run has a few. Over real HTTP, by the adapters' own
clients behind a proxy. The oracle is the script's own truth; nobody is ever confirmed, for neither platform can, and at
no time does a platform keep silent about somebody whom it vetoes: a consent service's word would pass.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from campaign_app.conformance.adapters import PlatformCase, Seen
from campaign_app.conformance.adapters.behind import Behind, Started, standing_behind, starting
from campaign_app.conformance.adapters.tampering import BROKEN
from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteError
from campaign_app.platforms.jd.client import JdPlatform
from tests.helpers import platform_case_jd, platform_case_top
from tests.helpers.connected import clock, no_wait
from tests.helpers.lenient import silent_in_trouble
from tests.helpers.vendors import jd_calls, trouble

pytestmark = [pytest.mark.keeps_threads, pytest.mark.no_cover]
HISTORIES = int(os.environ.get("CAMPAIGN_APP_HISTORIES", "5"))
BATCHES = min(HISTORIES, 50)  # a test has its time limit
MOVING = 6  # people whose membership a history changes
LINE = [name for name in BROKEN if name not in ("too large", "deep")]
SILENT = (ConsentStatus.UNKNOWN, "no_consent_api")
NO_MEMBER = (ConsentStatus.UNKNOWN, "not_a_member")
LEFT = (ConsentStatus.WITHDRAWN, "blacklisted")


@dataclass(frozen=True)
class Script:
    """How a membership is changed, what has to be said of it then, and whether it is still on the list of members."""

    case: PlatformCase
    become: Callable[[Any, str, Any], None]
    states: tuple[tuple[Any, tuple[ConsentStatus, str], bool], ...]
    own_trouble: Callable[[Any, random.Random], None]


def _jd_trouble(simulator: Any, chance: random.Random) -> None:
    trouble(simulator, "jd", error=chance.choice(("65", "2", "1")), times=chance.randint(1, 2))


def _top_trouble(simulator: Any, chance: random.Random) -> None:
    failure = chance.choice(({"code": 10}, {"code": 15, "sub_code": "isp.timeout"}, {"code": 15, "sub_code": "isv.x"}))
    simulator.order(fail=[failure] * chance.randint(1, 2))


JD = Script(
    platform_case_jd.case(),
    jd_calls,
    ((1, SILENT, True), (2, NO_MEMBER, False), (3, NO_MEMBER, False)),
    _jd_trouble,
)
SCRIPTS = (
    JD,
    Script(
        platform_case_top.case(),
        lambda shop, ref, facts: shop.member(ref, **facts),
        (
            ({}, SILENT, True), ({"status": "blacklist"}, LEFT, True), ({"grade": 0}, NO_MEMBER, True),
            ({"bound": 0}, NO_MEMBER, True),
        ),
        _top_trouble,
    ),
)  # fmt: skip


@dataclass
class History:
    script: Script
    behind: Behind
    chance: random.Random
    later: list[int] = field(default_factory=lambda: [0])
    truth: dict[str, int] = field(default_factory=dict)
    facts: dict[str, ConsentFact] = field(default_factory=dict)
    cursor: str = ""
    spoilt: int = 0

    def begin(self, refs: list[str]) -> None:
        for ref in refs:
            self.change(ref)
        self.behind.proxy.spoil = self._spoil

    def change(self, ref: str) -> None:
        self.truth[ref] = self.chance.randrange(len(self.script.states))
        self.script.become(self.behind.running.simulator, ref, self.script.states[self.truth[ref]][0])

    def _spoil(self, seen: Seen) -> Seen:
        if self.spoilt <= 0:
            return seen
        self.spoilt -= 1
        return BROKEN[self.chance.choice(LINE)](seen)

    def step(self) -> None:
        """Something happens, and the program asks for a page or for people; trouble leaves all as it was."""
        if self.chance.random() < 0.3:
            self.change(self.chance.choice(list(self.truth)))
        if self.chance.random() < 0.5:
            self.spoilt = self.chance.randint(1, 4)
        if self.chance.random() < 0.3:
            self.script.own_trouble(self.behind.running.simulator, self.chance)
        with suppress(RemoteError):
            if self.chance.random() < 0.4:
                self.page()
            else:
                self.read(self.chance.sample(list(self.truth), 3))

    def page(self) -> list[str]:
        page = self.behind.client.customers(self.cursor, None)
        self.cursor = page.next_cursor if page.more else ""
        return [customer.ref for customer in page.items]

    def read(self, refs: list[str]) -> None:
        account = self.behind.running.account.id
        facts = self.behind.client.consents([CustomerRef(account, ref) for ref in refs]).facts
        assert {ref.ref for ref in facts} == set(refs)
        assert ConsentStatus.CONFIRMED not in {fact.status for fact in facts.values()}
        silent = {ref.ref for ref, fact in facts.items() if (fact.status, fact.note) == SILENT}
        assert {self.script.states[self.truth[ref]][1] for ref in silent} <= {SILENT}, "it keeps silent about a veto"
        self.facts |= {ref.ref: fact for ref, fact in facts.items()}

    def calm(self) -> None:
        """Nothing befalls any more; what was ordered and did not come is asked away."""
        self.spoilt = 0
        for _ in range(100):
            self.later[0] += 2  # seconds: whoever was asked to slow down does not ask before
            try:
                self.behind.client.check_connection()
                self.read(list(self.truth))
            except RemoteError:
                continue
            if "refused" not in {fact.note for fact in self.facts.values()}:
                return
        raise AssertionError("it does not recover")

    def everybody(self) -> set[str]:
        self.cursor = ""
        found = set(self.page())
        while self.cursor:
            found |= set(self.page())
        return found


def _at(later: list[int]) -> datetime:
    return clock() + timedelta(seconds=later[0])


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    with starting() as start:
        yield start


def _listed(script: Script, started: Started) -> set[str]:
    """Who is on the list where everybody of a history is a member."""
    running = started(script.case)
    for ref in _moving(script, started):
        script.become(running.simulator, ref, script.states[0][0])
    with standing_behind(script.case, running, clock, no_wait) as behind:
        return History(script, behind, random.Random(0)).everybody()


def _moving(script: Script, started: Started) -> list[str]:
    return list(started(script.case).refused)[:MOVING]


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("script", [pytest.param(script, id=script.case.name) for script in SCRIPTS])
def test_whatever_happens_facts_and_list_end_as_they_are(script: Script, batch: int, started: Started) -> None:
    baseline = _listed(script, started)
    each = HISTORIES // BATCHES
    for seed in range(batch * each, (batch + 1) * each):
        _play(script, seed, started, baseline)


def _play(script: Script, seed: int, started: Started, baseline: set[str]) -> None:
    later = [0]
    with standing_behind(script.case, started(script.case), partial(_at, later), no_wait) as behind:
        history = History(script, behind, random.Random(seed), later)
        history.begin(_moving(script, started))
        for _ in range(history.chance.randint(4, 12)):
            history.step()
        history.calm()
        wanted = {ref: script.states[state][1] for ref, state in history.truth.items()}
        assert {ref: (fact.status, fact.note) for ref, fact in history.facts.items()} == wanted, f"history {seed}"
        gone = {ref for ref, state in history.truth.items() if not script.states[state][2]}
        assert history.everybody() == baseline - gone, f"history {seed}"


def test_an_adapter_that_keeps_silent_in_trouble_does_not_get_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with starting() as start:  # what was ordered of it and did not come is nobody else's
        baseline = _listed(JD, start)
        monkeypatch.setattr(JdPlatform, "consents", silent_in_trouble(JdPlatform.consents))
        with pytest.raises(AssertionError, match="it keeps silent about a veto"):
            _play(JD, 0, start, baseline)
