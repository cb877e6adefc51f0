"""docs/rules.md is what the packs say, and misses none of the 94 rules of the catalogue."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from campaign_app import assets
from campaign_app.compliance import load_all

ROOT = Path(__file__).parents[2]
CATALOGUE = {
    "SIG": 12, "OPT": 8, "CON": 10, "IDN": 3, "ABS": 5, "FIN": 6, "MED": 7, "EDU": 1, "EST": 1, "ALC": 1, "TOB": 1,
    "LOT": 1, "PRZ": 2, "PRC": 3, "URG": 3, "LNK": 5, "LED": 3, "VAR": 2, "PII": 2, "EVA": 6, "LEN": 3, "TIM": 2,
    "FRQ": 4, "GOV": 3,
}  # fmt: skip


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_rules_doc", ROOT / "tools" / "make_rules_doc.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == tool().render(), "run tools/make_rules_doc.py"


def test_the_table_of_patterns_is_what_the_rules_need() -> None:
    """In a process of its own, which knows no other patterns."""
    code = f"import runpy; print(runpy.run_path({str(ROOT / 'tools' / 'make_pattern_table.py')!r})['render'](), end='')"
    made = subprocess.run([sys.executable, "-X", "utf8", "-c", code], check=True, capture_output=True, cwd=ROOT)
    shipped = (ROOT / "resources" / "tables" / "patterns.json").read_text("utf-8")
    assert shipped == made.stdout.decode("utf-8"), "run tools/make_pattern_table.py"


def test_no_rule_of_the_catalogue_is_missing() -> None:
    wanted = {f"{group}-{number:03}" for group, count in CATALOGUE.items() for number in range(1, count + 1)}
    assert len(wanted) == 94
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert set(re.findall(r"^\| ([A-Z]{3}-\d{3}) ", page, re.MULTILINE)) == wanted
    assert {rule.id for rule in load_all(assets.path("rules")).rules} <= wanted


def test_every_test_that_it_names_is_there() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", page))
    assert named
    assert all((ROOT / name).is_file() for name in named)


def test_the_rules_bring_hundreds_of_cases() -> None:
    assert sum(len(rule.cases) for rule in load_all(assets.path("rules")).rules) >= 300
