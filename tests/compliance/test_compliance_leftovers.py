"""What is deleted with a word, and which clauses nobody would leave so."""

from __future__ import annotations

import pytest

from campaign_app.compliance.leftovers import attribute, is_torn


@pytest.mark.parametrize(
    ("text", "word", "gone"),
    [
        ("国家级的围巾", "国家级", "国家级的"),
        ("最大限度地保护", "最大限度", "最大限度地"),
        ("柔软、顶级的围巾", "顶级", "、顶级"),
        ("顶级面料", "顶级", "顶级"),
        ("最近的士补贴", "最近", "最近"),
        ("最近地铁直达", "最近", "最近"),
        ("有人看了你的主页", "有人看了你", "有人看了你"),
        ("最好", "最好", "最好"),
        ("的围巾", "", ""),
    ],
)
def test_an_attribute_goes_with_what_ties_it(text: str, word: str, gone: str) -> None:
    start, end = attribute(text, text.index(word), text.index(word) + len(word))
    assert text[start:end] == gone


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("【店】国家级的围巾，包邮", "【店】的围巾，包邮"),
        ("最大限度地保护肌肤", "地保护肌肤"),
        ("发图到微信a，量尺", "发图到 ，量尺"),
        ("这是全网最低", "这是"),
        ("尊敬的${x}，您好", "尊敬的，您好"),
        ("拒收请回复R的", "的，拒收请回复R"),
        ("戴上降压，都在戴", "戴上，都在戴"),
    ],
)
def test_torn(before: str, after: str) -> None:
    assert is_torn(before, after, deleted=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("顶级地铁口房源", "地铁口房源"),
        ("{x}您好，两件8折", "您好，两件8折"),
        ("的国家级围巾", "的围巾"),
        ("daikuan当天到", "当天到"),
        ("国家级，两件8折", "两件8折"),
        ("两件8折★", "两件8折"),
    ],
)
def test_sound(before: str, after: str) -> None:
    assert not is_torn(before, after, deleted=True)


def test_only_a_deletion_may_not_leave_a_clause_of_two_letters() -> None:
    assert is_torn("最好吃，包邮", "好吃，包邮", deleted=True)
    assert not is_torn("最好吃，包邮", "好吃，包邮", deleted=False)
