"""What the manual under `docs/manual` has from elsewhere, and its two sites.

    python tools/manual.py              writes error-codes.md and the pictures that the chapters show
    python tools/manual.py --site       builds the sites into build/manual; needs the extra `docs`, and no network

Chapters are written by hand, Chinese first. A chapter that shows `images/NAME.png` gets it from docs/screenshots:
of a page the light one of its language, of a dialog the light part of its language. Each keeps the SHA-256 of what
it was made from, so that a test tells which are older than their screenshot; one that is not is left as it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

ROOT: Final = Path(__file__).resolve().parents[1]
MANUAL: Final = ROOT / "docs" / "manual"
SCREENSHOTS: Final = ROOT / "docs" / "screenshots"
ERRORS: Final = ROOT / "resources" / "words" / "errors.toml"
SITE: Final = ROOT / "build" / "manual"
LANGUAGES: Final = {"zh": "zh_CN", "en": "en"}
WIDTH: Final = 840  # a help window shows a picture as wide as it is
COLOURS: Final = 256
CORNER: Final = 0xFFE0E0E0  # 32 levels of red, green and blue are one
GAP: Final = "#888888"  # between the four pictures of a dialog
SHOWN: Final = re.compile(r"!\[[^\]]*\]\(images/([\w-]+)\.png\)")
OUTSIDE: Final = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"?(?:https?:)?//[^\s\">]+")


class _Blank(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def error_codes(language: str) -> str:
    """The chapter of all errors, in the order of errors.toml."""
    around = tomllib.loads((MANUAL / "error-codes.toml").read_text("utf-8"))
    own = around[language]
    errors: dict[str, dict[str, str]] = tomllib.loads(ERRORS.read_text("utf-8"))
    lines = [own["head"].lstrip()]
    for section, codes in _sections(around["section"]):
        told = section[language]
        lines += [f"## {told['heading']}\n\n{told['kept']}\n", "| {} | {} |\n| --- | --- |".format(*own["columns"])]
        lines += [f"| `{code}` | {_said(errors[code], language, own['command_line'])} |" for code in codes]
        lines.append("")
    return "\n".join(lines)


def _sections(known: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[str]]]:
    """Which codes stand under which comment of errors.toml; a comment that is not known begins no section."""
    found: list[tuple[dict[str, Any], list[str]]] = []
    for line in ERRORS.read_text("utf-8").splitlines():
        if line.startswith("# "):
            found += [(each, []) for each in known if line[2:].startswith(each["comment"])]
        elif code := re.fullmatch(r'\["?([^"\]]+)"?\]', line):
            found[-1][1].append(code[1])
    return found


def _said(error: dict[str, str], language: str, command_line: str) -> str:
    written = LANGUAGES[language]
    own = error.get(f"cli_{written}")
    said = f"{error[written]} {command_line}{own}" if own else error[written]
    return said.format_map(_Blank()).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def pictures(language: str) -> dict[Path, Path]:
    """Each picture that a chapter shows → the screenshot it is made from."""
    shown = {name for page in (MANUAL / language).glob("*.md") for name in SHOWN.findall(page.read_text("utf-8"))}
    folder, theirs = MANUAL / language / "images", f"-light-{LANGUAGES[language]}"
    return {
        folder / f"{name}.png": SCREENSHOTS / f"{name}{'' if name.startswith('dialog-') else theirs}.png"
        for name in sorted(shown)
    }


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def drawn_from(target: Path) -> str:
    """The hash of the screenshot that the picture was made from; empty where there is none."""
    from PySide6.QtGui import QImageReader

    return QImageReader(str(target)).text("source-sha256")


def draw(target: Path, source: Path, language: str) -> None:
    """Writes the part of `source` that this language's reader is shown, WIDTH wide at most."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    image = QImage(str(source))
    if source.name.startswith("dialog-"):
        image = image.copy(*_part(image, first=language == "zh"))
    if image.width() > WIDTH:
        image = image.scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
    image = _few_colours(image.convertToFormat(QImage.Format.Format_RGB32))
    image.setText("source-sha256", sha256(source))
    target.parent.mkdir(exist_ok=True)
    if not image.save(str(target), "PNG", 0):  # 0: as small as it gets
        raise SystemExit(f"{target} cannot be written")


def _few_colours(image: QImage) -> QImage:
    """The same in 256 colours, a third as large: half the most frequent ones, half one of each corner of their cube."""
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()].ravel()
    colours, often = np.unique(pixels, return_counts=True)
    _, first, held = np.unique(pixels & CORNER, return_index=True, return_counts=True)
    corners = pixels[first][np.argsort(-held)][: COLOURS // 2]
    table = list(dict.fromkeys(map(int, (*corners, *colours[np.argsort(-often)]))))[:COLOURS]
    exact = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, exact)


def _part(image: QImage, *, first: bool) -> tuple[int, int, int, int]:
    """The light picture of a dialog: left, top, width, height. Chinese is the first from above, English the second."""
    rows = _runs([image.pixelColor(0, y).name() != GAP for y in range(image.height())])
    top, bottom = rows[0 if first else -1]
    left, right = _runs([image.pixelColor(x, top).name() != GAP for x in range(image.width())])[0]
    return left, top, right - left, bottom - top


def _runs(full: list[bool]) -> list[tuple[int, int]]:
    """Where something is: begin and end of each run of True."""
    padded = [False, *full, False]
    edges = [at for at in range(len(full) + 1) if padded[at] != padded[at + 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def write() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for language in LANGUAGES:
        (MANUAL / language / "error-codes.md").write_text(error_codes(language), "utf-8", newline="\n")
        wanted = pictures(language)
        for target, source in wanted.items():
            if drawn_from(target) != sha256(source):  # another machine's Qt writes the same pixels in other bytes
                draw(target, source, language)
        for other in set((MANUAL / language / "images").glob("*.png")) - wanted.keys():
            other.unlink()


def site() -> int:
    """Builds both sites, strictly; 1 where a page would ask the network for anything."""
    for config in ("mkdocs.yml", "mkdocs-en.yml"):
        command = [sys.executable, "-m", "mkdocs", "build", "--clean", "--config-file", MANUAL / config]
        # not --quiet: a warning that is not logged is none that ends the build
        subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    asking = [
        f"{page.relative_to(SITE)}: {found}"
        for page in sorted(SITE.rglob("*.html"))
        for found in OUTSIDE.findall(page.read_text("utf-8"))
    ]
    print("\n".join(asking) or f"built in {SITE}")
    return 1 if asking else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--site"]:
        sys.exit(site())
    write()
