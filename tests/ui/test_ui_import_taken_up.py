"""An import whose window is closed before it ends: the next window follows it, and tells how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from ui_imports import ROWS, write
from ui_people import add_people, add_shop

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper
from campaign_app.domain.errors import AppError
from campaign_app.services.import_plan import Begun, Source
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.customers import import_of
from campaign_app.ui.single import mark_of
from campaign_app.ui.viewmodels.awaited import Awaited
from tests.helpers.window import PHRASE, Start, Started

IMPORTED = "会员.csv 已导入：更新 30 位客户，0 行不能导入。"


@pytest.fixture
def begun(desk: Desk, tmp_path: Path) -> Begun:
    """Begun in a window that is closed now: its job waits for a worker."""
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 40)
    made = desk.app.imports.begin(source=Source(str(write(tmp_path / "会员.csv", ROWS)), shop), actor="window")
    awaited(desk).put(made)
    return made


@pytest.fixture
def job(desk: Desk, begun: Begun) -> int:
    return desk.app.jobs.enqueue("import", begun.args, desk.app.clock()).id


@pytest.fixture
def told(desk: Desk) -> list[str]:
    heard: list[str] = []
    desk.kit.messages.told.connect(lambda notice: heard.append(notice.text))
    return heard


def awaited(desk: Desk) -> Awaited:
    return Awaited(desk.kit.prefs, mark_of(desk.session.plan.folder))


def do(app: bootstrap.App, job: int) -> None:
    """What the worker does of it."""
    app.imports.apply_chunk(1, 0)
    app.imports.finish(1)
    app.jobs.set_state(job, "done", result={})


def begin(started: Started, file: Path) -> int:
    """In the window as it is open; its job."""
    app, desk = started.open(), started.application.desk
    assert desk is not None
    shop = add_shop(app)
    add_people(app, shop, 40)
    model = import_of(desk)
    model.start(shop)
    model.choose(str(write(file, ROWS)))
    started.bot.waitUntil(lambda: not model.state.busy)
    model.try_out()
    started.bot.waitUntil(lambda: model.state.trial is not None)
    model.apply()
    started.bot.waitUntil(lambda: bool(app.jobs.open_jobs()))
    return app.jobs.open_jobs()[0].id


def test_the_next_window_tells_what_ended_while_none_was_open(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    first = start()
    job = begin(first, tmp_path / "会员.csv")
    first.application.shut()
    with bootstrap.open_app(tmp_path / "own", PassphraseKeeper(PHRASE)) as app:
        do(app, job)
    heard: list[str] = []
    again = start()
    again.application.kit.messages.told.connect(lambda notice: heard.append(notice.text))
    again.open()
    qtbot.waitUntil(lambda: heard == [IMPORTED])
    again.application.shut()
    heard.clear()
    third = start()
    third.application.kit.messages.told.connect(lambda notice: heard.append(notice.text))
    third.open()
    qtbot.wait(1_000)
    assert heard == [], "said once"


def test_an_import_that_ended_meanwhile_is_told_once(desk: Desk, job: int, told: list[str], qtbot: QtBot) -> None:
    do(desk.app, job)
    import_of(desk).take_up()
    qtbot.waitUntil(lambda: told == [IMPORTED])
    assert awaited(desk).args() == {}


def test_an_import_that_still_goes_on_is_followed_to_its_end(
    desk: Desk, job: int, told: list[str], qtbot: QtBot
) -> None:
    model = import_of(desk)
    model.take_up()
    qtbot.waitUntil(lambda: model.state.step == "applying")
    desk.app.jobs.set_progress(job, 1, 4)
    qtbot.waitUntil(lambda: model.state.progress == 0.25)
    do(desk.app, job)
    qtbot.waitUntil(lambda: told == [IMPORTED])


def test_an_import_that_failed_meanwhile_says_why_and_can_be_taken_back(
    desk: Desk, job: int, told: list[str], qtbot: QtBot
) -> None:
    desk.app.imports.apply_chunk(1, 0)
    desk.app.jobs.set_state(job, "failed", error="disk_full")
    import_of(desk).take_up()
    qtbot.waitUntil(lambda: told == [desk.kit.words.error(AppError("disk_full", ""))])
    assert desk.app.imports.all()[0].state == "done"


def test_what_was_taken_back_since_is_not_told(desk: Desk, job: int, told: list[str], qtbot: QtBot) -> None:
    do(desk.app, job)
    desk.app.imports.undo(import_id=1, actor="window")
    import_of(desk).take_up()
    qtbot.waitUntil(lambda: awaited(desk).args() == {})
    assert told == []


@pytest.mark.parametrize("kept", ["{", "[1]", '{"import_id": 7}', '{"import_id": null, "chunks": 1}'])
def test_what_cannot_be_read_is_nothing(desk: Desk, kept: str) -> None:
    desk.kit.prefs.await_import(mark_of(desk.session.plan.folder), kept)
    assert awaited(desk).args() == {}


def test_an_import_of_a_workspace_that_was_replaced_is_forgotten(desk: Desk, told: list[str], qtbot: QtBot) -> None:
    awaited(desk).put(Begun(77, 1, 30))
    import_of(desk).take_up()
    qtbot.waitUntil(lambda: awaited(desk).args() == {})
    assert told == []
