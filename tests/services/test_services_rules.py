"""A merchant's own rules, and rules that are switched off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaign_app import assets
from campaign_app.compliance import PackError
from campaign_app.compliance.message import Good
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import Case
from campaign_app.domain.errors import AppError
from campaign_app.services.profiles import Profile, Profiles
from campaign_app.services.rules import LAST_GOOD, Rules, RulesInForce
from campaign_app.words import load
from tests.helpers.shop import ENTITY, NOW, Shop, open_shop

OWN = """
id = "OWN-001"
name = "no-clearance"
kind = "phrases"
severity = "block"
phrases = ["甩卖"]
about.zh_CN = "不用甩卖二字"
about.en = "No clearance words"
message.zh_CN = "“{match}”不用"
message.en = "“{match}” is not used"
fix.zh_CN = "写“优惠”"
fix.en = "Write 优惠"
citation = { law = "本店规定", verified = true }
[[case]]
text = "【店铺】清仓甩卖。拒收请回复R"
finds = ["甩卖"]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


@pytest.fixture
def rules(shop: Shop) -> Rules:
    return opened(shop)


def opened(shop: Shop) -> Rules:
    workspace = shop.workspace
    return Rules(
        shipped=assets.path("rules"),
        own=workspace.folder / "rules",
        settings=workspace.accounts,
        clock=lambda: NOW,
    )


def write(shop: Shop, text: str = OWN, name: str = "own/OWN-001-no-clearance.toml") -> Path:
    path = shop.workspace.folder / "rules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))
    return path


def found(current: RulesInForce, body: str = "清仓甩卖，最好吃的汤圆") -> set[str]:
    result = current.engine.check(request_of(Case(f"【安宁百货】{body}。拒收请回复R", (), {})))
    return {finding.rule_id for finding in result.findings}


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(AppError) as refused:
        action()
    return refused.value.code


def test_without_packs_of_ones_own_the_programs_rules_are_in_force(rules: Rules) -> None:
    current = rules.current()
    assert (current.own, dict(current.off), current.problem) == (frozenset(), {}, None)
    assert "ABS-002" in found(current)
    assert rules.current() is current


def test_a_pack_of_ones_own_comes_into_force_and_goes_with_its_file(shop: Shop, rules: Rules) -> None:
    version = rules.engine().pack_version
    path = write(shop)
    assert rules.current().own == {"OWN-001"}
    assert "OWN-001" in found(rules.current())
    assert rules.engine().pack_version != version
    path.unlink()
    assert "OWN-001" not in found(rules.current())
    assert rules.engine().pack_version == version


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (OWN.replace('phrases = ["甩卖"]', "phrases = ["), 7),
        (OWN.replace('"block"', '"fatal"'), 5),
        (OWN.replace('phrases = ["甩卖"]', "patterns = ['甩卖+']"), 6),
        (OWN.replace('phrases = ["甩卖"]', "words = ['甩卖']"), 6),
        (OWN.replace('"phrases"', '"magic"'), 4),
        (OWN.replace('finds = ["甩卖"]', "finds = []"), 14),
        (OWN + "[[ case ]]  # another\ntext = '【店铺】新品。拒收请回复R'\nfinds = ['新品']\n", 17),
        (OWN.replace("citation", "# citation"), 2),
        (OWN.replace('"block"', '{ aliyun = "warn" }'), 5),
        (OWN.replace("OWN-001", "OWN-002"), 2),
    ],
)
def test_a_broken_pack_is_refused_and_the_last_good_one_stays(shop: Shop, rules: Rules, broken: str, line: int) -> None:
    write(shop)
    good = rules.engine().pack_version
    path = write(shop, broken)
    for current in (rules.current(), opened(shop).current()):  # also when the program is started again
        assert isinstance(current.problem, PackError)
        assert (current.problem.facts["file"], current.problem.facts["line"]) == (str(path), line)
        assert current.problem.facts["reason"]
        assert "OWN-001" in found(current)
        assert current.engine.pack_version == good
    write(shop, OWN.replace("甩卖", "抛售"))
    assert rules.current().problem is None
    assert "OWN-001" in found(rules.current(), "清仓抛售")


def test_a_first_pack_that_is_broken_leaves_the_programs_rules(shop: Shop, rules: Rules) -> None:
    write(shop, "id =")
    assert rules.current().problem is not None
    assert rules.current().own == frozenset()
    assert "ABS-002" in found(rules.current())


def test_a_last_good_pack_that_no_longer_fits_is_left_out(shop: Shop, rules: Rules) -> None:
    shop.workspace.accounts.set_setting(LAST_GOOD, [["own/OWN-001-no-clearance.toml", "id ="]])
    write(shop, "id =")
    assert rules.current().own == frozenset()


@pytest.mark.parametrize("name", ["lists/state.toml", "profiles/aliyun.toml", "own/ABS-001-absolute-terms.toml"])
def test_what_the_program_brings_cannot_be_replaced(shop: Shop, rules: Rules, name: str) -> None:
    text = (assets.path("rules") / name.replace("own/", "law/")).read_text("utf-8")
    path = write(shop, text, name)
    problem = rules.current().problem
    assert problem is not None
    assert problem.facts["file"] == str(path)
    assert problem.facts["line"] >= 1


