"""Where the files of `resources/` are: rule packs, OpenAPI, icons, translations, the manual.

They lie beside the package in a source tree, inside it in an installed wheel, and beside the program in a frozen build.
The manual alone is under `docs/` in a source tree, and with the others wherever the program is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from campaign_app.domain.errors import AppError


def path(*parts: str) -> Path:
    """The file or folder `parts` of the resources. Raises AppError("asset_missing")."""
    root = _root(getattr(sys, "_MEIPASS", None))
    found = root.joinpath(*parts)
    if parts[:1] == ("manual",) and not found.exists():
        found = root.parent.joinpath("docs", *parts)
    if not found.exists():
        raise AppError("asset_missing", f"{found} is missing: install the program again", asset="/".join(parts))
    return found


@cache
def _root(frozen: str | None) -> Path:
    for folder in _candidates(frozen):
        if folder.is_dir():
            return folder
    looked = ", ".join(map(str, _candidates(frozen)))
    raise AppError("asset_missing", f"no resources folder, looked in {looked}: install the program again", asset="")


def _candidates(frozen: str | None) -> Iterator[Path]:
    if frozen is not None:
        yield Path(frozen) / "resources"
        return
    package = Path(__file__).resolve().parent
    yield package / "resources"
    yield package.parent / "resources"
