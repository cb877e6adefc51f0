"""Rule files: what is read, and how a bad one is refused."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from campaign_app import assets
from campaign_app.compliance import Case, Engine, PackError, RuleSet, load_all
from campaign_app.compliance.checks import build
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.proof import failures, request_of
from campaign_app.compliance.rule import DatedCitation
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.finding import Citation
from campaign_app.words import Language, load

LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
WORDS = {language: load(language) for language in LANGUAGES}
RULE = """
id = "OWN-001"
name = "no-discount-words"
kind = "phrases"
severity = {default = "warn", aliyun = "block", food = "info"}
phrases = ["@banned", "甩卖"]
needs = '@banned|大促'
about.zh_CN = "不用促销词"
about.en = "No discount words"
message.zh_CN = "“{match}”不用"
message.en = "“{match}” is not used"
fix.zh_CN = "删除"
fix.en = "Delete it"
citation = { law = "本店规定", verified = true }
[[case]]
text = "【店】清仓甩卖。拒收请回复R"
finds = ["清仓", "甩卖"]
[[case]]
text = "【店】新品到店。拒收请回复R"
finds = []
"""


def write(folder: Path, rule: str = RULE, name: str = "OWN-001-no-discount-words.toml") -> Path:
    (folder / "own").mkdir(exist_ok=True)
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "profiles").mkdir(exist_ok=True)
    (folder / "lists" / "banned.toml").write_text('words = ["清仓"]', "utf-8")
    (folder / "profiles" / "generic.toml").write_text('title = "未指定"', "utf-8")
    path = folder / "own" / name
    path.write_text(rule, "utf-8")
    return path


def test_a_pack_of_ones_own_is_read_and_proved(tmp_path: Path) -> None:
    write(tmp_path, f"\ufeff{RULE}")  # as Windows' own editor writes it
    rules = load_all(tmp_path)
    (rule,) = rules.rules
    assert rule.pack == "own"
    assert rule.options["phrases"] == ["清仓", "甩卖"]
    assert list(failures(Engine(rules), rule)) == []
    changed = RULE.replace('finds = ["清仓", "甩卖"]', 'finds = ["清仓"]')
    write(tmp_path, changed)
    other = load_all(tmp_path)
    assert other.version != rules.version
    (failure,) = failures(Engine(other), other.rules[0])
    assert "case 1" in str(failure)


@pytest.mark.parametrize(
    ("wrong", "right", "line"),
    [
        ("id = ", 'id = "OWN-001"', 2),
        ('severity = "fatal"', 'severity = {default = "warn", aliyun = "block", food = "info"}', 5),
        ('severity = {aliyun = "warn"}', 'severity = {default = "warn", aliyun = "block", food = "info"}', 5),
        ('id = "OWN-002"', 'id = "OWN-001"', 2),
        ("", 'fix.en = "Delete it"', 12),
        ("citation = { law = 5, verified = true }", 'citation = { law = "本店规定", verified = true }', 14),
        ("", 'citation = { law = "本店规定", verified = true }', 2),
        ("", 'about.zh_CN = "不用促销词"\nabout.en = "No discount words"', 1),
        ('phrases = ["@nothing"]', 'phrases = ["@banned", "甩卖"]', 6),
        ("finds = 5", "finds = []", 20),
        ("replace = { '清仓' = ['\\1'] }\nkind =", "kind =", 4),
        ("replace = { '(清仓' = ['上新'] }\nkind =", "kind =", 4),
    ],
)
def test_a_bad_rule_is_refused_with_file_and_line(tmp_path: Path, wrong: str, right: str, line: int) -> None:
    assert right in RULE
    path = write(tmp_path, RULE.replace(right, wrong))
    with pytest.raises(PackError) as refused:
        load_all(tmp_path)
    assert refused.value.facts["file"] == str(path)
    assert refused.value.facts["line"] == line
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('kind = "magic"', 'kind = "phrases"'),
        ('phrases = ["，"]', 'phrases = ["@banned", "甩卖"]'),
        ("phrases = []", 'phrases = ["@banned", "甩卖"]'),
        ("patterns = ['a+']", 'phrases = ["@banned", "甩卖"]'),
        ("patterns = ['(?<=甩.?)卖']", 'phrases = ["@banned", "甩卖"]'),
        ("patterns = ['(甩']", 'phrases = ["@banned", "甩卖"]'),
        ("patterns = ['.{0,3}']", 'phrases = ["@banned", "甩卖"]'),
        ("patterns = ['甩{99999999999999999999}']", 'phrases = ["@banned", "甩卖"]'),
        ("words = 5", 'phrases = ["@banned", "甩卖"]'),
        ('kind = "several"', 'kind = "phrases"'),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_its_reason(tmp_path: Path, wrong: str, right: str) -> None:
    write(tmp_path, RULE.replace(right, wrong))
    with pytest.raises(SettingsError, match="OWN-001") as refused:
        Engine(load_all(tmp_path))
    assert refused.value.facts["reason"]
    lines = RULE.replace(right, wrong).split("\n")
    assert refused.value.facts["line"] == lines.index(wrong) + 1
    assert WORDS["zh_CN"].reason(refused.value) != WORDS["en"].reason(refused.value) != refused.value.facts["reason"]


@pytest.mark.parametrize("more", [f"number = {'9' * 5_000}", f"nested = {'[' * 5_000}{']' * 5_000}"])
def test_a_file_beyond_reading_is_refused(tmp_path: Path, more: str) -> None:
    path = write(tmp_path, RULE.replace("phrases =", f"{more}\nphrases ="))
    with pytest.raises(PackError) as refused:
        load_all(tmp_path)
    assert refused.value.facts["file"] == str(path)


def test_a_rule_whose_file_is_gone_is_refused_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, RULE.replace('kind = "phrases"', 'kind = "magic"'))
    rules = load_all(tmp_path)
    path.unlink()
    with pytest.raises(PackError, match="magic") as refused:
        Engine(rules)
    assert refused.value.facts["line"] == 1


@pytest.mark.parametrize(
    ("folder", "name", "text"),
    [("lists", "banned.toml", 'words = ["清仓"]'), ("profiles", "generic.toml", 'title = "另一个"')],
)
def test_a_second_list_or_profile_of_the_same_name_is_refused(
    tmp_path: Path, folder: str, name: str, text: str
) -> None:
    (tmp_path / "one").mkdir()
    write(tmp_path / "one")
    second = tmp_path / "two" / folder / name
    second.parent.mkdir(parents=True)
    second.write_text(text, "utf-8")
    with pytest.raises(PackError, match="already") as refused:
        load_all(tmp_path / "one", tmp_path / "two")
    assert (refused.value.facts["file"], refused.value.facts["line"]) == (str(second), 1)


def test_which_rules_may_stop_a_message() -> None:
    may = {rule.id: rule.may_block for rule in load_all(assets.path("rules")).rules}
    grave = ("ABS-001", "OPT-002", "PRZ-001", "SIG-008", "LEN-002")
    assert [may[rule] for rule in grave] == [True] * len(grave)
    assert not any(may[rule] for rule in ("ABS-002", "PRC-001", "EVA-005", "LEN-001", "IDN-002"))


def test_the_same_id_twice_a_bad_name_and_an_unreadable_file_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "two").mkdir()
    second = tmp_path / "two" / "OWN-001-no-discount-words.toml"
    second.write_text(RULE, "utf-8")
    with pytest.raises(PackError, match="taken") as refused:
        load_all(tmp_path)
    assert (refused.value.facts["file"], refused.value.facts["line"]) == (str(second), 2)
    second.write_bytes(b"id = 1\n\n\xff")
    with pytest.raises(PackError, match="cannot be read") as refused:
        load_all(tmp_path)
    assert (refused.value.facts["file"], refused.value.facts["line"]) == (str(second), 3)
    second.unlink()
    second.mkdir()
    with pytest.raises(PackError, match="cannot be read"):
        load_all(tmp_path)
    second.rmdir()
    second.write_text(RULE, "utf-8")
    second.rename(second.with_name("anything.toml"))
    (tmp_path / "two" / "anything.toml").write_text(RULE, "utf-8")
    with pytest.raises(PackError, match="named") as refused:
        load_all(tmp_path)
    assert refused.value.facts["line"] == 1


@pytest.mark.parametrize(("profile", "line"), [("title = 5", 1), ("title", 1), ('title = "x"\nsize = 1', 2)])
def test_a_bad_profile_or_list_is_refused(tmp_path: Path, profile: str, line: int) -> None:
    write(tmp_path)
    (tmp_path / "profiles" / "generic.toml").write_text(profile, "utf-8")
    with pytest.raises(PackError) as refused:
        load_all(tmp_path)
    assert refused.value.facts["line"] == line


def test_a_rule_is_in_force_on_its_days_only(tmp_path: Path) -> None:
    write(tmp_path, RULE.replace("kind =", "effective_to = 2025-12-31\nkind ="))
    rules: RuleSet = load_all(tmp_path)
    (failure,) = failures(Engine(rules), rules.rules[0])
    assert "finds ()" in str(failure)


@pytest.mark.parametrize(
    ("within", "found"),
    [("message", ["甩卖", "甩卖"]), ("sentence", ["甩卖"]), ("clause", [])],
)
def test_how_far_a_condition_looks(tmp_path: Path, within: str, found: list[str]) -> None:
    rule = RULE.replace("needs = '@banned|大促'", f"needs = '大促'\nwithin = '{within}'").replace('"@banned", ', "")
    write(tmp_path, rule)
    rules = load_all(tmp_path)
    case = Case("【店】年终大促，全场甩卖。继续甩卖。拒收请回复R", (), {})
    result = Engine(rules).check(request_of(case))
    assert [finding.text for finding in result.findings] == found


def test_a_citation_that_is_not_yet_or_no_longer_law_gives_way_to_the_newest() -> None:
    law = Citation("旧法", "", verified=True), Citation("新法", "", verified=False)
    dated = (DatedCitation(law[0], effective_to=date(2020, 1, 1)), DatedCitation(law[1], date(2030, 1, 1)))
    rule = replace(load_all(assets.path("rules")).rules[0], citations=dated)
    assert [rule.citation_on(date(year, 1, 1)).law for year in (2019, 2025, 2031)] == ["旧法", "新法", "新法"]


def test_several_checks_are_asked_apart() -> None:
    rules = {rule.id: rule for rule in load_all(assets.path("rules")).rules}
    table = fold_table(assets.path("tables", "fold.json"))
    assert [check.always for check in build(rules["PRZ-001"], table)] == [False, False]
    (asked,) = build(rules["SIG-002"], table)
    assert asked.look(0, "", 0, 0) == ()


@pytest.mark.parametrize("running", [True, False])
def test_making_an_engine_leaves_the_garbage_collector_as_it_was(running: bool) -> None:
    before = gc.isenabled()
    (gc.enable if running else gc.disable)()
    try:
        Engine(load_all(assets.path("rules")))
        assert gc.isenabled() is running
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize(("content", "line"), [("words = []", 1), ("words = ['清仓']\npattern = '清仓'", 2)])
def test_a_list_has_either_words_or_a_pattern(tmp_path: Path, content: str, line: int) -> None:
    write(tmp_path)
    (tmp_path / "lists" / "banned.toml").write_text(content, "utf-8")
    with pytest.raises(PackError, match="either words or a pattern") as refused:
        load_all(tmp_path)
    assert refused.value.facts["line"] == line


SEVERITY = 'severity = {default = "warn", aliyun = "block", food = "info"}'
CITATION = 'citation = { law = "本店规定", verified = true }'
PHRASES = 'phrases = ["@banned", "甩卖"]'


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("kind = 5", 'kind = "phrases"', "kind 要写成带引号的文字"),
        (
            'severity = "fatal"',
            SEVERITY,
            "只能是 'block', 'warn', 'info'",
        ),
        (
            'severity = {aliyun = "warn"}',
            SEVERITY,
            "要有 default",
        ),
        ('fix.en = ""', 'fix.en = "Delete it"', "fix.en 不能留空"),
        ("", 'fix.en = "Delete it"', "缺少 fix.en"),
        (
            'citation = { law = "本店规定", verified = "不知" }',
            CITATION,
            "citation.verified 要写 true 或 false",
        ),
        ("citation = 7", CITATION, "citation 要写成表"),
        ("effective_from = 5\nkind =", "kind =", "要写成日期"),
        ("providers = 5\nkind =", "kind =", "providers 要写成列表"),
        ("phrase = ['甩卖']", PHRASES, "不认识 phrase 这一项"),
        ("patterns = ['甩+卖" + "啊" * 60 + "']", PHRASES, "…"),
        ("replace = { '清仓' = ['\\1'] }\nkind =", "kind =", "清仓 里没有所引用的分组"),
    ],
)
def test_a_person_is_told_in_their_language(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    assert right in RULE
    path = write(tmp_path, RULE.replace(right, wrong))
    with pytest.raises(PackError) as refused:
        Engine(load_all(tmp_path))
    told = WORDS["zh_CN"].error(refused.value)
    assert said in told
    assert told.startswith(f"合规规则文件有误：{path}:{refused.value.facts['line']} ")
    assert len(WORDS["en"].reason(refused.value)) < 200


def test_a_list_of_one_pattern_stands_in_patterns(tmp_path: Path) -> None:
    write(tmp_path, RULE.replace('"@banned", ', "").replace("needs = '@banned|大促'", "not_before = '@banned|再'"))
    (tmp_path / "lists" / "banned.toml").write_text("pattern = '不(?:会|再)?|绝无'", "utf-8")
    engine = Engine(load_all(tmp_path))

    def found(text: str) -> bool:
        return any(f.rule_id == "OWN-001" for f in engine.check(request_of(Case(text, (), {}))).findings)

    assert found("【店】不止甩卖，还有新品。拒收请回复R")
    assert not found("【店】不再甩卖，绝无甩卖。拒收请回复R")
