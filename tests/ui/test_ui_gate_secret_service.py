"""The gate on a real desktop keychain: gnome-keyring on a session bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = ("dbus-run-session", "gnome-keyring-daemon")
missing = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(missing), reason=f"needs {', '.join(missing)} (apt-get install gnome-keyring dbus-x11 libsecret-tools)"
)
UNLOCK = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
DRIVE = """
import json, sys, time
from contextlib import ExitStack
from pathlib import Path
import keyring, secretstorage
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QPushButton
from campaign_app import bootstrap, words
from campaign_app.credentials import SERVICE
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.gate import Gate
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.session import Plan, Session

qt = QApplication([])
folder = Path(sys.argv[1])
tasks = Tasks()
kit = Kit(Theme(qt, "light"), tasks, Messages(lambda: words.load("zh_CN")), Prefs(folder.parent / "prefs"))
told = []

def settled(session, gate):
    end = time.monotonic() + 60
    while session.state.phase == "opening" or (session.state.phase == "open" and session.state.worker != "running"):
        QCoreApplication.processEvents()
        time.sleep(0.01)
        assert time.monotonic() < end, session.state
    error = session.state.error
    told.append(error.code if error else session.state.phase)

def opened(act=None):
    session = Session(Plan(folder), tasks, start_worker=lambda _: bootstrap.WorkerHandle(ExitStack(), None))
    gate = Gate(kit, session)
    gate.show()
    session.open()
    settled(session, gate)
    if act:
        act(session, gate)
    session.stop()
    tasks.finish()
    session.close()

def create(session, gate):
    gate.findChild(QPushButton, "gate_new").click()
    gate.findChild(QPushButton, "gate_create").click()
    settled(session, gate)

opened(create)
opened()
number = json.loads((folder / "workspace.json").read_text())["workspace_id"]
key = keyring.get_password(SERVICE, number)
keyring.delete_password(SERVICE, number)

def put_back(session, gate):
    keyring.set_password(SERVICE, number, key)
    gate.findChild(QPushButton, "gate_retry").click()
    settled(session, gate)

opened(put_back)
secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
opened()
print(json.dumps(told))
"""


def test_the_gate_follows_the_desktops_keychain(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    hidden = ("PYTHON_KEYRING_BACKEND", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", f'{UNLOCK} exec "$0" -c "$1" "$2"', sys.executable, DRIVE,
         str(tmp_path / "workspace")],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *told, locked = json.loads(done.stdout.splitlines()[-1])
    assert told == ["missing", "open", "open", "key_missing", "open"]
    assert locked in {"keychain_locked", "no_keychain"}
