"""The rules that the program comes with and their engine, compiled once for all tests that ask it."""

from __future__ import annotations

from functools import cache

from campaign_app import assets
from campaign_app.compliance import Engine, load_all

RULES = load_all(assets.path("rules"))


@cache
def engine_in(language: str) -> Engine:
    return Engine(RULES, language)


ENGINE = engine_in("zh_CN")
