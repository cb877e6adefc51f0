"""Writes resources/tables/patterns.json, what is known of every pattern of the rules.

Run `python tools/make_pattern_table.py` after a change to a pattern.
Working it out takes most of the time that an engine needs to be made.
"""

from __future__ import annotations

import json
from pathlib import Path

from campaign_app.compliance import Engine, load_all
from campaign_app.compliance.patterns import analyse, used

ROOT = Path(__file__).parents[1]
OUT = ROOT / "resources" / "tables" / "patterns.json"


def render() -> str:
    Engine(load_all(ROOT / "resources" / "rules"))
    lines = [f"{json.dumps(source, ensure_ascii=False)}: {entry(source)}" for source in sorted(used())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def entry(source: str) -> str:
    groups, anchors = analyse(source)
    before, after, words = (anchors.before, anchors.after, sorted(anchors.words)) if anchors else (0, 0, [])
    return json.dumps([groups, before, after, words], ensure_ascii=False)


if __name__ == "__main__":
    OUT.write_text(render(), "utf-8")
