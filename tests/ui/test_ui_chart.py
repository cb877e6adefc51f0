"""Columns over time: an axis of round numbers that the columns fill, and two charts whose columns stand alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from campaign_app.ui.desk import Desk
from campaign_app.ui.widgets.chart import Column, ColumnChart, Kind, nice_top

LINES = 3
KIND = Kind("已送达", "ok")


@given(st.integers(0, 10**9))
def test_an_axis_ends_at_a_round_number_that_the_tallest_column_nearly_reaches(most: int) -> None:
    top = nice_top(most)
    step = top // LINES
    assert (top % LINES, len(str(step).rstrip("0"))) == (0, 1)
    assert max(most, LINES) <= top <= max(2 * most, LINES)


@pytest.mark.parametrize(("most", "top"), [(0, 3), (9, 9), (10, 12), (697, 900), (1_400_000, 1_500_000)])
def test_such_numbers(most: int, top: int) -> None:
    assert nice_top(most) == top


def test_columns_of_two_charts_over_one_span_stand_at_the_same_places(desk: Desk, qtbot: QtBot) -> None:
    many, few = (ColumnChart(desk.kit.theme, title) for title in ("送达", "回复"))
    many.over, few.over = few, many
    for chart, count in ((many, 700_000), (few, 3)):
        qtbot.addWidget(chart)
        chart.resize(600, 190)
        chart.show_columns([KIND], [Column(str(n), "", (count,)) for n in range(4)], "")
    assert [many._at(x) for x in range(600)] == [few._at(x) for x in range(600)]
    assert {many._at(x) for x in range(600)} == {-1, 0, 1, 2, 3}
