"""The field of the text, what is pasted into it, and the telephone that shows it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign
from campaign_app.ui.desk import Desk
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.message_edit import LIMIT, Mark, MessageEdit
from campaign_app.ui.widgets.parts_bar import Parts
from campaign_app.ui.widgets.phone import Bubble
from campaign_app.ui.widgets.utf16 import Units, cleaned
from tests.helpers.writing import (
    CLEAN,
    campaign_of,
    made_step,
    stock,
)

CHARACTERS = st.text(st.sampled_from("a国。{}\n😀𠮷👨‍👩‍👧é"), max_size=30)


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    yield from made_step(desk, campaign, qtbot)


def test_what_is_typed_behind_a_fix_is_undone_without_it(kit: Kit, qtbot: QtBot) -> None:
    edit = MessageEdit(kit.theme)
    qtbot.addWidget(edit)
    edit.show_text("冬装全网最低价，到店")
    edit.apply([(2, 7, "优惠价")])
    QTest.keyClicks(edit, "XY")
    steps = [edit.text]
    for _ in range(2):
        edit.undo()
        steps.append(edit.text)
    assert steps == ["冬装优惠价XY，到店", "冬装优惠价，到店", "冬装全网最低价，到店"]


@given(CHARACTERS)
def test_code_points_and_units_of_a_document_lead_to_one_another(text: str) -> None:
    units = Units(text)
    for point in range(len(text) + 1):
        unit = len(text[:point].encode("utf-16-le")) // 2
        assert units.of(point) == unit
        assert units.point(unit) == point
        if point < len(text) and text[point] > "\uffff":
            assert units.point(unit + 1) == point


@given(st.text(max_size=40))
def test_a_cleaned_text_stays_as_it_is_and_can_be_stored(text: str) -> None:
    clean, _ = cleaned(text)
    assert cleaned(clean) == (clean, 0)
    clean.encode("utf-8")


def test_marks_stand_over_their_words_whatever_stands_before(qapp: QApplication, qtbot: QtBot) -> None:
    edit = MessageEdit(Theme(qapp, "light"))
    qtbot.addWidget(edit)
    edit.show_text("😀𠮷{name}国家级😀品质")
    edit.show_marks([Mark(8, 11, "block")])
    (marked,) = [s.cursor.selectedText() for s in edit.extraSelections() if s.cursor.selectedText() == "国家级"]
    assert marked
    edit.go_to(0)
    edit.insert("新")
    assert "国家级" in [s.cursor.selectedText() for s in edit.extraSelections()]
    edit.go_to(9)
    assert edit.caret == 9


def test_a_megabyte_is_cut_to_what_a_message_may_have(step: ContentStep, qtbot: QtBot, desk: Desk) -> None:
    step.edit.selectAll()
    brought = QMimeData()
    brought.setText("双十一😀" * 250_000)
    brought.setHtml("<b>双十一</b>" * 10)
    step.edit.insertFromMimeData(brought)
    assert step.edit.text == ("双十一😀" * 250_000)[:LIMIT]
    assert desk.kit.messages.last.text == "正文最多 2,000 字，粘贴的内容有 998,000 字没有放进来。"
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    step.edit.insertFromMimeData(brought)
    assert len(step.edit.text) == LIMIT


def test_a_long_text_scrolls_in_a_short_page_and_is_not_cut(step: ContentStep, qtbot: QtBot) -> None:
    step.edit.selectAll()
    step.edit.insert("优惠" * 1_000)
    tall = step.edit.maximumHeight()
    step.resize(900, 760)
    qtbot.waitUntil(lambda: step.edit.height() == tall)
    step.resize(900, 330)
    qtbot.waitUntil(lambda: step.edit.height() < tall)
    assert step.edit.geometry().bottom() < step.field.height(), "its lower edge can be seen"
    assert step.edit.height() >= step.edit.minimumHeight()
    step.edit.selectAll()
    step.edit.insert("短")
    assert step.edit.minimumHeight() < step.edit.maximumHeight() < tall


def test_what_nobody_can_see_is_taken_out_of_a_paste(step: ContentStep, desk: Desk) -> None:
    step.edit.selectAll()
    brought = QMimeData()
    brought.setText("双\x00十\u202e一\r\n会员")
    step.edit.insertFromMimeData(brought)
    assert step.edit.text == "双十一\n会员"
    assert desk.kit.messages.last.text == "去掉了 2 个看不见的控制字符。"


def test_files_are_not_dropped_into_a_text(step: ContentStep) -> None:
    brought = QMimeData()
    brought.setUrls([QUrl.fromLocalFile("/etc/hosts")])
    brought.setText("file:///etc/hosts")
    assert not step.edit.canInsertFromMimeData(brought)
    step.edit.insertFromMimeData(brought)
    assert step.edit.text == CLEAN


def test_room_and_cost_of_parts() -> None:
    one = Parts(1, 57, ((1, 3), (2, 1)), recipients=1_000, price=500)
    assert (one.room, one.mean, one.cents) == (13, 1.25, 6_250)
    assert Parts(2, 71).room == 63
    assert Parts().cents == 0


@pytest.mark.parametrize("width", range(180, 330, 6))
def test_lines_break_where_telephones_break_them(qapp: QApplication, qtbot: QtBot, width: int) -> None:
    bubble = Bubble(Theme(qapp, "light"))
    qtbot.addWidget(bubble)
    text = "【安宁百货】张😀女士您好，双11会员专享满300元减50元。原价268元，现198元；详询4000001234。\n拒收请回复R"
    bubble.resize(width, 100)
    bubble.show_message(text, (5,))
    lines = bubble.lines
    assert "".join(lines) == text
    for before, after in itertools.pairwise(lines):
        assert after[0] not in "。，；】"
        assert not (before[-1].isdigit() and after[0].isdigit())
