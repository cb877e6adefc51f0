"""Parts and lengths, proved on published and reference counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance.segments import (
    Segments,
    cn_segments,
    cut_marks,
    from_septets,
    gsm_parts,
    gsm_segments,
    septets,
    tearing_marks,
    torn_graphemes,
    units,
)

VECTORS = Path(__file__).parents[1] / "vectors"
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (VECTORS / name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", ["segments_published.jsonl", "segments_reference.jsonl"])
def test_gsm_counts_are_those_of_the_reference(name: str) -> None:
    cases = lines(name)
    counted = [gsm_segments(case["text"]) for case in cases]
    assert [(c.encoding, c.segments) for c in counted] == [(case["encoding"], case["segments"]) for case in cases]


def test_mainland_counts_are_those_of_the_operators() -> None:
    cases = lines("segments_cn.jsonl")
    expected = [Segments("UCS-2", case["cn_length"], case["cn_segments"]) for case in cases]
    assert [cn_segments(case["text"]) for case in cases] == expected


def test_whole_graphemes_stay_in_one_part() -> None:
    """The one kind on which counters differ: by today's Unicode a joined family or a flag is one character."""
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert gsm_segments("a" * 60 + family).segments == 2
    assert gsm_segments("a" * 60 + family) == Segments("UCS-2", 71, 2)
    assert gsm_segments("a" * 66 + "🇨🇳" + "b" * 64) == Segments("UCS-2", 134, 3)


def test_a_grapheme_longer_than_a_part_is_cut_between_code_points() -> None:
    assert gsm_segments("e" + "\u0301" * 200) == Segments("UCS-2", 201, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 152 + "€" + "a" * 7, Segments("GSM-7", 161, 2)),
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3)),
        ("\ud800", Segments("UCS-2", 1, 1)),
    ],
)
def test_gsm_borders(text: str, expected: Segments) -> None:
    assert gsm_segments(text) == expected


def test_cut_marks_stand_at_67_and_never_inside_a_pair() -> None:
    assert cut_marks("字" * 70) == ()
    assert cut_marks("字" * 135) == (67, 134)
    assert cut_marks("a" * 66 + "😀" + "b" * 10) == (66,)
    assert cut_marks("a" * 65 + "😀" + "b" * 10) == (66,)
    assert torn_graphemes("a" * 66 + "😀" + "b" * 10) == ()
    assert torn_graphemes("a" * 65 + "🇨🇳" + "b" * 10) == ((65, 67),)
    assert torn_graphemes("short") == ()
    assert tearing_marks("a" * 65 + "🇨🇳" + "b" * 10) == (66,)
    assert tearing_marks("a" * 66 + "😀" + "b" * 100) == ()
    assert tearing_marks("a" * 60 + "\u0301" * 150) == (67, 134, 201)


@given(ANY_TEXT)
def test_counts_hold_together(text: str) -> None:
    counted = cn_segments(text)
    assert counted.length == units(text) == sum(2 if ord(c) > 0xFFFF else 1 for c in text)
    marks = cut_marks(text)
    assert len(marks) == counted.segments - 1
    assert list(marks) == sorted(set(marks))
    pieces = [text[a:b] for a, b in zip((0, *marks), (*marks, len(text)), strict=True)]
    assert "".join(pieces) == text
    assert all(units(piece) <= 70 for piece in pieces)
    other = gsm_segments(text)
    assert other.segments >= 1
    assert other.encoding == "GSM-7" or other.length == counted.length


@given(ANY_TEXT)
def test_parts_are_as_many_as_counted_and_joined_they_are_the_text(text: str) -> None:
    counted, (encoding, parts) = gsm_segments(text), gsm_parts(text)
    assert (encoding, len(parts), "".join(parts)) == (counted.encoding, counted.segments, text)
    if encoding == "UCS-2":
        assert all(units(part) <= (70 if len(parts) == 1 else 67) for part in parts)


def test_septets_come_back_as_the_text() -> None:
    everything = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€"
    assert from_septets(septets(everything)) == everything
    assert septets("Æ€") == b"\x1c\x1b\x65"
    assert from_septets(b"\x1b\x01A\x1b") == "\ufffdA\ufffd"


def test_a_part_ends_before_a_character_that_it_cannot_hold_whole() -> None:
    family = "👨‍👩‍👧‍👦"
    text = "秋" * 60 + family + "冬" * 5
    assert gsm_parts(text) == ("UCS-2", ("秋" * 60, family + "冬" * 5))
    marked = "e" + "\u0301" * 100
    assert gsm_parts(marked) == ("UCS-2", (marked[:67], marked[67:]))
