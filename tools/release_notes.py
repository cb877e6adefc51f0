"""A release's version and its section of the changelog, as text in the files that hold them."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Final

_VERSION: Final = re.compile(r'^version = "[^"]*"$', re.MULTILINE)
_NUMBER: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_UNRELEASED: Final = "## [Unreleased]"


def version_of(tree: Path) -> str:
    told: str = tomllib.loads((tree / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return told


def is_newer(version: str, than: str) -> bool:
    """Of two X.Y.Z; anything else is not."""
    one, other = _NUMBER.fullmatch(version), _NUMBER.match(than)
    return bool(one and other) and [*map(int, one.groups())] > [*map(int, other.groups())]


def set_version(tree: Path, version: str) -> None:
    file = tree / "pyproject.toml"
    text, count = _VERSION.subn(f'version = "{version}"', file.read_text("utf-8"))
    if count != 1:
        raise ValueError(f"pyproject.toml has {count} versions")
    file.write_text(text, "utf-8")


def unreleased(tree: Path) -> str:
    return _between((tree / "CHANGELOG.md").read_text("utf-8"), _UNRELEASED)


def section(tree: Path, version: str) -> str:
    """What the changelog says of a version."""
    text = (tree / "CHANGELOG.md").read_text("utf-8")
    head = re.search(rf"^## \[{re.escape(version)}\].*$", text, re.MULTILINE)
    if head is None:
        raise ValueError(f"CHANGELOG.md has no section {version}")
    return _between(text, head.group())


def cut(tree: Path, version: str, day: date) -> None:
    """What was unreleased becomes the version's, and a new section is open."""
    file = tree / "CHANGELOG.md"
    text = file.read_text("utf-8")
    file.write_text(text.replace(_UNRELEASED, f"{_UNRELEASED}\n\n## [{version}] - {day.isoformat()}", 1), "utf-8")


def _between(text: str, head: str) -> str:
    _, found, rest = text.partition(f"{head}\n")
    if not found:
        raise ValueError(f"CHANGELOG.md has no {head}")
    return re.split(r"^## \[", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
