"""Every library that is shipped may be used in a program under Apache-2.0: permissive, MPL or LGPL, nothing else."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "LGPL-3.0-only", "MIT",
    "MIT-0", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
# what was written before licences had names in the metadata
WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# metadata without a licence: the words that its licence file must hold
BY_FILE = {"sqlcipher3": ("Zlib", "Permission is granted to anyone to use this software for any purpose")}


def requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [Requirement(written) for written in project["dependencies"]]


def applies(needed: Requirement, extra: str = "") -> bool:
    return needed.marker is None or needed.marker.evaluate({"extra": extra})


def closure() -> dict[str, metadata.Distribution]:
    """What an installation without extras brings, with the extras that our dependencies ask of theirs."""
    seen: dict[str, metadata.Distribution] = {}
    done: set[str] = set()
    waiting = [needed for needed in requirements() if applies(needed)]
    while waiting:
        needed = waiting.pop()
        if str(needed) in done:
            continue
        done.add(str(needed))
        found = seen.setdefault(canonicalize_name(needed.name), metadata.distribution(needed.name))
        below = [Requirement(written) for written in found.requires or ()]
        waiting += [one for one in below if any(applies(one, extra) for extra in ("", *needed.extras))]
    return seen


def licence_of(name: str, found: metadata.Distribution) -> str:
    if name in BY_FILE:
        licence, words = BY_FILE[name]
        texts = [Path(str(file.locate())).read_text("utf-8") for file in found.files or () if "LICENSE" in file.name]
        assert any(words in re.sub(r"\s+", " ", text) for text in texts), f"{name} changed its licence"
        return licence
    fields = [found.metadata.get("License-Expression"), found.metadata.get("License")]
    fields += [c.rpartition(" :: ")[2] for c in found.metadata.get_all("Classifier", []) if c.startswith("License ::")]
    written = next((field for field in fields if field and len(field) < 100), "")
    return WORDS.get(written, written)


def is_allowed(expression: str) -> bool:
    """One alternative of an expression in which AND binds closer than OR; brackets are taken as unknown."""
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in expression.split(" OR "))


CLOSURE = sorted(closure().items())


@pytest.mark.parametrize(("name", "found"), CLOSURE, ids=[name for name, _ in CLOSURE])
def test_its_licence_lets_us_ship_it(name: str, found: metadata.Distribution) -> None:
    licence = licence_of(name, found)
    assert is_allowed(licence), f"{name} is under {licence or 'no licence that its metadata names'}"


@pytest.mark.parametrize(
    "refused", ["GPL-3.0-only", "MIT AND GPL-2.0-only", "AGPL-3.0", "", "(MIT OR GPL-2.0) AND MIT"]
)
def test_other_licences_are_refused(refused: str) -> None:
    assert not is_allowed(refused)


def test_the_walk_reaches_what_our_dependencies_need() -> None:
    assert {"pyside6-essentials", "shiboken6", "psycopg", "urllib3", "pydantic-core"} <= dict(CLOSURE).keys()
