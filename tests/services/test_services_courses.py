"""What came when, why messages failed, and whether a rate is really another than before."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from python_calamine import load_workbook

from campaign_app import bootstrap
from campaign_app.domain.course import Happened
from campaign_app.domain.errors import AppError
from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome
from campaign_app.jobs import poll
from campaign_app.services.comparing import Rate, compare
from campaign_app.services.courses import LANDED, MOST, span_of
from campaign_app.services.sheet_files import Sheet, write_sheets
from campaign_app.services.window import BEIJING
from tests.helpers.fresh import fresh_folder
from tests.helpers.staged import Staged, open_by_day, stage

AT = datetime(2026, 11, 10, 2, 3, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (Rate(5, 639), Rate(12, 2_001), "alike"),
        (Rate(60, 1_000), Rate(20, 1_000), "higher"),
        (Rate(20, 1_000), Rate(60, 1_000), "lower"),
        (Rate(1, 640), Rate(0, 600), "too_few"),
        (Rate(9, 12), Rate(500, 1_000), "too_few"),
        (Rate(0, 0), Rate(500, 1_000), "too_few"),
        (Rate(1_000, 1_000), Rate(1_000, 1_000), "alike"),
    ],
)
def test_no_more_is_said_of_two_rates_than_their_numbers_carry(one: Rate, other: Rate, verdict: str) -> None:
    assert compare(one, other) == verdict


def test_columns_have_no_gaps_and_hold_everything() -> None:
    happened = [Happened(AT + timedelta(minutes=7 * n), "delivered", "", n + 1) for n in range(30)]
    happened.append(Happened(AT, "accepted", "", 99))
    span = span_of(happened, LANDED)
    assert 1 < len(span.slots) <= MOST
    assert span.total("delivered") == sum(range(1, 31))
    steps = {b.begins - a.begins for a, b in zip(span.slots, span.slots[1:], strict=False)}
    assert steps == {span.width}
    assert span.slots[0].begins <= AT.astimezone(BEIJING) < span.slots[1].begins


def test_days_begin_at_midnight_in_beijing() -> None:
    span = span_of([Happened(AT, "failed", "", 1), Happened(AT + timedelta(days=30), "failed", "", 1)], LANDED)
    assert span.width == timedelta(days=1)
    assert (span.slots[0].begins.hour, span.slots[0].begins.utcoffset()) == (0, timedelta(hours=8))


def test_years_are_shown_in_weeks_and_nothing_in_nothing() -> None:
    span = span_of([Happened(AT, "failed", "", 1), Happened(AT + timedelta(days=700), "failed", "", 2)], LANDED)
    assert span.width == timedelta(days=7)
    assert span.total("failed") == 3
    assert span_of([], LANDED).slots == ()


def test_the_course_of_a_campaign_agrees_with_its_counts(staged: Staged) -> None:
    sent = staged.sent()
    ids = [row.message_id for row in staged.app.workspace.ledger.rows(1)]
    said = [(ids[0], Outcome.FAILED, "no_route"), (ids[1], Outcome.FAILED, "no_route"), (ids[2], Outcome.FAILED, "")]
    said += [(each, Outcome.DELIVERED, "") for each in ids[3:]]
    stream = staged.shop.gateways[staged.account].stream
    now = staged.app.clock()
    stream["reports"] = [
        DeliveryReport(f"r{n}", f"p-{which}", outcome, code, now, message_id=which)
        for n, (which, outcome, code) in enumerate(said)
    ]
    stream["inbound"] = [
        InboundMessage("i0", "c00004", None, "TD 退订", now + timedelta(seconds=1)),
        InboundMessage("i1", "c00005", None, "几点开门", now + timedelta(minutes=9)),
    ]
    for pull in (poll.poll_reports, poll.poll_inbound):
        while pull(staged.shop.context, staged.account):
            pass
    course, counts = staged.app.courses.of(sent.id), staged.app.workspace.inbox.counts(sent.id)
    assert course.landed.total("delivered") == counts["delivered"] == len(ids) - 3
    assert course.landed.total("failed") == counts["failed"] == 3
    assert [(each.code, each.count) for each in course.failures] == [("no_route", 2), ("", 1)]
    assert (course.answered.total("opt_outs"), course.answered.total("other_replies")) == (1, 1)
    assert counts["replies"] == 2


def test_earlier_campaigns_are_those_of_the_same_entity_and_purpose_begun_before(staged: Staged) -> None:
    first, second, draft = staged.sent(), staged.sent(), staged.draft()
    later = replace(second, send_at=second.send_at and second.send_at + timedelta(days=1))
    staged.app.workspace.campaigns.update(later, expected=later.state)
    assert [each.campaign.id for each in staged.app.courses.earlier(second.id)] == [first.id]
    assert staged.app.courses.earlier(first.id) == ()
    assert staged.app.courses.earlier(draft.id) == ()


SHEETS = (Sheet("甲/乙", ("名", "数"), (("=1+1", 3), ("＝1+1", 4))), Sheet("丙", ("率",), ((0.5,),)))


def test_both_kinds_of_file_hold_the_same_and_run_nothing(tmp_path: Path) -> None:
    write_sheets(tmp_path / "a.csv", SHEETS)
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert rows == [["甲/乙"], ["名", "数"], ["'=1+1", "3"], ["'＝1+1", "4"], [], ["丙"], ["率"], ["0.5"]]
    write_sheets(tmp_path / "a.xlsx", SHEETS)
    book = load_workbook(str(tmp_path / "a.xlsx"))
    assert book.sheet_names == ["甲 乙", "丙"]
    assert book.get_sheet_by_index(0).to_python() == [["名", "数"], ["=1+1", 3], ["＝1+1", 4]]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_file_that_cannot_be_written_leaves_the_former_one(tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "gone"
    with pytest.raises(AppError) as error:
        write_sheets(folder / f"a{ending}", SHEETS)
    assert error.value.code == "file_unwritable"
    held = tmp_path / f"b{ending}"
    held.with_name(f"{held.name}.part").mkdir()
    held.write_text("former")
    with pytest.raises(AppError):
        write_sheets(held, SHEETS)
    assert held.read_text() == "former"


def test_an_export_is_on_record(staged: Staged, tmp_path: Path) -> None:
    sent = staged.sent()
    staged.app.courses.export(sent.id, tmp_path / "a.csv", SHEETS, actor="王")
    entry = staged.app.workspace.audit.entries(limit=1)[0]
    assert (entry.action, entry.actor) == ("results.exported", "王")
