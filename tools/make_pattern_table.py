"""Writes resources/tables/patterns.json and packs.json: what is known of every pattern, and the files as they read.

Run `python tools/make_pattern_table.py` after a change to a rule.
Working both out takes most of the time that an engine needs to be made.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from campaign_app.compliance import Engine, load_all
from campaign_app.compliance.parsed import key_of
from campaign_app.compliance.patterns import analyse, used

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "resources" / "tables"


def render() -> str:
    Engine(load_all(ROOT / "resources" / "rules"))
    lines = [f"{json.dumps(source, ensure_ascii=False)}: {entry(source)}" for source in sorted(used())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def entry(source: str) -> str:
    groups, anchors = analyse(source)
    before, after, words = (anchors.before, anchors.after, sorted(anchors.words)) if anchors else (0, 0, [])
    return json.dumps([groups, before, after, words], ensure_ascii=False)


def render_packs() -> str:
    sources = [path.read_text("utf-8") for path in sorted(ROOT.glob("resources/rules/*/*.toml"))]
    lines = [
        f'"{key_of(text)}": {json.dumps(tomllib.loads(text), ensure_ascii=False, default=str)}' for text in sources
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TABLES.joinpath("packs.json").write_text(render_packs(), "utf-8")
    TABLES.joinpath("patterns.json").write_text(render(), "utf-8")
