"""Before the workspace is open: every case of the keychain, passphrases, and workspaces that do not open."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from campaign_app import backups, bootstrap
from campaign_app.credentials import KeychainKeeper, PassphraseKeeper, Scrypt
from campaign_app.storage import locks
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.backup_dialogs import RestoreDialog
from campaign_app.ui.pages.gate import Gate
from campaign_app.ui.viewmodels.session import Plan, Session
from tests.helpers.ring import Ring

PHRASE = "一句只有我知道的话"
CHEAP = Scrypt(n=2**10)
MS = 30_000


def no_worker(_: bootstrap.App) -> bootstrap.WorkerHandle:
    """A process for every test would take minutes."""
    return bootstrap.WorkerHandle(ExitStack(), None)


class Front:
    """A gate as a user has it before them."""

    def __init__(self, kit: Kit, qtbot: QtBot) -> None:
        self.kit, self.bot = kit, qtbot
        self.sessions: list[Session] = []
        self.start_worker: Callable[[bootstrap.App], bootstrap.WorkerHandle] | None = no_worker

    def open(self, folder: Path, *, known: bool = False) -> Gate:
        session = Session(Plan(folder, known=known), self.kit.tasks, start_worker=self.start_worker)
        self.sessions.append(session)
        self.gate = Gate(self.kit, session)
        self.bot.addWidget(self.gate)
        self.gate.resize(900, 700)
        self.gate.show()
        session.open()
        self.wait()
        return self.gate

    @property
    def session(self) -> Session:
        return self.sessions[-1]

    def wait(self) -> str:
        self.bot.waitUntil(lambda: self.session.state.phase != "opening", timeout=MS)
        return self.session.state.phase

    def press(self, name: str) -> None:
        button = self.gate.findChild(QPushButton, name)
        assert button.isVisible()
        assert button.isEnabled(), name
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str) -> None:
        field = self.gate.findChild(QLineEdit, name)
        assert field.isVisible()
        field.setText(text)  # Chinese cannot be typed key by key

    def open_for_real(self) -> bool:
        """Whether the workspace is open, with a worker."""
        self.bot.waitUntil(lambda: self.session.state.worker == "running", timeout=MS)
        app = self.session.state.app
        return app is not None and app.accounts.all() == ()

    def close(self) -> None:
        for session in self.sessions:
            session.stop()
            self.kit.tasks.finish()
            session.close()


@pytest.fixture
def front(kit: Kit, qtbot: QtBot) -> Iterator[Front]:
    made = Front(kit, qtbot)
    yield made
    made.close()


@pytest.fixture
def ring() -> Ring:
    made = Ring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def kept(ring: Ring, tmp_path: Path) -> Path:
    """A workspace whose key lies in the keychain."""
    bootstrap.create_app(tmp_path / "kept", KeychainKeeper()).close()
    return tmp_path / "kept"


@pytest.fixture
def locked_by_phrase(tmp_path: Path) -> Path:
    bootstrap.create_app(tmp_path / "phrase", PassphraseKeeper(PHRASE, CHEAP)).close()
    return tmp_path / "phrase"


def prints(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".lock", ".pid"})
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# --- the keychain ----------------------------------------------------------------------------------------------------


def test_with_a_keychain_a_new_workspace_needs_no_passphrase(front: Front, ring: Ring, tmp_path: Path) -> None:
    front.start_worker = None  # a real process, which gets its key from the window
    gate = front.open(tmp_path / "new")
    assert gate.panel is gate.welcome
    front.press("gate_new")
    front.press("gate_create")
    assert front.open_for_real()
    assert len(ring.kept) == 1
    assert bootstrap.key_lives(tmp_path / "new") == "keychain"


def test_a_workspace_of_the_keychain_opens_by_itself(front: Front, kept: Path) -> None:
    front.open(kept)
    assert front.open_for_real()


def test_without_a_keychain_a_passphrase_protects_the_new_workspace(front: Front, tmp_path: Path) -> None:
    front.start_worker = None
    folder = tmp_path / "new"
    gate = front.open(folder)
    front.press("gate_new")
    assert not gate.new.passphrase.isVisible()
    front.press("gate_create")
    assert front.wait() == "missing"
    assert not folder.exists(), "nothing may be made without a safe place for its key"
    assert gate.panel is gate.new
    assert "钥匙串" in gate.new.reason.text()
    for first, again in (("short", "short"), ("aaaaaaaaaa", "aaaaaaaaaa"), (PHRASE, f"{PHRASE}!")):
        front.type("new_passphrase", first)
        front.type("new_passphrase_again", again)
        assert not gate.new.make.isEnabled()
        assert gate.new.passphrase.hint.text()
    front.type("new_passphrase_again", PHRASE)
    front.press("gate_create")
    assert front.open_for_real()
    assert bootstrap.key_lives(folder) == "passphrase"
    assert PHRASE not in (folder / "workspace.json").read_text("utf-8")
    assert gate.new.passphrase.text == "", "it is not kept in the window either"


def test_a_locked_keychain_can_be_unlocked_and_tried_again(front: Front, ring: Ring, kept: Path) -> None:
    before = prints(kept)
    ring.locked = True
    gate = front.open(kept)
    assert gate.panel is gate.failed
    assert "已锁定" in gate.failed.reason.text()
    assert gate.failed.advice.text()
    assert prints(kept) == before
    ring.locked = False
    front.press("gate_retry")
    assert front.open_for_real()


def lose(ring: Ring) -> None:
    ring.kept.clear()


def change(ring: Ring) -> None:
    ring.kept = dict.fromkeys(ring.kept, "00" * 32)


def spoil(ring: Ring) -> None:
    ring.kept = dict.fromkeys(ring.kept, "no key at all")


def disappear(_: Ring) -> None:
    from keyring.backends.fail import Keyring

    keyring.set_keyring(Keyring())


@pytest.mark.parametrize(
    ("happen", "code"),
    [(lose, "key_missing"), (change, "wrong_key"), (spoil, "wrong_key"), (disappear, "no_keychain")],
)
def test_a_key_that_is_gone_or_changed_touches_no_file(
    front: Front, ring: Ring, kept: Path, happen: Callable[[Ring], None], code: str
) -> None:
    before = prints(kept)
    known = dict(ring.kept)
    happen(ring)
    gate = front.open(kept)
    assert front.session.state.error is not None
    assert front.session.state.error.code == code
    assert gate.panel is gate.failed
    assert gate.failed.reason.text() == front.kit.words.error(front.session.state.error)
    assert gate.failed.advice.isVisible()
    assert prints(kept) == before
    ring.kept = known
    keyring.set_keyring(ring)
    front.press("gate_retry")
    assert front.open_for_real()


# --- passphrases -----------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase_keeps_the_field_and_says_so(front: Front, locked_by_phrase: Path) -> None:
    gate = front.open(locked_by_phrase)
    assert gate.panel is gate.passphrase
    assert not gate.passphrase.wrong.isVisible()
    assert not gate.passphrase.unlock.isEnabled()
    front.type("gate_passphrase", f"{PHRASE}?")
    front.press("gate_unlock")
    front.wait()
    assert gate.panel is gate.passphrase
    assert "口令不正确" in gate.passphrase.wrong.text()
    assert gate.passphrase.field.text() == f"{PHRASE}?"
    front.type("gate_passphrase", PHRASE)
    front.bot.keyClick(gate.passphrase.field, Qt.Key.Key_Return)
    assert front.open_for_real()
    assert gate.passphrase.field.text() == ""


# --- workspaces that do not open -------------------------------------------------------------------------------------


def newer(folder: Path, _: ExitStack) -> None:
    header = json.loads((folder / "workspace.json").read_text("utf-8"))
    (folder / "workspace.json").write_text(json.dumps(header | {"format": 99}), encoding="utf-8")


def in_use(folder: Path, stack: ExitStack) -> None:
    stack.enter_context(locks.lock(folder, "window"))


def damaged(folder: Path, _: ExitStack) -> None:
    (folder / "workspace.db").write_bytes(b"not a database" * 1_000)


def disk_full(folder: Path, _: ExitStack) -> None:
    (folder / "window.pid").symlink_to("/dev/full")


def read_only(folder: Path, _: ExitStack) -> None:
    (folder / "window.lock").mkdir()


def no_header(folder: Path, _: ExitStack) -> None:
    (folder / "workspace.json").unlink()


def a_file(folder: Path, _: ExitStack) -> None:
    shutil.rmtree(folder)
    folder.write_text("a file", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (newer, "newer_workspace"),
        (in_use, "in_use"),
        (damaged, "damaged"),
        pytest.param(
            disk_full, "disk_full", marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
        ),
        (read_only, "read_only"),
        (no_header, "damaged"),
        (a_file, "not_a_workspace"),
    ],
)
def test_what_does_not_open_says_why_and_can_be_tried_again(
    front: Front, kept: Path, tmp_path: Path, spoilt: Callable[[Path, ExitStack], None], code: str
) -> None:
    good = Path(shutil.copytree(kept, tmp_path / "good"))
    with ExitStack() as stack:
        spoilt(kept, stack)
        before = prints(kept)
        gate = front.open(kept)
        assert front.session.state.error is not None
        assert front.session.state.error.code == code
        assert gate.panel is gate.failed
        assert gate.failed.reason.text() == front.kit.words.error(front.session.state.error)
        assert gate.failed.elsewhere.isVisible() == (code == "in_use")
        front.press("gate_retry")
        front.wait()
        assert gate.panel is gate.failed
        assert prints(kept) == before
    if kept.is_dir():
        shutil.rmtree(kept)
    else:
        kept.unlink()
    good.rename(kept)
    front.press("gate_retry")
    assert front.open_for_real()


def test_a_known_workspace_that_is_gone_is_neither_made_anew_nor_exchanged(front: Front, kept: Path) -> None:
    """Such as on a disk that is not connected: an empty one would know of nobody's opt-out."""
    kept.rename(kept.with_name("elsewhere"))
    gate = front.open(kept, known=True)
    assert front.session.state.error is not None
    assert (gate.panel, front.session.state.error.code) == (gate.failed, "workspace_away")
    front.press("gate_failed_back")
    assert (gate.panel, kept.exists()) == (gate.welcome, False)


