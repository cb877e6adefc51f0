"""What `build.spec` takes into the frozen program of all that PyInstaller found, and what it writes down of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

Entry = tuple[str, str, str]  # name in the bundle, file it comes from, PyInstaller's word for its kind

# of Qt's plug-ins only these are ever loaded: the window draws by the processor, on X11, Wayland, Windows or macOS,
# reads no picture but SVG, and opens local sockets only
PLUGINS: Final = {
    "platforms": ("qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"),
    "platforminputcontexts": ("compose", "ibus"),
    "platformthemes": ("qxdgdesktopportal",),
    "imageformats": ("qsvg", "qico"),
    "iconengines": ("qsvgicon",),
    "styles": ("qmodernwindowsstyle", "qmacstyle"),
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("adwaita", "bradient"),
}
TRANSLATIONS: Final = ("qtbase_zh_CN", "qtbase_en", "qt_zh_CN", "qt_en")
# on Linux these come with every desktop, and belong to it (packaging/deb.py names their packages)
DESKTOP: Final = (
    *("libdbus-1.so", "libfontconfig.so", "libfreetype.so", "libglib-2.0.so", "libgthread-2.0.so", "libX11.so"),
    *("libX11-xcb.so", "libxcb.so", "libgssapi_krb5.so", "libxkbcommon.so", "libEGL.so", "libGL.so", "libstdc++.so"),
    *("libgcc_s.so", "libz.so"),
)
# parts of libraries that nothing here calls: places by number, colours of programming languages, other databases
UNUSED: Final = (
    *("phonenumbers.geodata", "phonenumbers.carrierdata", "phonenumbers.tzdata", "pygments.lexers", "pygments.styles"),
    *("sqlalchemy.dialects.mysql", "sqlalchemy.dialects.oracle", "sqlalchemy.dialects.mssql", "pydantic.v1"),
    *("numpy.f2py", "numpy.random", "numpy.fft", "numpy.testing", "numpy._core._multiarray_tests", "numpy.polynomial"),
)
# of those what is read when their neighbours are
USED: Final = ("pygments.lexers", "pygments.lexers._mapping", "pygments.styles", "pygments.styles._mapping")
# Python's own modules that would bring libraries under the GPL or are for terminals that nobody sees
EXCLUDED: Final = (
    *(
        "readline",
        "rlcompleter",
        "_gdbm",
        "dbm.gnu",
        "_tkinter",
        "tkinter",
        "turtle",
        "idlelib",
        "lib2to3",
        "ensurepip",
    ),
    *(
        "distutils",
        "setuptools",
        "pip",
        "wheel",
        "pydoc_data",
        "curses",
        "_curses",
        "_curses_panel",
        "nis",
        "ossaudiodev",
    ),
    # brought by other people's hooks, or taken by them if they are there
    *(
        "pyarrow",
        "pandas",
        "matplotlib",
        "IPython",
        "pytest",
        "_pytest",
        "hypothesis",
        "mypy",
        "chardet",
        "PIL",
        "lxml",
    ),
    *("PySide6.QtDBus", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml", "PySide6.QtQuick"),
    *("PySide6.QtSql", "PySide6.QtTest", "PySide6.QtXml", "PySide6.QtPrintSupport", "PySide6.QtConcurrent"),
    *("PySide6.QtDesigner", "PySide6.QtHelp", "PySide6.QtUiTools", "PySide6.QtSvgWidgets"),
)


def used(module: str) -> bool:
    return module in USED or not any(module == each or module.startswith(f"{each}.") for each in UNUSED)


def wanted(found: Entry) -> bool:
    """Of Qt the plug-ins and translations above, of everything else no leftovers of compiling."""
    parts = PurePosixPath(found[0].replace("\\", "/")).parts
    stem = parts[-1].split(".")[0].removeprefix("lib")
    if "__pycache__" in parts:
        return False
    if "plugins" in parts and "PySide6" in parts:
        return stem.removesuffix("plugin").removesuffix("platforminputcontext") in PLUGINS.get(parts[-2], ())
    if "translations" in parts and "PySide6" in parts:
        return stem in TRANSLATIONS
    return used(".".join((*parts[:-1], stem.split(".")[0])))


def needed(entries: Iterable[Entry]) -> list[Entry]:
    """Without the system's libraries that only something unwanted loads (a build machine with GTK has dozens)."""
    kept = [found for found in entries if wanted(found)]
    if not sys.platform.startswith("linux"):
        return kept
    of_the_system = {PurePosixPath(found[0]).name: found for found in kept if _is_library(found)}
    waiting = [found[1] for found in kept if found[2] in ("BINARY", "EXTENSION") and not _is_library(found)]
    waiting += [sys.executable]
    reached: set[str] = set()
    while waiting:
        imported = _imports(waiting.pop())
        new = [
            name for name in imported if name in of_the_system and name not in reached and not _of_every_desktop(name)
        ]
        reached.update(new)
        waiting += [of_the_system[name][1] for name in new]
    names = {of_the_system[name][0] for name in reached} | {found[0] for found in kept if not _is_library(found)}
    # a link at the top to a library further down stays if that is there
    return [found for found in kept if found[0] in names and (found[2] != "SYMLINK" or _target(found) in names)]


