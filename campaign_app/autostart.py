"""What a system starts when its user logs in: a systemd user unit, an XDG autostart file, a launch agent, a Run value.

One entry a name; each is written aside and put in its place at once, so that half an entry is never there.
"""

from __future__ import annotations

import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from platformdirs import user_config_path

from campaign_app.domain.errors import SettingsError

_SECONDS: Final = 20  # what a manager that does not answer may take
_LONGEST: Final = 200
# control characters, ends of lines, and what stands for bytes that are no text
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"

UNIT: Final = """\
# Written by Yunfa for one workspace; taken away again under 设置 → 工作区, or by: campaign-app worker --at-login off
[Unit]
Description=Yunfa worker
# a workspace that was moved away is not looked for again and again
ConditionPathExists={file}

[Service]
Type=exec
ExecStart=:{command}
# a window that is at work is a matter of time
Restart=on-failure
RestartSec=30
# the batch that is being handed over has a minute to end in
TimeoutStopSec=90
UMask=0077

[Install]
WantedBy=default.target
"""
DESKTOP: Final = """\
[Desktop Entry]
Type=Application
Name=Yunfa worker
Name[zh_CN]=允发后台进程
Exec={command}
Terminal=false
NoDisplay=true
X-GNOME-Autostart-enabled=true
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is a file's without its suffix; `needs` is the file without which there is nothing to start."""

    name: str
    command: tuple[str, ...]
    needs: Path