def test_another_workspace_can_be_chosen(
    front: Front, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    gate = front.open(tmp_path / "file")
    assert gate.panel is gate.failed
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "nowhere"))
    front.press("gate_failed_other")
    front.wait()
    assert front.session.state.error is not None
    assert front.session.state.error.code == "not_a_workspace"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(kept))
    front.press("gate_failed_other")
    assert front.open_for_real()
    assert front.session.plan == Plan(kept, chosen=True)


@pytest.mark.parametrize(("where", "code"), [("file/below", "cannot_create"), ("full", "folder_in_use")])
def test_a_folder_that_cannot_be_used_keeps_what_was_typed(
    front: Front, ring: Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, code: str
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("x", encoding="utf-8")
    gate = front.open(tmp_path / "new")
    front.press("gate_new")
    gate.findChild(QRadioButton, "gate_by_passphrase").setChecked(True)
    front.type("new_passphrase", PHRASE)
    front.type("new_passphrase_again", PHRASE)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / where))
    front.press("gate_choose")
    front.press("gate_create")
    front.wait()
    assert front.session.state.error is not None
    assert front.session.state.error.code == code
    assert gate.new.reason.isVisible()
    assert gate.new.passphrase.text == PHRASE
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "free"))
    front.press("gate_choose")
    front.press("gate_create")
    assert front.open_for_real()
    assert ring.kept == {}, "its key is kept by the passphrase alone"


