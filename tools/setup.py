"""Makes .venv in this folder and installs the program into it; with `--tests` also what its tests need.

On Debian and Ubuntu the system packages that are missing are installed first. Only the standard library is used, and
nothing outside this folder is changed but by the system's package manager.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
# what the window's toolkit loads, and the Debian package that brings it; tests draw off screen and need no display
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libbrotlidec.so.1": "libbrotli1",
}
SCREEN = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
CHINESE_FONTS = "fonts-noto-cjk"


def run(*command: str | Path) -> None:
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Without one every Chinese character is drawn as a box."""
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    return bool(subprocess.run([lister, ":lang=zh", "file"], capture_output=True, check=False).stdout.strip())


def missing_packages(*, tests: bool) -> list[str]:
    missing = [] if importlib.util.find_spec("ensurepip") else [f"python3.{sys.version_info.minor}-venv"]
    libraries = LIBRARIES if tests else {**LIBRARIES, **SCREEN}
    missing += [package for library, package in libraries.items() if not loads(library)]
    if not has_chinese_font():
        missing += ["fontconfig", CHINESE_FONTS]
    return missing


def install_packages(packages: list[str]) -> None:
    if not packages:
        return
    apt = shutil.which("apt-get")
    if apt is None or not sys.platform.startswith("linux"):
        sys.exit(f"please install what Debian calls: {' '.join(packages)}")
    root = [] if os.geteuid() == 0 else ["sudo"]
    run(*root, apt, "update", "-q")
    run(*root, apt, "install", "-q", "-y", "--no-install-recommends", *packages)


def python_of_venv() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit("this program needs Python 3.11 or later")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", action="store_true", help="what the tests need, too")
    tests = parser.parse_args().tests
    if sys.platform.startswith("linux"):
        install_packages(missing_packages(tests=tests))
    run(sys.executable, "-m", "venv", VENV)
    what = ["--editable", ".[test]"] if tests else ["."]
    run(python_of_venv(), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", "constraints.txt", *what)


if __name__ == "__main__":
    main()
