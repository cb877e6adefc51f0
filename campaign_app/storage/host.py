"""Which machine and user this is, as a word that tells nothing else of them."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

_LINUX: Final = ("/etc/machine-id", "/var/lib/dbus/machine-id")


@cache
def host_id() -> str:
    """The same after every start; "" where the system has no such id (as in many containers): then nothing is known."""
    machine = _machine()
    if not machine:
        return ""
    return hashlib.sha256(f"campaign_app host\0{machine}\0{_user()}".encode()).hexdigest()[:16]


@cache
def place_id() -> str:
    """Whose files a job may need: those of this machine and user. By its name where the system has no id of it."""
    if known := host_id():
        return known
    return hashlib.sha256(f"campaign_app name\0{platform.node()}\0{_user()}".encode()).hexdigest()[:16]


def _user() -> str:
    return str(os.getuid()) if sys.platform != "win32" else getpass.getuser()


@cache
def user() -> str:
    """The account that the program runs under, by the system's word: what the environment says anybody could set."""
    if sys.platform == "win32":
        with suppress(OSError):
            return os.getlogin().casefold()  # as it was typed, and Windows takes either case
        return ""
    import pwd

    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())


def _machine() -> str:
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as found:
            return str(winreg.QueryValueEx(found, "MachineGuid")[0])
        return ""
    if sys.platform == "darwin":
        return _mac()
    for name in _LINUX:
        with suppress(OSError, UnicodeDecodeError):
            if written := Path(name).read_text(encoding="ascii").strip():
                return written
    return ""


def _mac() -> str:
    with suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"],
            capture_output=True, text=True, timeout=5, check=True,
        ).stdout  # fmt: skip
        for line in said.splitlines():
            if "IOPlatformUUID" in line:
                return line.split('"')[-2]
    return ""