def test_a_computer_that_has_no_workspace_restores_one_and_opens_it(front: Front, ring: Ring, tmp_path: Path) -> None:
    """Its keychain knows nothing of the workspace: the backup's own passphrase brings the key along."""
    file = tmp_path / "a.yunfa-backup"
    with bootstrap.create_app(tmp_path / "died", KeychainKeeper()) as app:
        backups.back_up(app, file, passphrase=PHRASE, actor="test", tick=lambda _: None)
    ring.kept.clear()
    gate = front.open(tmp_path / "new")
    front.press("gate_restore")
    (dialog,) = gate.findChildren(RestoreDialog)
    dialog.take(file)
    front.bot.waitUntil(dialog.passphrase.isVisible)
    dialog.passphrase.setText(PHRASE)
    assert dialog.folder.text() == str(tmp_path / "new-restored")
    with front.bot.waitSignal(dialog.restored):
        front.bot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert front.open_for_real()
    assert front.session.plan.folder == tmp_path / "new-restored"
    assert len(ring.kept) == 1


def test_one_can_go_back_to_the_welcome(front: Front, tmp_path: Path) -> None:
    gate = front.open(tmp_path / "new")
    front.press("gate_new")
    front.press("gate_create_back")
    assert gate.panel is gate.welcome


def test_every_field_and_button_of_the_gate_has_a_name(front: Front, tmp_path: Path) -> None:
    gate = front.open(tmp_path / "new")
    panels = (gate.welcome, gate.new, gate.passphrase, gate.failed)
    operated = [
        each for panel in panels for kind in (QPushButton, QLineEdit, QRadioButton) for each in panel.findChildren(kind)
    ]
    assert len(operated) > 12
    for widget in operated:
        assert widget.objectName()
        assert widget.accessibleName() or widget.text()
