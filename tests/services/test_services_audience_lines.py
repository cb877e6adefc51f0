"""Audiences as a person writes them: what typed lines mean, and how what was saved is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.services.audience_lines import Draft, Group, draft_of, read

SHOPS = {7: "旗舰店", 8: "折扣店"}


def one(name: str, op: Op, text: str) -> Draft:
    return Draft().with_line(0, name, op, text)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (("province", Op.IN, "浙江、江苏，上海"), Condition("province", Op.IN, ("浙江", "江苏", "上海"))),
        (("province", Op.IN, "浙江、、浙江"), Condition("province", Op.IN, ("浙江",))),
        (("tag", Op.IS_NOT, " 会员 "), Condition("tag", Op.IS_NOT, "会员")),
        (("spend_cents", Op.AT_LEAST, "99.5"), Condition("spend_cents", Op.AT_LEAST, 9_950)),
        (("spend_cents", Op.AT_LEAST, "¥1,300 元"), Condition("spend_cents", Op.AT_LEAST, 130_000)),
        (("order_count", Op.AT_MOST, "3"), Condition("order_count", Op.AT_MOST, 3)),
        (("days_since_order", Op.AT_MOST, "９０"), Condition("days_since_order", Op.AT_MOST, 90)),
        (("account", Op.IS, "折扣店"), Condition("account", Op.IS, 8)),
        (("account", Op.IN, "折扣店、旗舰店"), Condition("account", Op.IN, ("8", "7"))),
    ],
)
def test_a_typed_line_means_a_condition(line: tuple[str, Op, str], meant: Condition) -> None:
    found = read(one(*line), SHOPS)
    assert not found.problems
    assert found.audience == Filter((meant,))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("province", Op.IS, "  "), "empty"),
        (("tag", Op.IN, "、，"), "empty"),
        (("spend_cents", Op.IS, "12a"), "number"),
        (("spend_cents", Op.IS, "0.001"), "number"),
        (("spend_cents", Op.IS, "NaN"), "number"),
        (("order_count", Op.IS, "1.5"), "whole"),
        (("order_count", Op.IS, "-1"), "size"),
        (("days_since_order", Op.IS, "9" * 20), "size"),
        (("account", Op.IS, "别的店"), "shop"),
    ],
)
def test_a_line_without_a_meaning_says_why(line: tuple[str, Op, str], problem: str) -> None:
    assert read(one(*line), SHOPS).problems == {1: problem}


def test_one_unfinished_line_never_widens_the_audience() -> None:
    draft = one("province", Op.IS, "浙江").with_line(0, "order_count", Op.IS)
    assert read(draft, SHOPS).problems == {2: "empty"}


def test_what_was_saved_is_shown_as_it_was_typed_and_means_the_same() -> None:
    inner = Filter((Condition("tag", Op.IS, "会员"), Condition("spend_cents", Op.AT_LEAST, 9_950)), every=False)
    audience = Filter((Condition("account", Op.IN, ("7", "8")), inner))
    draft = draft_of(audience, SHOPS)
    assert draft is not None
    assert [line.text for line in draft.lines] == ["旗舰店、折扣店", "会员", "99.5"]
    assert read(draft, SHOPS).audience == audience


@pytest.mark.parametrize(
    "audience",
    [
        Filter((Filter((Filter((Condition("tag", Op.IS, "a"),)),)),)),
        Filter((Filter(),)),
        Filter((Condition("spend_cents", Op.IN, ("1", "2")),)),
        Filter((Condition("province", Op.AT_LEAST, "a"),)),
    ],
)
def test_what_lines_cannot_say_is_not_shown_as_lines(audience: Filter) -> None:
    assert draft_of(audience, SHOPS) is None


def test_groups_come_and_go_with_their_lines() -> None:
    draft = one("province", Op.IS, "浙江").with_group("tag", Op.IS)
    group = draft.parts[1]
    assert isinstance(group, Group)
    assert group.every is False
    wider = draft.with_line(group.key, "city", Op.IS).joined(group.key, every=True)
    assert [line.field for line in wider.lines] == ["province", "tag", "city"]
    assert isinstance(wider.parts[1], Group)
    assert wider.parts[1].every is True
    changed = wider.changed(replace(wider.lines[2], text="杭州"))
    assert changed.lines[2].text == "杭州"
    assert changed.without(wider.lines[2].key).without(wider.lines[1].key).parts == draft.parts[:1]
    assert wider.without(group.key).parts == draft.parts[:1]
    assert wider.joined(0, every=False).every is False
