"""Which program this is, for others that work on the same workspace."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from campaign_app.storage.migrate import HEAD


def _release() -> str:
    try:
        return version("campaign-app")
    except PackageNotFoundError:  # a frozen build carries no metadata
        return "?"


RELEASE: Final = _release()
# its tables as well: between two releases they change before the number does
VERSION: Final = f"{RELEASE} {HEAD}"
