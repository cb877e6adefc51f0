"""Page 概览: what needs a person, in the right order, each with the way to where it is put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.ports import Job
from campaign_app.domain.signature import Signature
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.services.matters import Matter, matters
from campaign_app.ui.pages.overview import RESTART, OverviewPage
from campaign_app.ui.viewmodels.session import SessionState
from tests.helpers.desk_of import ENTITY, ISSUER, NAME, Workplace, workplace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
SHOP = Account(1, "consent_api", "旗舰店", "http://a", ENTITY, ISSUER, "登记处", "k", True, "{}")
OWNER = Entity(ENTITY, NAME)
FILED = Signature("安宁百货", ENTITY, status="approved", carrier_filed=True, valid_until=TODAY + timedelta(days=90))


def row(state: State, **changes: object) -> CampaignRow:
    return CampaignRow(replace(Campaign(5, "双十一", ENTITY, "retail", Filter(), state=state), **changes))  # type: ignore[arg-type]


def found(
    *rows: CampaignRow,
    jobs: tuple[Job, ...] = (),
    accounts: tuple[Account, ...] = (SHOP,),
    signatures: tuple[Signature, ...] = (FILED,),
) -> tuple[Matter, ...]:
    return matters(rows, jobs, accounts, (OWNER,), signatures, NOW)


# --- what needs a person ---------------------------------------------------------------------------------------------


def test_nothing_needs_a_person_where_all_is_well() -> None:
    assert found(row(State.DONE), row(State.SENDING)) == ()


@pytest.mark.parametrize(
    ("seen", "code", "step"),
    [
        (row(State.PAUSED, state_note="by_user"), "stopped", "sending"),
        (row(State.WAITING, state_note="window_over"), "stopped", "sending"),
        (row(State.DRAFT, state_note="not_connected"), "stopped", "screening"),
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


# --- page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, qapp: QApplication) -> Iterator[Workplace]:
    with workplace(tmp_path, qapp, inline=False) as made:
        yield made


def open_page(place: Workplace, qtbot: QtBot) -> OverviewPage:
    page = OverviewPage(place.desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    qtbot.waitUntil(lambda: page.model.state.loaded)
    return page


def test_a_fresh_workspace_shows_the_three_steps_and_the_next_one(place: Workplace, qtbot: QtBot) -> None:
    page = open_page(place, qtbot)
    assert page.first.isVisible()
    assert not page.calm.isVisible()
    assert [each.isEnabled() for each in page.first.buttons] == [True, False, False]
    qtbot.mouseClick(page.first.buttons[0], Qt.MouseButton.LeftButton)
    assert place.went == [("settings", "accounts")]
    place.add_shop(5)
    page.model.load()
    qtbot.waitUntil(page.first.buttons[2].isEnabled)
    assert not page.first.buttons[0].isVisible()
    qtbot.mouseClick(page.first.buttons[2], Qt.MouseButton.LeftButton)
    assert place.went[-1] == ("campaigns", "new")


def test_a_quiet_day_says_so(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(5)
    place.campaign("去年", State.DONE)
    page = open_page(place, qtbot)
    assert page.calm.isVisible()
    assert page.customers.text() == "5"
    assert page.customers_under.text() == "还没有同步过"
    assert not page.results_card.isVisible()


def test_each_line_leads_to_its_page(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(5)
    waiting = place.campaign("会员日", State.WAITING, state_note="window_over")
    page = open_page(place, qtbot)
    (line,) = page.todos.lines
    assert page.heading.window() is page.window()
    assert (line.title, line.action) == ("会员日 · 等待处理", "去处理")
    qtbot.mouseClick(page.todos.findChild(QPushButton, f"todo_{line.key}"), Qt.MouseButton.LeftButton)
    assert place.went == [("campaigns", (waiting.id, "sending"))]


def test_every_matter_has_words(place: Workplace, qtbot: QtBot) -> None:
    page = open_page(place, qtbot)
    unfiled = Signature("别的", ENTITY, status="rejected")
    bare = Signature("安宁到家", ENTITY, carrier_filed=False)
    expired = replace(FILED, text="旧", valid_until=TODAY - timedelta(days=3))
    expires = replace(FILED, text="快", valid_until=TODAY + timedelta(days=3))
    failed = (
        Job(2, "sync", {"account_id": 1}, "failed", error="account_disconnected", queued_at=NOW),
        Job(1, "import", {"import_id": 1}, "failed", error="disk_full", queued_at=NOW),
    )
    all_of_them = (
        *found(
            row(State.PAUSED, signature="安宁到家", state_note="by_user"),
            *(row(state) for state in (State.SCREENED, State.APPROVED, State.DRAFT)),
            row(State.SCHEDULED, send_at=NOW),
            jobs=failed,
            signatures=(unfiled, bare, expired, expires),
        ),
        *found(accounts=(replace(SHOP, state="disconnected"),)),
    )
    assert {each.code for each in all_of_them} == {
        "stopped", "screened", "approved", "draft", "scheduled", "job", "account", "signature_expired",
        "signature_expires", "signature_unusable", "signatures_unfiled",
    }  # fmt: skip
    for each in all_of_them:
        line = page._todo("1", each)
        assert line.title
        assert line.text
        assert bool(line.action) == bool(each.page)


def test_a_stopped_worker_is_said_first_and_can_be_started(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(5)
    place.campaign("会员日", State.WAITING, state_note="window_over")
    page = open_page(place, qtbot)
    session = place.desk.session
    session.state = SessionState("open", worker="ended")
    session.changed.emit(session.state)
    assert [line.key for line in page.todos.lines] == [RESTART, "0"]


def test_a_demo_shows_how_far_its_sync_is(place: Workplace, qtbot: QtBot) -> None:
    session = place.desk.session
    session.plan = replace(session.plan, demo_customers=2_000)
    session.staging = True
    page = open_page(place, qtbot)
    assert page.staging.isVisible()
    assert not page.first.isVisible()
    job = place.app.jobs.enqueue("sync", {"account_id": 1}, place.app.clock())
    place.app.jobs.set_progress(job.id, 500, 0)
    qtbot.waitUntil(lambda: page.staging_bar.value() == 500)
    assert page.staging_text.text() == "正在同步演示数据…  500 / 2,000 位客户"
    place.app.jobs.set_state(job.id, "done")
    session.staging = False
    session.staged.emit()
    qtbot.waitUntil(lambda: page.first.isVisible() and not page.staging.isVisible())
    qtbot.waitUntil(lambda: page.model.state.synced_at is not None)


def test_ended_jobs_are_the_last_ones_without_the_polling(place: Workplace) -> None:
    jobs, now = place.app.jobs, place.app.clock()
    for kind in ("sync", "poll", "import", "sync"):
        jobs.set_state(jobs.enqueue(kind, {}, now).id, "done")
    jobs.enqueue("sync", {}, now)
    assert [job.kind for job in jobs.ended_jobs(2)] == ["sync", "import"]
