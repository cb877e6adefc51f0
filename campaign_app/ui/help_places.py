"""Which chapter of the manual speaks of which part of the window, and what it is called in each language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from campaign_app import assets
from campaign_app.domain.errors import AppError
from campaign_app.words import Language

# in the order of the list of contents
CHAPTERS: Final = (
    "first-campaign",
    "overview",
    "customers",
    "campaigns",
    "signatures",
    "compliance",
    "complaints",
    "records",
    "settings",
    "accounts",
    "policies",
    "team",
    "backup",
    "troubleshooting",
    "error-codes",
    "developers",
    "security",
)
FOLDERS: Final[Mapping[Language, str]] = {"zh_CN": "zh", "en": "en"}
_TITLE: Final = re.compile(r"^# +(.+?)(?: *\{[^}]*\})? *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A chapter, and one of its headings by language; without one its beginning."""

    chapter: str
    heading: Mapping[Language, str] = field(default_factory=dict)


@cache
def places() -> Mapping[str, Place]:
    """`resources/words/help.toml`. Raises AppError("asset_missing")."""
    read: dict[str, dict[str, str]] = tomllib.loads(assets.path("words", "help.toml").read_text("utf-8"))
    return {
        key: Place(each["chapter"], {language: each[language] for language in FOLDERS if language in each})
        for key, each in read.items()
    }


def place_of(key: str) -> Place:
    """A part without a place of its own has that of what it is a part of."""
    known = places()
    while key not in known:
        key = key.rpartition(".")[0]
    return known[key]


def file_of(chapter: str, language: Language) -> Path | None:
    """None where this build does not have it."""
    try:
        return assets.path("manual", FOLDERS[language], f"{chapter}.md")
    except AppError:
        return None


def title_of(text: str) -> str:
    """The first heading of a chapter, "" without one."""
    found = _TITLE.search(text)
    return found.group(1) if found is not None else ""


def slug(heading: str) -> str:
    """As the manual's site makes the anchors of headings."""
    return re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
