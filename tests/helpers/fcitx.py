"""Types Chinese as a user does: `dbus-run-session -- xvfb-run -a python -m tests.helpers.fcitx FOLDER`.

Keys go through the X server to fcitx, which answers the program's own window; what came of them is printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

PROFILE: Final = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=chewing
[Groups/0/Items/0]
Name=keyboard-us
Layout=
[Groups/0/Items/1]
Name=chewing
Layout=
[GroupOrder]
0=Default
"""
SECONDS: Final = 60


def main(folder: Path) -> int:
    settings = folder / ".config" / "fcitx5"
    settings.mkdir(parents=True)
    (settings / "profile").write_text(PROFILE, encoding="ascii")
    os.environ |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config"), "QT_QPA_PLATFORM": "xcb"}
    os.environ |= {"QT_IM_MODULE": "fcitx", "XMODIFIERS": "@im=fcitx", "LC_ALL": "C.UTF-8"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["openbox"], **quiet) as manager, subprocess.Popen(["fcitx5"], **quiet) as fcitx:
        try:
            print(typed(["s", "u", "3", "c", "l", "3", "Return"]), flush=True)
        finally:
            fcitx.kill()
            manager.kill()
    return 0


def typed(keys: Sequence[str]) -> str:
    """What these keys make in a field of the program: sounds in 注音, whose dictionary is the smallest."""
    from PySide6.QtWidgets import QLineEdit

    from campaign_app.ui.program import Program

    until(is_ready, time.sleep)
    qt = Program()
    field = QLineEdit()

    def turn(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            qt.processEvents()
            time.sleep(0.005)

    field.show()
    field.activateWindow()
    field.setFocus()
    until(lambda: field.hasFocus() and field.isActiveWindow(), turn)

    def active() -> bool:
        subprocess.run(["fcitx5-remote", "-o"], check=False)
        said = subprocess.run(["fcitx5-remote", "-n"], capture_output=True, text=True, check=False).stdout.strip()
        return said == "chewing"

    until(active, turn)
    for key in keys:
        subprocess.run(["xdotool", "key", key], check=True)
        turn(0.2)
    until(lambda: bool(field.text()), turn)
    return field.text()


def is_ready() -> bool:
    return subprocess.run(["fcitx5-remote"], capture_output=True, check=False).returncode == 0


def until(done: Callable[[], bool], wait: Callable[[float], object]) -> None:
    end = time.monotonic() + SECONDS
    while not done() and time.monotonic() < end:
        wait(0.2)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