def stripped(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """With copies without symbols, which are a good third of the size.

    Not of libraries that `auditwheel` has moved (`numpy.libs`, `psycopg_binary.libs`): strip breaks those.
    """
    tool = shutil.which("strip")
    if tool is None or not sys.platform.startswith("linux"):
        return list(entries)
    folder.mkdir(parents=True, exist_ok=True)
    return list(_stripped(entries, folder, tool))


def _stripped(entries: Iterable[Entry], folder: Path, tool: str) -> Iterator[Entry]:
    for name, source, kind in entries:
        if kind not in ("BINARY", "EXTENSION") or ".libs" in source:
            yield name, source, kind
            continue
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        subprocess.run([tool, "--strip-unneeded", "--preserve-dates", copy], check=True)
        yield name, str(copy), kind


def copyrights(entries: Iterable[Entry]) -> list[Entry]:
    """Of each library of this system what Debian says of its authors and licences; nothing on other systems."""
    if shutil.which("dpkg-query") is None:
        return []
    sources = {found[1] for found in entries if _is_library(found) and found[1].startswith(("/lib", "/usr/lib"))}
    packages = {_package_of(Path(source)) for source in sources} - {""}
    notes = {package: Path("/usr/share/doc") / package / "copyright" for package in sorted(packages)}
    return [(f"licences/{package}/copyright", str(note), "DATA") for package, note in notes.items() if note.is_file()]


def _package_of(file: Path) -> str:
    """Debian has merged /lib into /usr/lib, and knows some files by their former place only."""
    real = str(file.resolve())
    for name in (real, real.removeprefix("/usr")):
        asked = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.split(":")[0]
    return ""


def write_down(entries: Iterable[Entry], modules: Iterable[Entry], file: Path) -> None:
    """Where every file and every module in the bundle comes from: the bill of materials is made of it."""
    listed = {"files": sorted(map(list, entries)), "modules": sorted(map(list, modules))}
    file.write_text(json.dumps(listed, indent=1), "utf-8")


def _is_library(found: Entry) -> bool:
    """One that is here only for others: the system's, and Qt's."""
    from_system = found[1].startswith(("/lib", "/usr/lib")) and "/" not in found[0]
    return found[2] == "BINARY" and (from_system or found[0].startswith("PySide6/Qt/lib/"))


def _of_every_desktop(name: str) -> bool:
    return name.startswith(DESKTOP)


def _target(found: Entry) -> str:
    return (PurePosixPath(found[0]).parent / found[1]).as_posix()


def _imports(file: str) -> set[str]:
    """What the file itself loads, not what that loads in turn; without binutils all of it, which is too much."""
    if tool := shutil.which("objdump"):
        told = subprocess.run([tool, "-p", file], capture_output=True, text=True, check=True).stdout
        return set(re.findall(r"NEEDED\s+(\S+)", told))
    from PyInstaller.depend.bindepend import get_imports

    return {Path(name).name for name, _ in get_imports(file)}
