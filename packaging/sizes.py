"""What holds the frozen program's size up: `python packaging/sizes.py [FOLDER]` prints a table in Markdown.

With `--compressed` each part is also packed by itself as the portable archive is (gzip).
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DIST: Final = ROOT / "dist" / "campaign-app"
UNPACKED_LIMIT: Final = 220.0  # MB of 10^6 bytes
COMPRESSED_LIMIT: Final = 80.0
LEVEL: Final = 9
# the first pattern that a file's path begins with, or holds, says where it belongs
PARTS: Final = {
    "ICU of Qt (words, calendars and scripts of all languages)": ("PySide6/Qt/lib/libicu",),
    "Qt's libraries, plug-ins and translations": ("PySide6/Qt/", "PySide6/plugins", "PySide6/translations"),
    "PySide6 and shiboken (Qt for Python)": ("PySide6/", "shiboken6/", "libpyside6", "libshiboken6"),
    "numpy with OpenBLAS and Fortran's library": ("numpy",),
    "SQLCipher with OpenSSL inside": ("sqlcipher3/",),
    "cryptography with OpenSSL inside": ("cryptography/",),
    "psycopg with libpq, OpenSSL and Kerberos inside": ("psycopg",),
    "SQLAlchemy": ("sqlalchemy/",),
    "pydantic": ("pydantic",),
    "Python": ("libpython", "python3.", "base_library.zip", "lib-dynload", "libssl.so", "libcrypto.so", "Python"),
    "the program's resources and migrations": ("resources/", "campaign_app/"),
}
MODULES: Final = "the starter with all Python modules, ours and others', compressed"
SYSTEM: Final = "libraries of the system the program was built on"
OTHER: Final = "others"


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Path inside the bundle and file; links count nothing."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file.relative_to(folder).as_posix().removeprefix("_internal/"), file


def part_of(name: str) -> str:
    if name.startswith("campaign-app"):
        return MODULES
    known = next((part for part, begins in PARTS.items() if name.startswith(begins)), None)
    return known or (SYSTEM if "/" not in name and ".so" in name else OTHER)


def table(folder: Path, *, compressed: bool = False) -> tuple[dict[str, tuple[float, float]], float, float]:
    """MB of each part, unpacked and packed by itself (0 unless `compressed`), and both sums."""
    found: dict[str, tuple[float, float]] = {}
    for name, file in files(folder):
        part, data = part_of(name), file.read_bytes() if compressed else b""
        size, packed = found.get(part, (0.0, 0.0))
        found[part] = size + file.stat().st_size / 1e6, packed + (len(zlib.compress(data, LEVEL)) / 1e6 if data else 0)
    ordered = dict(sorted(found.items(), key=lambda each: -each[1][0]))
    return ordered, sum(size for size, _ in found.values()), sum(packed for _, packed in found.values())


def tell(folder: Path, *, compressed: bool) -> float:
    """Prints the table; returns the MB unpacked."""
    parts, size, packed = table(folder, compressed=compressed)
    print(f"| part | MB | {'MB packed |' if compressed else ''}\n| --- | ---: | {'---: |' if compressed else ''}")
    for part, (each, small) in (*parts.items(), ("**all**", (size, packed))):
        print(f"| {part} | {each:.1f} | {f'{small:.1f} |' if compressed else ''}")
    return size


if __name__ == "__main__":
    tell(
        Path(next((each for each in sys.argv[1:] if not each.startswith("-")), DIST)),
        compressed="--compressed" in sys.argv,
    )
