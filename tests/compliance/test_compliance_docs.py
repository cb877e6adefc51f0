"""docs/rules.md is what the packs say, and misses none of the 94 rules of the catalogue."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from campaign_app import assets
from campaign_app.compliance import load_all
from tests.helpers.versions import TABLE_OF_PATTERNS

ROOT = Path(__file__).parents[2]
# the ids of the catalogue that the program was made from, with what each is asked about and how grave it is
CATALOGUE: dict[str, dict[str, str]] = json.loads((ROOT / "tests" / "vectors" / "catalogue.json").read_text("utf-8"))
ASKED_OF_A_MESSAGE = ("text", "signature", "schedule", "campaign")
OWN = {"OPT-009", "PRV-001", "TIM-003", *(f"SIG-{n:03}" for n in range(13, 18))}


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_rules_doc", ROOT / "tools" / "make_rules_doc.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == tool().render(), "run tools/make_rules_doc.py"


@TABLE_OF_PATTERNS
def test_the_table_of_patterns_is_what_the_rules_need() -> None:
    """In a process of its own, which knows no other patterns."""
    assert made_by("render") == shipped("patterns.json"), "run tools/make_pattern_table.py"


def test_the_files_as_they_read_are_those_of_the_rules() -> None:
    assert made_by("render_packs") == shipped("packs.json"), "run tools/make_pattern_table.py"


def made_by(function: str) -> str:
    tool = str(ROOT / "tools" / "make_pattern_table.py")
    code = f"import runpy; print(runpy.run_path({tool!r})['{function}'](), end='')"
    command = [sys.executable, "-X", "utf8", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT).stdout


def shipped(name: str) -> str:
    return (ROOT / "resources" / "tables" / name).read_text("utf-8")


def rows(page: str) -> dict[str, list[str]]:
    """Of the tables of rules: id → its cells."""
    lines = [line for line in page.split("\n") if re.match(r"\| [A-Z]{3}-\d{3} \|", line)]
    return {cells[0]: cells for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)}


def test_no_rule_of_the_catalogue_is_missing() -> None:
    assert len(CATALOGUE) == 94
    assert set(rows((ROOT / "docs" / "rules.md").read_text("utf-8"))) == CATALOGUE.keys() | OWN


def test_every_rule_about_a_message_is_in_the_packs_and_as_grave_as_it_should_be() -> None:
    rules = {rule.id: rule for rule in load_all(assets.path("rules")).rules}
    asked = {name for name, rule in CATALOGUE.items() if rule["target"] in ASKED_OF_A_MESSAGE}
    assert rules.keys() == asked | OWN
    graver = {"OPT-002": "block"}  # the catalogue says “block/warn”; the rule settles which by the provider
    wanted = {name: graver.get(name, CATALOGUE[name]["severity"]) for name in asked}
    assert {name: rules[name].severity.word for name in asked} == wanted


def test_every_rule_says_where_it_is_enforced_and_what_is_enforced_is_proved() -> None:
    for name, (_, what, _, where, tests) in rows((ROOT / "docs" / "rules.md").read_text("utf-8")).items():
        assert what, name
        assert where, name
        assert tests or "待实现" in where, name


def test_nothing_that_is_asked_of_a_message_waits() -> None:
    page = rows((ROOT / "docs" / "rules.md").read_text("utf-8"))
    asked = {name for name, rule in CATALOGUE.items() if rule["target"] in ASKED_OF_A_MESSAGE}
    assert len(asked) == 75
    for name in asked:
        *_, where, tests = page[name]
        assert where.startswith("`compliance`"), name
        assert "待实现" not in where, name
        assert tests, name


def test_a_source_stands_there_with_its_address() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    for rule in load_all(assets.path("rules")).rules:
        _, _, section = page.partition(f"### {rule.id} ")
        section = section.partition("\n### ")[0]
        assert all(f"<{dated.citation.url}>" in section for dated in rule.citations if dated.citation.url), rule.id


def test_what_waits_says_what_is_missing() -> None:
    waits = {
        name: cells[3]
        for name, cells in rows((ROOT / "docs" / "rules.md").read_text("utf-8")).items()
        if "待实现" in cells[3]
    }
    assert all(where.startswith("缺少") and "services." not in where for where in waits.values()), waits


def test_what_a_port_carries_is_enforced_where_it_is_registered() -> None:
    *_, where, tests = rows((ROOT / "docs" / "rules.md").read_text("utf-8"))["SIG-012"]
    assert "services.filings" in where
    assert "test_one_port_carries_one_signature" in tests


def test_every_test_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[^`]+)`", (ROOT / "docs" / "rules.md").read_text("utf-8")))
    assert len(named) > 15
    for path, _, function in (name.partition("::") for name in named):
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (path, function)


def test_the_rules_bring_hundreds_of_cases() -> None:
    assert sum(len(rule.cases) for rule in load_all(assets.path("rules")).rules) >= 300
