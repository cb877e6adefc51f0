"""The manual, offline: contents at the left, a chapter at the right, back and forward, and a search in the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from campaign_app.ui.help_places import CHAPTERS, Place, file_of, place_of, title_of
from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.actions import action, tip
from campaign_app.ui.widgets.basics import button, column, label, room, row, show_if
from campaign_app.ui.widgets.manual_view import ManualView
from campaign_app.ui.widgets.reading import step

SIZE: Final = QSize(1_000, 720)
LEAST: Final = QSize(720, 480)
_CONTENTS: Final = 260
_OUTSIDE: Final = ("https", "http", "mailto")


@dataclass(slots=True)
class _Visit:
    chapter: str
    anchor: str
    scrolled: int = 0


class HelpWindow(QWidget):
    """A window of its own: it stays open beside the work, and beside a dialog too."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.setObjectName("help_window")
        self.setWindowTitle(self.tr("帮助"))
        self.setMinimumSize(LEAST.boundedTo(room(self)))
        self.resize(SIZE.boundedTo(room(self)))
        self._kit = kit
        self._visits: list[_Visit] = []
        self._at = -1
        self._chapters = CHAPTERS
        self.contents = self._list()
        self.view = ManualView(kit.theme)
        self.view.setAccessibleName(self.tr("手册正文"))
        self.view.wanted.connect(self._follow)
        self.missing = label("", "muted", wrap=True, name="help_missing", select=True)
        parts = row(self.contents, self.view, space=0, stretch=1)
        self.setLayout(column(self._head(), parts, self.missing, space=0, stretch=1))
        action(self, "help.find", self._look_for)
        action(self, "help.back", lambda: self._travel(-1))
        action(self, "help.forward", lambda: self._travel(1))
        action(self, "help.close", self.close)
        kit.theme.dress(self)

    def show_place(self, key: str) -> None:
        """Opens the manual where it speaks of a part of the window (`ui.help_places`)."""
        place: Place = place_of(key)
        self.show()  # before it is drawn: pictures take their size from it
        self.show_chapter(place.chapter, place.heading.get(self._kit.prefs.language, ""))
        self.activateWindow()
        self.view.setFocus()

    def show_chapter(self, chapter: str, anchor: str = "") -> None:
        self._leave()
        del self._visits[self._at + 1 :]
        self._visits.append(_Visit(chapter, anchor))
        self._at += 1
        self._draw()

    @property
    def shown(self) -> tuple[str, str]:
        """(chapter, anchor) of now."""
        visit = self._visits[self._at]
        return visit.chapter, visit.anchor

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, FBT001 as Qt has it
        return step(self, forward=forward)

    def _head(self) -> QWidget:
        self.back = button(self.tr("后退"), "quiet", name="help_back", click=lambda: self._travel(-1))
        self.back.setToolTip(tip(self.tr("回到上一处"), "help.back"))
        self.forward = button(self.tr("前进"), "quiet", name="help_forward", click=lambda: self._travel(1))
        self.forward.setToolTip(tip(self.tr("前进到下一处"), "help.forward"))
        self.field = QLineEdit()
        self.field.setObjectName("help_find")
        self.field.setPlaceholderText(self.tr("在本章中查找"))
        self.field.setAccessibleName(self.tr("在本章中查找"))
        self.field.setToolTip(tip(self.tr("回车找下一处"), "help.find"))
        self.field.setClearButtonEnabled(True)
        self.field.setFixedWidth(280)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._next)
        self.found = label("", "small", name="help_found")
        made = QWidget()
        bar = row(self.back, self.forward, None, self.found, self.field, space=2)
        bar.setContentsMargins(12, 10, 12, 10)
        made.setLayout(bar)
        return made

    def _list(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("help_contents")
        made.setAccessibleName(self.tr("目录"))
        made.setFixedWidth(_CONTENTS)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for chapter in self._chapters:
            item = QListWidgetItem(title_of(self._text(chapter)) or self.tr("{}（此安装包未包含）").format(chapter))
            item.setToolTip(item.text())
            made.addItem(item)
        made.itemActivated.connect(lambda _: self._choose())
        made.itemClicked.connect(lambda _: self._choose())
        return made

    def _text(self, chapter: str) -> str:
        file = file_of(chapter, self._kit.prefs.language)
        if file is None:
            return ""
        try:
            return file.read_text("utf-8")
        except OSError:
            return ""

    def _draw(self) -> None:
        visit = self._visits[self._at]
        text = self._text(visit.chapter)
        file = file_of(visit.chapter, self._kit.prefs.language)
        self.missing.setText(
            self.tr("此安装包没有这一章（{}）。请安装完整的程序，或到发布页面阅读手册。").format(visit.chapter)
        )
        show_if(self.missing, not text)
        self.missing.setContentsMargins(*(16,) * 4)
        self.view.read(text, file.parent if file is not None else self.view.folder)
        if visit.chapter in self._chapters:
            self.contents.setCurrentRow(self._chapters.index(visit.chapter))
        if visit.scrolled or not visit.anchor or not self.view.go_to(visit.anchor):
            self.view.verticalScrollBar().setValue(visit.scrolled)
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at < len(self._visits) - 1)
        self._typed(self.field.text())

    def _travel(self, by: int) -> None:
        if 0 <= self._at + by < len(self._visits):
            self._leave()
            self._at += by
            self._draw()

    def _leave(self) -> None:
        if self._at >= 0:
            self._visits[self._at].scrolled = self.view.verticalScrollBar().value()

    def _choose(self) -> None:
        chapter = self._chapters[self.contents.currentRow()]
        if self._at < 0 or self._visits[self._at].chapter != chapter:
            self.show_chapter(chapter)

    def _follow(self, link: str) -> None:
        url = QUrl(link)
        if url.scheme() in _OUTSIDE:
            QDesktopServices.openUrl(url)
            return
        file, anchor = url.path(), url.fragment(QUrl.ComponentFormattingOption.FullyDecoded)
        self.show_chapter(file.removesuffix(".md") or self._visits[self._at].chapter, anchor)

    def _look_for(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _typed(self, words: str) -> None:
        count = self.view.mark(words.strip())
        self.found.setText(self.tr("%Ln 处", "", count) if words.strip() else "")

    def _next(self) -> None:
        if self.field.text().strip():
            self.view.find_on(self.field.text().strip())
