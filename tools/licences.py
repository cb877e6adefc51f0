"""Which libraries the program is made of, and their licences: for the notices, the bill of materials and a test."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent
# what may be part of a program under Apache-2.0, as long as Qt and its like stay libraries that can be replaced
ALLOWED: Final = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "LGPL-3.0-only", "MIT",
    "MIT-0", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
# what was written before licences had names in the metadata
WORDS: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# metadata without a licence: the words that its licence file must hold
BY_FILE: Final = {"sqlcipher3": ("Zlib", "Permission is granted to anyone to use this software for any purpose")}
# extras that are part of every package of ours
SHIPPED: Final = ("team", "sandbox")


def requirements(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    more = [written for extra in extras for written in project["optional-dependencies"][extra]]
    return [Requirement(written) for written in (*project["dependencies"], *more)]


def applies(needed: Requirement, extra: str = "") -> bool:
    return needed.marker is None or needed.marker.evaluate({"extra": extra})


def closure() -> dict[str, metadata.Distribution]:
    """What an installation brings, with the extras that our dependencies ask of theirs. All of it must be installed."""
    seen: dict[str, metadata.Distribution] = {}
    done: set[str] = set()
    waiting = [needed for needed in requirements(*SHIPPED) if applies(needed)]
    while waiting:
        needed = waiting.pop()
        if str(needed) in done:
            continue
        done.add(str(needed))
        found = seen.setdefault(canonicalize_name(needed.name), metadata.distribution(needed.name))
        below = [Requirement(written) for written in found.requires or ()]
        waiting += [one for one in below if any(applies(one, extra) for extra in ("", *needed.extras))]
    return seen


def licence_files(found: metadata.Distribution) -> list[Path]:
    names = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)
    inside = [file for file in found.files or () if ".dist-info/" in str(file) and names.search(file.name)]
    return sorted(Path(str(file.locate())) for file in inside)


def licence_of(name: str, found: metadata.Distribution) -> str:
    """An SPDX expression, or whatever its metadata says."""
    if name in BY_FILE:
        licence, words = BY_FILE[name]
        texts = [file.read_text("utf-8") for file in licence_files(found)]
        assert any(words in re.sub(r"\s+", " ", text) for text in texts), f"{name} changed its licence"
        return licence
    fields = [found.metadata.get("License-Expression"), found.metadata.get("License")]
    fields += [c.rpartition(" :: ")[2] for c in found.metadata.get_all("Classifier", []) if c.startswith("License ::")]
    written = next((field for field in fields if field and len(field) < 100), "")
    return WORDS.get(written, written)


def is_allowed(expression: str) -> bool:
    """One alternative of an expression in which AND binds closer than OR; brackets are taken as unknown."""
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in expression.split(" OR "))