class Place(Protocol):
    """Where entries stand. Raises SettingsError `login_failed`.

    `answers`: whether this system reads it; `begin`: whether the system has begun the entry now.
    """

    def answers(self) -> bool: ...
    def has(self, entry: Entry, /) -> bool: ...
    def put(self, entry: Entry, /) -> None: ...
    def take(self, entry: Entry, /) -> None: ...
    def begin(self, entry: Entry, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class SystemdUser:
    """Units of the user's own manager; `home` is the configuration folder."""

    home: Path
    program: str

    def answers(self) -> bool:
        """Whether this user has a manager at all."""
        try:
            self._control("show-environment")
        except SettingsError:
            return False
        return True

    def has(self, entry: Entry) -> bool:
        return self._unit(entry).is_file() and os.path.lexists(self._link(entry))

    def put(self, entry: Entry) -> None:
        unit = self._unit(entry)
        former = unit.read_bytes() if unit.is_file() else None
        _write(unit, unit_of(entry).encode())
        try:
            self._control("daemon-reload")
            self._control("enable", unit.name)
        except SettingsError:
            _remove(unit) if former is None else _write(unit, former)
            raise

    def take(self, entry: Entry) -> None:
        """A worker that is at work goes on until it is stopped or its user logs out."""
        if not (self._unit(entry).exists() or os.path.lexists(self._link(entry))):
            return
        _remove(self._link(entry))
        _remove(self._unit(entry))
        with suppress(SettingsError):  # a manager that is not there has nothing to forget
            self._control("daemon-reload")

    def begin(self, entry: Entry) -> bool:
        try:
            self._control("start", "--no-block", self._unit(entry).name)
        except SettingsError:
            return False
        return True

    def _unit(self, entry: Entry) -> Path:
        return self.home / "systemd" / "user" / f"{entry.name}.service"

    def _link(self, entry: Entry) -> Path:
        """What `enable` makes of the unit's [Install]."""
        return self.home / "systemd" / "user" / "default.target.wants" / f"{entry.name}.service"

    def _control(self, *arguments: str) -> None:
        try:
            done = subprocess.run(  # noqa: S603 the system's own program, with names that are ours
                [self.program, "--user", *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(f"systemctl {arguments[0]}") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise _failed(said[0] if said else f"systemctl {arguments[0]}: {done.returncode}")


@dataclass(frozen=True, slots=True)
class XdgAutostart:
    """Files that a desktop reads when its user logs in, where there is no systemd."""

    home: Path

    def answers(self) -> bool:
        return True

    def has(self, entry: Entry) -> bool:
        """A desktop's own list of programs may have switched it off."""
        try:
            lines = self._file(entry).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return False
        return not {"Hidden=true", "X-GNOME-Autostart-enabled=false"} & set(lines)

    def put(self, entry: Entry) -> None:
        _write(self._file(entry), desktop_of(entry).encode())

    def take(self, entry: Entry) -> None:
        _remove(self._file(entry))

    def begin(self, _entry: Entry) -> bool:
        return False

    def _file(self, entry: Entry) -> Path:
        return self.home / "autostart" / f"{entry.name}.desktop"


@dataclass(frozen=True, slots=True)
class LaunchAgents:
    """Of macOS; `home` is the user's folder."""

    home: Path

    def answers(self) -> bool:
        return True

    def has(self, entry: Entry) -> bool:
        return self._file(entry).is_file()

    def put(self, entry: Entry) -> None:
        _write(self._file(entry), agent_of(entry))

    def take(self, entry: Entry) -> None:
        _remove(self._file(entry))

    def begin(self, _entry: Entry) -> bool:
        return False

    def _file(self, entry: Entry) -> Path:
        return self.home / "Library" / "LaunchAgents" / f"{entry.name}.plist"


class Registry(Protocol):
    """The part of `winreg` that is used here."""

    HKEY_CURRENT_USER: Any
    REG_SZ: int
    KEY_SET_VALUE: int

    def CreateKey(self, key: Any, sub_key: str, /) -> Any: ...  # noqa: N802 as winreg has it
    def OpenKey(self, key: Any, sub_key: str, reserved: int, access: int, /) -> Any: ...  # noqa: N802
    def QueryValueEx(self, key: Any, name: str, /) -> tuple[Any, int]: ...  # noqa: N802
    def SetValueEx(self, key: Any, name: str, reserved: int, kind: int, value: str, /) -> None: ...  # noqa: N802
    def DeleteValue(self, key: Any, name: str, /) -> None: ...  # noqa: N802


@dataclass(frozen=True, slots=True)
class RunKey:
    """Of Windows: a value under the user's Run key, set at once or not at all."""

    registry: Registry

    def answers(self) -> bool:
        return True

    def has(self, entry: Entry) -> bool:
        known = self.registry
        try:
            with known.CreateKey(known.HKEY_CURRENT_USER, RUN_KEY) as key:
                known.QueryValueEx(key, entry.name)
        except OSError:
            return False
        return True

    def put(self, entry: Entry) -> None:
        known = self.registry
        line = subprocess.list2cmdline(entry.command)
        try:
            with known.CreateKey(known.HKEY_CURRENT_USER, RUN_KEY) as key:
                known.SetValueEx(key, entry.name, 0, known.REG_SZ, line)
        except OSError as error:
            raise _failed(str(error.strerror)) from error

    def take(self, entry: Entry) -> None:
        known = self.registry
        try:
            with known.OpenKey(known.HKEY_CURRENT_USER, RUN_KEY, 0, known.KEY_SET_VALUE) as key:
                known.DeleteValue(key, entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _failed(str(error.strerror)) from error

    def begin(self, _entry: Entry) -> bool:
        return False


def places() -> Sequence[Place]:
    """Of this system, to be used is the first that answers; an entry may stand in another one since before."""
    if sys.platform == "win32":
        import winreg

        return (RunKey(winreg),)
    if sys.platform == "darwin":
        return (LaunchAgents(Path.home()),)
    home, program = user_config_path(), shutil.which("systemctl")
    desktop = XdgAutostart(home)
    return (desktop,) if program is None else (SystemdUser(home, program), desktop)


def start_apart(entry: Entry) -> subprocess.Popen[bytes]:
    """Begun now, by nobody but us, and not ended with us. Raises SettingsError."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    null = subprocess.DEVNULL
    try:
        return subprocess.Popen(entry.command, stdin=null, stdout=null, stderr=null, **apart)  # noqa: S603 our own program
    except OSError as error:
        raise _failed(str(error.strerror)) from error


def unit_of(entry: Entry) -> str:
    command = " ".join(json.dumps(part, ensure_ascii=False) for part in _checked(entry))
    return UNIT.format(command=command.replace("%", "%%"), file=str(entry.needs).replace("%", "%%"))


def desktop_of(entry: Entry) -> str:
    """Quoted as its argument first, and then once more as every text of such a file is."""
    command = " ".join(f'"{_escaped(part)}"' for part in _checked(entry))
    return DESKTOP.format(command=command.replace("\\", "\\\\").replace("%", "%%"))


def agent_of(entry: Entry) -> bytes:
    return plistlib.dumps(
        {
            "Label": entry.name,
            "ProgramArguments": list(_checked(entry)),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "ProcessType": "Background",
        }
    )


def _escaped(part: str) -> str:
    for char in '\\"`$':
        part = part.replace(char, f"\\{char}")
    return part


def _checked(entry: Entry) -> tuple[str, ...]:
    """None of these files can hold a line's end; a path that Python could not decode is no text."""
    for part in (*entry.command, str(entry.needs)):
        if _UNWRITABLE.search(part):
            raise SettingsError("login_path", "A path that no start file can name", path=ascii(part))
    return entry.command


def _write(file: Path, content: bytes) -> None:
    """All of it or nothing."""
    aside = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(file)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise _failed(f"{file}: {error.strerror}") from error


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(f"{file}: {error.strerror}") from error


def _failed(why: str) -> SettingsError:
    return SettingsError("login_failed", f"The start at login was not changed: {why}", why=why[:_LONGEST])
