"""A workspace that cannot be read for a while, as one whose server is started anew: what goes on by itself after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.ports import Job
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Level
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Composer, Saved
from campaign_app.ui.viewmodels.jobs import LOOK_MS, TROUBLED_MS, Jobs
from tests.helpers.writing import BAD, CLEAN, campaign_of, stock

AWAY = "连不上团队工作区的服务器，请检查网络后重试。未提交的改动没有保存。"
BACK = "刚才用不了工作区，现在已恢复。其间没有保存成功的操作，请再做一次。"


@dataclass
class Wire:
    """What lies between the window and a store of the workspace, and can be cut."""

    store: Any
    cut: bool = False

    def __getattr__(self, name: str) -> Any:
        if self.cut:
            raise WorkspaceError("server_unreachable", "The workspace's server cannot be reached")
        return getattr(self.store, name)


@pytest.fixture
def wire(app: bootstrap.App) -> Wire:
    return Wire(app.jobs)


@pytest.fixture
def jobs(desk: Desk, wire: Wire) -> Iterator[Jobs]:
    made = Jobs(replace(desk.app, jobs=wire), desk.kit.tasks)
    yield made
    made.stop()


@pytest.fixture
def shell(desk: Desk, jobs: Jobs, qtbot: QtBot) -> Shell:
    desk.jobs.stop()
    desk.kit.tasks.failed.connect(desk.kit.messages.error)
    made = Shell(desk.kit, desk.session)
    qtbot.addWidget(made)
    made.attach(replace(desk, jobs=jobs))
    return made


def test_jobs_are_followed_again_once_it_is_back(desk: Desk, wire: Wire, jobs: Jobs, qtbot: QtBot) -> None:
    """Else no sync, import or screening would ever end in this window."""
    job = desk.app.jobs.enqueue("poll", {"account_id": 1}, desk.app.clock())
    qtbot.waitUntil(lambda: len(jobs.open) == 1)
    told: list[str] = []
    ended: list[Job] = []
    desk.kit.tasks.failed.connect(lambda error: told.append(error.code))
    jobs.ended.connect(ended.append)
    wire.cut = True
    qtbot.waitUntil(lambda: bool(told))
    assert jobs._timer.interval() == TROUBLED_MS
    desk.app.jobs.set_state(job.id, "done")
    jobs.look()
    desk.kit.tasks.finish()
    wire.cut = False
    qtbot.waitUntil(lambda: [each.id for each in ended] == [job.id])
    assert told == ["server_unreachable"], "it is said once"
    assert jobs._timer.interval() == LOOK_MS


def test_a_job_that_was_forgotten_meanwhile_keeps_no_other_from_being_followed(
    desk: Desk, wire: Wire, jobs: Jobs, qtbot: QtBot
) -> None:
    first, second = (desk.app.jobs.enqueue("poll", {"account_id": each}, desk.app.clock()) for each in (1, 2))
    qtbot.waitUntil(lambda: len(jobs.open) == 2)
    ended: list[Job] = []
    jobs.ended.connect(ended.append)
    wire.cut = True
    jobs._looking = False
    for each in (first, second):
        desk.app.jobs.set_state(each.id, "done")
    desk.app.jobs.forget([first.id])
    wire.cut = False
    qtbot.waitUntil(lambda: [each.id for each in ended] == [second.id])


def test_the_window_says_that_it_is_back_and_no_longer_that_it_is_away(
    shell: Shell, wire: Wire, desk: Desk, qtbot: QtBot
) -> None:
    desk.kit.messages.failed("没有存下来", "disk_full")
    wire.cut = True
    qtbot.waitUntil(lambda: shell.notices.said == ("没有存下来", AWAY))
    wire.cut = False
    qtbot.waitUntil(lambda: shell.notices.said == ("没有存下来", BACK))
    assert shell.notices.lines[-1].notice.level is Level.WARN, "it stays until it is read"


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def line(app: bootstrap.App) -> Wire:
    return Wire(app.campaigns)


@pytest.fixture
def model(desk: Desk, line: Wire, campaign: Campaign) -> Iterator[CampaignModel]:
    made = CampaignModel(replace(desk.app, campaigns=line), desk.kit.tasks, desk.kit.messages, campaign)
    yield made
    made.stop()
    made.deleteLater()


@pytest.mark.parametrize("short", [False, True], ids=["jobs in vain as well", "between two looks at jobs"])
def test_a_list_that_was_opened_in_vain_is_read_once_it_is_back(
    short: bool, desk: Desk, jobs: Jobs, wire: Wire, line: Wire, campaign: Campaign, qtbot: QtBot
) -> None:
    """Else it said that it reads, below a line that all is well, until somebody left it and came back."""
    told: list[str] = []
    desk.jobs.stop()
    desk.kit.messages.told.connect(lambda notice: told.append(notice.code))
    shell = Shell(desk.kit, desk.session)
    qtbot.addWidget(shell)
    shell.attach(replace(desk, jobs=jobs, app=replace(desk.app, campaigns=line)))
    shell.show()
    wire.cut, line.cut = not short, True
    page = shell.page("campaigns")
    assert isinstance(page, CampaignsPage)
    qtbot.waitUntil(lambda: bool(told) and (short or bool(jobs._troubles)))
    page.model._look()
    desk.kit.tasks.finish()
    assert not page.model.state.loaded
    wire.cut = line.cut = False
    qtbot.waitUntil(lambda: [row.campaign.id for row in page.model.state.rows] == [campaign.id])
    assert told.count("server_unreachable") == 1, "it is said once"
    page.model._timer.stop()


def test_any_other_page_that_is_open_is_read_again_once_it_is_back(
    shell: Shell, desk: Desk, wire: Wire, jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.show()
    page, visits = shell.page("signatures"), list[int]()
    monkeypatch.setattr(page, "shown", lambda: visits.append(1))
    wire.cut = True
    qtbot.waitUntil(lambda: bool(jobs._troubles))
    assert visits == []
    wire.cut = False
    qtbot.waitUntil(lambda: visits == [1])


def unkept(desk: Desk, model: CampaignModel, line: Wire, qtbot: QtBot) -> Composer:
    """What was typed while it was away."""
    kit = desk.kit
    composer = Composer.of(desk.app.composing, kit.tasks, kit.messages, lambda: kit.prefs.language, model)
    composer.load()
    qtbot.waitUntil(lambda: composer.state.setting is not None)
    line.cut = True
    composer.set_text(BAD)
    composer.flush()
    qtbot.waitUntil(lambda: composer.state.saved is Saved.FAILED)
    assert desk.app.campaigns.get(model.id).body == CLEAN
    desk.kit.tasks.finish()
    return composer


def test_what_was_typed_meanwhile_is_saved_once_it_is_back(
    desk: Desk, model: CampaignModel, line: Wire, qtbot: QtBot
) -> None:
    composer = unkept(desk, model, line, qtbot)
    line.cut = False
    model.load()
    qtbot.waitUntil(lambda: composer.state.saved is Saved.YES)
    assert desk.app.campaigns.get(model.id).body == BAD
    assert not model.view.unkept


def test_it_is_not_where_somebody_else_changed_the_campaign_meanwhile(
    desk: Desk, model: CampaignModel, line: Wire, qtbot: QtBot
) -> None:
    """It stays to be read, and whoever typed it is asked."""
    composer = unkept(desk, model, line, qtbot)
    theirs = "乙写的：" + CLEAN
    desk.app.campaigns.edit(model.id, body=theirs, actor="other")
    line.cut = False
    model.load()
    desk.kit.tasks.finish()
    qtbot.waitUntil(lambda: not model._told)
    desk.kit.tasks.finish()
    assert desk.app.campaigns.get(model.id).body == theirs
    assert (composer.state.text, composer.state.saved) == (BAD, Saved.FAILED)
    assert model.view.unkept == {"text"}
    for _ in range(2):  # nor after it was away once more, with their version read by then
        line.cut = True
        model.load()
        qtbot.waitUntil(lambda: bool(model._told))
        line.cut = False
        model.load()
        qtbot.waitUntil(lambda: not model._told)
        desk.kit.tasks.finish()
    assert desk.app.campaigns.get(model.id).body == theirs
