"""Rendering of `{name}` templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance.template import MOST, Rendered, Template, ValueSpan


def test_values_are_filled_in_and_located() -> None:
    rendered = Template.parse("{name}您好，{item}到货").render({"name": "张女士", "item": "毛衣"})
    assert rendered == Rendered("张女士您好，毛衣到货", (ValueSpan("name", 0, 3), ValueSpan("item", 6, 8)))


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


@pytest.mark.parametrize(
    ("body", "values", "size"),
    [
        ("{a}" * 2_000, {"a": "家" * 100_000}, 200_000_000),
        ("家" * (MOST + 1), {}, MOST + 1),
        ("家" * 990 + "{a}，{b}" + "{c}" * 70_000, {"a": "x" * 30, "b": "y"}, 210_000 + 990 + 32),
        ("家" * 1_000 + "{a}", {"a": "x" * MOST}, MOST + 1_000),
    ],
)
def test_of_a_text_beyond_any_measure_only_the_beginning_is_made(body: str, values: dict[str, str], size: int) -> None:
    text, spans, left_out = Template.parse(body).render(values)
    assert (len(text), len(text) + left_out) == (1_000, size)
    assert text == (body.format_map(values) if size < 2 * MOST and "{c}" not in body else text)[:1_000]
    assert all(text[span.start : span.end] == values[span.name][: span.end - span.start] for span in spans)
    assert all(span.start < span.end <= 1_000 for span in spans)


def test_a_text_of_just_the_measure_is_made() -> None:
    whole = "x" * (MOST)
    assert Template.parse("{a}").render({"a": whole}) == Rendered(whole, (ValueSpan("a", 0, MOST),))
