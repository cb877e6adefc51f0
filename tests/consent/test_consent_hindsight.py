"""What today's word on a consent means for a message that was sent: then, since, or nobody can tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign_app.consent import Policy
from campaign_app.consent.gate import Ask
from campaign_app.consent.hindsight import look_again
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Reason,
    Suppression,
    SuppressionKind,
)
from campaign_app.domain.lookback import ORDER, Era, Ground, Group, Kind, Mark, Run, RunState, Scope, kind_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SENT = NOW - timedelta(days=10)
BEFORE, AFTER = SENT - timedelta(days=1), SENT + timedelta(days=1)
ENTITY = "91330100MA0000001X"
ASK = Ask(1, "retail", ENTITY, NOW, NOW, Policy())
GOOD = ConsentFact(
    CustomerRef(1, "c1"), ConsentStatus.CONFIRMED, NOW, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS,
    frozenset({"retail"}), ENTITY, BEFORE, checked_at=NOW,
)  # fmt: skip


def marked(kind: SuppressionKind, since: datetime) -> tuple[Suppression, ...]:
    return (Suppression(ENTITY, b"k", kind, since, "reply"),)


def test_a_consent_that_would_do_today_says_nothing() -> None:
    assert look_again(GOOD, (), ASK, SENT) is None


@pytest.mark.parametrize(
    ("changes", "marks", "reason", "era", "kind"),
    [
        ({"withdrawn_at": AFTER}, (), Reason.WITHDRAWN, Era.SINCE, Kind.SINCE),
        ({"withdrawn_at": BEFORE}, (), Reason.WITHDRAWN, Era.THEN, Kind.FINDING),
        ({"withdrawn_at": SENT}, (), Reason.WITHDRAWN, Era.THEN, Kind.FINDING),
        ({"status": ConsentStatus.WITHDRAWN}, (), Reason.WITHDRAWN, Era.UNDATED, Kind.UNLOOKED),
        ({"expires_at": BEFORE}, (), Reason.EXPIRED, Era.THEN, Kind.FINDING),
        ({"expires_at": AFTER}, (), Reason.EXPIRED, Era.SINCE, Kind.SINCE),
        ({"method": ConsentMethod.PRE_TICKED}, (), Reason.DEFAULT_CONSENT, Era.THEN, Kind.FINDING),
        (
            {"method": ConsentMethod.PRE_TICKED, "obtained_at": AFTER},
            (),
            Reason.DEFAULT_CONSENT,
            Era.SINCE,
            Kind.FINDING,
        ),
        ({"status": ConsentStatus.NO_RECORD}, (), Reason.NO_RECORD, Era.SINCE, Kind.SINCE),
        ({"status": ConsentStatus.UNKNOWN}, (), Reason.UNKNOWN, Era.SINCE, Kind.UNLOOKED),
        ({"checked_at": NOW - timedelta(days=2)}, (), Ground.CONSENT_UNREAD, Era.UNDATED, Kind.UNLOOKED),
        ({}, marked(SuppressionKind.OPT_OUT, AFTER), Reason.SUPPRESSED_OPT_OUT, Era.SINCE, Kind.SINCE),
        ({}, marked(SuppressionKind.OPT_OUT, BEFORE), Reason.SUPPRESSED_OPT_OUT, Era.THEN, Kind.FINDING),
        ({}, marked(SuppressionKind.MINOR, AFTER), Reason.MINOR, Era.THEN, Kind.FINDING),
    ],
)
def test_an_end_since_is_told_apart_from_one_before(
    changes: dict[str, Any], marks: Collection[Suppression], reason: str, era: Era, kind: Kind
) -> None:
    found = look_again(replace(GOOD, **changes), marks, ASK, SENT)
    assert found is not None
    assert (found.reason, found.era) == (reason, era)
    assert kind_of(found.reason, found.era) is kind


def test_of_several_dates_the_earliest_counts() -> None:
    marks = marked(SuppressionKind.WITHDRAWN, BEFORE)
    found = look_again(replace(GOOD, withdrawn_at=AFTER), marks, ASK, SENT)
    assert found == Mark(Reason.WITHDRAWN, Era.THEN, moment=BEFORE)


def test_without_any_fact_nobody_is_called_good() -> None:
    withdrawn = marked(SuppressionKind.WITHDRAWN, AFTER)
    for marks in ((), withdrawn):
        assert look_again(None, marks, ASK, SENT) == Mark(Ground.FACT_MISSING, Era.UNDATED)
    complained = look_again(None, marked(SuppressionKind.COMPLAINT, AFTER), ASK, SENT)
    assert complained == Mark(Reason.SUPPRESSED_COMPLAINT, Era.SINCE, moment=AFTER)


def test_a_cap_of_today_says_nothing_of_that_day() -> None:
    assert look_again(replace(GOOD, max_per_month=0), (), ASK, SENT) is None


def test_what_must_be_put_right_comes_before_what_is_not_known_and_that_before_what_came_later() -> None:
    right, unknown, later = (
        Mark(Ground.RULE, Era.SINCE), Mark(Ground.TEXT_MISSING, Era.UNDATED), Mark(Reason.WITHDRAWN, Era.SINCE)
    )  # fmt: skip
    assert sorted([later, unknown, right], key=lambda mark: mark.rank) == [right, unknown, later]


def test_every_reason_that_can_be_found_has_a_place() -> None:
    never = {"ok", "invalid_phone", "frequency_cap", "duplicate_number", "content", "provider_cap", "house_cap"}
    assert set(ORDER) == {*Ground, *(reason for reason in Reason if reason not in {*never, "window"})}


def test_the_counts_of_a_run_add_up() -> None:
    rule, left = Group(1, "rule", "since", "ABS-001", 3), Group(1, "withdrawn", "since", "", 2)
    groups = (rule, left, Group(2, "text_missing", "", "", 1))
    run = Run(1, Scope(SENT, NOW), RunState.DONE, "cli", NOW, ok=4, groups=groups)
    assert run.counts() == {"ok": 4, "finding": 3, "since": 2, "unlooked": 1}
    assert run.looked == sum(run.counts().values()) == 10
