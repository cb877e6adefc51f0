"""Tries the Debian package on a bare system, as root on Debian: `python packaging/try_deb.py [--deb FILE]`.

    apt-get install --no-install-recommends debootstrap xvfb openbox xdotool wmctrl

A fresh Debian is made by debootstrap and thrown away afterwards (`--base FOLDER` keeps one for the next time). In it,
by chroot: an older package is installed and used, upgraded with its workspace, its desktop entries are tried, its
window is opened, and it is removed. Only the screen is this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import deb
from stand import Failed, Stand, on_screen, screen
from try_frozen import Log, shown

ROOT: Final = Path(__file__).resolve().parent.parent
MIRROR: Final = "http://deb.debian.org/debian"
USER: Final = "merchant"
HOME: Final = Path("/srv/merchant")
PASSPHRASE: Final = "十年树木百年树人"
OLD: Final = "0.0.1"
# what a package of today does not have, so that an upgrade has to take it away
GONE: Final = "_internal/resources/of-an-older-version.txt"
BACKUP: Final = ROOT / "tests" / "vectors" / "workspaces" / "format-1.yunfa-backup"
BACKUP_PHRASE: Final = "the passphrase of the backup in tests/vectors"


@dataclass
class Room(Stand):
    """A system of its own below `folder`; its user runs the program there."""

    @property
    def home(self) -> Path:
        return HOME

    def environment(self) -> dict[str, str]:
        return {"HOME": str(HOME), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.more}

    def start_tool(self, *command: str, **how: Any) -> subprocess.Popen[str]:
        given: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        inside = ["chroot", f"--userspec={self.user}", str(self.folder), *command]
        environment = self.environment() | {"PATH": os.environ["PATH"] if not self.user else "/usr/bin:/bin:/usr/sbin"}
        return subprocess.Popen(
            inside, env=environment, text=True, encoding="utf-8", start_new_session=True, **{**given, **how}
        )

    def root(self, *command: str) -> str:
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "DEBIAN_FRONTEND": "noninteractive",
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            ["chroot", str(self.folder), *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failed(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout + done.stderr

    def put(self, file: Path, data: bytes, mode: int = 0o600) -> Path:
        """A file of the user's; its path inside."""
        target = self.folder / file.relative_to("/")
        target.write_bytes(data)
        target.chmod(mode)
        self.root("chown", USER, str(file))
        return file

    def has(self, name: str) -> bool:
        return os.path.lexists(self.folder / name.lstrip("/"))


@contextmanager
def room(base: Path | None) -> Iterator[Room]:
    folder = Path(tempfile.mkdtemp(prefix="try-deb-"))
    mounted: list[Path] = []
    try:
        if base is not None and base.is_dir():
            subprocess.run(["cp", "-a", f"{base}/.", str(folder)], check=True)
        else:
            subprocess.run(
                ["debootstrap", "--variant=minbase", "bookworm", str(base or folder), MIRROR],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            if base is not None:
                subprocess.run(["cp", "-a", f"{base}/.", str(folder)], check=True)
        folder.chmod(0o755)
        shutil.copyfile("/etc/resolv.conf", folder / "etc" / "resolv.conf")
        sockets = folder / "tmp" / ".X11-unix"
        sockets.mkdir(exist_ok=True)
        Path("/tmp/.X11-unix").mkdir(exist_ok=True)
        for source, target in (("/proc", folder / "proc"), ("/dev", folder / "dev"), ("/tmp/.X11-unix", sockets)):
            subprocess.run(["mount", "--bind", source, str(target)], check=True)
            mounted.append(target)
        made = Room(Path("/usr/bin/campaign-app"), folder, USER)
        made.root("useradd", "--create-home", "--home-dir", str(HOME), USER)
        yield made
    finally:
        for target in reversed(mounted):
            subprocess.run(["umount", str(target)], check=True)
        # while something is mounted there, nothing may be deleted
        if not any(os.path.ismount(each) for each in mounted):
            shutil.rmtree(folder, ignore_errors=True)


def older(package: Path, out: Path) -> Path:
    """The package as an earlier release would have left it: a lower version, and a file that is no more."""
    with tempfile.TemporaryDirectory() as made:
        tree = Path(made) / "tree"
        subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(tree)], check=True)
        (tree / "usr" / "lib" / deb.NAME / GONE).write_text("old\n", "utf-8")
        control = tree / "DEBIAN" / "control"
        lines = control.read_text("utf-8").splitlines()
        control.write_text(
            "".join(f"Version: {OLD}\n" if each.startswith("Version:") else f"{each}\n" for each in lines), "utf-8"
        )
        file = out / f"{deb.NAME}_{OLD}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(file)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return file


def install(place: Room, package: Path) -> str:
    """As a person does it: apt brings what the package says it needs, and nothing else."""
    shutil.copyfile(package, place.folder / "tmp" / package.name)
    said = place.root("apt-get", "install", "-y", "--no-install-recommends", f"/tmp/{package.name}")
    if place.has("/usr/bin/python3"):
        raise Failed("a Python came along: nothing below proves that the program brings its own")
    number = place.root("dpkg-query", "-W", "-f", "${Version}", deb.NAME)
    news = [each for each in said.splitlines() if " newly installed" in each]
    return f"version {number}; {news[0].strip() if news else ''}"


