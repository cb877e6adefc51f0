"""A clean place to try a program in: a user of its own, an environment of a few words, a screen and a session bus.

As root a fresh user is made and removed again; else it is whoever runs this, in a new home. The path holds links to
a few tools of the desktop and nothing else: no Python among them.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

TOOLS: Final = ("bash", "dbus-daemon", "dbus-run-session", "gnome-keyring-daemon", "xkbcomp")
SCREEN: Final = "1600x1000x24"
# what a keychain with an empty passphrase asks of its user at login
UNLOCK: Final = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"


class Failed(Exception):
    """The program does not do what it should."""


@dataclass
class Stand:
    """Runs `program` as `user`. `said` has what it wrote, by command, for whoever looks into a failure."""

    program: Path
    folder: Path
    user: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        """All that the program is told: no word of Python, of this terminal or of this machine's settings."""
        return {
            "HOME": str(self.home),
            "PATH": str(self.folder / "tools"),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.folder / "runtime"),
            **self.more,
        }

    def start(self, *arguments: str, **how: Any) -> subprocess.Popen[str]:
        return self.start_tool(str(self.program), *arguments, **how)

    def start_tool(self, *command: str, **how: Any) -> subprocess.Popen[str]:
        given: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        whose: dict[str, Any] = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        return subprocess.Popen(
            command, cwd=self.home, env=self.environment(), text=True, encoding="utf-8", start_new_session=True,
            **(whose if self.user else {}), **{**given, **how},
        )  # fmt: skip

    def run(self, *arguments: str, seconds: float = 180, status: int | None = 0) -> str:
        """What the program prints. Raises Failed for another `status` than is expected; None takes any."""
        process = self.start(*arguments)
        try:
            said, complained = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said, complained = process.communicate()
            raise Failed(f"{' '.join(arguments)}: not done after {seconds:.0f} s\n{said}\n{complained}") from None
        if status is not None and process.returncode != status:
            raise Failed(f"{' '.join(arguments)}: status {process.returncode}\n{said}\n{complained}")
        return said

    def processes(self) -> list[int]:
        """Of the program, whoever runs it."""
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                if (each / "exe").readlink() == self.program:
                    found.append(int(each.name))
            except OSError:
                continue
        return found


@contextmanager
def stand(source: Path, name: str = "campaign-app") -> Iterator[Stand]:
    """With a copy of the program in `source` that its user can read and not change."""
    folder = Path(tempfile.mkdtemp(prefix="try-"))
    user = f"yunfa-try-{secrets.token_hex(3)}" if os.geteuid() == 0 else ""
    try:
        folder.chmod(0o755)
        shutil.copytree(source, folder / "program", symlinks=True)
        (folder / "tools").mkdir()
        for tool in TOOLS:
            if found := shutil.which(tool):
                (folder / "tools" / tool).symlink_to(found)
        for private in ("home", "runtime"):
            (folder / private).mkdir(mode=0o700)
        if user:
            make = [
                "useradd",
                "--system",
                "--no-create-home",
                "--home-dir",
                str(folder / "home"),
                "--shell",
                "/bin/false",
            ]
            subprocess.run([*make, user], check=True)
            for private in ("home", "runtime"):
                shutil.chown(folder / private, user)
        yield Stand(folder / "program" / name, folder, user)
    finally:
        if user:
            subprocess.run(["userdel", user], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def session_bus(place: Stand) -> Iterator[None]:
    """A desktop's session with an unlocked keychain (gnome-keyring), for the programs that are started meanwhile."""
    script = f'{UNLOCK}; echo "$DBUS_SESSION_BUS_ADDRESS"; read -r _'
    session = place.start_tool("dbus-run-session", "--", "bash", "-c", script, stdin=subprocess.PIPE)
    assert session.stdout is not None
    address = session.stdout.readline().strip()
    if not address:
        raise Failed(f"no session bus: {session.communicate()[1]}")
    place.more["DBUS_SESSION_BUS_ADDRESS"] = address
    try:
        yield
    finally:
        del place.more["DBUS_SESSION_BUS_ADDRESS"]
        session.communicate("\n", timeout=30)


@contextmanager
def screen(place: Stand) -> Iterator[None]:
    """A virtual screen with a window manager, for the programs that are started meanwhile."""
    reader, writer = os.pipe()
    # a server that starts anew behind its last client turns away whoever comes at that moment
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-ac", "-noreset"],
        pass_fds=[writer], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as told:
        place.more["DISPLAY"] = f":{told.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env=os.environ | _display(place), stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        place.more.pop("DISPLAY")
        for process in (manager, server):
            process.terminate()
            process.wait()


def _display(place: Stand) -> Mapping[str, str]:
    return {"DISPLAY": place.more["DISPLAY"]}


def on_screen(place: Stand, *command: str) -> str:
    """A tool of this machine (xdotool, wmctrl, xwd) on the screen of `place`; what it prints."""
    environment = os.environ | _display(place)
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def picture(place: Stand) -> bytes:
    """The pixels of the whole screen, to be compared only."""
    return subprocess.run(
        ["xwd", "-silent", "-root"], env=os.environ | _display(place), capture_output=True, check=True
    ).stdout


def until(what: str, asked: Any, seconds: float = 60, step: float = 0.02) -> Any:
    """The first answer of `asked()` that is true. Raises Failed naming `what`."""
    end = time.monotonic() + seconds
    while not (answer := asked()):
        if time.monotonic() > end:
            raise Failed(f"not after {seconds:.0f} s: {what}")
        time.sleep(step)
    return answer


def missing_tools(*more: str) -> Sequence[str]:
    return [tool for tool in (*TOOLS, *more) if shutil.which(tool) is None]
