"""What every client of a platform has to do, whatever its API looks like: a suite that its tests inherit.

A subclass named Test… says how its platform answers, and the tests here ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import requests

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.ports import PlatformClient
from tests.helpers.replay import Replay, Reply, Script


@dataclass(frozen=True)
class Spoilt:
    """An answer that must not confirm the first ref, and the note that its fact has to carry."""

    name: str
    script: Callable[[], Script]
    note: str
    others_confirmed: bool = False


TROUBLES: Sequence[tuple[str, Script]] = (
    ("throttled", Reply(429, headers={"Retry-After": "60"})),
    ("unavailable", Reply(503, headers={"Retry-After": "60"})),
    ("server_error", 500),
    ("read_timeout", requests.ReadTimeout()),
    ("connect_timeout", requests.ConnectTimeout()),
    ("cut", requests.exceptions.ChunkedEncodingError()),
    ("truncated", Reply(body=b'{"request_id": "q')),
)
REFUSALS: Sequence[tuple[str, Script]] = (
    ("signature", 401),
    ("permission", 403),
    ("bad_request", 400),
    ("html", Reply(body=b"<html>13800000001</html>")),
    ("redirect", Reply(302, headers={"Location": "https://elsewhere.example/"})),
    ("no_object", []),
    ("other_shape", {"answers": 3}),
)


class PlatformConduct:
    """`good` answers a look-up of REFS with a confirmation for each; `spoilt` are this platform's own bad answers."""

    REFS: ClassVar[Sequence[CustomerRef]]
    spoilt: ClassVar[Sequence[Spoilt]]

    @staticmethod
    def good() -> Script:
        raise NotImplementedError

    @staticmethod
    def client(replay: Replay) -> PlatformClient:
        """A client whose waits cost nothing."""
        raise NotImplementedError

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        tables: dict[str, Sequence[Any]] = {
            "bad": [pytest.param(s, id=s.name) for s in self.spoilt],
            "trouble": [pytest.param(script, id=name) for name, script in TROUBLES],
            "refusal": [pytest.param(script, id=name) for name, script in REFUSALS],
        }
        for name in tables.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(name, tables[name])

    def test_a_good_answer_confirms_everybody(self) -> None:
        facts = self.client(Replay(self.good())).consents(self.REFS).facts
        assert [facts[ref].status for ref in self.REFS] == [ConsentStatus.CONFIRMED] * len(self.REFS)

    def test_a_spoilt_answer_confirms_nobody(self, bad: Spoilt) -> None:
        facts = self.client(Replay(bad.script())).consents(self.REFS).facts
        first, *others = (facts[ref] for ref in self.REFS)
        assert set(facts) == set(self.REFS)
        assert (first.status, first.note) == (ConsentStatus.UNKNOWN, bad.note)
        expected = ConsentStatus.CONFIRMED if bad.others_confirmed else ConsentStatus.UNKNOWN
        assert {fact.status for fact in others} == {expected}

    def test_trouble_can_be_tried_again(self, trouble: Script) -> None:
        with pytest.raises(RemoteUnavailable) as info:
            self.client(Replay(forever=trouble)).consents(self.REFS)
        assert not isinstance(info.value, OutcomeUnknown)

    def test_a_refusal_is_no_fact(self, refusal: Script) -> None:
        replay = Replay(refusal)
        with pytest.raises(RemoteRefused) as info:
            self.client(replay).consents(self.REFS)
        assert len(replay.requests) == 1
        assert "13800000001" not in f"{info.value!r}{info.value.facts}"

    def test_trouble_that_passes_costs_nothing(self) -> None:
        answers = self.client(Replay(500, self.good())).consents(self.REFS)
        assert {fact.status for fact in answers.facts.values()} == {ConsentStatus.CONFIRMED}

    def test_nobody_is_asked_about_nobody(self) -> None:
        answers = self.client(Replay()).consents([])
        assert (dict(answers.facts), answers.receipts) == ({}, ())

    def test_a_ref_of_another_account_is_not_given_away(self) -> None:
        stranger = CustomerRef(self.REFS[0].account_id + 1, self.REFS[0].ref)
        facts = self.client(Replay()).consents([stranger]).facts
        assert facts[stranger].status is ConsentStatus.UNKNOWN

    def test_a_failing_page_leaves_no_half_result(self) -> None:
        many = [CustomerRef(self.REFS[0].account_id, f"n{at}") for at in range(5_000)]
        with pytest.raises(RemoteError):
            self.client(Replay(self.good(), forever=400)).consents(many)
