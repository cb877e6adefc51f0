"""What needs a person today: the right things, in the right order, each with where it is put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.lookback import Task, Wish
from campaign_app.domain.ports import Job
from campaign_app.domain.signature import Signature
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.services.matters import of_backup, of_tasks
from tests.helpers.desk_of import ENTITY
from tests.helpers.mattering import FILED, NOW, SHOP, TODAY, found, row


def test_nothing_needs_a_person_where_all_is_well() -> None:
    assert found(row(State.DONE), row(State.SENDING)) == ()
    ended = row(State.CANCELLING, state_note="by_user"), row(State.CANCELLED, state_note="unknown_closed")
    assert found(*ended) == ()


@pytest.mark.parametrize(
    ("seen", "code", "step"),
    [
        (row(State.PAUSED, state_note="by_user"), "stopped", "sending"),
        (row(State.WAITING, state_note="window_over"), "stopped", "sending"),
        (row(State.DRAFT, state_note="not_connected"), "stopped", "screening"),
        (row(State.CANCELLING, state_note="account_disconnected"), "stopped", "sending"),
        (row(State.CANCELLED, state_note="unknown_outcomes"), "stopped", "sending"),
        (row(State.SCREENED), "screened", "sending"),
        (row(State.APPROVED), "approved", "sending"),
        (row(State.SCHEDULED, send_at=NOW + timedelta(hours=3)), "scheduled", "sending"),
    ],
)
def test_a_campaign_that_waits_leads_to_its_step(seen: CampaignRow, code: str, step: str) -> None:
    (matter,) = found(seen)
    assert (matter.code, matter.page, matter.what) == (code, "campaigns", (5, step))


def test_a_campaign_of_another_day_is_not_today() -> None:
    assert found(row(State.SCHEDULED, send_at=NOW + timedelta(days=1))) == ()
    # 23:59 and 00:01 in Beijing
    late, early = datetime(2026, 11, 10, 15, 59, tzinfo=UTC), datetime(2026, 11, 10, 16, 1, tzinfo=UTC)
    assert found(row(State.SCHEDULED, send_at=late))
    assert not found(row(State.SCHEDULED, send_at=early))


def test_only_the_newest_draft_is_offered() -> None:
    drafts = [row(State.DRAFT, id=number, name=f"草稿{number}") for number in (9, 8)]
    assert [(each.code, each.subject) for each in found(*drafts)] == [("draft", "草稿9")]


def test_what_stands_still_comes_before_what_is_only_to_be_known() -> None:
    codes = [each.code for each in found(row(State.SCREENED), row(State.PAUSED))]
    assert codes == ["stopped", "screened"]


@pytest.mark.parametrize(
    ("left", "backed_up", "told"),
    [
        (None, None, False),  # nothing left yet
        (1, None, True),
        (1, 8, True),
        (1, 7, False),
        (89, 90, True),
        (90, 89, False),  # it has all that was sent, and does for good
    ],
)
def test_what_was_sent_since_the_last_backup_is_told_after_a_week(
    left: int | None, backed_up: int | None, *, told: bool
) -> None:
    sent, made = (None if ago is None else NOW - timedelta(days=ago) for ago in (left, backed_up))
    assert [(each.code, each.level, each.at, each.what) for each in of_backup(sent, made, NOW)] == (
        [("backup", "info", made, "workspace")] if told else []
    )


def test_a_failed_sync_is_told_until_one_is_done() -> None:
    failed = Job(2, "sync", {"account_id": 1}, "failed", error="unreachable", queued_at=NOW)
    assert [each.code for each in found(jobs=(failed,))] == ["job"]
    assert found(jobs=(replace(failed, id=3, state="done"), failed)) == ()
    assert found(jobs=(failed,), accounts=()) == ()
    assert found(jobs=(replace(failed, kind="screen"),)) == ()


def test_an_entity_without_a_connected_shop_is_told() -> None:
    gone = replace(SHOP, state="disconnected")
    assert [each.code for each in found(accounts=(gone,))] == ["account"]
    assert found(accounts=(gone, replace(SHOP, id=2))) == ()


@pytest.mark.parametrize(
    ("days", "code", "number"),
    [(30, None, 0), (29, "signature_expires", 29), (0, "signature_expires", 0), (-1, "signature_expired", 1)],
)
def test_a_signature_that_expires_is_told_in_time(days: int, code: str | None, number: int) -> None:
    got = found(signatures=(replace(FILED, valid_until=TODAY + timedelta(days=days)),))
    assert [(each.code, each.number) for each in got] == ([(code, number)] if code else [])


def test_a_signature_that_cannot_be_used_is_worse_where_a_campaign_uses_it() -> None:
    bare = Signature("安宁到家", ENTITY, status="approved", carrier_filed=None)
    assert [(each.code, each.level) for each in found(signatures=(bare,))] == [("signatures_unfiled", "info")]
    (used,) = found(row(State.SENDING, signature="安宁到家"), signatures=(bare,))
    assert (used.code, used.level, used.what) == ("signature_unusable", "warn", (5, "content"))
    (ended,) = found(row(State.DONE, signature="安宁到家"), signatures=(bare,))
    assert ended.code == "signatures_unfiled"


@pytest.mark.parametrize("state", [State.SCREENED, State.APPROVED, State.SCHEDULED, State.SENDING])
def test_a_signature_that_is_gone_is_told_of_what_is_about_to_leave(state: State) -> None:
    seen = row(state, signature="安宁到家", send_at=NOW + timedelta(days=3))
    told = [each for each in found(seen, signatures=(FILED,)) if each.code == "signature_gone"]
    assert [(each.level, each.subject, each.what) for each in told] == [("warn", "安宁到家", (5, "sending"))]
    assert "signature_gone" not in {each.code for each in found(seen, signatures=(replace(FILED, text="安宁到家"),))}
    away = found(seen, accounts=(replace(SHOP, state="disconnected"),))
    assert [each.code for each in away if each.level == "warn"] == ["account"], "of that one nothing is reported"


def test_of_a_signature_that_is_gone_the_campaign_that_leaves_first_is_named() -> None:
    rows = [
        row(state, id=number, signature="安宁到家", send_at=None if days is None else NOW + timedelta(days=days))
        for number, state, days in ((9, State.APPROVED, None), (8, State.SCHEDULED, 4), (7, State.SCHEDULED, 3))
    ]
    told = [each.what for each in found(*rows) if each.code == "signature_gone"]
    assert told == [(7, "sending")]


def test_that_another_entity_has_a_signature_of_the_same_words_is_no_comfort() -> None:
    theirs = {"91330100MA0000009X": (replace(FILED, text="安宁到家", owner_uscc="91330100MA0000009X"),)}
    told = found(row(State.SCHEDULED, signature="安宁到家", send_at=NOW + timedelta(days=3)), others=theirs)
    assert [each.code for each in told if each.level == "warn"] == ["signature_gone"]


def test_nobody_misses_the_signature_of_what_is_over_or_stands_still() -> None:
    for state in (State.DONE, State.DRAFT, State.WAITING):
        assert "signature_gone" not in {each.code for each in found(row(state, signature="安宁到家"))}


def test_own_rules_that_are_refused_lead_to_the_rules() -> None:
    (matter,) = found(refused="OWN-001-x.toml")
    assert (matter.code, matter.level, matter.subject) == ("rules", "warn", "OWN-001-x.toml")
    assert (matter.page, matter.what) == ("settings", "rules")


def test_what_was_to_be_put_right_by_today_is_one_matter_of_the_longest_due() -> None:
    def task(number: int, due: date | None, *, done: bool = False) -> Task:
        return Task(number, 1, Wish(f"第{number}项", "王莉", due), done, "", "", NOW, "", NOW)

    before, after = TODAY - timedelta(days=2), TODAY + timedelta(days=1)
    assert not list(of_tasks([task(1, None), task(2, after), task(3, before, done=True)], NOW))
    (matter,) = of_tasks([task(4, TODAY), task(5, before), task(6, after)], NOW)
    assert (matter.level, matter.number, matter.subject, matter.note) == ("warn", 2, "第5项", "王莉")
    assert (matter.page, matter.what) == ("compliance", "lookback")
    assert matter.at is not None
    assert matter.at.date() == before
