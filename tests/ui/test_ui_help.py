"""F1 and 帮助: the manual, offline, at the chapter that speaks of what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

from campaign_app.ui import help_places
from campaign_app.ui.help_places import CHAPTERS, FOLDERS, file_of, place_of, places, slug, title_of
from campaign_app.ui.pages import help_window
from campaign_app.ui.pages.help_window import HelpWindow
from campaign_app.ui.pages.new_campaign import NewCampaign
from campaign_app.ui.pages.settings import SECTIONS
from campaign_app.ui.viewmodels.campaign_steps import STEPS
from campaign_app.words import Language
from tests.helpers.windowed import Windowed

WRITTEN = """# {title} {{#top}}

见[{other}](customers.md#导入文件)，或[外面](../../../secret.md)。

![图](images/one.png)

## 内容

{filler}

| 甲 | 乙 |
| --- | --- |
| 规则 | 规则 |

## 导入文件

先选文件。
"""


@pytest.fixture
def manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manual of this test's own, without the last chapter."""
    (tmp_path / "zh" / "images").mkdir(parents=True)
    picture = QImage(1_600, 20, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    for file in (tmp_path / "zh" / "images" / "one.png", tmp_path / "secret.png"):
        assert picture.save(str(file))
    for chapter in CHAPTERS[:-1]:
        text = WRITTEN.format(title=f"章 {chapter}", other="客户", filler="一行。\n\n" * 60)
        (tmp_path / "zh" / f"{chapter}.md").write_text(text, "utf-8")

    def there(chapter: str, language: Language) -> Path | None:
        found = tmp_path / FOLDERS[language] / f"{chapter}.md"
        return found if found.exists() else None

    monkeypatch.setattr(help_window, "file_of", there)
    return tmp_path


@pytest.fixture
def help_of(window: Windowed, manual: Path) -> Iterator[Windowed]:
    yield window
    window.shell.close_help()


def opened(window: Windowed) -> HelpWindow:
    window.settle()
    assert window.shell.help is not None
    assert window.shell.help.isVisible()
    return window.shell.help


@pytest.mark.parametrize(
    ("page", "what", "chapter"),
    [
        ("overview", None, "overview"),
        ("customers", None, "customers"),
        ("signatures", None, "signatures"),
        ("inbox", None, "complaints"),
        ("records", None, "records"),
        ("settings", "accounts", "accounts"),
        ("settings", "workspace", "backup"),
    ],
)
def test_f1_opens_the_chapter_of_the_page(help_of: Windowed, page: str, what: object, chapter: str) -> None:
    help_of.activate()
    help_of.desk.way.to(page, what)
    QTest.keyClick(help_of.shell.focusWidget() or help_of.shell, Qt.Key.Key_F1)
    assert opened(help_of).shown[0] == chapter
    assert opened(help_of).view.toPlainText().startswith(f"章 {chapter}\n")


def test_a_step_of_a_campaign_has_its_own_heading(help_of: Windowed) -> None:
    help_of.desk.way.to("campaigns", (help_of.ids["draft"], "content"))
    QTest.mouseClick(help_of.shell.navigation.help, Qt.MouseButton.LeftButton)
    shown = opened(help_of)
    assert shown.shown == ("campaigns", "内容")
    assert shown.view.textCursor().block().text() == "内容"
    assert shown.view.verticalScrollBar().value() > 0


def test_a_tab_of_a_page_has_its_own_heading(help_of: Windowed) -> None:
    help_of.desk.way.to("compliance", "report")
    QTest.mouseClick(help_of.shell.navigation.help, Qt.MouseButton.LeftButton)
    assert opened(help_of).shown == ("compliance", "自查报告")
    places = [help_of.shell.page(key).place() for key in ("inbox", "signatures")]
    assert places == ["inbox.replies", ""]
    help_of.shell.findChild(QTabBar, "inbox_places").setCurrentIndex(2)
    help_of.shell.findChild(QTabBar, "signature_tabs").setCurrentIndex(1)
    assert [place_of(help_of.shell.page(key).place()).heading["zh_CN"] for key in ("inbox", "signatures")] == [
        "拒收名单",
        "模板",
    ]
    help_of.shell.findChild(QTabBar, "inbox_places").setCurrentIndex(0)
    help_of.shell.findChild(QTabBar, "signature_tabs").setCurrentIndex(0)


def test_a_dialog_has_its_chapter_and_stays_open(help_of: Windowed) -> None:
    help_of.activate()
    help_of.desk.way.to("campaigns", "new")
    help_of.settle()
    dialog = help_of.shell.findChild(NewCampaign)
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_F1)
    assert opened(help_of).shown[0] == "first-campaign"
    assert dialog.isVisible()
    dialog.reject()


def test_links_and_the_way_back(help_of: Windowed) -> None:
    help_of.shell.show_help("overview")
    shown = opened(help_of)
    shown.view.anchorClicked.emit(QUrl("customers.md#导入文件"))
    assert shown.shown == ("customers", "导入文件")
    assert shown.view.textCursor().block().text() == "导入文件"
    assert shown.contents.currentItem().text() == "章 customers"
    QTest.mouseClick(shown.back, Qt.MouseButton.LeftButton)
    assert shown.shown[0] == "overview"
    assert not shown.back.isEnabled()
    QTest.keyClick(shown, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert shown.shown[0] == "customers"
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.isHidden()


def test_words_are_found_in_the_chapter_one_after_another(help_of: Windowed) -> None:
    help_of.shell.show_help("overview")
    shown = opened(help_of)
    QTest.keyClick(shown, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    shown.field.setText("规则")
    assert shown.found.text() == "2 处"
    places = set()
    for _ in range(3):
        QTest.keyClick(shown.field, Qt.Key.Key_Return)
        assert shown.view.textCursor().selectedText() == "规则"
        places.add(shown.view.textCursor().position())
    assert len(places) == 2, "the third is the first again"
    shown.field.setText("没有这个词")
    assert shown.found.text() == "0 处"


def test_a_chapter_that_is_not_there_is_said(help_of: Windowed) -> None:
    help_of.shell.show_help("security")
    shown = opened(help_of)
    assert shown.missing.isVisible()
    assert "security" in shown.missing.text()
    assert shown.contents.item(len(CHAPTERS) - 1).text() == "security（此安装包未包含）"
    shown.view.wanted.emit("../../../secret.md")
    assert shown.missing.isVisible()
    assert shown.view.toPlainText() == ""


def test_pictures_fit_and_come_from_the_manual_alone(help_of: Windowed, manual: Path) -> None:
    help_of.shell.show_help("overview")
    view = opened(help_of).view
    kind = int(QTextDocument.ResourceType.ImageResource.value)
    assert view.loadResource(kind, QUrl("images/one.png"))
    assert not view.loadResource(kind, QUrl("../secret.png"))
    assert not view.loadResource(kind, QUrl.fromLocalFile(str(manual / "secret.png")))
    assert not view.loadResource(kind, QUrl("https://example.org/one.png"))
    assert view.horizontalScrollBar().maximum() == 0


def test_a_command_goes_to_the_next_line(help_of: Windowed, manual: Path) -> None:
    command = "campaign-app evidence export --campaign 12 --person ou1de66a423 --out " + "证据/" * 30
    (manual / "zh" / f"{CHAPTERS[1]}.md").write_text(f"# 章\n\n```sh\n{command}\n```\n", "utf-8")
    help_of.shell.show_help("overview")
    shown = opened(help_of)
    shown.show_chapter(CHAPTERS[1])
    assert shown.view.document().size().width() <= shown.view.viewport().width(), "nothing to scroll sideways"
    assert command in shown.view.toPlainText(), "and one line for whoever copies it"


def test_the_manual_stays_open_in_another_language(help_of: Windowed) -> None:
    help_of.shell.show_help("records")
    former = help_of.shell
    help_of.shell = type(former)(help_of.desk.kit, help_of.desk.session)
    help_of.shell.take_help(former)
    assert opened(help_of).shown[0] == "records"
    assert former.help is None
    help_of.shell.close_help()
    help_of.shell.deleteLater()
    help_of.shell = former


@pytest.mark.parametrize("language", FOLDERS)
def test_every_chapter_of_the_manual_is_in_the_contents(language: Language) -> None:
    """But the first page, which is a list of them for whoever has no window."""
    first = file_of("overview", language)
    assert first is not None
    assert {file.stem for file in first.parent.glob("*.md")} - {"index"} == set(CHAPTERS)


def test_every_part_of_the_window_has_a_place() -> None:
    pages = ("overview", "customers", "campaigns", "signatures", "inbox", "compliance", "records", "settings")
    parts = (*pages, *(f"settings.{key}" for key in SECTIONS), *(f"campaign.{key}" for key in STEPS), "gate")
    assert [part for part in parts if part not in places()] == []
    assert {place.chapter for place in places().values()} <= set(CHAPTERS)
    dialogs = "\n".join(p.read_text("utf-8") for p in (Path(help_places.__file__).parent / "pages").rglob("*.py"))
    assert [key for key in re.findall(r'^    HELP = "(.*)"$', dialogs, re.MULTILINE) if key not in places()] == []
    assert place_of("records.unheard_of") is places()["records"] is place_of("records")
    assert place_of("unheard_of") is places()[""]


@pytest.mark.parametrize("language", FOLDERS)
def test_the_manual_of_this_build_has_every_place(language: Language) -> None:
    """All chapters or, in a source tree without a manual, none; and each heading that the window opens."""
    files = {chapter: file_of(chapter, language) for chapter in CHAPTERS}
    there = {chapter: file.read_text("utf-8") for chapter, file in files.items() if file is not None}
    assert set(there) in (set(), set(CHAPTERS))
    assert [chapter for chapter, text in there.items() if not title_of(text)] == []
    wanted = {(p.chapter, p.heading[language]) for p in places().values() if p.heading and p.chapter in there}
    assert [each for each in wanted if not re.search(rf"^#+ {re.escape(each[1])}\s*$", there[each[0]], re.M)] == []


def test_anchors_are_those_of_the_manuals_site() -> None:
    assert slug("1. 打开演示") == "1-打开演示"
    assert slug("First of all: who can confirm consent") == "first-of-all-who-can-confirm-consent"
    assert title_of("# 概览 {#top}\n\n## 别的") == "概览"