def started(place: Room) -> str:
    result = json.loads(place.run("demo", "--headless", "--json", "--customers", "2000"))
    if result["doubled"] or result["unconfirmed"] or not result["submitted"]:
        raise Failed(f"demo: {result}")
    phrase = place.put(HOME / "passphrase", PASSPHRASE.encode())
    place.run("create", "--workspace", str(HOME / "ws"), "--passphrase-file", str(phrase))
    return f"demo submitted {result['submitted']}, a workspace made under a passphrase; {doctor(place, 'ws')}"


def doctor(place: Room, name: str) -> str:
    told = place.run(
        "doctor", "--workspace", str(HOME / name), "--passphrase-file", str(HOME / "passphrase"), "--offline", "--json",
        status=None,
    )  # fmt: skip
    checks = {each["check"]: each["state"] for each in json.loads(told)["checks"]}
    wrong = {
        each: checks.get(each) for each in ("program", "fonts", "workspace", "database") if checks.get(each) != "ok"
    }
    if wrong:
        raise Failed(f"doctor: {told}")
    return f"doctor finds {', '.join(each for each, state in checks.items() if state == 'ok')} in order"


def desktop(place: Room) -> str:
    """What a desktop reads is valid, and a file of evidence has its type and its program."""
    place.root("apt-get", "install", "-y", "--no-install-recommends", "shared-mime-info", "desktop-file-utils")
    place.root("update-desktop-database")
    place.root("desktop-file-validate", *(f"/usr/share/applications/{each}.desktop" for each in ENTRIES))
    types = (place.folder / "usr/share/mime/globs2").read_text("utf-8")
    programs = (place.folder / "usr/share/applications/mimeinfo.cache").read_text("utf-8")
    if "application/vnd.yunfa.evidence:*.yunfa" not in types:
        raise Failed("*.yunfa has no type")
    if "application/vnd.yunfa.evidence=campaign-app-evidence.desktop" not in programs:
        raise Failed("no program opens a file of evidence")
    return "entries are valid; *.yunfa is application/vnd.yunfa.evidence and opened by `campaign-app evidence show`"


ENTRIES: Final = ("campaign-app", "campaign-app-evidence")


def window(place: Room) -> str:
    with screen(place):
        program = place.start("demo", "--customers", "1000")
        try:
            began = time.monotonic()
            window_id = shown(place, "允发", program)
            seen = time.monotonic() - began
            time.sleep(10)
            on_screen(place, "wmctrl", "-i", "-c", window_id)
            if status := program.wait(timeout=60):
                raise Failed(f"status {status}: {program.communicate()[1]}")
        finally:
            program.kill()
            program.communicate()
    return f"the demo's window came after {seen:.2f} s and closed with status 0"


def upgraded(place: Room, package: Path) -> str:
    """Over the older one, with the workspace that was made there and a backup of the first format."""
    said = install(place, package)
    if place.has(f"/usr/lib/{deb.NAME}/{GONE}"):
        raise Failed("a file of the older version is still there")
    same = doctor(place, "ws")
    backup = place.put(HOME / "old.yunfa-backup", BACKUP.read_bytes())
    phrase = place.put(HOME / "backup-passphrase", BACKUP_PHRASE.encode())
    # an older schema is brought to today's when it is restored and opened
    place.run("backup", "restore", str(backup), str(HOME / "restored"), "--backup-passphrase-file", str(phrase))
    place.put(HOME / "passphrase", BACKUP_PHRASE.encode())
    old = doctor(place, "restored")
    return f"{said}; the workspace as before: {same}; one of the first format restored: {old}"


def removed(place: Room) -> str:
    place.root("apt-get", "purge", "-y", deb.NAME)
    left = [
        each
        for each in (f"/usr/lib/{deb.NAME}", f"/usr/bin/{deb.NAME}", f"/usr/share/doc/{deb.NAME}")
        if place.has(each)
    ]
    left += [str(each) for each in (place.folder / "usr/share").rglob("campaign-app*")]
    if left:
        raise Failed(f"left behind: {left}")
    if not (place.folder / HOME.relative_to("/") / "ws" / "workspace.json").is_file():
        raise Failed("the workspace is gone")
    return "nothing of the package is left, the workspaces are"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--deb", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--log", type=Path)
    chosen = parser.parse_args()
    package = chosen.deb or next(iter(sorted((ROOT / "dist").glob("campaign-app_*.deb"))), None)
    if package is None or os.geteuid() != 0:
        sys.exit("needs root, and a package: python packaging/deb.py")
    log = Log(chosen.log)
    log.say(f"{package.name}, {package.stat().st_size / 1e6:.1f} MB, on a bare Debian 12 (debootstrap, minbase)")
    with ExitStack() as stack:
        out = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = stack.enter_context(room(chosen.base))
        place.root("apt-get", "update", "-q")
        former = older(package, out)
        log.step("install an older one", lambda: install(place, former))
        log.step("start", lambda: started(place))
        log.step("upgrade", lambda: upgraded(place, package))
        log.step("desktop", lambda: desktop(place))
        log.step("window", lambda: window(place))
        log.step("remove", lambda: removed(place))
    log.say("all of it works")


if __name__ == "__main__":
    main()
