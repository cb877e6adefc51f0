"""A notice of the system at the end of long work, only where nobody looks at the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from campaign_app.domain.ports import Job
from campaign_app.ui.viewmodels.ends import LONG_SECONDS, Ended, Ends
from tests.helpers.window import Start
from tests.helpers.windowed import Windowed


class Watched:
    def __init__(self, window: Windowed) -> None:
        self.active, self.now, self.told = False, 0.0, list[Ended]()
        self.jobs, desk = window.desk.jobs, window.desk
        self.ends = Ends(desk.app, desk.kit.tasks, desk.jobs, lambda: self.active, lambda: self.now)
        self.ends.told.connect(self.told.append)

    def work(self, kind: str, state: str = "done", seconds: float = LONG_SECONDS, **args: object) -> None:
        job = Job(7, kind, args, "running")
        self.jobs.changed.emit((job,))
        self.now += seconds
        self.jobs.changed.emit((job,))
        self.jobs.ended.emit(Job(7, kind, args, state))


@pytest.fixture
def watched(window: Windowed) -> Iterator[Watched]:
    made = Watched(window)
    yield made
    made.ends.deleteLater()


def test_long_work_is_told_with_where_it_can_be_seen(watched: Watched, window: Windowed) -> None:
    campaign = window.ids["screened"]
    watched.work("sync", account_id=1)
    watched.work("screen", campaign_id=campaign)
    watched.work("dispatch", "failed", campaign_id=10_000)
    assert watched.told == [
        Ended("sync", True, "", "customers", None),
        Ended("screen", True, "双十一", "campaigns", campaign),
        Ended("dispatch", False, "", "campaigns", 10_000),
    ]


@pytest.mark.parametrize(
    ("kind", "state", "seconds", "active"),
    [
        ("sync", "done", LONG_SECONDS - 1, False),
        ("sync", "cancelled", LONG_SECONDS, False),
        ("poll", "done", LONG_SECONDS, False),
        ("sync", "done", LONG_SECONDS, True),
    ],
)
def test_nobody_is_bothered_otherwise(watched: Watched, kind: str, state: str, seconds: float, active: bool) -> None:
    watched.active = active
    watched.work(kind, state, seconds)
    assert watched.told == []


@pytest.mark.expects_logs("campaign_app.qt")  # this platform has no tray to draw in
def test_the_icon_is_there_for_the_notice_and_a_click_opens_the_page(start: Start, qtbot: QtBot) -> None:
    started = start(tray=True)
    started.open()
    application = started.application
    notices, tray = application.notices, application.closing.tray
    assert notices is not None
    notices.tell(Ended("import", True, "", "customers", None))
    assert tray.shown
    application.shell.hide()
    tray.followed.emit()
    assert application.shell.isVisible()
    assert application.shell.current == "customers"
    assert not tray.shown


@pytest.mark.expects_logs("campaign_app.qt")
def test_looking_at_the_window_takes_only_an_icon_away_that_was_lent(start: Start, qtbot: QtBot) -> None:
    started = start(tray=True)
    started.open()
    tray = started.application.closing.tray
    tray.tell("同步客户已结束。")
    tray.calm()
    assert not tray.shown
    tray.show()
    tray.tell("同步客户已结束。")
    tray.calm()
    assert tray.shown
    tray.hide()


def test_without_a_tray_nothing_is_tried(start: Start) -> None:
    started = start(tray=False)
    started.open()
    notices = started.application.notices
    assert notices is not None
    notices.tell(Ended("sync", True, "", "customers", None))
    assert not started.application.closing.tray.shown
