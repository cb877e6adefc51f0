"""What starts at login: real files in a home of the test's own, whole or not there, one for a workspace."""

from __future__ import annotations

import json
import os
import plistlib
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from campaign_app import autostart, logins
from campaign_app.autostart import Entry, LaunchAgents, Place, RunKey, SystemdUser, XdgAutostart
from campaign_app.domain.errors import SettingsError
from tests.helpers.at_login import System

NAME = "yunfa-worker-0123456789ab"
ODD = '/家 目录/100% "x" $HOME\\y `z`　末'
LINK = f"systemd/user/default.target.wants/{NAME}.service"
UNIT = f"systemd/user/{NAME}.service"
posix_only = pytest.mark.skipif(os.name != "posix", reason="a system with a shell")


def entry_for(tmp_path: Path, *arguments: str) -> Entry:
    """Runs a program that puts down the arguments it was given."""
    program = tmp_path / "ein Programm"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open(r'{tmp_path}/given', 'w'))\n"
    )
    program.chmod(0o755)
    return Entry(NAME, (str(program), *arguments), tmp_path / "workspace.json")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    return System(tmp_path, monkeypatch)


@pytest.fixture
def first(system: System) -> Place:
    system.with_systemd()
    return autostart.places()[0]


@posix_only
def test_a_user_unit_is_written_and_enabled_as_often_as_one_likes(tmp_path: Path, system: System, first: Place) -> None:
    entry = entry_for(tmp_path)
    assert isinstance(first, SystemdUser)
    assert not first.has(entry)
    for _ in range(2):
        first.put(entry)
        assert first.has(entry)
        assert system.files == [LINK, UNIT]
    assert system.asked == ["--user daemon-reload", f"--user enable {NAME}.service"] * 2
    assert first.begin(entry)
    assert system.asked[-1] == f"--user start --no-block {NAME}.service"
    for _ in range(2):
        first.take(entry)
        assert not first.has(entry)
    assert system.files == []


@posix_only
@pytest.mark.parametrize("former", ["", "# as it was\n"])
@pytest.mark.parametrize("verb", ["daemon-reload", "enable"])
def test_what_the_system_refuses_leaves_everything_as_it_was(
    tmp_path: Path, system: System, first: Place, former: str, verb: str
) -> None:
    if former:
        (system.config / UNIT).parent.mkdir(parents=True)
        (system.config / UNIT).write_text(former)
    system.refuse(verb)
    with pytest.raises(SettingsError) as refused:
        first.put(entry_for(tmp_path))
    assert (refused.value.code, refused.value.facts["why"]) == ("login_failed", "Access denied")
    assert system.files == ([UNIT] if former else [])
    if former:
        assert (system.config / UNIT).read_text() == former


@posix_only
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = tmp_path / f"{NAME}.service"
    unit.write_text(autostart.unit_of(entry_for(tmp_path, ODD)), "utf-8")
    seen = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (seen.returncode, seen.stderr) == (0, "")


def test_the_unit_is_started_again_and_not_for_a_workspace_that_is_gone(tmp_path: Path) -> None:
    entry = entry_for(tmp_path)
    lines = autostart.unit_of(entry).splitlines()
    assert f"ConditionPathExists={entry.needs}" in lines
    assert {"Restart=on-failure", "RestartSec=30", "WantedBy=default.target", "UMask=0077"} <= set(lines)


@posix_only
def test_without_a_manager_a_desktop_file_takes_its_place(tmp_path: Path, system: System) -> None:
    entry = entry_for(tmp_path)
    (first,) = autostart.places()
    assert isinstance(first, XdgAutostart)
    first.put(entry)
    first.put(entry)
    assert system.files == [f"autostart/{NAME}.desktop"]
    assert first.has(entry)
    assert not first.begin(entry), "no system begins it now"
    file = system.config / "autostart" / f"{NAME}.desktop"
    for off in ("Hidden=true", "X-GNOME-Autostart-enabled=false"):
        file.write_text(f"{autostart.desktop_of(entry)}{off}\n", "utf-8")
        assert not first.has(entry), "a desktop switched it off"
    first.take(entry)
    first.take(entry)
    assert system.files == []


@posix_only
def test_a_manager_that_does_not_answer_is_none(tmp_path: Path, system: System) -> None:
    system.with_systemd().refuse("show-environment")
    assert [(type(each), each.answers()) for each in autostart.places()] == [(SystemdUser, False), (XdgAutostart, True)]


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
def test_the_desktop_file_is_valid(tmp_path: Path) -> None:
    file = tmp_path / f"{NAME}.desktop"
    file.write_text(autostart.desktop_of(entry_for(tmp_path, ODD)), "utf-8")
    seen = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert (seen.returncode, seen.stdout, seen.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("gio") is None, reason="needs gio (libglib2.0-bin)")
def test_a_desktop_starts_it_with_just_these_arguments(tmp_path: Path) -> None:
    file = tmp_path / f"{NAME}.desktop"
    file.write_text(autostart.desktop_of(entry_for(tmp_path, "--workspace", ODD)), "utf-8")
    subprocess.run(["gio", "launch", str(file)], timeout=60, check=True)
    assert given(tmp_path) == ["--workspace", ODD]


