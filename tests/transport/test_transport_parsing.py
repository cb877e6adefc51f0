"""Half a character costs the text that has it, and nothing else of the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import RootModel, ValidationError

from campaign_app.transport.parsing import parsed


class Rows(RootModel[list[Any]]):
    pass


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'["TD\ud83d"]', ["TD\ufffd"]),
        (rb'["\ude00TD", 7, null]', ["\ufffdTD", 7, None]),
        (rb'["\ud83d\u9000", "\ud83d\ude00"]', ["\ufffd退", "😀"]),
        (rb'["\ud83d\ud83d\ude00", {"\udc00": 1.5}]', ["\ufffd😀", {"\ufffd": 1.5}]),
        (rb'["\ud83d\\\ude00", "\\ud83d", "\uD83D\uDE00\uDE00"]', ["\ufffd\\\ufffd", "\\ud83d", "😀\ufffd"]),
    ],
)
def test_half_a_character_is_replaced(written: bytes, read: list[Any]) -> None:
    assert parsed(Rows, written).root == read


@pytest.mark.parametrize(
    "written",
    [
        rb'["\ud83d"',
        rb'["\ud83d"]x',
        rb'{"a": "\ud83d"}',
        rb'["\u12"]',
        rb'["\ud83d", ' + b"9" * 5_000 + b"]",
        rb'["\ud83d", ' + b"[" * 100_000,
    ],
)
def test_what_is_broken_besides_stays_broken(written: bytes) -> None:
    with pytest.raises(ValidationError):
        parsed(Rows, written)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(json_values, max_size=3))
def test_whatever_python_writes_is_read(value: list[Any]) -> None:
    """It writes every character outside of ASCII as an escape, halves too."""
    read = parsed(Rows, json.dumps(value).encode()).root
    assert json.dumps(read, ensure_ascii=False).encode()
    if "\\ud" not in json.dumps(value):
        assert read == value
