"""The rows behind a self-check report, on files and on a server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign_app.domain.errors import SettingsError
from campaign_app.domain.self_check import QUERIES, Period
from campaign_app.storage.workspace import Workspace
from tests.helpers.year import ISSUER, Year

NOVEMBER = Period.month(2026, 11)
FIRST = datetime(2026, 10, 31, 16, tzinfo=UTC)  # the month's first moment in Beijing
LAST = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def year(workspace: Workspace) -> Year:
    return Year(workspace, people=6, made_at=FIRST)


def test_a_batch_counts_in_the_period_in_which_it_was_claimed(year: Year) -> None:
    inside, across, before = year.campaign(), year.campaign("finance"), year.campaign()
    year.send(inside, FIRST, {0: "delivered", 1: "failed"})
    year.send(inside, LAST, {2: ""})
    year.send(across, FIRST - SECOND, {0: "delivered"})
    year.send(across, LAST, {1: "delivered", 2: "withheld"})
    year.send(across, LAST + 2 * SECOND, {3: "delivered"})
    year.send(before, FIRST - SECOND, {0: "delivered"})
    with year.store.reports.facts(NOVEMBER) as facts:
        assert [row.campaign_id for row in facts.campaigns()] == [inside, across]
        assert [(row.campaign_id, row.month, row.messages) for row in facts.batches()] == [
            (inside, "2026-11", 3),
            (across, "2026-11", 2),
        ]
        assert {(row.campaign_id, row.outcome): row.messages for row in facts.outcomes()} == {
            (inside, ""): 1,
            (inside, "delivered"): 1,
            (inside, "failed"): 1,
            (across, "delivered"): 1,
            (across, "withheld"): 1,
        }
        grounds = [(row.campaign_id, row.method, row.messages) for row in facts.grounds()]
        assert grounds == [(inside, "explicit_toggle", 3), (across, "explicit_toggle", 2)]
        issuers = [(row.campaign_id, row.issuer_uscc, row.messages) for row in facts.issuers()]
        assert issuers == [(inside, ISSUER, 3), (across, ISSUER, 2)]
        assert [(row.label, row.customers, row.sent) for row in facts.shops()] == [("旗舰店", 6, 5)]


def test_the_newest_answer_of_everybody_is_counted(year: Year) -> None:
    year.fact(1, "default", "pre_ticked")
    with year.store.reports.facts(NOVEMBER) as facts:
        told = {(row.status, row.method): row.people for row in facts.consents()}
    assert told == {("confirmed", "explicit_toggle"): 5, ("default", "pre_ticked"): 1}


def test_findings_reasons_and_stops_are_those_of_the_periods_campaigns(year: Year) -> None:
    sent, other = year.campaign(), year.campaign()
    year.send(sent, FIRST, {0: "delivered"})
    for each in (sent, other):
        year.members(each, ["ok", "default_consent", "content", "content", None])
        year.warn(each, "OPT-004", "李")
        year.stop(each, 2, "ABS-001 PRC-002")
        year.stop(each, 3, "ABS-001")
    with year.store.reports.facts(NOVEMBER) as facts:
        reasons = {(row.campaign_id, row.reason): row.people for row in facts.reasons()}
        assert reasons == {(sent, "ok"): 1, (sent, "default_consent"): 1, (sent, "content"): 2, (sent, ""): 1}
        assert [(row.rule, row.people) for row in facts.stops()] == [("ABS-001", 2), ("PRC-002", 1)]
        assert [(row.campaign_id, row.rule, row.confirmed_by) for row in facts.warnings()] == [(sent, "OPT-004", "李")]


def test_opt_outs_are_read_in_pages_with_masked_numbers(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.storage.reporting._PAGE", 2)
    for person in range(5):
        year.opt_out(person, FIRST + person * SECOND, timedelta(seconds=person))
        year.tell(person, FIRST, FIRST + SECOND)
        year.complain(FIRST + person * SECOND, SECOND)
    year.opt_out(5, FIRST - SECOND, SECOND)
    with year.store.reports.facts(NOVEMBER) as facts:
        rows = list(facts.opt_outs())
        assert [(row.stored_at - row.received_at).total_seconds() for row in rows] == [0, 1, 2, 3, 4]
        assert {row.who for row in rows} == {"138****1234"}
        assert len(list(facts.told())) == len(list(facts.complaints())) == 5


def test_a_message_after_a_refusal_is_found_unless_a_later_grant_lifted_it(year: Year) -> None:
    early, late = year.campaign(), year.campaign()
    year.send(early, FIRST, {0: "delivered", 1: "delivered", 2: "delivered", 3: "delivered"})
    for person in range(5):
        year.opt_out(person, FIRST + SECOND, SECOND)
    year.mark(0, FIRST + SECOND, "complaint")
    year.lift(2, FIRST + 2 * SECOND)
    year.lift(3, FIRST + 99 * SECOND)
    year.send(late, FIRST + 9 * SECOND, {0: "delivered", 1: "rejected", 2: "delivered", 3: "", 4: "withheld"})
    with year.store.reports.facts(NOVEMBER) as facts:
        found = [(row.campaign_id, row.kind, row.outcome) for row in facts.late()]
    assert sorted(found) == [(late, "complaint", "delivered"), (late, "opt_out", ""), (late, "opt_out", "delivered")]


def test_complaints_tasks_and_wordings_are_those_of_the_period_and_tasks_that_are_still_open(year: Year) -> None:
    sent = year.campaign()
    year.complain(FIRST - SECOND, SECOND)
    year.complain(FIRST, 3 * SECOND, sent, FIRST + timedelta(days=2))
    for at, done in ((FIRST - SECOND, True), (FIRST - SECOND, False), (FIRST, True), (LAST + SECOND, False)):
        year.task(sent, at, done=done)
    year.wording(FIRST - SECOND, "[]")
    year.wording(LAST, '[{"rule": "CON-002"}]')
    with year.store.reports.facts(NOVEMBER) as facts:
        (told,) = facts.complaints()
        assert (told.source, told.campaign_id, told.stored_at - told.received_at) == ("r12321", sent, 3 * SECOND)
        assert told.answered_at == FIRST + timedelta(days=2)
        assert [task.done for task in facts.tasks()] == [False, True]
        assert [(each.kind, each.findings) for each in facts.wordings()] == [("agreement", 1)]


def test_plans_with_a_day_in_the_period_and_what_was_paused_for_them_or_in_it(year: Year) -> None:
    day = NOVEMBER.first
    later = timedelta(days=40)
    year.peak(day - timedelta(days=9), day - timedelta(days=1))
    across = year.peak(day - timedelta(days=9), day, ("王丽", "李强"), open_items=("drill", "backup"))
    draft = year.peak(NOVEMBER.last, NOVEMBER.last)
    other = year.peak(day + later, day + later)
    year.pause(across, FIRST - timedelta(days=20), drill=True, took=2.5 * SECOND)
    year.pause(other, FIRST - SECOND, drill=True, took=SECOND)
    year.pause(other, LAST, drill=False, took=None)
    year.pause(across, LAST + SECOND, drill=True, took=SECOND)
    with year.store.reports.facts(NOVEMBER) as facts:
        assert [(row.plan_id, row.on_duty, row.duty, row.open_items, row.open) for row in facts.peaks()] == [
            (across, "王丽、李强", 2, "drill、backup", 2),
            (draft, "", 0, "", None),
        ]
        assert [(row.plan_id, row.drill, row.result, row.seconds, row.messages) for row in facts.pauses()] == [
            (across, True, "stopped", 2.5, 40),
            (other, False, "watching", None, None),
        ]


def test_every_query_answers_an_empty_workspace(workspace: Workspace) -> None:
    with workspace.reports.facts(Period.year(2026)) as facts:
        assert {query: list(getattr(facts, query)()) for query in QUERIES} == {query: [] for query in QUERIES}
        assert facts.audit_head() == (0, bytes(32))


def test_periods_are_days_of_beijing() -> None:
    assert (NOVEMBER.since, NOVEMBER.until) == (FIRST, LAST + SECOND)
    assert Period.quarter(2026, 1) == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert Period.month(2028, 2).last == date(2028, 2, 29)
    assert Period(date(2026, 11, 30), date(2027, 1, 1)).months == ("2026-11", "2026-12", "2027-01")
    for first, last in ((date(2026, 2, 1), date(2026, 1, 1)), (date(2020, 1, 1), date(2026, 1, 1))):
        with pytest.raises(SettingsError):
            Period(first, last)
    with pytest.raises(SettingsError):
        Period.quarter(2026, 5)
