"""Writes resources/notices/third-party.txt: every part that others made, its licence, and the licences in full.

Run `python -m tools.make_notices` on Debian in an environment with `.[team,sandbox,test]` after a change of the pins. A
test compares the list with what is installed. What a build system adds (X11's libraries and the like) brings Debian's
own notes into the frozen program (`licences/`), since nobody knows here which system that will be. What wheels bring
in machine code and say nothing of is told as Debian tells it, whose packages are fetched for that and not installed.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tools.licences import ROOT, closure, licence_files, licence_of

FILE: Final = ROOT / "resources" / "notices" / "third-party.txt"
COMMON: Final = Path("/usr/share/common-licenses")
# in full, for the parts that say only their names
WHOLE: Final = {"LGPL-3.0": "LGPL-3", "GPL-3.0 (which the LGPL-3.0 adds to)": "GPL-3", "LGPL-2.1": "LGPL-2.1"}
RULE: Final = "=" * 78
# what only Windows needs, and is therefore not installed where this is written
ELSEWHERE: Final = (("pywin32-ctypes", "BSD-3-Clause"), ("colorama", "BSD-3-Clause"))
HEAD: Final = """
允发 Yunfa: third-party notices · 第三方声明

Yunfa is licensed under Apache-2.0. It is made with the parts below; each keeps its own licence, given in full
further down as its authors wrote it, or as Debian collected it.

允发按 Apache-2.0 许可。下列组件各按自己的许可，全文附后，均为作者或 Debian 整理的原文。

Qt, Qt for Python (PySide6, shiboken6) and psycopg are used under the LGPL-3.0, as libraries that are linked
dynamically and unchanged. You may replace them by versions of your own with the same interface: put your Qt libraries
in the place of those in _internal/PySide6/Qt/lib (Windows: _internal\\PySide6; macOS:
Contents/Frameworks/PySide6/Qt/lib), your psycopg in the place of _internal/psycopg_binary, and start the program
anew. You may take the program apart to find faults in such a change. The sources of the versions in here are at
https://download.qt.io/official_releases/ and https://pypi.org/project/psycopg/.

Qt、PySide6、shiboken6 和 psycopg 按 LGPL-3.0 以动态库形式使用，未作修改；您可以用接口相同的自编版本替换
上述文件夹里的库，重新启动即可，也可以为调试这种改动而反向工程。

The starter of the frozen program is PyInstaller's bootloader: GPL-2.0-or-later with an exception that lets programs
under any licence be distributed with it (https://pyinstaller.org/en/stable/license.html).
"""


def unwrapped(text: str) -> str:
    """A paragraph a line: the window breaks it where it ends. Chinese has no spaces to join by."""
    paragraphs = [part.splitlines() for part in text.strip().split("\n\n")]
    return "\n\n".join((" " if lines[0].isascii() else "").join(lines) for lines in paragraphs) + "\n"


def listed() -> Mapping[str, tuple[str, str]]:
    """Version and licence of every Python package, by its name."""
    return {name: (found.version, licence_of(name, found)) for name, found in sorted(closure().items())}


def _natives() -> list[dict[str, str]]:
    parts: list[dict[str, str]] = tomllib.loads((ROOT / "packaging" / "native.toml").read_text("utf-8"))["part"]
    return parts


def natives() -> Iterator[tuple[str, str]]:
    for part in _natives():
        yield part["name"], part["licence"]


def told() -> Iterator[tuple[str, str]]:
    """Name of a part, and of the Debian package that tells its licences."""
    for part in _natives():
        if "told" in part:
            yield part["name"], part["told"]


def collected(package: str) -> str:
    """Debian's word on the package's authors and licences."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True, stderr=subprocess.DEVNULL)
        (file,) = Path(folder).glob("*.deb")
        subprocess.run(["dpkg-deb", "--extract", file.name, "."], cwd=folder, check=True)
        return (Path(folder) / "usr" / "share" / "doc" / package / "copyright").read_text("utf-8")


def texts() -> Iterator[tuple[str, str]]:
    for name, found in sorted(closure().items()):
        for file in licence_files(found):
            yield f"{name}: {file.name}", file.read_text("utf-8", errors="replace")
    for name, package in told():
        yield f"{name}: Debian's {package}", collected(package)
    yield "Python", (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt").read_text("utf-8")
    for name, file in WHOLE.items():
        yield name, (COMMON / file).read_text("utf-8")


def notices() -> str:
    lines = [unwrapped(HEAD), "Python packages · Python 组件", ""]
    lines += [f"- {name} {version}: {licence}" for name, (version, licence) in listed().items()]
    lines += ["", "On Windows also · Windows 上还有", "", *(f"- {name}: {licence}" for name, licence in ELSEWHERE)]
    lines += ["", "Libraries in machine code, as far as a system's build has them · 机器码库", ""]
    lines += [f"- {name}: {licence}" for name, licence in natives()]
    by_text: dict[str, list[str]] = {}
    for name, text in texts():
        by_text.setdefault(text.strip(), []).append(name)
    for text, names in by_text.items():
        lines += ["", RULE, *names, RULE, "", text]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


def main() -> None:
    if not COMMON.is_dir():
        sys.exit("needs Debian's texts in /usr/share/common-licenses")
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(notices(), "utf-8")
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
