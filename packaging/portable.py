"""Packs the frozen program as an archive that needs no installing: `python packaging/portable.py [--out FOLDER]`.

The same program makes the same archive: names in order, times of the last commit, no owner.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Final

import icons
import sizes
from build import committed
from deb import LINUX, NAME, ROOT, version

README: Final = """允发 Yunfa {version}

解压到任意文件夹，运行 ./campaign-app；先试一遍：./campaign-app demo
本机缺什么：./campaign-app doctor --offline
系统需要有：一种中文字体（Debian、Ubuntu：fonts-noto-cjk）、X11 或 Wayland 桌面、libEGL、fontconfig、D-Bus。
钥匙串（gnome-keyring、KWallet 或 KeePassXC）可有可无；没有时工作区由口令保护。
数据不在这个文件夹里：换新版本只要换掉文件夹；删除文件夹不会删除工作区。
双击 .yunfa 证据文件时在窗口里验证：把 share/ 里的文件复制到 ~/.local/share，并让 campaign-app 在 PATH 里。

Unpack it anywhere and run ./campaign-app; to try it out: ./campaign-app demo
What this computer lacks: ./campaign-app doctor --offline
Needed: a Chinese font (Debian, Ubuntu: fonts-noto-cjk), an X11 or Wayland desktop, libEGL, fontconfig, D-Bus.
A keychain (gnome-keyring, KWallet or KeePassXC) is used where there is one; else a passphrase keeps the workspace.
Data is not in this folder: a newer version replaces the folder, and removing the folder removes no workspace.
To verify .yunfa files by a double click, copy share/ to ~/.local/share and put campaign-app on your PATH.

Licence: Apache-2.0. Others' licences: _internal/resources/notices/third-party.txt
Qt is used under the LGPL-3: its libraries lie in _internal/PySide6/Qt/lib and may be replaced there.
"""


def make(program: Path, out: Path) -> Path:
    """The archive's file in `out`."""
    top = f"{NAME}-{version()}-{platform.system().lower()}-{platform.machine()}"
    when = int(committed())
    with tempfile.TemporaryDirectory() as made:
        tree = Path(made) / top
        shutil.copytree(program, tree, symlinks=True)
        (tree / "README.txt").write_text(README.format(version=version()), "utf-8")
        shutil.copyfile(ROOT / "LICENSE", tree / "LICENSE")
        share = tree / "share"
        for name in ("campaign-app.desktop", "campaign-app-evidence.desktop"):
            _put(LINUX / name, share / "applications" / name)
        _put(LINUX / "campaign-app.xml", share / "mime" / "packages" / "campaign-app.xml")
        icons.theme(share / "icons" / "hicolor")
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"{top}.tar.gz"
        with (
            file.open("wb") as raw,
            gzip.GzipFile("", "wb", 9, raw, mtime=when) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            for each in sorted(tree.rglob("*")):
                archive.addfile(*_member(archive, each, tree.parent, when))
    return file


def _member(archive: tarfile.TarFile, file: Path, base: Path, when: int) -> tuple[tarfile.TarInfo, object]:
    info = archive.gettarinfo(file, file.relative_to(base).as_posix())
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mtime = when
    info.mode = 0o755 if file.is_dir() or file.name == NAME else 0o644
    return info, file.open("rb") if info.isreg() else None


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, default=ROOT / "dist" / "campaign-app")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    chosen = parser.parse_args()
    file = make(chosen.program, chosen.out)
    size = file.stat().st_size / 1e6
    print(
        f"{file} {size:.1f} MB{'' if size <= sizes.COMPRESSED_LIMIT else f', more than {sizes.COMPRESSED_LIMIT:.0f}'}"
    )


if __name__ == "__main__":
    main()
