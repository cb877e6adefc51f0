"""Complaints by hand and by file, what of them is due, whom they stop, and what rises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.complaint import CaseQuery, CaseState, NewCase, Source, Way
from campaign_app.domain.consent import SuppressionKind
from campaign_app.domain.errors import NotAllowed, NotFound, NotPermitted, SettingsError
from campaign_app.domain.phone import Phone
from campaign_app.domain.team import Person, Role
from campaign_app.domain.trend import Share, Turn
from campaign_app.jobs.fuse import is_blown
from campaign_app.jobs.stopping import put_aside
from campaign_app.services.case_file import CaseFile, read_moment
from campaign_app.services.case_timers import CaseTimers, shipped
from campaign_app.services.complaint_matters import of_complaints
from campaign_app.services.complaints import Complaints
from campaign_app.services.sheets import SheetSource
from campaign_app.services.suppressing import BY_LIST
from campaign_app.services.trends import By
from tests.helpers.shop import ENTITY, person
from tests.helpers.staged import KEY, Staged, open_by_day, stage


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        made = stage(app)
        made.shop.platforms[made.account].truth = {}  # everybody agreed
        yield made


def phone(who: int) -> Phone:
    found = person("c", who).phone
    assert found is not None
    return found


def new(staged: Staged, who: int = 0, **changed: Any) -> NewCase:
    now = staged.app.clock()
    made = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, f"A{who}", phone(who), text="骚扰")
    return replace(made, **changed)


def test_a_case_by_hand_counts_for_the_fuse_of_its_campaign(staged: Staged) -> None:
    campaign = staged.sent()
    shop = staged.shop
    for who in range(3):
        assert staged.app.complaints.add(new(staged, who), actor="李").campaign_id == campaign.id
        assert is_blown(shop.context, campaign) is (who == 2)


def test_complaints_that_turn_out_to_be_of_others_hide_no_later_ones_from_the_fuse(staged: Staged) -> None:
    campaign, app = staged.sent(), staged.app
    cases = [app.complaints.add(new(staged, who), actor="李") for who in range(4)]
    staged.put_state(campaign.id, CampaignState.PAUSED, window_end=None)
    assert app.campaigns.resume(campaign.id, actor="李").complaints_seen == 4
    for case in cases[:3]:
        app.complaints.unmatch(case.id, actor="审核员")
    assert not is_blown(staged.shop.context, app.campaigns.get(campaign.id))
    for who in range(4, 7):
        app.complaints.add(new(staged, who), actor="李")
    assert is_blown(staged.shop.context, app.campaigns.get(campaign.id))


def test_what_a_reviewer_says_of_complaints_outlives_the_end_of_a_batch(staged: Staged) -> None:
    """The worker has read the campaign before, and stops it behind that."""
    campaign, app = staged.sent(), staged.app
    cases = [app.complaints.add(new(staged, who), actor="李") for who in range(4)]
    staged.put_state(campaign.id, CampaignState.PAUSED, window_end=None)
    read = app.campaigns.resume(campaign.id, actor="李")
    for case in cases[:3]:
        app.complaints.unmatch(case.id, actor="审核员")
    assert put_aside(staged.shop.context, read, CampaignState.WAITING, "window_over")
    stopped = app.campaigns.get(campaign.id)
    assert (stopped.state, stopped.state_note, stopped.complaints_seen) == (CampaignState.WAITING, "window_over", 1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"phone": None}, "complaint_nobody"),
        ({"phone": None, "ref": "  "}, "complaint_nobody"),
        ({"made_at": datetime(2099, 1, 1, tzinfo=UTC)}, "complaint_time"),
        ({"received_at": datetime(2020, 1, 1, tzinfo=UTC)}, "complaint_order"),
        ({"received_at": datetime(2099, 1, 1, tzinfo=UTC)}, "complaint_order"),
        ({"text": "长" * 5_001}, "complaint_long"),
        ({"number": "1" * 101}, "complaint_long"),
    ],
)
def test_what_cannot_be_a_complaint_is_refused_and_keeps_nothing(
    staged: Staged, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        staged.app.complaints.add(new(staged, **changed), actor="李")
    assert caught.value.code == code
    assert staged.app.complaints.count(CaseQuery())[0] == 0


def test_operators_enter_and_reviewers_own_and_close(staged: Staged) -> None:
    staged.sent()
    store, clock, keys = staged.app.workspace.complaints, staged.app.clock, staged.app.workspace.phone_keys
    operator = Complaints(store, clock, keys).used_by(Person("o", frozenset({Role.OPERATOR})))
    reviewer = Complaints(store, clock, keys).used_by(Person("r", frozenset({Role.REVIEWER})))
    case = operator.add(new(staged), actor="o")
    operator.note(case.id, "已致电用户", actor="o")
    for refused in (
        lambda: operator.own(case.id, "o", actor="o"),
        lambda: operator.match(case.id, 1, actor="o"),
        lambda: operator.unmatch(case.id, actor="o"),
        lambda: operator.answer(case.id, "答", actor="o"),
        lambda: operator.close(case.id, actor="o"),
        lambda: operator.reopen(case.id, "x", actor="o"),
    ):
        with pytest.raises(NotPermitted):
            refused()
    reviewer.own(case.id, "王", actor="r")
    reviewer.match(case.id, reviewer.found(case.id).candidates[0].ledger_id, actor="r")
    reviewer.answer(case.id, "已书面答复", actor="r")
    reviewer.close(case.id, actor="r")
    reviewer.reopen(case.id, "再次投诉", actor="r")
    reviewer.unmatch(case.id, note="是别家的端口", actor="r")
    assert reviewer.case(case.id).state is CaseState.UNMATCHED
    assert [each.text for each in reviewer.history(case.id)][-1] == "是别家的端口"
    for empty in ("", "  ", "长" * 5_001):
        with pytest.raises(SettingsError) as caught:
            reviewer.note(case.id, empty, actor="r")
        assert caught.value.code == "complaint_words"


def due(timers: CaseTimers, received: datetime, now: datetime, **changed: Any) -> tuple[str, date, int] | None:
    made = NewCase("E", Source.R12321, Way.FORM, received, received, "A")
    from campaign_app.domain.complaint import Case

    case = Case(
        1, made.entity_uscc, made.source, made.way, CaseState.OPEN, "", "", received, received, received, "", **changed
    )  # fmt: skip
    found = timers.deadline(case, now)
    return None if found is None else (found.timer.id, found.day, found.left)


def test_three_days_to_take_it_on_and_fifteen_to_answer() -> None:
    timers, received = shipped(), datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    assert due(timers, received, received) == ("accept", date(2026, 12, 1), 5)
    from campaign_app.domain.complaint import Case

    taken = Case(
        1, "E", Source.R12321, Way.FORM, CaseState.MATCHED, "", "", received, received, received, "", owner="王"
    )  # fmt: skip
    found = timers.deadline(taken, received)
    assert found is not None
    assert (found.timer.id, found.day) == ("answer", date(2026, 12, 17))
    assert (found.timer.draft, found.timer.verified) == (True, False)
    assert timers.deadline(replace(taken, state=CaseState.ANSWERED), received) is None
    assert timers.answer_by(replace(taken, state=CaseState.ANSWERED), received).day == date(2026, 12, 17)


def test_what_is_over_or_ends_today_needs_a_person_and_nothing_else_does(staged: Staged) -> None:
    staged.sent()
    app, now = staged.app, staged.app.clock()
    for who, days in enumerate((0, 30)):
        at = now - timedelta(days=days)
        app.complaints.add(new(staged, who, made_at=at, received_at=at), actor="李")
    ((case, deadline),) = app.complaints.pressing()
    assert (case.number, deadline.left < 0) == ("A1", True)
    (matter,) = of_complaints([(case, deadline)])
    assert (matter.code, matter.level, matter.number) == ("complaint_overdue", "block", -deadline.left)
    assert (matter.page, matter.what) == ("inbox", ("case", case.id))
    today = replace(deadline, left=0)
    assert [each.code for each in of_complaints([(case, today)] * 2)] == ["complaint_due"] * 2
    (many,) = of_complaints([(case, today)] * 4)
    assert (many.code, many.level, many.number) == ("complaints_due", "warn", 4)


def lines(*rows: str) -> bytes:
    return "\n".join(("工单编号,投诉人号码,投诉时间,投诉内容,端口号,来源", *rows)).encode()


def file(tmp_path: Path, content: bytes, **columns: str) -> CaseFile:
    path = tmp_path / "complaints.csv"
    path.write_bytes(content)
    return CaseFile(SheetSource(str(path), columns=columns), ENTITY)


def test_a_file_is_tried_then_put_down_and_never_twice(staged: Staged, tmp_path: Path) -> None:
    staged.sent()
    app, today = staged.app, staged.app.clock().strftime("%Y-%m-%d")
    app.complaints.add(new(staged, 5, number="K9"), actor="李")
    told = file(
        tmp_path,
        lines(
            f"K1,{phone(0).digits},{today} 00:00,骚扰,1069,12321",
            f"K2,{phone(1).digits},{today},骚扰,1069,",
            f"K2,{phone(1).digits},{today},又一次,1069,",
            f"K9,{phone(5).digits},{today},骚扰,1069,",
            f"K3,12345,{today},骚扰,1069,",
            f"K4,{phone(2).digits},前天,骚扰,1069,",
            f"K5,{phone(2).digits},2099-01-01,骚扰,1069,",
            f"K6,,{today},骚扰,1069,",
            f"K7,{phone(2).digits},{today},骚扰,1069,火星",
            "",
            "K8,1",
        ),
    )
    preview = app.case_files.preview(told)
    assert [(row.number, row.code) for row in preview.rows] == [
        (2, ""), (3, ""), (4, "duplicate_in_file"), (5, "complaint_known"), (6, "phone_invalid"),
        (7, "time_unreadable"), (8, "complaint_time"), (9, "complaint_nobody"), (10, "source_unknown"),
        (12, "wrong_fields"),
    ]  # fmt: skip
    assert phone(0).digits not in str(preview.rows)
    assert {column.name: column.target for column in preview.columns}["工单编号"] == "number"
    trial = app.case_files.trial(told)
    assert (trial.rows, trial.added, sum(trial.refused.values())) == (10, 2, 8)
    assert app.complaints.count(CaseQuery())[0] == 1, "a dry run keeps nothing"
    done = app.case_files.apply(told, actor="李")
    assert (done.added, done.refused) == (2, trial.refused)
    again = app.case_files.apply(told, actor="李")
    assert (again.added, again.refused["complaint_known"]) == (0, 4)
    found = {case.number: case for case in app.complaints.page(CaseQuery(), 99, 0, 99)}
    assert (found["K1"].way, found["K1"].port, found["K1"].state) == (Way.FILE, "1069", CaseState.UNMATCHED)
    assert found["K2"].state is CaseState.MATCHED, "a day without a time is the whole day"


def test_who_complains_under_the_number_of_another_complaint_is_suppressed_too(staged: Staged, tmp_path: Path) -> None:
    app, today = staged.app, staged.app.clock().strftime("%Y-%m-%d")
    rows = [f"批次1,{phone(who).digits},{today} 00:00,骚扰,1069,12321" for who in range(3)]
    done = app.case_files.apply(file(tmp_path, lines(*rows)), actor="李")
    assert (done.added, done.refused) == (1, {"duplicate_in_file": 2})
    again = app.case_files.apply(file(tmp_path, lines(*rows[:2])), actor="李")
    assert (again.added, again.refused) == (0, {"complaint_known": 2})
    for who in range(3):
        (mark,) = app.suppressing.look(ENTITY, phone(who).digits)
        assert mark.kind is SuppressionKind.COMPLAINT


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"没有": "phone"}, "unknown_column"),
        ({"来源": "consent"}, "bad_target"),
        ({"来源": "phone", "端口号": "phone"}, "column_twice"),
    ],
)
def test_a_column_that_cannot_be_that_is_refused(
    staged: Staged, tmp_path: Path, columns: dict[str, str], code: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        staged.app.case_files.preview(file(tmp_path, lines("K1,1,2,3,4,5"), **columns))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-02 09:30", "2026-11-02T01:30:00+00:00"),
        ("2026/11/2 9:30:15", "2026-11-02T01:30:15+00:00"),
        ("2026年11月2日 9时30分", "2026-11-02T01:30:00+00:00"),
        ("2026-11-02T09:30:00", "2026-11-02T01:30:00+00:00"),
        ("2026-11-02", "2026-11-02T15:59:59+00:00"),
        ("2026-11-10", "2026-11-10T02:00:00+00:00"),
        ("2026-13-02", None),
        ("2026-11-02 25:00", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_times_are_read_as_people_write_them(written: str, expected: str | None) -> None:
    found = read_moment(written, datetime(2026, 11, 10, 2, 0, tzinfo=UTC))
    assert (None if found is None else found.isoformat()) == expected


def test_a_number_by_hand_is_refused_from_then_on_with_why_and_by_whom(staged: Staged) -> None:
    app = staged.app
    assert app.suppressing.add(ENTITY, phone(0).digits, reason="门店来电要求", actor="李")
    assert not app.suppressing.add(ENTITY, phone(0).digits, reason="门店来电要求", actor="李")
    (mark,) = app.suppressing.look(ENTITY, f"+86 {phone(0).digits}")
    assert (mark.kind, mark.source, mark.note, mark.by) == (SuppressionKind.OPT_OUT, "by_hand", "门店来电要求", "李")
    assert mark.since <= app.clock()
    for entity, written, reason, code in (
        (ENTITY, "123", "x", "phone"), (ENTITY, phone(1).digits, " ", "reason_needed"),
    ):  # fmt: skip
        with pytest.raises(SettingsError) as caught:
            app.suppressing.add(entity, written, reason=reason, actor="李")
        assert caught.value.code == code
    with pytest.raises(NotFound):
        app.suppressing.add("91440300MA5D00002Y", phone(1).digits, reason="x", actor="李")


@pytest.mark.parametrize("written", ["{}.0", "'{}", "手机：{}"])
def test_the_first_number_of_a_list_without_a_header_is_added_too(staged: Staged, written: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(written.format(phone(n).digits) for n in range(3)), encoding="utf-8")
    done = staged.app.suppressing.apply(ENTITY, SheetSource(str(path)), reason="12321 名单", actor="李")
    assert (done.rows, done.new) == (3, 3)
    for number in range(3):
        assert staged.app.suppressing.look(ENTITY, phone(number).digits)


def test_a_list_of_numbers_is_tried_then_added_and_a_repeat_adds_nothing(staged: Staged, tmp_path: Path) -> None:
    app, path = staged.app, tmp_path / "list.csv"
    rows = [phone(0).digits, phone(1).digits, phone(1).digits, "12345", "无"]
    path.write_text("\n".join(("手机号,备注", *(f"{each},x" for each in rows))), encoding="utf-8")
    app.suppressing.add(ENTITY, phone(0).digits, reason="x", actor="李")
    trial = app.suppressing.trial(ENTITY, SheetSource(str(path)))
    assert (trial.rows, trial.new, trial.known, trial.repeated) == (5, 1, 1, 1)
    assert trial.refused == {"phone_invalid": 1, "phone_missing": 1}
    assert phone(0).digits not in str(trial)
    done = app.suppressing.apply(ENTITY, SheetSource(str(path)), reason="12321 名单", actor="李")
    assert (done.new, done.known) == (1, 1)
    assert app.suppressing.apply(ENTITY, SheetSource(str(path)), reason="12321 名单", actor="李").new == 0
    (mark,) = app.suppressing.look(ENTITY, phone(1).digits)
    assert (mark.source, mark.note) == (BY_LIST, "12321 名单")
    path.write_text("姓名\n张三\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        app.suppressing.trial(ENTITY, SheetSource(str(path)))
    assert caught.value.code == "no_phone_column"


def test_a_list_that_is_stopped_half_way_leaves_in_the_audit_what_it_added(staged: Staged, tmp_path: Path) -> None:
    class StopError(Exception): ...

    def stop(done: float) -> None:
        if 0.5 < done < 1:
            raise StopError

    app, path = staged.app, tmp_path / "list.csv"
    path.write_text("\n".join(("手机号", *(f"1390000{n:04}" for n in range(2_001)))), encoding="utf-8")
    with pytest.raises(StopError):
        app.suppressing.apply(ENTITY, SheetSource(str(path)), reason="12321 名单", actor="李", tick=stop)
    assert app.suppressing.look(ENTITY, "13900000000")
    (entry,) = app.workspace.audit.entries(limit=1)
    said = {"entity": ENTITY, "source": BY_LIST, "numbers": 2_000, "new": 2_000, "marks": 2_000}
    assert (entry.action, entry.actor, {name: entry.facts[name] for name in said}) == ("suppression.added", "李", said)
    assert not app.suppressing.look(ENTITY, "13900002000")


def test_a_suppressed_number_gets_nothing_of_a_later_campaign(staged: Staged) -> None:
    staged.app.complaints.add(new(staged, 0), actor="李")
    campaign = staged.sent()
    case = staged.app.complaints.add(new(staged, 1), actor="李")
    assert case.campaign_id == campaign.id
    assert staged.app.complaints.case(1).state is CaseState.UNMATCHED, "it was complained of before"
    funnel = staged.app.workspace.campaigns.funnel(campaign.id)
    assert funnel["suppressed_complaint"] == 1


def test_what_rises_is_told_with_its_counts(staged: Staged) -> None:
    campaign = staged.sent()
    for who in range(6):
        staged.app.complaints.add(new(staged, who), actor="李")
    staged.app.complaints.add(new(staged, 0, number="X", phone=Phone("13900000000")), actor="李")
    for by in By:
        trend = staged.app.trends.of(by, 7)
        (row,) = trend.rows
        assert row.campaigns == (campaign.name,)
        assert (row.now.complaints, row.now.unchecked, row.before) == (6, 0, Share())
        assert row.turn is Turn.NOTHING_SENT, "there is no period before to compare with"
        assert trend.total.now == row.now
        assert trend.unmatched == (1, 0)
    staged.app.audiences.save("全部", campaign.audience, actor="test")
    assert [row.name for row in staged.app.trends.of(By.AUDIENCE, 7).rows] == ["全部"]
    assert [row.name for row in staged.app.trends.of(By.CAMPAIGN, 7).rows] == [campaign.name]
    with pytest.raises(NotAllowed):
        staged.app.complaints.add(new(staged, 0), actor="李")
