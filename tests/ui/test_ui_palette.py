"""Ctrl+K goes everywhere and does everything of the page, by Chinese, pinyin, initials or English, by keyboard only."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from campaign_app.ui import pinyin
from campaign_app.ui.commands import Command, find
from campaign_app.ui.pages.command_palette import PAGES, SECTIONS, CommandPalette, model_of
from campaign_app.ui.pages.settings import SECTIONS as KNOWN_SECTIONS
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.viewmodels.palette import PaletteModel
from campaign_app.ui.widgets.palette import Palette
from tests.helpers.windowed import Language, Windowed


@pytest.fixture
def palette(window: Windowed) -> Iterator[CommandPalette]:
    window.desk.way.to("overview")
    made = window.shell.prepare_palette()
    window.activate()
    yield made
    made.view.close_palette()


def press(window: Windowed, keys: str) -> None:
    """On whatever has the keyboard."""
    combined = QKeySequence(keys)[0]
    QTest.keyClick(window.shell.focusWidget() or window.shell, combined.key(), combined.keyboardModifiers())


def typed(view: Palette, text: str) -> list[str]:
    """As an input method commits it; the titles that are offered."""
    view.field.selectAll()
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(view.field, event)
    return [each.title for each in view.rows.rows]


# --- finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("双十", "双十一预热"), ("ssy", "双十一预热"), ("shuangshiyi", "双十一预热"), ("shuangsy", "双十一预热"),
        ("shuangshi", "双十一预热"), ("shuangsh", "双十一预热"), ("yure", "双十一预热"),
        ("chongqing", "重庆门店"), ("zhongqing", "重庆门店"), ("cqmd", "重庆门店"), ("vip会员", "VIP 会员日"),
        ("viphyr", "VIP 会员日"), ("618", "618大促"), ("618dc", "618大促"), ("lvse", "绿色"), ("zhrd", "真热的"),
    ],
)  # fmt: skip
def test_what_is_typed_finds_the_words(query: str, text: str) -> None:
    assert pinyin.place(query, text, pinyin.readings()) >= 0


@pytest.mark.parametrize("query", ["sys", "shuangyi", "双二", "x", "ssyyrx"])
def test_what_is_not_in_the_words_does_not(query: str) -> None:
    assert pinyin.place(query, "双十一预热", pinyin.readings()) == -1


def test_every_character_of_everyday_use_has_a_reading() -> None:
    known = pinyin.readings()
    # level one of GB 2312: the 3,755 most common characters
    common = bytes(range(0xA1, 0xFF))
    chars = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in common]
    assert [char for char in chars if char and char not in known] == []
    assert all(re.fullmatch("[a-z]+", sound) for sounds in known.values() for sound in sounds)


def test_the_closest_is_first_and_every_word_counts() -> None:
    titles = ("新品双十一", "双十一", "活动")
    offered = [Command(title, "page", title, lambda: None, also=("double eleven",)) for title in titles]
    assert [each.title for each in find(offered, "双十一", {})] == ["双十一", "新品双十一"]
    assert [each.title for each in find(offered, "ＤＯＵＢＬＥ 新品", {})] == ["新品双十一"]
    assert find(offered, "", {}) == offered
    assert find(offered, "没有这个", {}) == []


# --- what is offered -------------------------------------------------------------------------------------------------


def test_it_goes_to_every_page_section_and_campaign_with_its_state(window: Windowed, palette: CommandPalette) -> None:
    palette.toggle()
    offered = palette.commands()
    of = {kind: [each for each in offered if each.kind == kind] for kind in ("page", "section", "campaign", "action")}
    there = [key for key, button in window.shell.navigation.buttons.items() if button.isEnabled()]
    assert [each.key for each in of["page"]] == [f"page.{key}" for key in there]
    assert [each.keys for each in of["page"]] == [f"Ctrl+{number}" for number in range(1, len(there) + 1)]
    assert {each.key for each in of["campaign"]} == {f"campaign.{key}" for key in window.ids.values()}
    assert {each.note for each in of["campaign"]} == {"草稿", "已核验", "已完成"}
    assert "action.window.shortcuts" in {each.key for each in of["action"]}
    assert len({each.key for each in offered}) == len(offered)


def test_it_knows_pages_and_sections_by_the_names_that_they_have(window: Windowed) -> None:
    assert tuple(SECTIONS) == KNOWN_SECTIONS
    settings = window.shell.page("settings")
    assert isinstance(settings, SettingsPage)
    titles = [settings.list.item(number).text() for number in range(settings.list.count())]
    assert list(SECTIONS.values()) == titles
    shown = {key: button.text() for key, button in window.shell.navigation.buttons.items()}
    assert {key: PAGES.get(key) for key in shown} == shown


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("客户", "客户"), ("kehu", "客户"), ("kh", "客户"), ("customers", "客户"),
        ("qmymb", "签名与模板"), ("inbox", "退订与投诉"), ("yusuan", "费用与预算"), ("budget", "费用与预算"),
        ("备份", "备份工作区"), ("beifen", "备份工作区"), ("backup", "备份工作区"), ("huifu", "从备份恢复"),
        ("jm", "界面"), ("快捷键", "快捷键"), ("kjj", "快捷键"), ("keyboard", "快捷键"),
    ],
)  # fmt: skip
def test_chinese_pinyin_initials_and_english_find_it(
    window: Windowed, palette: CommandPalette, query: str, first: str
) -> None:
    palette.toggle()
    assert typed(palette.view, query)[0] == first


@pytest.mark.parametrize("query", ["备份工作区", "从备份恢复"])
def test_backups_are_found_where_they_are_made(window: Windowed, palette: CommandPalette, query: str) -> None:
    palette.toggle()
    assert typed(palette.view, query) == [query]
    press(window, "Return")
    settings = window.shell.page("settings")
    assert isinstance(settings, SettingsPage)
    assert window.shell.stack.currentWidget() is settings
    assert settings.findChild(QPushButton, "workspace_backup").isVisible()


def test_in_the_english_window_chinese_and_pinyin_find_it_too(window: Windowed) -> None:
    window.speak(Language("en"))
    try:
        window.desk.way.to("overview")
        made = window.shell.prepare_palette()
        made.toggle()
        assert typed(made.view, "customers")[0] == "Customers"
        assert typed(made.view, "费用")[0] == typed(made.view, "fyyys")[0]
        assert typed(made.view, "退订")[0] == "Opt-outs"
        assert typed(made.view, "备份")[0] == typed(made.view, "back up the")[0] == "Back up the workspace"
    finally:
        window.speak(Language("zh_CN"))


def test_the_deeds_of_the_page_are_its_actions_and_buttons(window: Windowed, palette: CommandPalette) -> None:
    window.desk.way.to("campaigns")
    palette.toggle()
    here = [each for each in palette.commands() if each.kind == "action"]
    assert {"新建活动": "Ctrl+N", "复制为新草稿": "Ctrl+D"}.items() <= {each.title: each.keys for each in here}.items()
    assert [each.title for each in here].count("新建活动") == 1
    palette.toggle()
    window.desk.way.to("customers")
    palette.toggle()
    titles = [each.title for each in palette.commands() if each.kind == "action"]
    page = window.shell.page("customers")
    buttons = [each for each in page.findChildren(QPushButton) if each.isVisible() and each.isEnabled()]
    assert {each.accessibleName() or each.text() for each in buttons} <= {*titles, ""}
    assert "新建活动" not in titles


# --- by keyboard -----------------------------------------------------------------------------------------------------


def test_a_button_that_became_another_one_under_the_palette_is_not_pressed(
    window: Windowed, palette: CommandPalette
) -> None:
    pressed: list[str] = []
    button = QPushButton("去处理", window.shell.page("overview"))
    button.clicked.connect(lambda: pressed.append(button.text()))
    button.show()
    palette.toggle()
    (command,) = (each for each in palette.commands() if each.title == "去处理")
    button.setText("批准发送")
    command.run()
    assert pressed == []
    button.setText("去处理")
    button.setEnabled(False)
    command.run()
    assert pressed == []
    button.setEnabled(True)
    command.run()
    assert pressed == ["去处理"]
    button.deleteLater()


def test_from_the_keys_to_the_page_without_a_mouse(window: Windowed, palette: CommandPalette) -> None:
    press(window, "Ctrl+K")
    assert palette.view.isVisible()
    assert palette.view.field.hasFocus()
    typed(palette.view, "sz")
    press(window, "Return")
    assert not palette.view.isVisible()
    assert window.shell.current == "settings"


def test_arrows_tab_and_pages_move_and_the_field_keeps_the_keyboard(window: Windowed, palette: CommandPalette) -> None:
    palette.toggle()
    at = palette.view.list.currentIndex
    moves = [("Down", 1), ("Tab", 2), ("Up", 1), ("Shift+Tab", 0), ("Up", -1), ("Down", 0), ("PgDown", 8), ("PgUp", 0)]
    count = len(palette.view.rows.rows)
    for keys, row in moves:
        press(window, keys)
        assert at().row() == row % count, keys
        assert palette.view.field.hasFocus()


def test_escape_and_the_same_keys_give_the_keyboard_back(window: Windowed, palette: CommandPalette) -> None:
    former = window.shell.navigation.buttons["overview"]
    former.setFocus()
    for away in ("Esc", "Ctrl+K"):
        press(window, "Ctrl+K")
        assert palette.view.isVisible()
        press(window, away)
        assert not palette.view.isVisible()
        assert former.hasFocus()


def test_a_campaign_opens_by_its_name(window: Windowed, palette: CommandPalette) -> None:
    palette.toggle()
    assert typed(palette.view, "ssy")
    press(window, "Return")
    assert window.shell.current == "campaigns"
    page = window.shell.page("campaigns")
    model = page.model  # type: ignore[attr-defined]
    assert model.current.view.campaign.name == "双十一"
    model.close()


def test_nothing_found_is_said_with_a_way_on(window: Windowed, palette: CommandPalette) -> None:
    palette.toggle()
    assert typed(palette.view, "没有这个") == []
    assert palette.view.none.isVisible()
    assert "没有这个" in palette.view.none.text()
    press(window, "Return")
    assert palette.view.isVisible()
    assert typed(palette.view, "概览")
    assert not palette.view.none.isVisible()


def test_a_click_beside_it_closes_it(window: Windowed, palette: CommandPalette) -> None:
    palette.toggle()
    QTest.mouseClick(palette.view, Qt.MouseButton.LeftButton, pos=palette.view.rect().bottomLeft())
    assert not palette.view.isVisible()


def test_another_page_closes_it_and_a_smaller_window_keeps_it_inside(window: Windowed, palette: CommandPalette) -> None:
    palette.toggle()
    window.shell.resize(1400, 900)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert palette.view.size() == window.shell.size()
    assert window.shell.rect().contains(palette.view.card.geometry())
    window.desk.way.to("inbox")
    assert not palette.view.isVisible()


# --- in the background -----------------------------------------------------------------------------------------------


def test_it_never_reads_the_store_on_the_thread_of_the_window(window: Windowed, qtbot: object) -> None:
    from campaign_app.ui.tasks import Tasks

    threads, tasks = set[threading.Thread](), Tasks()
    model = PaletteModel(window.desk.app, tasks)
    read = model._read

    def watched() -> object:
        threads.add(threading.current_thread())
        return read()

    model._read = watched  # type: ignore[method-assign, assignment]
    model.load()
    assert tasks.finish()
    assert threads
    assert threading.main_thread() not in threads
    assert len(model.campaigns) == len(window.ids)


def test_what_was_read_the_last_time_is_there_at_once(window: Windowed, palette: CommandPalette) -> None:
    known = model_of(window.desk)
    assert known is palette.model
    assert known.loaded
    before = palette.model.campaigns
    palette.model.load = lambda: None  # type: ignore[method-assign]
    try:
        palette.toggle()
        assert {each.title for each in palette.view.rows.rows} >= {each.name for each in before}
    finally:
        del palette.model.load  # type: ignore[method-assign]
