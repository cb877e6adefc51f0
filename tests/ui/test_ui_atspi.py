"""What a screen reader hears: the tree of the window, read from outside over the accessibility bus, on an X server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("xvfb-run", "dbus-run-session", "gdbus")
SERVICE = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")  # of Debian's at-spi2-core
ROLES = {
    "概览": "radio button",
    "客户": "radio button",
    "活动": "radio button",
    "导入文件": "push button",
    "查找客户": "text",
    "手机号": "column header",
}


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)) or not SERVICE.exists(), reason="needs at-spi2-core and xvfb")
def test_names_roles_and_a_press_over_the_bus(tmp_path: Path) -> None:
    on_a_screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24 -noreset"]
    command = ["dbus-run-session", "--", *on_a_screen, sys.executable, "-m", "tests.helpers.atspi", str(tmp_path)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    done = subprocess.run(
        [*command, *ROLES], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert {name: found["heard"].get(name) for name in ROLES} == ROLES
    assert found["shown"] == "campaigns", "pressed over the bus"
