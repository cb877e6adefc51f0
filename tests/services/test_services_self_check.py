"""Every number of a self-check report, against a past that is known row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.domain.self_check import QUERIES, Period, Stage
from campaign_app.services.self_check_numbers import Delays, SelfCheck
from tests.helpers.fresh import fresh_folder
from tests.helpers.staged import open_by_day
from tests.helpers.year import Year

QUARTER = Period.quarter(2026, 4)
FIRST = datetime(2026, 10, 8, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace")


@pytest.fixture
def year(app: bootstrap.App) -> Year:
    """A retail campaign in October, one of finance in November, and what came back."""
    made = Year(app.workspace, people=6, made_at=FIRST)
    retail, finance = made.campaign(name="国庆"), made.campaign("finance", "理财")
    made.members(retail, ["ok", "ok", "ok", "default_consent", "content", "withdrawn"])
    made.members(finance, ["ok", "ok", "wrong_purpose", "default_consent", "ok", "ok"])
    made.send(retail, FIRST, {0: "delivered", 1: "failed", 2: "withheld"})
    made.send(finance, FIRST + timedelta(days=30), {0: "delivered", 1: "accepted", 4: "", 5: "delivered"})
    made.warn(retail, "OPT-004", "李")
    made.warn(retail, "URG-001")
    made.stop(retail, 4, "ABS-001")
    for person, delay in ((1, 2), (2, 4), (3, 60), (4, 10)):
        made.opt_out(person, FIRST + timedelta(hours=1), timedelta(seconds=delay), retail if person < 3 else None)
    made.tell(1, FIRST, FIRST + 30 * SECOND)
    made.tell(2, FIRST, None, "waiting")
    made.complain(FIRST + timedelta(hours=2), 5 * SECOND, finance)
    made.complain(FIRST, 5 * SECOND, finance, FIRST + timedelta(days=2))
    made.complain(FIRST, 5 * SECOND, None, FIRST + timedelta(days=60))
    made.task(retail, FIRST, done=True)
    made.task(retail, FIRST, done=False)
    made.wording(FIRST, "[]")
    eleven = made.peak(date(2026, 11, 10), date(2026, 11, 11), ("王丽", "李强"), open_items=("backup", "support"))
    made.peak(date(2026, 12, 12), date(2026, 12, 12))
    for place, (drill, took, batches) in enumerate(((True, 2, 1), (True, 9, 2), (False, 4, 1), (True, None, 1))):
        seconds = None if took is None else took * SECOND
        made.pause(eleven, FIRST + timedelta(days=place), drill=drill, took=seconds, batches=batches)
    return made


def measured(app: bootstrap.App, period: Period = QUARTER) -> SelfCheck:
    return app.reporting.measured(period, Stage.CHECK)


def test_every_number_is_what_is_there(app: bootstrap.App, year: Year) -> None:
    report = measured(app)
    expected = {
        "A.entities": 1, "A.shops": 1, "A.customers": 6, "A1.1.sent": 7,
        "B.campaigns": 2, "B.submitted": 6, "B.delivered": 3, "B.delivered_share": 50.0,
        "B1.claimed.retail": 3, "B1.withheld.retail": 1, "B1.submitted.retail": 2, "B1.submitted.finance": 4,
        "B1.no_outcome.finance": 1, "B1.submitted.total": 6, "B2.2026-10.retail": 3, "B2.2026-11.finance": 4,
        "C.screened": 12, "C.allowed": 7, "C.default_removed": 2, "C.default_sent": 0,
        "C1.default_consent.finance": 1, "C1.withdrawn.retail": 1, "C2.explicit_toggle.total": 7,
        "C4.confirmed.people": 6, "C4.default.people": 0,
        "D.clean": 1, "D.warned": 1, "D.stopped": 1, "D1.ABS-001.retail": 1, "D2.URG-001.unconfirmed": 1,
        "F.received": 4, "F.late": 2, "F.waiting": 1, "F1.received.retail": 2, "F1.received.unassigned": 2,
        "F2.in_force.cases": 4, "F2.in_force.median": 4.0, "F2.in_force.p95": 60.0, "F2.in_force.slowest": 60.0,
        "F2.platform_told.median": 30.0, "F3.1.waiting": 1,
        "G.received": 3, "G.per_10k": 3 / 6 * 10_000, "G1.received.finance": 2, "G2.taken_in.median": 5.0,
        "G1.answered_in_time.finance": 1, "G1.answered_late.unassigned": 1, "G1.overdue.finance": 1, "G.unanswered": 1,
        "G3.r12321.total": 3, "D3.agreement.checked": 1, "D3.agreement.with_findings": 0,
        "H1.fix_complaint.open": 1, "H1.fix_task.found": 2, "H1.fix_task.open": 1,
        "J.plans": 2, "J.ready": 1, "J.open": 2, "J.drills": 2, "J.slowest": 9.0, "J.over": 1,
        "J1.1.open": 2, "J1.1.duty": 2, "J1.2.duty": 0, "J2.1.to_stop": 2.0, "J2.2.after_command": 80,
        "J3.3.to_stop": 4.0, "J4.stopped.drills": 1, "J4.over.drills": 1, "J4.stopped.in_earnest": 1,
        "J4.watching.drills": 1,
        "H1.fix_default.found": 2, "H1.fix_default.open": 0, "H1.fix_warning.open": 1, "H1.fix_late.open": 2,
    }  # fmt: skip
    assert {number: report.number(number).value for number in expected} == pytest.approx(expected)


def test_what_is_not_known_is_none_and_says_why(app: bootstrap.App, year: Year) -> None:
    quiet = measured(app, Period.month(2025, 1))
    assert (quiet.number("B.submitted").value, quiet.number("F.received").value) == (0, 0)
    for number, why in (("B.delivered_share", "nothing_sent"), ("F.p95", "none_in_period")):
        assert (quiet.number(number).value, quiet.number(number).why) == (None, why)


def test_what_is_not_known_of_a_peak_says_why_and_is_never_zero(app: bootstrap.App, year: Year) -> None:
    report = measured(app)
    unknown = {number.id: number.why for number in report.numbers() if number.value is None}
    assert {each: why for each, why in unknown.items() if each.startswith("J")} == {
        "J1.2.open": "peak_draft",
        "J2.4.to_stop": "pause_unsettled",
        "J2.4.after_command": "pause_unsettled",
    }
    quiet = measured(app, Period.month(2025, 1))
    assert (quiet.number("J.plans").value, quiet.number("J.slowest").why) == (0, "none_in_period")


def test_what_is_said_of_peaks_is_what_its_rows_come_to(app: bootstrap.App, year: Year) -> None:
    told = json.loads("".join(app.reporting.as_json(QUARTER, Stage.CHECK)))
    values = {each["id"]: each["value"] for each in told["numbers"]}
    plans, pauses = told["queries"]["peaks"], told["queries"]["pauses"]
    drills = [row["seconds"] for row in pauses if row["drill"] and row["seconds"] is not None]
    assert (values["J.plans"], values["J.open"]) == (len(plans), sum(row["open"] or 0 for row in plans))
    assert (values["J.drills"], values["J.slowest"]) == (len(drills), max(drills))
    assert [row["on_duty"] for row in plans] == ["王丽、李强", ""]
    assert [row["open_items"] for row in plans] == ["backup、support", ""]


def test_every_number_has_an_id_of_its_own_and_a_query_that_is_there(app: bootstrap.App, year: Year) -> None:
    numbers = list(measured(app).numbers())
    assert len({number.id for number in numbers}) == len(numbers)
    assert {number.query for number in numbers} <= QUERIES.keys()
    assert all(bool(number.why) == (number.value is None) for number in numbers)


def test_parts_add_up_to_their_totals(app: bootstrap.App, year: Year) -> None:
    for chapter in measured(app).chapters:
        for grid in chapter.grids:
            if grid.columns[-1].text == "total":
                for line in grid.lines:
                    *parts, total = (number.value or 0 for number in line.numbers)
                    assert sum(parts) == total


def test_retail_and_finance_are_told_apart_even_without_any(app: bootstrap.App) -> None:
    Year(app.workspace, people=1, made_at=FIRST)
    grid = measured(app).chapters[1].grids[0]
    assert [column.text for column in grid.columns] == ["retail", "finance", "total"]


def test_it_can_be_cancelled_while_it_counts(app: bootstrap.App, year: Year) -> None:
    class Stopped(Exception):
        pass

    def tick(done: float) -> None:
        if done > 0.5:
            raise Stopped

    with pytest.raises(Stopped):
        app.reporting.measured(QUARTER, Stage.CHECK, tick)


def test_times_go_by_the_nearest_rank_and_none_is_negative() -> None:
    delays = Delays((FIRST, FIRST + seconds * SECOND) for seconds in range(100, 0, -1))
    assert [delays.at(part) for part in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert Delays([(FIRST, FIRST - SECOND)]).at(0.5) == 0
    assert Delays(()).at(0.5) is None
