"""What the window offers to somebody of a team: what their role allows, and for the rest who may do it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from subprocess import Popen
from typing import cast

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_accounts import card, open_settings
from ui_sending import Opened, app, staged

from campaign_app import bootstrap
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.domain.team import Person, Role
from campaign_app.services.matters import Matter
from campaign_app.storage.workspace import Workspace
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.lookback import LookBackSection
from campaign_app.ui.pages.overview import OverviewPage
from campaign_app.ui.pages.settings_accounts import AccountsSection
from campaign_app.ui.pages.settings_policies import PoliciesSection
from campaign_app.ui.pages.settings_workspace import WorkspaceSection
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.pages.steps.screening import ScreeningStep
from campaign_app.ui.viewmodels.accounts import AccountsModel
from campaign_app.ui.viewmodels.backups import BackupModel
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.settings import PoliciesModel, WorkspaceModel
from campaign_app.wiring import wire
from campaign_app.words import load
from tests.helpers.staged import Staged
from tests.helpers.window import MS, PHRASE, Start

__all__ = ["app", "staged"]  # fixtures
As = Callable[..., Desk]


@pytest.fixture
def desk_as(inline_desk: Desk) -> As:
    """The desk of somebody who has these roles, on the same workspace."""

    def made(*roles: Role) -> Desk:
        app = inline_desk.app
        workspace = replace(app.workspace, person=Person("anna", frozenset(roles)))
        theirs = wire(workspace, app.keeper, app.offset)
        return replace(inline_desk, app=theirs)

    return made


class Running:
    """A worker's process that goes on until it is told to end."""

    def poll(self) -> None:
        return None

    def terminate(self) -> None: ...

    def wait(self, _seconds: float = 0) -> int:
        return 0


def is_shut(part: QWidget, who: str) -> bool:
    """Also after the state of its page would have it on."""
    part.setEnabled(True)
    return not part.isEnabled() and who in part.toolTip() and who in part.accessibleDescription()


@pytest.mark.parametrize(
    ("role", "screened", "draft"),
    [(Role.OPERATOR, "去看看", "继续编辑"), (Role.REVIEWER, "去批准", "去看看"), (Role.OWNER, "去看看", "去看看")],
)
def test_the_overview_offers_nobody_what_others_have_to_do(
    role: Role, screened: str, draft: str, desk_as: As, qtbot: QtBot
) -> None:
    page = OverviewPage(desk_as(role))
    qtbot.addWidget(page)
    lines = {
        code: page._todo("1", Matter(code, "info", "会员日", number=3, page="campaigns"))
        for code in ("screened", "draft")
    }
    assert (lines["screened"].action, lines["draft"].action) == (screened, draft)
    assert ("审核" in lines["screened"].text) == (role is not Role.REVIEWER), "who it waits for is named"


def test_an_operator_sees_who_may_approve(staged: Staged, desk_as: As, qtbot: QtBot) -> None:
    opened = Opened(qtbot, desk_as(Role.OPERATOR), staged.screened())
    step = opened.step
    assert is_shut(step.approval.field, "审核")
    assert "审核" in step.approval.hint.text()
    assert not step.primary.isEnabled()
    opened.close()


def test_a_reviewer_approves_and_changes_nothing(staged: Staged, desk_as: As, qtbot: QtBot) -> None:
    desk = desk_as(Role.REVIEWER)
    opened = Opened(qtbot, desk, staged.screened())
    assert opened.step.approval.field.isEnabled()
    assert not opened.model.view.editable
    assert is_shut(opened.step.trial.send, "运营")
    opened.close()
    page = CampaignsPage(desk)
    qtbot.addWidget(page)
    assert is_shut(page.new_button, "运营")
    assert not page.new_action.isEnabled()


def test_only_an_owner_connects_and_sets(desk_as: As, qtbot: QtBot) -> None:
    for roles, shut in (((Role.OPERATOR, Role.REVIEWER), True), ((Role.OWNER,), False)):
        desk = desk_as(*roles)
        app, kit = desk.app, desk.kit
        accounts = AccountsSection(desk, AccountsModel(app, kit.tasks, kit.messages, desk.jobs))
        policies = PoliciesSection(desk, PoliciesModel(app, kit.tasks, kit.messages))
        for section in (accounts, policies):
            qtbot.addWidget(section)
        assert is_shut(accounts.connect_button, "负责人") is shut
        assert is_shut(policies.fields["batch_size"].edit, "负责人") is shut


def test_nothing_is_begun_from_an_empty_page_either(staged: Staged, desk_as: As, qtbot: QtBot) -> None:
    desk = desk_as(Role.REVIEWER)
    overview, campaigns = OverviewPage(desk), CampaignsPage(desk)
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, staged.draft())
    screening = ScreeningStep(desk, model)
    for each in (overview, campaigns, screening):
        qtbot.addWidget(each)
    offered = overview.new_button, campaigns.list.first.button, screening.empty.button
    assert all(is_shut(each, "运营") for each in offered)
    model.stop()
    model.deleteLater()
    operators = LookBackSection(desk_as(Role.OPERATOR))
    qtbot.addWidget(operators)
    assert is_shut(operators.empty.button, "审核")


def test_a_card_offers_only_what_the_role_allows(staged: Staged, desk_as: As, qtbot: QtBot) -> None:
    """A worker tells platforms by itself."""
    account, store = staged.app.accounts.all()[0].id, staged.app.workspace
    store.opt_outs.add(store.customers.ids_of_refs(account, ["c00004"])["c00004"], staged.app.clock(), "reply", "")
    for roles, offered in (((Role.OWNER,), False), (tuple(Role), True)):
        page = open_settings(desk_as(*roles), qtbot)
        act = card(page, account).notes.findChild(QPushButton, "todo_tell")
        assert act is not None
        assert is_shut(act, "后台进程") is not offered


