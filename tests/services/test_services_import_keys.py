"""Keys of a file's rows in a few bytes each: as a plain list of them would say, whatever their size and place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_app.services.import_keys import RUN, KeyColumn, _in_runs, phone_groups

EXAMPLES = settings(max_examples=25, deadline=None)
ROWS = 250_000  # more than two slices, and more than one part
Pairs = list[tuple[int, int]]


@st.composite
def columns(draw: st.DrawFn) -> tuple[int, Pairs, int]:
    """How many bits, rising rows with their values, and where among them a second block begins."""
    bits = draw(st.sampled_from([32, 33, 64]))
    most = 2**bits - 1
    value = st.integers(1, most) | st.integers(1, 12) | st.integers(most - 12, most) | st.just(2**32 % (most + 1) or 1)
    row = st.integers(1, ROWS) | st.integers(1, 20) | st.integers(99_990, 100_010)
    pairs = sorted(draw(st.dictionaries(row, value, max_size=60)).items())
    return bits, pairs, draw(st.integers(0, len(pairs)))


def column_of(bits: int, pairs: Pairs, second: int) -> KeyColumn:
    column = KeyColumn(bits)
    for block in (pairs[:second], pairs[second:], [(ROWS, 0)]):
        column.put([row for row, _ in block], np.array([value for _, value in block], np.uint64))
    return column


@EXAMPLES
@given(columns(), st.integers(0, RUN - 1))
def test_parts_are_what_plain_sorting_gives(given_: tuple[int, Pairs, int], margin: int) -> None:
    bits, pairs, second = given_
    pairs = [(row, value) for row, value in pairs if row < ROWS]
    plain = sorted((value, row) for row, value in pairs)
    borders, inside = [], []
    for values, rows, low, high in column_of(bits, pairs, min(second, len(pairs))).sorted_parts(margin):
        here = list(zip(values.tolist(), rows.tolist(), strict=True))
        assert here == [each for each in plain if max(1, low - margin) <= each[0] < high + margin]
        inside += [each for each in here if low <= each[0] < high]
        borders.append((low, high))
    assert inside == plain
    assert (borders[0][0], borders[-1][1]) == (1, 2**64)
    assert all(one[1] == other[0] for one, other in pairwise(borders))


@EXAMPLES
@given(st.lists(st.integers(0, 30), max_size=40), st.sampled_from([1, 2**32 - 15, 2**64 - 31]))
def test_runs_are_those_that_plain_counting_finds(steps: list[int], base: int) -> None:
    numbers = sorted(base + step for step in steps)
    there = set(numbers)

    def in_a_run(number: int) -> bool:
        starts = range(max(0, number - RUN + 1), number + 1)
        return any(there.issuperset(range(start, start + RUN)) for start in starts)

    assert _in_runs(np.array(numbers, np.uint64)).tolist() == list(map(in_a_run, numbers))


@pytest.mark.parametrize("second", [0, 1, 2])
def test_numbers_that_differ_in_the_33rd_bit_alone_are_no_repeats(second: int) -> None:
    groups, runs = phone_groups(column_of(33, [(2, 1), (3, 2**32 + 1)], second))
    assert (groups.count, runs.tolist()) == (0, [])
