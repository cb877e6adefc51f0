"""A computer in another zone than China's: every time is Beijing's all the same, and the window says so."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.viewmodels.session import Plan, Session
from campaign_app.ui.widgets.moment_edit import MomentEdit

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone is the system's alone here")


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield os.environ["TZ"]
    time.tzset()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai"], indirect=True)
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_no_hour_is_missing_where_the_clocks_are_put_forward(zone: str, hour: int, qtbot: QtBot) -> None:
    field = MomentEdit("made")
    qtbot.addWidget(field)
    at = datetime(2026, 3, 7, 16 + hour, 30, tzinfo=UTC)  # in the night from 7 to 8 March New York skips two o'clock
    field.put(at)
    assert field.text() == f"2026-03-08 0{hour}:30", zone
    assert field.moment() == at


@pytest.mark.parametrize(
    ("zone", "said"), [("America/New_York", True), ("Asia/Shanghai", False), ("Asia/Singapore", False)],
    indirect=["zone"],
)  # fmt: skip
def test_the_window_says_whose_time_it_shows_where_the_computer_has_another(
    zone: str, said: bool, kit: Kit, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shell = Shell(kit, Session(Plan(tmp_path_factory.mktemp("zone")), kit.tasks))
    qtbot.addWidget(shell)
    shell.show()
    told = shell.findChild(QLabel, "status_zone")
    assert told is not None
    assert (told.isVisible(), told.text()) == (said, "所有时间都是北京时间"), zone
