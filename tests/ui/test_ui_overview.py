"""Page 概览: what needs a person, each line with the way to where it is put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.consent import Backlog
from campaign_app.domain.copies import LAST_BACKUP
from campaign_app.domain.ports import Job
from campaign_app.domain.signature import Signature
from campaign_app.jobs.sharing import QUEUES
from campaign_app.services.account_matters import of_expiries, of_opt_outs, of_shared
from campaign_app.services.expiry import Expiry
from campaign_app.services.matters import Matter, of_certificate
from campaign_app.services.opt_outs import Untold
from campaign_app.storage.ledger import SqlLedger
from campaign_app.storage.stood_in import Awaited
from campaign_app.storage.waiting import Waiting
from campaign_app.ui.pages import overview
from campaign_app.ui.pages.guide_words import guide_of
from campaign_app.ui.pages.matter_words import WAITING
from campaign_app.ui.pages.overview import MOST, RESTART, WORKER, OverviewPage
from campaign_app.ui.viewmodels.session import SessionState
from tests.helpers.connect_again import connect_again
from tests.helpers.desk_of import ENTITY, Workplace, workplace
from tests.helpers.mattering import FILED, NOW, SHOP, TODAY, found, row


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


def test_a_fresh_workspace_leads_to_its_first_campaign(place: Workplace, qtbot: QtBot) -> None:
    page = open_page(place, qtbot)
    qtbot.waitUntil(page.guide_card.isVisible)
    assert not page.calm.isVisible()
    assert not page.new_button.isVisible(), "there is nobody yet to whom a campaign could go"
    connect, new = (page.guide_card.lines[step].act for step in ("connect", "audience"))
    qtbot.mouseClick(connect, Qt.MouseButton.LeftButton)
    assert place.went == [("settings", ("field", "accounts", ()))]
    place.add_shop(5)
    page.guide.load()
    qtbot.waitUntil(new.isVisible)
    assert not connect.isVisible()
    qtbot.mouseClick(new, Qt.MouseButton.LeftButton)
    assert place.went[-1] == ("campaigns", "new")


def test_a_quiet_day_says_so(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(5)
    place.campaign("去年", State.DONE)
    guide_of(place.desk).hide(hidden=True)
    page = open_page(place, qtbot)
    qtbot.waitUntil(page.calm.isVisible)
    assert page.customers.text() == "5"
    assert page.customers_under.text() == "还没有同步过"
    assert not page.results.isVisible()


def test_what_left_without_a_backup_leads_to_making_one(
    place: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add_shop(5)
    now = place.app.clock()
    monkeypatch.setattr(SqlLedger, "last_claimed", lambda _: now)
    page = open_page(place, qtbot)
    (line,) = page.todos.lines
    assert (line.title, line.action) == ("还没有备份", "去备份")
    qtbot.mouseClick(page.todos.findChild(QPushButton, f"todo_{line.key}"), Qt.MouseButton.LeftButton)
    assert place.went == [("settings", "workspace")]
    made = datetime(2026, 1, 2, 3, tzinfo=UTC)
    place.app.workspace.accounts.set_setting(LAST_BACKUP, {"at": made.isoformat(), "file": "x"})
    page.model.load()
    qtbot.waitUntil(lambda: page.todos.lines[0].title == "上次备份是 2026-01-02")
    place.app.workspace.accounts.set_setting(LAST_BACKUP, {"at": now.isoformat(), "file": "x"})
    page.model.load()
    qtbot.waitUntil(lambda: page.todos.lines == ())


def test_all_that_waits_can_be_seen_at_once(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(3)
    for number in range(MOST + 2):
        place.campaign(f"会员日{number}", State.PAUSED)
    page = open_page(place, qtbot)
    assert len(page.todos.lines) == MOST
    assert page.more.text() == "再显示 2 项"
    page.more.click()
    assert len(page.todos.lines) == MOST + 2
    assert page.more.text() == "收起"
    page.more.click()
    assert len(page.todos.lines) == MOST


def test_what_is_beyond_all_that_is_listed_is_counted(
    place: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "ALL", MOST + 1)
    place.add_shop(3)
    for number in range(MOST + 3):
        place.campaign(f"会员日{number}", State.PAUSED)
    page = open_page(place, qtbot)
    page.more.click()
    assert len(page.todos.lines) == MOST + 1
    assert page.beyond.text() == "另有 2 项，处理完上面的就会显示。"


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
            row(State.SCHEDULED, send_at=NOW, signature="不见了"),
            jobs=failed,
            signatures=(unfiled, bare, expired, expires),
        ),
        *found(accounts=(replace(SHOP, state="disconnected"),), refused="OWN-001-x.toml"),
        Matter("copied", "block", "", "older_copy", page="settings", what="workspace"),
        Matter("held", "info", "", at=NOW, number=2),
        *of_certificate(NOW + timedelta(days=7), NOW),
        Matter("tasks", "warn", "核对名单", "王莉", NOW, 2, page="compliance", what="lookback"),
        Matter("backup", "info", "", page="settings", what="workspace"),
        Matter("backup", "info", "", at=NOW, page="settings", what="workspace"),
        *(
            Matter(code, "block", queue, at=NOW, number=2, page="" if code.endswith("elsewhere") else WORKER)
            for code, queue in zip(sorted(WAITING), QUEUES, strict=False)
        ),
        *of_opt_outs([SHOP], {SHOP.id: Untold(Backlog(2, NOW - timedelta(hours=2)), "timeout")}, NOW),
        *of_expiries([SHOP], [Expiry(SHOP.id, "authorisation", NOW + timedelta(days=n)) for n in (-1, 3)], NOW),
        *of_shared([SHOP], {SHOP.id: NOW}, NOW),
    )
    assert {each.code for each in all_of_them} == {
        "stopped", "screened", "approved", "draft", "scheduled", "job", "account", "rules", "signature_expired",
        "signature_expires", "signature_unusable", "signature_gone", "signatures_unfiled", "untold", "expired",
        "expires", "shared", "backup", "copied", "waiting", "waiting_here", "waiting_elsewhere", "held", "tasks",
        "certificate",
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


def test_work_that_no_worker_takes_is_said_and_done_by_this_computer(
    place: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add_shop(5)
    session, begun = place.desk.session, list[bool]()
    monkeypatch.setattr(bootstrap, "waiting_work", lambda _: (Waiting("screen", 2, NOW - timedelta(minutes=7)),))
    monkeypatch.setattr(session, "start_beside", lambda: begun.append(True))
    session.state = SessionState("open", worker="starting")
    assert not open_page(place, qtbot).todos.lines, "it may take it in a moment"
    session.state = SessionState("open", worker="running", own_worker=False)
    page = open_page(place, qtbot)
    (line,) = page.todos.lines
    assert (line.level, line.title, line.action) == ("block", "受众核验 · 没有后台进程处理", "由本机处理")
    assert "起有 2 项在等" in line.text
    qtbot.mouseClick(page.todos.findChild(QPushButton, f"todo_{line.key}"), Qt.MouseButton.LeftButton)
    assert begun == [True]


def test_behind_a_server_that_took_over_it_is_said_what_is_waited_for(
    place: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add_shop(5)
    monkeypatch.setattr(bootstrap, "awaited_hosts", lambda _: Awaited(2, NOW))
    (line,) = open_page(place, qtbot).todos.lines
    assert (line.level, line.title, line.action) == ("info", "服务器刚刚切换 · 暂不发送", "")
    assert "到 10:00 还有没核对的" in line.text
    assert "还在等 2 台" in line.text


def test_a_certificate_of_the_teams_server_that_ends_is_said(
    place: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add_shop(5)
    asked, until = list[bootstrap.App](), place.app.clock() + timedelta(days=29, hours=1)
    monkeypatch.setattr(bootstrap, "certified_until", lambda app: asked.append(app) or until)
    page = open_page(place, qtbot)
    qtbot.waitUntil(lambda: page.model._certified == until)
    page.model.load()
    qtbot.waitUntil(lambda: page.todos.lines != ())
    (line,) = page.todos.lines
    assert (line.level, line.title, line.action) == ("warn", "数据库服务器的证书还有 29 天到期", "")
    assert len(asked) == 1, "not at every look"
    assert [each.level for each in of_certificate(NOW + timedelta(days=7), NOW)] == ["block"]
    assert of_certificate(NOW + timedelta(days=30), NOW) == of_certificate(None, NOW) == ()


def test_a_server_that_did_not_tell_of_its_certificate_is_asked_again_soon(
    place: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add_shop(5)
    begun, until = place.app.clock(), place.app.clock() + timedelta(days=3)
    told = [None, until, None]
    asked: list[datetime | None] = []

    def ask(_: bootstrap.App) -> datetime | None:
        asked.append(told[len(asked)])
        return asked[-1]

    monkeypatch.setattr(bootstrap, "certified_until", ask)
    page = open_page(place, qtbot)
    for minutes, times, heard in ((9, 1, False), (11, 2, True), (60, 2, True), (13 * 60, 3, False)):
        at = begun + timedelta(minutes=minutes)
        page.model._app = replace(place.app, clock=lambda at=at: at)
        page.model.load()
        qtbot.waitUntil(lambda now=(times, heard): (len(asked), page.model._heard) == now)
    assert page.model._certified == until, "what it told before holds"


def test_an_authorisation_that_ends_is_said_before_anything_else(place: Workplace, qtbot: QtBot) -> None:
    shop = place.add_shop(5)
    accounts = place.app.workspace.accounts
    ends = (place.app.clock() + timedelta(days=5)).date().isoformat()
    connect_again(accounts, replace(accounts.account(shop), options={"authorised_until": ends}))
    page = open_page(place, qtbot)
    (line,) = page.todos.lines
    assert (line.level, line.action) == ("warn", "更新授权…")
    assert line.title.startswith("安宁旗舰店 · 同意查询服务")
    assert page.todos.mapTo(page, page.todos.rect().topLeft()).y() < page.guide_card.mapTo(page, QPoint()).y()
    qtbot.mouseClick(page.todos.findChild(QPushButton, f"todo_{line.key}"), Qt.MouseButton.LeftButton)
    assert place.went == [("settings", ("renew", shop))]


def test_a_demo_shows_how_far_its_sync_is(place: Workplace, qtbot: QtBot) -> None:
    session = place.desk.session
    session.plan = replace(session.plan, demo_customers=2_000)
    session.staging = True
    page = open_page(place, qtbot)
    assert page.staging.isVisible()
    assert not page.guide_card.isVisible()
    job = place.app.jobs.enqueue("sync", {"account_id": 1}, place.app.clock())
    place.app.jobs.set_progress(job.id, 500, 0)
    qtbot.waitUntil(lambda: page.staging_bar.value() == 500)
    assert page.staging_text.text() == "正在同步演示数据…  500 / 2,000 位客户"
    place.app.jobs.set_state(job.id, "done")
    session.staging = False
    session.staged.emit()
    qtbot.waitUntil(lambda: page.guide_card.isVisible() and not page.staging.isVisible())
    qtbot.waitUntil(lambda: page.model.state.synced_at is not None)


def test_ended_jobs_are_the_last_ones_without_the_polling(place: Workplace) -> None:
    jobs, now = place.app.jobs, place.app.clock()
    for kind in ("sync", "poll", "import", "sync"):
        jobs.set_state(jobs.enqueue(kind, {}, now).id, "done")
    jobs.enqueue("sync", {}, now)
    assert [job.kind for job in jobs.ended_jobs(2)] == ["sync", "import"]