@pytest.mark.parametrize("name", ["OWN-001-no-clearance.toml", "own/more/OWN-001-no-clearance.toml"])
def test_a_file_that_lies_in_no_pack_is_not_passed_over(shop: Shop, rules: Rules, name: str) -> None:
    assert rules.current().problem is None
    path = write(shop, name=name)
    refused = rules.refused()
    assert refused is not None
    assert (refused.facts["file"], refused.facts["line"]) == (str(path), 1)
    assert load("zh_CN").reason(refused).endswith("如 rules/own/OWN-001-no-clearance.toml")
    path.rename(path.with_name("notes.txt"))
    assert rules.refused() is None


def test_a_file_that_an_editor_moves_away_is_read_when_it_is_back(shop: Shop, rules: Rules) -> None:
    write(shop)
    assert "OWN-001" in found(rules.current())
    away = write(shop, name="own/OWN-002-x.toml")
    away.unlink()
    away.symlink_to("gone")  # is listed, and cannot be looked at
    assert rules.current().problem is not None
    assert "OWN-001" in found(rules.current()), "the last good ones stay"
    away.unlink()
    assert rules.current().problem is None


def test_a_warning_is_switched_off_with_a_reason_and_on_again(shop: Shop, rules: Rules) -> None:
    version = rules.engine().pack_version
    off = rules.switch_off("ABS-002", reason=" 已存依据 ", actor="李")
    assert "ABS-002" not in found(off)
    assert (off.off["ABS-002"].reason, off.off["ABS-002"].actor, off.off["ABS-002"].at) == ("已存依据", "李", NOW)
    assert off.engine.pack_version != version
    write(shop)
    assert {"OWN-001"} <= found(rules.current())
    assert "ABS-002" not in found(opened(shop).current())
    assert "ABS-002" in found(rules.switch_on("ABS-002", actor="李"))
    shop.workspace.audit.verify()


@pytest.mark.parametrize("rule_id", ["ABS-001", "FIN-001", "OPT-001", "PRZ-001", "OPT-002", "SIG-008"])
def test_a_rule_that_can_stop_a_message_stays_on(rules: Rules, rule_id: str) -> None:
    assert refusal(lambda: rules.switch_off(rule_id, reason="麻烦", actor="李")) == "rule_blocks"
    assert rules.current().off == {}


def test_a_rule_that_has_become_grave_is_on_again(shop: Shop, rules: Rules) -> None:
    write(shop, OWN.replace('"block"', '"warn"'))
    assert "OWN-001" not in found(rules.switch_off("OWN-001", reason="试用", actor="李"))
    write(shop)
    assert "OWN-001" in found(rules.current())


def test_switching_needs_a_rule_and_a_reason(rules: Rules) -> None:
    assert refusal(lambda: rules.switch_off("XYZ-001", reason="试", actor="李")) == "no_such_rule"
    assert refusal(lambda: rules.switch_off("ABS-002", reason=" ", actor="李")) == "no_reason"
    assert refusal(lambda: rules.switch_on("ABS-002", actor="李")) == "no_such_rule"


def test_an_entity_tells_its_trade_provider_and_domains(shop: Shop) -> None:
    workspace = shop.workspace
    profiles = Profiles(settings=workspace.accounts, clock=lambda: NOW)
    assert profiles.of(ENTITY) == Profile()
    told = Profile("food", "aliyun", ("anning.example", "a-b.cn"), (Good("羽绒被", 59_900),))
    profiles.put(ENTITY, told, actor="李")
    assert profiles.of(ENTITY) == told
    assert profiles.of("another") == Profile()
    for wrong in (
        Profile("foods"),
        Profile(provider="x"),
        Profile(domains=("https://a.cn",)),
        Profile(domains=("cn",)),
        Profile(goods=(Good("被", 1),)),
        Profile(goods=(Good("羽绒被", 0),)),
        Profile(goods=(Good("羽绒被", 1),) * 201),
    ):
        assert refusal(lambda: profiles.put(ENTITY, wrong, actor="李")) == "profile"  # noqa: B023 - called at once
    assert profiles.of(ENTITY) == told


def test_the_folder_of_ones_own_packs_is_made_when_it_is_wanted(rules: Rules, shop: Shop) -> None:
    assert not rules.own_folder.exists()
    assert rules.make_folder() == rules.make_folder() == shop.workspace.folder / "rules"
    assert rules.own_folder.is_dir()


def test_a_file_in_the_place_of_the_folder_is_said(rules: Rules) -> None:
    rules.own_folder.write_text("x", "utf-8")
    assert refusal(rules.make_folder) == "rules_folder"


def test_files_are_read_again_on_request_though_they_look_the_same(rules: Rules, shop: Shop) -> None:
    path = write(shop)
    assert "OWN-001" in found(rules.current())
    stat = path.stat()
    path.write_text(OWN.replace("甩卖", "汤圆"), "utf-8")
    os.utime(path, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    assert "OWN-001" in found(rules.read_again(), "最好吃的汤圆")


def test_what_is_refused_is_known_without_reading_where_there_is_nothing(rules: Rules, shop: Shop) -> None:
    assert rules.refused() is None
    path = write(shop)
    assert rules.refused() is None
    write(shop, "id = ")
    refused = rules.refused()
    assert refused is not None
    assert refused.facts["file"] == str(path)
