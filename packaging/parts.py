"""What the frozen program is made of, by part: read from what `build.spec` wrote down of the build.

Every file and every module is somebody's: a Python package, Python itself, a library that a package brings, one of the
system that it was built on, or ours. What is nobody's, and what has no licence that is allowed, raises Unknown.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packaging.utils import canonicalize_name  # noqa: E402  the library, once the root is on the path

from tools.licences import ALLOWED, is_allowed, licence_of  # noqa: E402

COLLECTED: Final = ROOT / "build" / "build" / "collected.json"
NATIVE: Final = ROOT / "packaging" / "native.toml"
# besides what Python packages may have: licences of libraries that are linked dynamically, and of compilers' runtimes
NATIVE_ALLOWED: Final = ALLOWED | {
    "BSD-Attribution-HPND-disclaimer", "GPL-3.0-or-later WITH GCC-exception-3.1", "LGPL-2.1-or-later", "OLDAP-2.8",
    "LicenseRef-Microsoft-Redistributable", "PostgreSQL", "Unicode-3.0", "blessing", "bzip2-1.0.6", "libpng-2.0",
    "libselinux-1.0", "GPL-2.0-or-later WITH Bootloader-exception",
}  # fmt: skip
OURS: Final = "campaign-app"
# its metadata speaks of the tool; of what the tool leaves in a program there is an exception
FROZEN_BY: Final = {
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "pyinstaller-hooks-contrib": "Apache-2.0",  # of its hooks for run time; the others stay behind
}


class Unknown(Exception):
    """Something in the program is nobody's, or under a licence that may not be in it."""


@dataclass(slots=True)
class Part:
    """`kind`: package (of Python), native, ours. `files` are names in the bundle with their SHA-256."""

    name: str
    version: str
    licence: str
    kind: str
    files: dict[str, str] = field(default_factory=dict)
    modules: int = 0


def parts(collected: Path = COLLECTED) -> list[Part]:
    """In the order of their names. Raises Unknown."""
    told = json.loads(collected.read_text("utf-8"))
    found: dict[str, Part] = {}
    nobodys = []
    for name, source, kind in told["files"]:
        if kind == "SYMLINK":
            continue
        part = _of_file(name, source)
        if part is None:
            nobodys.append(name)
            continue
        known = found.setdefault(part.name, part)
        known.files[name] = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    for name, source, _ in told["modules"]:
        part = _of_module(name, source)
        if part is None:
            nobodys.append(name)
            continue
        found.setdefault(part.name, part).modules += 1
    if nobodys:
        raise Unknown(f"whose are these? {nobodys}")
    refused = [f"{part.name}: {part.licence}" for part in found.values() if not _allowed(part)]
    if refused:
        raise Unknown(f"these licences may not be in the program: {refused}")
    return sorted(found.values(), key=lambda part: part.name.lower())


def _allowed(part: Part) -> bool:
    return part.licence in NATIVE_ALLOWED or is_allowed(part.licence)


def _of_file(name: str, source: str) -> Part | None:
    if name.startswith(("resources/", "campaign_app/", "licences/", "campaign_app-")):
        return _ours()
    if (native := _native(Path(name).name)) is not None:
        part, licence = native
        return Part(part, _native_version(part, source), licence, "native")
    return _of_module(name, source)


def _of_module(_: str, source: str) -> Part | None:
    file = Path(source)
    if (owner := _owners().get(str(file.resolve()))) is not None:
        return _package(owner)
    if file.is_relative_to(ROOT / "campaign_app"):
        return _ours()
    if file.is_relative_to(_stdlib()) or file.is_relative_to(Path(sys.base_prefix)) or source in ("-", ""):
        return Part("Python", platform.python_version(), "PSF-2.0", "native")
    if "PyInstaller" in file.parts or "_pyinstaller_hooks_contrib" in file.parts:
        return _package("pyinstaller-hooks-contrib" if "_pyinstaller_hooks_contrib" in file.parts else "pyinstaller")
    return None


def _ours() -> Part:
    return Part(OURS, metadata.version(OURS), "Apache-2.0", "ours")


@cache
def _stdlib() -> Path:
    return Path(sysconfig.get_path("stdlib")).resolve()


@cache
def _owners() -> dict[str, str]:
    """Every file of every installed package, and whose it is."""
    found = {}
    for each in metadata.distributions():
        name = canonicalize_name(each.metadata["Name"])
        for file in each.files or ():
            found[str(Path(str(file.locate())).resolve())] = name
    return found


@cache
def _version_and_licence(name: str) -> tuple[str, str]:
    found = metadata.distribution(name)
    if name in FROZEN_BY:
        return found.version, FROZEN_BY[name]
    return found.version, licence_of(name, found)


def _package(name: str) -> Part:
    version, licence = _version_and_licence(name)
    return Part(name, version, licence, "package") if name != OURS else _ours()


@cache
def _natives() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    told = tomllib.loads(NATIVE.read_text("utf-8"))["part"]
    return tuple((tuple(part["files"]), part["name"], part["licence"]) for part in told)


def _native(file: str) -> tuple[str, str] | None:
    if file.endswith((".abi3.so", ".pyd")) or ".cpython-" in file or not _is_library(file):
        return None
    return next(((name, licence) for begins, name, licence in _natives() if file.startswith(begins)), None)


def _is_library(file: str) -> bool:
    return ".so" in file or file.endswith((".dll", ".dylib", ".zip")) or file in ("Python", "QtCore", "QtGui")


def _native_version(part: str, source: str) -> str:
    if part == "Qt":
        return metadata.version("PySide6-Essentials")
    if part == "Python":
        return platform.python_version()
    real = str(Path(source).resolve())
    for name in (real, real.removeprefix("/usr")):
        asked = ["dpkg-query", "-S", name]
        try:
            told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        except OSError:
            return ""
        if told:
            package = told.split(":")[0]
            shown = ["dpkg-query", "-W", "-f", "${Version}", package]
            return subprocess.run(shown, capture_output=True, text=True, check=False).stdout
    return Path(source).name.partition(".so.")[2]
