"""Chinese is typed by the input method of whoever sits there; of fcitx, the usual one, Qt as shipped knows nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from campaign_app.ui.program import reach_fcitx

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("xvfb-run", "dbus-run-session", "openbox", "xdotool", "fcitx5")
CHEWING = Path("/usr/share/fcitx5/inputmethod/chewing.conf")  # of Debian's fcitx5-chewing


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)) or not CHEWING.exists(), reason="needs fcitx5-chewing and xvfb")
def test_chinese_is_typed_by_fcitx(tmp_path: Path) -> None:
    on_a_screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24 -noreset"]
    command = ["dbus-run-session", "--", *on_a_screen, sys.executable, "-m", "tests.helpers.fcitx", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert done.stdout.strip() == "你好", done.stderr


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ({"QT_IM_MODULE": "fcitx"}, {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}),
        ({"QT_IM_MODULE": "fcitx5"}, {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}),
        (
            {"QT_IM_MODULES": "wayland;fcitx;ibus", "QT_IM_MODULE": "fcitx"},
            {"QT_IM_MODULES": "wayland;ibus", "QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"},
        ),
        ({"QT_IM_MODULE": "ibus"}, {"QT_IM_MODULE": "ibus"}),
        ({"QT_IM_MODULE": "compose", "QT_IM_MODULES": ""}, {"QT_IM_MODULE": "compose", "QT_IM_MODULES": ""}),
        ({}, {}),
    ],
)
def test_only_who_asks_for_fcitx_goes_another_way(
    wanted: dict[str, str], reached: dict[str, str], tmp_path: Path
) -> None:
    reach_fcitx(wanted, tmp_path)
    assert wanted == reached


def test_a_qt_that_knows_fcitx_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "platforminputcontexts"
    folder.mkdir()
    (folder / "libfcitx5platforminputcontextplugin.so").touch()
    environment = {"QT_IM_MODULE": "fcitx"}
    reach_fcitx(environment, tmp_path)
    assert environment == {"QT_IM_MODULE": "fcitx"}
