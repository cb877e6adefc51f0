"""The files of the shipped packs as they read, by what is in them: parsing TOML takes a third of a cold start."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import Any

from campaign_app import assets

Table = dict[str, dict[str, Any]]


def key_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:24]


def shipped() -> Table:
    """Made by `tools/make_pattern_table.py`; days are written out, as JSON has none. Anew each time: it can change."""
    table: Table = json.loads(assets.path("tables", "packs.json").read_text("utf-8"))
    return table


def read(source: str, known: Table) -> dict[str, Any]:
    """Raises tomllib.TOMLDecodeError."""
    found = known.get(key_of(source))
    return tomllib.loads(source) if found is None else found
