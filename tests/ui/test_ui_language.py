"""Another language builds the window anew: nothing that was typed, chosen or opened is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.helpers.windowed import LANGUAGES, Language, Windowed

ENGLISH = Language("en")


@pytest.fixture
def spoken(window: Windowed) -> Iterator[Windowed]:
    yield window
    # what a test left unfinished is asked about wherever the next one goes
    page(window, "campaigns").model.close()
    window.speak(LANGUAGES[0])


def page(window: Windowed, key: str, what: object = None) -> Any:
    window.desk.way.to(key, what)
    window.settle()
    return window.shell.page(key)


def test_a_text_that_is_just_being_typed_stays(spoken: Windowed) -> None:
    step = page(spoken, "campaigns", (spoken.ids["draft"], "content")).editor.step
    step.edit.moveCursor(step.edit.textCursor().MoveOperation.End)
    QTest.keyClicks(step.edit, "xyz")
    typed = step.edit.text
    assert typed.endswith("xyz")
    spoken.speak(ENGLISH)
    again = page(spoken, "campaigns").editor.step
    assert again.edit.text == typed
    assert again is not step


def test_what_was_typed_can_still_be_undone_and_done_again(spoken: Windowed) -> None:
    step = page(spoken, "campaigns", (spoken.ids["draft"], "content")).editor.step
    before = step.edit.text
    step.edit.moveCursor(step.edit.textCursor().MoveOperation.Start)
    QTest.keyClicks(step.edit, "abc")
    spoken.speak(ENGLISH)
    again = page(spoken, "campaigns").editor.step
    assert again.field.undo.isEnabled()
    QTest.keyClick(again.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert again.edit.text == again.composer.state.text == before
    again.field.redo.click()
    assert again.edit.text == "abc" + before
    again.field.undo.click()


def test_a_condition_that_is_not_filled_in_stays(spoken: Windowed) -> None:
    step = page(spoken, "campaigns", (spoken.ids["draft"], "audience")).editor.step
    before = len(step.audience.state.draft.lines)
    step.conditions.builder.add.click()
    spoken.settle()
    spoken.speak(ENGLISH)
    again = page(spoken, "campaigns").editor.step
    assert len(again.audience.state.draft.lines) == before + 1
    assert again.audience.state.problems


def test_the_typed_number_of_recipients_stays(spoken: Windowed) -> None:
    step = page(spoken, "campaigns", (spoken.ids["screened"], "sending")).editor.step
    step.preflight.type_count("1,2")
    spoken.speak(ENGLISH)
    assert page(spoken, "campaigns").editor.step.approval.field.text() == "1,2"


def test_a_search_its_order_and_the_open_customer_stay(spoken: Windowed) -> None:
    shown = page(spoken, "customers")
    shown.model.search(province="浙江", order="spend_cents", descending=True)
    spoken.settle()
    opened = shown.rows.row(0).id
    shown.model.open(opened)
    spoken.speak(ENGLISH)
    again = page(spoken, "customers")
    assert again.model.state.search.province == "浙江"
    assert again.rows.headerData(6, again.table.horizontalHeader().orientation()) == "Total spent ↓"
    assert again.model.state.opened == opened
    again.model.clear_search()
    again.model.sort("", descending=False)
    again.model.close()
