"""When a message is certain, and when somebody has taken a case on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from campaign_app.domain.complaint import Candidate, Case, CaseState, Found, Source, Unmatched, Way

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
MESSAGE = Candidate(1, 1, "双11", "安宁", 1, "c1", "上新", NOW, "delivered")
CASE = Case(1, "E", Source.R12321, Way.FORM, CaseState.OPEN, "138****0000", "A1", NOW, NOW, NOW, "李")


def test_one_message_of_the_quoted_signature_is_certain() -> None:
    assert Found((MESSAGE,)).sure == MESSAGE
    assert Found((MESSAGE, MESSAGE)).sure is None
    assert Found((replace(MESSAGE, differs=True),)).sure is None
    assert Found(why=Unmatched.NEVER_SENT).sure is None


def test_a_case_is_taken_on_by_an_owner_who_knows_what_it_is_about() -> None:
    assert not CASE.accepted
    assert not replace(CASE, owner="王").accepted
    assert not replace(CASE, state=CaseState.MATCHED).accepted
    assert replace(CASE, owner="王", state=CaseState.UNMATCHED).accepted