def test_a_launch_agent_is_a_whole_property_list(tmp_path: Path) -> None:
    """Written here; macOS itself has not run it."""
    entry, place = entry_for(tmp_path, ODD), LaunchAgents(tmp_path / "home")
    place.put(entry)
    place.put(entry)
    (file,) = (tmp_path / "home" / "Library" / "LaunchAgents").iterdir()
    told = plistlib.loads(file.read_bytes())
    assert (file.name, told["Label"], told["ProgramArguments"]) == (f"{NAME}.plist", NAME, list(entry.command))
    assert told["RunAtLoad"] is True
    assert place.has(entry)
    place.take(entry)
    assert not place.has(entry)


class FakeKey:
    def __enter__(self) -> FakeKey:
        return self

    def __exit__(self, *_: object) -> None: ...


class FakeRegistry:
    """The calls of `winreg` that are made, as its documentation has them; Windows itself has not run them."""

    HKEY_CURRENT_USER, REG_SZ, KEY_SET_VALUE = "HKCU", 1, 2

    def __init__(self) -> None:
        self.values: dict[str, tuple[str, int]] = {}
        self.locked = False

    def CreateKey(self, key: Any, sub_key: str, /) -> FakeKey:  # noqa: N802
        assert (key, sub_key) == ("HKCU", r"Software\Microsoft\Windows\CurrentVersion\Run")
        return FakeKey()

    def OpenKey(self, key: Any, sub_key: str, _reserved: int, access: int, /) -> FakeKey:  # noqa: N802
        assert access == self.KEY_SET_VALUE
        return self.CreateKey(key, sub_key)

    def QueryValueEx(self, _key: Any, name: str, /) -> tuple[str, int]:  # noqa: N802
        if name not in self.values:
            raise FileNotFoundError
        return self.values[name]

    def SetValueEx(self, _key: Any, name: str, _reserved: int, kind: int, value: str, /) -> None:  # noqa: N802
        if self.locked:
            raise PermissionError(13, "denied")
        self.values[name] = (value, kind)

    def DeleteValue(self, _key: Any, name: str, /) -> None:  # noqa: N802
        if self.locked:
            raise PermissionError(13, "denied")
        if self.values.pop(name, None) is None:
            raise FileNotFoundError


def test_a_value_under_the_run_key_is_set_and_taken(tmp_path: Path) -> None:
    registry = FakeRegistry()
    entry, place = entry_for(tmp_path, "a b"), RunKey(registry)
    place.take(entry)
    assert not place.has(entry)
    place.put(entry)
    assert registry.values == {NAME: (subprocess.list2cmdline(entry.command), registry.REG_SZ)}
    assert place.has(entry)
    registry.locked = True
    for change in (place.put, place.take):
        with pytest.raises(SettingsError, match="denied"):
            change(entry)
    registry.locked = False
    place.take(entry)
    assert not place.has(entry)


@pytest.mark.parametrize("path", ["/a\nExecStartPre=/bin/evil", "/a\u2028b", "/a\udce4b", "/a\x7f"])
@pytest.mark.parametrize("form", [autostart.unit_of, autostart.desktop_of, autostart.agent_of])
def test_a_path_that_would_be_another_line_is_refused(form: Any, path: str) -> None:
    with pytest.raises(SettingsError) as refused:
        form(Entry(NAME, ("/bin/true", path), Path("/workspace.json")))
    assert refused.value.code == "login_path"
    assert str(refused.value.facts["path"]).isprintable()


def test_a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing_aside(tmp_path: Path) -> None:
    (tmp_path / "autostart").mkdir()
    (tmp_path / "autostart" / f"{NAME}.desktop").mkdir()  # cannot be replaced by a file
    with pytest.raises(SettingsError) as refused:
        XdgAutostart(tmp_path).put(entry_for(tmp_path))
    assert refused.value.code == "login_failed"
    assert [each.name for each in (tmp_path / "autostart").iterdir()] == [f"{NAME}.desktop"]


def given(tmp_path: Path) -> Any:
    """Once it was put down."""
    end = time.monotonic() + 60
    while not (tmp_path / "given").exists() or not (tmp_path / "given").read_text():
        assert time.monotonic() < end
        time.sleep(0.02)
    return json.loads((tmp_path / "given").read_text())


def test_without_a_system_that_begins_it_it_is_begun_apart(tmp_path: Path) -> None:
    begun = autostart.start_apart(entry_for(tmp_path, ODD))
    assert begun.wait(60) == 0
    assert given(tmp_path) == [ODD]
    with pytest.raises(SettingsError, match="not changed"):
        autostart.start_apart(Entry(NAME, (str(tmp_path / "absent"),), tmp_path))


def test_a_workspace_has_one_name_and_another_has_another(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "ws")
    here, there = logins.entry_of(tmp_path / "ws"), logins.entry_of(tmp_path / "link")
    assert here == there
    assert here.command[-3:] == ("worker", "--workspace", str((tmp_path / "ws").resolve()))
    assert logins.entry_of(tmp_path / "other").name != here.name
    assert shlex.quote(here.name) == here.name
