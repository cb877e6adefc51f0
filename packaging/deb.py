"""Makes a Debian package of the frozen program: `python packaging/deb.py [--version V] [--out FOLDER]`.

Needs `dist/campaign-app` (packaging/build.py) and Debian's dpkg-dev. What the package needs of the system is read from
the program's own libraries; docs/packaging.md says where things go, and packaging/try_deb.py tries it.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Final

import icons
from build import committed

ROOT: Final = Path(__file__).resolve().parent.parent
LINUX: Final = ROOT / "packaging" / "linux"
NAME: Final = "campaign-app"
MAINTAINER: Final = "Yunfa contributors <yunfa@example.invalid>"
# drawn with, or found by name at run time: no library says so
ALSO: Final = ("fonts-noto-cjk | fonts-wqy-zenhei | fonts-arphic-uming", "xkb-data")
RECOMMENDED: Final = ("gnome-keyring | kwalletmanager | keepassxc", "shared-mime-info", "desktop-file-utils")
RECOMMENDED_TOO: Final = ("hicolor-icon-theme", "ibus | fcitx5")
DESCRIPTION: Final = """SMS campaigns that reach only people who consented
 Yunfa is a desktop program with which a merchant builds an SMS campaign that
 reaches only people whose opt-in the platform's API confirms, and sees,
 before anything is sent, whether signature and words comply with the rules in
 China.
 .
 It comes with its own Python and Qt."""
# docs/packaging.md says more of them
OVERRIDES: Final = """# the program brings its own Python and the libraries that its wheels were built and tested with
campaign-app: binary-has-unneeded-section *
campaign-app: custom-library-search-path *
campaign-app: embedded-library *
campaign-app: hardening-no-bindnow *
campaign-app: hardening-no-fortify-functions *
campaign-app: hardening-no-pie *
campaign-app: library-not-linked-against-libc *
campaign-app: shared-library-lacks-prerequisites *
# libraries that auditwheel has moved cannot be stripped without breaking them
campaign-app: unstripped-binary-or-object *
# licences of what it brings lie beside it, where they are shown from
campaign-app: extra-license-file *
campaign-app: package-contains-documentation-outside-usr-share-doc *
"""
POSTINST: Final = """#!/bin/sh
set -e
# who still runs the version before reads its modules from files that are gone now
if [ "$1" = configure ] && [ -n "$2" ]; then
    for each in /proc/[0-9]*; do
        case "$(readlink "$each/exe" 2>/dev/null || true)" in
        "/usr/lib/campaign-app/campaign-app (deleted)")
            echo "campaign-app: the former version still runs (process ${each#/proc/}):" >&2
            echo "please close it and start it again." >&2
            ;;
        esac
    done
fi
exit 0
"""


def version() -> str:
    told: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return told


def make(program: Path, number: str, out: Path) -> Path:
    """The package's file in `out`."""
    when = datetime.fromtimestamp(int(committed()), UTC)
    with tempfile.TemporaryDirectory() as made:
        tree = Path(made) / "tree"
        _program(program, tree)
        _desktop(tree)
        _documents(tree, number, when)
        control = tree / "DEBIAN"
        control.mkdir()
        (control / "control").write_text(_control(tree, number), "utf-8")
        _script(control / "postinst", POSTINST)
        for folder in (each for each in tree.rglob("*") if each.is_dir()):
            folder.chmod(0o755)
        _sums(tree)
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"{NAME}_{number}_{_architecture()}.deb"
        build = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(file)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL, env=_steady())
    return file


def _program(program: Path, tree: Path) -> None:
    inside = tree / "usr" / "lib" / NAME
    shutil.copytree(program, inside, symlinks=True)
    for file in (each for each in inside.rglob("*") if each.is_file() and not each.is_symlink()):
        file.chmod(0o755 if file.name == NAME else 0o644)
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")


def _desktop(tree: Path) -> None:
    share = tree / "usr" / "share"
    for name in ("campaign-app.desktop", "campaign-app-evidence.desktop"):
        _put(LINUX / name, share / "applications" / name)
    _put(LINUX / "campaign-app.xml", share / "mime" / "packages" / "campaign-app.xml")
    _put(LINUX / "campaign-app-worker.service", tree / "usr/lib/systemd/user/campaign-app-worker.service")
    icons.theme(share / "icons" / "hicolor")


