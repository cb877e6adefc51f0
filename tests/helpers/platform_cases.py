"""Our own adapters under `campaign_app.conformance.adapters`: a file `platform_case_<name>.py` here is found by name,

and its `case()` gets the whole suite. `campaign_app.conformance.adapters.cases` says what belongs into it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from campaign_app.conformance.adapters import PlatformCase


def cases() -> tuple[PlatformCase, ...]:
    files = sorted(Path(__file__).parent.glob("platform_case_*.py"))
    return tuple(import_module(f"tests.helpers.{file.stem}").case() for file in files)
