"""Writes docs/rules.md from the rule packs: `python tools/make_rules_doc.py`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from campaign_app.compliance import Engine, Rule, RuleSet, load_all
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import DatedCitation

ROOT = Path(__file__).parents[1]
RULES = ROOT / "resources" / "rules"
OUT = ROOT / "docs" / "rules.md"
PACKS = {"law": "法律", "provider": "服务商", "industry": "行业", "house": "产品"}
LEVELS = {"block": "阻止", "warn": "提醒", "info": "提示"}
STATES = {"enforced": "", "partly": "（部分）", "planned": "（待实现）"}
HEAD = """# Rules

Made by `tools/make_rules_doc.py` from `resources/rules`; a test keeps it so. “Not verified” means that nobody has
compared the citation with the primary text yet: the program says so too.

## The 94 rules of the catalogue and where each is enforced

| rule | what | level | where | proved by |
| --- | --- | --- | --- | --- |
"""

PROOF = "`tests/compliance/test_compliance_rules.py::test_its_cases_find_what_they_say`"
OWN = ("OPT-009", "PRV-001", *(f"SIG-{n:03}" for n in range(13, 18)), "TIM-003")
OWN_HEAD = """## Rules of our own, beside the catalogue

| rule | what | level | where | proved by |
| --- | --- | --- | --- | --- |
"""


def render() -> str:
    rules = load_all(RULES)
    told = tomllib.loads((RULES / "elsewhere.toml").read_text("utf-8"))
    also = {entry["id"]: entry for entry in told["also"]}
    engine = (engine_line(rule, also.get(rule.id, {})) for rule in rules.rules)
    lines = dict([*engine, *map(other_line, told["rule"])])
    own = "\n".join(lines.pop(name) for name in OWN)
    table = "\n".join(lines[name] for name in sorted(lines))
    tables = f"{HEAD}{table}\n\n{OWN_HEAD}{own}\n\n"
    return f"{tables}## Rules about texts, signatures and times\n\n" + "\n".join(sections(rules))


def engine_line(rule: Rule, also: dict[str, Any]) -> tuple[str, str]:
    level = LEVELS[rule.severity.word]
    where = "；".join(filter(None, ("`compliance`：" + PACKS[rule.pack], also.get("where"))))
    tests = "、".join([PROOF, *(f"`{test}`" for test in also.get("tests", ()))])
    return rule.id, f"| {rule.id} | {rule.about['zh_CN']} | {level} | {where} | {tests} |"


def other_line(rule: dict[str, Any]) -> tuple[str, str]:
    tests = "、".join(f"`{test}`" for test in rule["tests"])
    where = rule["where"] + STATES[rule["state"]]
    return rule["id"], f"| {rule['id']} | {rule['what']} | — | {where} | {tests} |"


def sections(rules: RuleSet) -> Iterator[str]:
    engine = Engine(rules)
    for rule in rules.rules:
        yield f"### {rule.id} {rule.name}\n"
        yield f"{rule.about['zh_CN']}\n\n{rule.about['en']}\n"
        yield f"- 级别 Level: {level(rule)}"
        for dated in rule.citations:
            yield f"- 依据 Source: {source(dated)}"
        case = next((case for case in rule.cases if case.finds), None)
        if case:
            result = engine.check(request_of(case))
            finding = next(finding for finding in result.findings if finding.rule_id == rule.id)
            yield f"- 例 Example: `{printable(case.text)}`" + fields(case.fields)
            yield f"- 提示 Finding: {printable(finding.message)}"
            yield f"- 改为 Write instead: {printable(finding.fix)}"
        yield ""


def level(rule: Rule) -> str:
    words = [LEVELS[rule.severity.word] + f" ({rule.severity.word})"]
    words += [f"{name}: {severity.word}" for name, severity in rule.severities.items()]
    return "; ".join(words)


def source(dated: DatedCitation) -> str:
    citation = dated.citation
    article = f"，{citation.article}" if citation.article else ""
    until = f"，至 {dated.effective_to}" if dated.effective_to.year < 9999 else ""
    since = f"，自 {dated.effective_from}" if dated.effective_from.year > 1 else ""
    verified = "" if citation.verified else " (not verified)"
    url = f" <{citation.url}>" if citation.url else ""
    return f"{citation.law}{article}{since}{until}{verified}{url}"


def fields(given: Any) -> str:
    return f"（{', '.join(f'{name} = {value}' for name, value in given.items())}）" if given else ""


def printable(text: str) -> str:
    """Invisible characters by their numbers, and no line breaks."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


if __name__ == "__main__":
    OUT.write_text(render(), "utf-8")