def _documents(tree: Path, number: str, when: datetime) -> None:
    documents = tree / "usr" / "share" / "doc" / NAME
    documents.mkdir(parents=True)
    entry = f"{NAME} ({number}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n"
    _packed(documents / "changelog.gz", f"{entry} -- {MAINTAINER}  {format_datetime(when)}\n".encode())
    _packed(documents / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_bytes())
    (documents / "copyright").write_text(_copyright(), "utf-8")
    _put(ROOT / "packaging" / "yunfa-worker.service", documents / "examples" / "yunfa-worker.service")
    _packed(tree / "usr" / "share" / "man" / "man1" / "campaign-app.1.gz", (LINUX / "campaign-app.1").read_bytes())
    overrides = tree / "usr" / "share" / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    overrides.write_text(OVERRIDES, "utf-8")


def _copyright() -> str:
    return f"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Yunfa
Comment: What others wrote is in /usr/lib/{NAME}/_internal, under the licences that
 /usr/lib/{NAME}/_internal/resources/notices/third-party.txt gives in full. Qt is
 under the LGPL-3: its libraries lie in /usr/lib/{NAME}/_internal/PySide6/Qt/lib
 and may be replaced there by others of the same interface.

Files: *
Copyright: 2025-2026 Yunfa contributors
License: Apache-2.0
 On Debian systems the licence is in /usr/share/common-licenses/Apache-2.0.
"""


def _control(tree: Path, number: str) -> str:
    size = sum(each.stat().st_size for each in tree.rglob("*") if each.is_file() and not each.is_symlink())
    fields = {
        "Package": NAME,
        "Version": number,
        "Architecture": _architecture(),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(-(-size // 1024)),
        "Depends": ", ".join([*libraries(tree), *ALSO]),
        "Recommends": ", ".join([*RECOMMENDED, *RECOMMENDED_TOO]),
        "Section": "misc",
        "Priority": "optional",
        "Description": DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def libraries(tree: Path) -> list[str]:
    """The packages that hold what the program's libraries load and do not bring; libc with its version."""
    brought = {each.name for each in tree.rglob("*.so*")}
    wanted: set[str] = set()
    for file in (each for each in tree.rglob("*") if each.is_file() and not each.is_symlink()):
        if ".so" in file.name or file.name == NAME:
            told = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=False).stdout
            wanted |= set(re.findall(r"NEEDED\s+(\S+)", told))
    known = dict(re.findall(r"^\s*(\S+) \(.*?\) => (\S+)$", _told("ldconfig", "-p"), re.MULTILINE))
    missing = sorted(wanted - brought - known.keys())
    if missing:
        sys.exit(f"these libraries are neither in the program nor on this system: {missing}")
    found = {_package(known[name]) for name in wanted - brought} | {"libegl1"}
    libc = _told("dpkg-query", "-W", "-f", "${Version}", "libc6").partition("-")[0]
    return sorted(f"libc6 (>= {libc})" if each == "libc6" else each for each in found)


def _package(file: str) -> str:
    """Debian has merged /lib into /usr/lib, and knows some files by their former place only."""
    real = str(Path(file).resolve())
    for name in (file, real, file.removeprefix("/usr"), real.removeprefix("/usr")):
        done = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    sys.exit(f"{file} is in no package of this system")


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _architecture() -> str:
    return _told("dpkg", "--print-architecture").strip()


def _steady() -> dict[str, str]:
    import os

    return {**os.environ, "SOURCE_DATE_EPOCH": committed()}


def _sums(tree: Path) -> None:
    files = sorted(each for each in (tree / "usr").rglob("*") if each.is_file() and not each.is_symlink())
    sums = subprocess.run(
        ["md5sum", *(each.relative_to(tree).as_posix() for each in files)], cwd=tree, capture_output=True, check=True
    ).stdout
    (tree / "DEBIAN" / "md5sums").write_bytes(sums)


def _script(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    file.chmod(0o755)


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def _packed(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(data, 9, mtime=0))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, default=ROOT / "dist" / "campaign-app")
    parser.add_argument("--version", default=version())
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    chosen = parser.parse_args()
    file = make(chosen.program, chosen.version, chosen.out)
    print(f"{file} {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
