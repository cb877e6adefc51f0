"""设置 → 工作区: making a backup, making a workspace of one, and a workspace that is an older copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from campaign_app import backups, bootstrap
from campaign_app.credentials import PassphraseKeeper
from campaign_app.storage.seen import Seen, seen_of
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.backup_dialogs import BackupDialog, RestoreDialog
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_workspace import WorkspaceSection
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.viewmodels.backups import Work
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.overview import OverviewModel
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from tests.helpers.answering import answer
from tests.helpers.window import PHRASE

OWN = "只属于备份的一句话"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, phrased: Path) -> Path:
    """A workspace of this module's own: of one that others use as well, its machine may have seen more."""
    folder = tmp_path_factory.mktemp("backed") / "workspace"
    file = folder.with_name(f"first{backups.SUFFIX}")
    with bootstrap.open_app(phrased, PassphraseKeeper(PHRASE)) as app:
        backups.back_up(app, file, passphrase=None, actor="test", tick=lambda _: None)
        backups.restore(file, folder, PHRASE, at=app.clock(), tick=lambda _: None)
    with bootstrap.open_app(folder, PassphraseKeeper(PHRASE)) as app:
        backups.accept(app, actor="test")
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path, kit: Kit) -> Iterator[Desk]:
    """A workspace that is kept by a passphrase."""
    folder = Path(shutil.copytree(made, tmp_path / "kept"))
    with bootstrap.open_app(folder, PassphraseKeeper(PHRASE)) as app:
        session = Session(Plan(folder), kit.tasks)
        session.state = SessionState("open", app=app, worker="running")
        jobs = Jobs(app, kit.tasks)
        yield Desk(kit, app, jobs, session, Way())
        jobs.stop()
        assert kit.tasks.finish()


@pytest.fixture
def section(kept: Desk, qtbot: QtBot) -> Iterator[WorkspaceSection]:
    page = SettingsPage(kept)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.open("workspace")
    page.shown()
    qtbot.waitUntil(lambda: page.workspace.state.folder is not None)
    found = page.section("workspace")
    assert isinstance(found, WorkspaceSection)
    yield found
    assert kept.kit.tasks.finish(), "while the page is there"


def backing_up(section: WorkspaceSection, qtbot: QtBot, target: Path, monkeypatch: pytest.MonkeyPatch) -> BackupDialog:
    qtbot.mouseClick(section.back_up, Qt.MouseButton.LeftButton)
    dialog = section.dialog
    assert isinstance(dialog, BackupDialog)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    dialog.findChild(type(dialog.go), "backup_choose").click()
    assert dialog.file.text() == str(target.with_suffix(backups.SUFFIX))
    return dialog


def test_a_backup_is_made_and_its_time_is_shown(
    section: WorkspaceSection, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "还没有" in section.last.text()
    dialog = backing_up(section, qtbot, tmp_path / "mine", monkeypatch)
    assert dialog.shared.isChecked(), "the workspace has a passphrase already"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "mine" in section.last.text())
    assert backups.check(tmp_path / f"mine{backups.SUFFIX}", PHRASE, lambda _: None).campaigns == 0
    assert section._desk.app.workspace.audit.entries(limit=1)[0].action == "workspace.backed_up"