def test_one_sees_who_one_is(desk_as: As, qtbot: QtBot) -> None:
    desk = desk_as(Role.REVIEWER, Role.OPERATOR)
    app, kit = desk.app, desk.kit
    models = WorkspaceModel(app, kit.tasks, kit.messages), BackupModel(app, kit.tasks, kit.messages)
    section = WorkspaceSection(desk, *models)
    qtbot.addWidget(section)
    assert section.who.text() == "anna · 运营、审核"
    assert show.who(load("en"), app.person) == "anna · operator, reviewer"
    assert show.who(load("en"), Person()) == ""


def test_a_team_is_told_where_its_workspace_is_and_who_backs_it_up(
    desk_as: As, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_as(Role.OPERATOR)
    monkeypatch.setattr(Workspace, "shared", property(lambda _: True))
    monkeypatch.setattr(bootstrap, "_server_of", lambda _: "db.example:5432/yunfa")
    app, kit = desk.app, desk.kit
    models = WorkspaceModel(app, kit.tasks, kit.messages), BackupModel(app, kit.tasks, kit.messages)
    section = WorkspaceSection(desk, *models)
    qtbot.addWidget(section)
    section.show()
    models[0].load()
    assert "团队的服务器上" in section.subtitle.text()
    assert section.server.text() == "db.example:5432/yunfa"
    assert not section.back_up.isVisible(), "it would be refused once everything is filled in"
    assert not section.last.isVisible(), "nor is any backup missing"
    assert section.restore.isVisible()


def test_only_an_owner_says_what_a_part_costs(staged: Staged, desk_as: As, qtbot: QtBot) -> None:
    for role in (Role.OPERATOR, Role.REVIEWER, Role.OWNER):
        desk = desk_as(role)
        model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, staged.draft())
        step = ContentStep(desk, model)
        qtbot.addWidget(step)
        step.show()
        step.shown()
        price = step.reader.parts.price
        assert price.isEnabled() == (role is Role.OWNER)
        assert ("负责人" in price.toolTip()) == (role is not Role.OWNER)
        model.stop()
        step.hide()
        model.deleteLater()


def test_a_desktop_that_may_start_no_worker_says_so_and_finds_one_later(start: Start, qtbot: QtBot) -> None:
    started = start()
    session = started.application.session
    session._watch.setInterval(5)
    there: list[bootstrap.WorkerHandle] = []
    trouble: list[AppError] = []
    asked: list[AppError] = []

    def look(_: bootstrap.App) -> bootstrap.WorkerHandle:
        if not there:
            asked.append(trouble[0] if trouble else AppError("worker_elsewhere", "No worker is at work"))
            raise asked[-1]
        return there[0]

    started.application.start()
    qtbot.waitUntil(lambda: session.state.phase == "passphrase", timeout=MS)
    session.starter = look
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "away", timeout=MS)
    assert started.application.shell.worker.text == "没有后台进程在工作"
    notice = started.application.shell._kit.messages.last
    assert notice is not None
    assert "同事" in notice.text
    trouble.append(WorkspaceError("server_unreachable", "The workspace's server cannot be reached"))
    qtbot.waitUntil(lambda: asked[-2:] == [trouble[0]] * 2, timeout=MS)
    assert session.state.worker == "away", "a server that cannot be asked is asked again"
    assert notice.text in started.application.shell.notices.said
    there.append(bootstrap.WorkerHandle(ExitStack(), None))
    qtbot.waitUntil(lambda: session.state.worker == "running", timeout=MS)
    assert not session.state.own_worker
    assert notice.text not in started.application.shell.notices.said, "it is true no longer"


def test_who_has_another_role_by_now_is_told_to_open_the_window_anew(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = start()
    session, messages = started.application.session, started.application.shell._kit.messages
    session._watch.setInterval(5)
    session.starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None)
    started.application.start()
    qtbot.waitUntil(lambda: session.state.phase == "passphrase", timeout=MS)
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session._looks > 6, timeout=MS)
    assert messages.last is None
    assert session.state.app is not None
    said = started.application.shell.notices
    for roles, told in (
        (frozenset({Role.OPERATOR}), "您的角色已改为运营，页面还按原来的显示。请做完手上的事，关闭窗口再打开。"),
        (frozenset(), "您在这个工作区已没有任何角色，不能再改动什么。请联系负责人。"),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(type(session.state.app.workspace), "roles_of", lambda *_, now=roles: now)
            qtbot.waitUntil(lambda now=roles: session.state.roles == now, timeout=MS)
            assert said.said == (told,)
    qtbot.waitUntil(lambda: said.said == (), timeout=MS)
    assert session.state.roles is None, "they were given back, and nothing is to be done any more"


@pytest.mark.parametrize("worker", ["own", "away"])
def test_so_is_who_has_a_worker_of_their_own_or_none(
    worker: str, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = start()
    session, shell = started.application.session, started.application.shell
    session._watch.setInterval(5)

    def begun(_: bootstrap.App) -> bootstrap.WorkerHandle:
        if worker == "away":
            raise AppError("worker_elsewhere", "No worker is at work")
        return bootstrap.WorkerHandle(ExitStack(), cast("Popen[str]", Running()))

    monkeypatch.setattr(Workspace, "shared", property(lambda _: True))
    monkeypatch.setattr(Workspace, "roles_of", lambda *_: frozenset({Role.OPERATOR}))
    session.starter = begun
    started.application.start()
    qtbot.waitUntil(lambda: session.state.phase == "passphrase", timeout=MS)
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.roles == {Role.OPERATOR}, timeout=MS)
    assert "您的角色已改为运营" in "".join(shell.notices.said)
    session._watch.stop()
