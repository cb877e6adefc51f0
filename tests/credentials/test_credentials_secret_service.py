"""The keychain of a Linux desktop: a real Secret Service (gnome-keyring) on a session bus of its own."""

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

PROLOGUE = """
import json, sys
from pathlib import Path
import keyring
from campaign_app.credentials import SERVICE, KeychainKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.workspace import create_workspace, open_workspace
folder = Path(sys.argv[1])
def tried(act):
    try:
        act().close()
        return "open"
    except WorkspaceError as error:
        return error.code
"""
KEPT = (
    PROLOGUE
    + """
made = tried(lambda: create_workspace(folder, KeychainKeeper()))
again = tried(lambda: open_workspace(folder, KeychainKeeper()))
(number,) = [json.loads((folder / "workspace.json").read_text())["workspace_id"]]
key = keyring.get_password(SERVICE, number)
keyring.set_password(SERVICE, number, "00" * 32)
changed = tried(lambda: open_workspace(folder, KeychainKeeper()))
keyring.delete_password(SERVICE, number)
gone = tried(lambda: open_workspace(folder, KeychainKeeper()))
keyring.set_password(SERVICE, number, key)
import secretstorage
bus = secretstorage.dbus_init()
secretstorage.get_default_collection(bus).lock()
locked = tried(lambda: open_workspace(folder, KeychainKeeper()))
print(json.dumps([type(keyring.get_keyring()).__module__, made, again, changed, gone, locked]))
"""
)
NONE = PROLOGUE + "print(json.dumps([tried(lambda: create_workspace(folder, KeychainKeeper())), folder.exists()]))"
UNLOCK = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "


def on_a_session_bus(tmp_path: Path, script: str, prepare: str) -> object:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    hidden = ("PYTHON_KEYRING_BACKEND", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PYTHONWARNINGS": "ignore"}
    command = f'{prepare} exec "$0" -c "$1" "$2"'
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", command, sys.executable, script, str(tmp_path / "workspace")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_workspace_opens_by_the_desktops_keychain_and_only_while_it_keeps_the_key(tmp_path: Path) -> None:
    backend, made, again, changed, gone, locked = on_a_session_bus(tmp_path, KEPT, UNLOCK)  # type: ignore[misc]
    assert backend in {"keyring.backends.SecretService", "keyring.backends.libsecret"}
    assert (made, again, changed, gone) == ("open", "open", "wrong_key", "key_missing")
    assert locked in {"keychain_locked", "no_keychain"}


def test_a_keychain_that_was_never_unlocked_makes_no_workspace(tmp_path: Path) -> None:
    assert on_a_session_bus(tmp_path, NONE, "") == ["no_keychain", False]