def test_a_passphrase_of_its_own_is_typed_twice_and_opens_it(
    section: WorkspaceSection, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = backing_up(section, qtbot, tmp_path / "own", monkeypatch)
    dialog.own.click()
    assert dialog.passphrase.isVisible()
    assert not dialog.go.isEnabled()
    dialog.passphrase.first.setText(OWN)
    dialog.passphrase.again.setText(OWN)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    file = tmp_path / f"own{backups.SUFFIX}"
    assert backups.asks_for(file) == "passphrase"
    assert backups.check(file, OWN, lambda _: None).workspace_id == section._desk.app.workspace.id


def test_what_cannot_be_written_is_said_in_the_dialog(
    section: WorkspaceSection, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = backing_up(section, qtbot, tmp_path / "missing" / "mine", monkeypatch)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.reason.isVisible)
    assert "不能写入" in dialog.reason.text()
    dialog.file.setText(str(tmp_path / "mine.yunfa"))
    assert dialog.reason.isHidden(), "it was about the other place"
    dialog.reject()


def test_work_that_is_stopped_ends_in_silence(tasks: Tasks, qtbot: QtBot) -> None:
    work, ends, told = Work(tasks), list[object](), list[float]()
    work.ended.connect(ends.append)
    work.changed.connect(lambda state: told.append(state.done))

    def for_ever(tick: Callable[[float], None]) -> object:
        while True:
            tick(0.5)

    work.begin(for_ever)
    qtbot.waitUntil(lambda: 0.5 in told)
    work.begin(for_ever)
    assert work.state.busy, "one thing at a time"
    work.stop()
    assert not work.state.busy
    assert tasks.finish()
    assert ends == []


def test_a_workspace_is_made_of_a_backup_and_the_open_one_stays(
    section: WorkspaceSection, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = section._desk.app
    file, spoilt = tmp_path / f"a{backups.SUFFIX}", tmp_path / f"b{backups.SUFFIX}"
    backups.back_up(app, file, passphrase=None, actor="test", tick=lambda _: None)
    spoilt.write_bytes(b"no backup")
    qtbot.mouseClick(section.restore, Qt.MouseButton.LeftButton)
    dialog = section.dialog
    assert isinstance(dialog, RestoreDialog)
    assert not dialog.go.isEnabled()
    dialog.take(spoilt)
    qtbot.waitUntil(dialog.reason.isVisible)
    assert "不是允发的备份" in dialog.reason.text()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    dialog.findChild(type(dialog.go), "restore_choose").click()
    qtbot.waitUntil(dialog.passphrase.isVisible)
    assert not dialog.reason.isVisible()
    dialog.passphrase.setText("falsch geraten")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.reason.isVisible)
    dialog.passphrase.setText(PHRASE)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "again"))
    dialog.findChild(type(dialog.go), "restore_where").click()
    model = dialog._model
    with qtbot.waitSignal(dialog.restored):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not shiboken6.isValid(model))
    kit = section._desk.kit
    assert str(tmp_path / "again") in said(kit)
    act(kit)
    assert kit.prefs.workspace == tmp_path / "again"
    assert said(kit) == f"下次启动时打开 {tmp_path / 'again'}。"
    act(kit)
    assert (kit.prefs.workspace, "仍打开原来的" in said(kit)) == (None, True)
    with bootstrap.open_app(tmp_path / "again", PassphraseKeeper(PHRASE)) as restored:
        assert restored.workspace.id == app.workspace.id
        assert backups.standing(restored).why == "restored", "until a person says that the former one is out of use"
    assert app.accounts.all() == ()


def test_an_older_copy_is_said_and_accepted_by_a_person(section: WorkspaceSection, qtbot: QtBot) -> None:
    app = section._desk.app
    assert not section.copy_card.isVisible()
    ahead(app)
    section._backups.load()
    qtbot.waitUntil(section.copy_card.isVisible)
    desk = section._desk
    overview = OverviewModel(app, desk.kit.tasks, desk.kit.messages, desk.jobs, desk.session)
    overview.load()
    qtbot.waitUntil(lambda: overview.state.loaded)
    assert [(each.code, each.note) for each in overview.state.matters] == [("copied", "older_copy")]
    assert "旧副本" in section.copied.text()
    assert "逐个继续。它的记录到" in section.copied_why.text()
    desk.kit.prefs.language = "en"
    section.show_backups(section._backups.state)
    assert "resume each campaign. " in section.copied_why.text()
    desk.kit.prefs.language = "zh_CN"
    refused = answer("confirm_no")
    qtbot.mouseClick(section.accept, Qt.MouseButton.LeftButton)
    assert refused.asked == ["仍使用这个工作区？"]
    assert section.copy_card.isVisible()
    answer("confirm_yes")
    with qtbot.waitSignal(section._backups.accepted):
        qtbot.mouseClick(section.accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not section.copy_card.isVisible())
    assert backups.standing(app) == backups.Standing()
    assert app.workspace.audit.entries(limit=1)[0].actor == "window"


def test_of_a_folder_that_is_gone_nothing_is_said_here(section: WorkspaceSection, tmp_path: Path) -> None:
    app = section._desk.app
    app.workspace.folder.rename(tmp_path / "moved")
    assert backups.standing(app) == backups.Standing()


def said(kit: Kit) -> str:
    assert kit.messages.last is not None
    return kit.messages.last.text


def act(kit: Kit) -> None:
    """What the button of the last message does."""
    assert kit.messages.last is not None
    assert kit.messages.last.action is not None
    kit.messages.last.action()


def ahead(app: bootstrap.App) -> None:
    """As if the folder had been put back: this machine has seen an entry that is not there."""
    seen = seen_of(app.workspace, app.clock)
    assert isinstance(seen, Seen)
    copy = app.workspace.folder.with_name("ahead")
    shutil.copytree(app.workspace.folder, copy)
    with bootstrap.open_app(copy, PassphraseKeeper(PHRASE)) as other:
        other.workspace.audit.record("something", actor="王", at=app.clock())
        further = seen_of(other.workspace, app.clock)
        assert further is not None
        assert further.guard() == ""
