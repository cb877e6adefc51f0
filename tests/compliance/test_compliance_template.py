"""Rendering of `{name}` templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance.template import Rendered, Template, ValueSpan


def test_values_are_filled_in_and_located() -> None:
    rendered = Template.parse("{name}您好，{item}到货").render({"name": "张女士", "item": "毛衣"})
    assert rendered == Rendered("张女士您好，毛衣到货", (ValueSpan("name", 0, 3), ValueSpan("item", 6, 8)))
    assert rendered.value_spans[0].shifted(4) == ValueSpan("name", 4, 7)


def test_a_value_is_never_expanded_again() -> None:
    assert Template.parse("{a}-{b}").render({"a": "{b}", "b": "{a}"}).text == "{b}-{a}"


def test_a_variable_without_value_stays() -> None:
    assert Template.parse("尊敬的{name}").render({}) == Rendered("尊敬的{name}", ())


@pytest.mark.parametrize("body", ["${name}", "{{name}}", "{}", "{ name }", "#name#", "%s", "{na-me}", "{name"])
def test_other_syntaxes_are_left_alone(body: str) -> None:
    template = Template.parse(body)
    assert template.variables == frozenset()
    assert template.render({"name": "x"}).text == body


def test_a_template_knows_its_parts() -> None:
    template = Template.parse("{a}{b}，{姓名}好{a}")
    assert template.variables == {"a", "b", "姓名"}
    assert template.fixed == "，好"
    assert template.adjacent
    assert not Template.parse("{a}好{b}").adjacent


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=5), st.text(max_size=20)))
def test_spans_hold_the_values(body: str, values: dict[str, str]) -> None:
    template = Template.parse(body)
    rendered = template.render(values)
    assert all(rendered.text[s.start : s.end] == values[s.name] for s in rendered.value_spans)
    assert template.render({name: f"{{{name}}}" for name in template.names}).text == body
