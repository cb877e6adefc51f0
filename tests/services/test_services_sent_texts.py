"""Taking sent texts apart: a variable that stands twice beside another is no hindrance."""

from __future__ import annotations

import pytest

from campaign_app.compliance.template import Template
from campaign_app.services.sent_texts import apart


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("{name}您好", "{name}您好"),
        ("{city}{name}您好，{name}的积分", "{city}{name}您好，{name_2}的积分"),
        ("{a}{a_2}和{a}和{a}", "{a}{a_2}和{a_3}和{a_4}"),
        ("{" + "长" * 40 + "}和{" + "长" * 40 + "}", "{" + "长" * 40 + "}和{" + "长" * 36 + "_2}"),
        ("上新", "上新"),
    ],
)
def test_every_place_has_a_name_of_its_own(body: str, made: str) -> None:
    assert apart(body) == made
    names = Template.parse(made).names
    assert len(set(names)) == len(names)


def test_what_was_sent_is_made_again_though_nobody_can_tell_where_a_value_begins() -> None:
    body, text = "{city}{name}您好，{name}的积分{points}分", "杭州张伟您好，张伟的积分20分"
    assert Template.parse(body).values_in(text) is None
    template = Template.parse(apart(body))
    values = template.values_in(text)
    assert values is not None
    assert template.render(values).text == text
