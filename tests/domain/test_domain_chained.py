"""Roots over rows: the tree of RFC 9162, with words of its own before every hash."""

from __future__ import annotations

from hashlib import sha256

import pytest

from campaign_app.domain.chained import climbed, leaves, path, root


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"yunfa-chain/1 node\n" + left + right).digest()


def test_a_leaf_is_its_kind_and_its_values_one_a_line() -> None:
    told = leaves("mark", [(7, "退订\n", None, b"\x0a"), (8, "", 0, b"")])
    first = b'yunfa-chain/1 mark\n7\n"\\u9000\\u8ba2\\n"\nnull\n{"hex":"0a"}'
    assert told == [sha256(first).digest(), sha256(b'yunfa-chain/1 mark\n8\n""\n0\n{"hex":""}').digest()]
    assert leaves("mark", []) == []


def test_no_text_ends_a_row_or_passes_for_bytes() -> None:
    alike = [(1, "a]\n[2", b"\x0a"), (1, "a]\n[2", "0a"), (1, "a", None), ("1", "a", None), (1, "a", "null")]
    made = leaves("mark", alike)
    assert len({*made, *leaves("lift", alike)}) == 2 * len(alike)
    assert made == [each for row in alike for each in leaves("mark", [row])]


@pytest.mark.parametrize("count", range(1, 8))
def test_a_last_node_without_a_sibling_moves_up(count: int) -> None:
    a, b, c, d, e, f, g = (bytes([n]) * 32 for n in range(7))
    abcd = node(node(a, b), node(c, d))
    expected = [
        a,
        node(a, b),
        node(node(a, b), c),
        abcd,
        node(abcd, e),
        node(abcd, node(e, f)),
        node(abcd, node(node(e, f), g)),
    ]
    assert root([a, b, c, d, e, f, g][:count]) == expected[count - 1]


@pytest.mark.parametrize("count", range(1, 12))
def test_the_path_of_any_leaf_leads_to_the_root_and_to_no_other(count: int) -> None:
    level = [bytes([n]) * 32 for n in range(count)]
    for at, leaf in enumerate(level):
        way = path(level, at)
        assert climbed(leaf, way) == root(level)
        assert climbed(b"x" * 32, way) != root(level)
        assert len(way) <= count.bit_length()
