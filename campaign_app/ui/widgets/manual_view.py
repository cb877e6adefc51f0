"""A chapter of the manual as one reads it: Markdown in the look of the window, with links, headings and a search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImageReader,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from campaign_app.ui.help_places import slug
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import RADIUS

MARGIN: Final = 28
_LINE: Final = 135.0  # per cent
_ABOVE: Final = {1: 4.0, 2: 22.0, 3: 16.0}  # a heading, by its level
_PICTURE: Final = "\ufffc"  # stands in the text where one is
_BELOW: Final = 5.0
_ATTRIBUTES: Final = re.compile(r"[ \t]*\{[:#.][^}\n]*\}[ \t]*$", re.MULTILINE)


class ManualView(QTextBrowser):
    """`wanted` carries where a link leads: a chapter's file with or without `#anchor`, or an address outside."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self.folder = Path()
        self.setObjectName("manual_text")
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # a table's edge takes a pixel
        self.anchorClicked.connect(lambda url: self.wanted.emit(url.toString()))
        theme.changed.connect(self._draw)

    def read(self, text: str, folder: Path) -> None:
        """Pictures are looked for in `folder` only, and nothing is fetched from anywhere."""
        self._text, self.folder = _ATTRIBUTES.sub("", text), folder
        self._draw()

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802
        url = name if isinstance(name, QUrl) else QUrl(name)
        file = (self.folder / url.path()).resolve()
        if not url.isRelative() or not file.is_relative_to(self.folder.resolve()):
            return None
        return super().loadResource(kind, QUrl.fromLocalFile(str(file)))

    def go_to(self, anchor: str) -> bool:
        """Scrolls to a heading by its anchor or its words; whether there is such a one."""
        for block in _blocks(self.document()):
            if block.blockFormat().headingLevel() and anchor in (slug(block.text()), block.text()):
                cursor = QTextCursor(block)
                self.setTextCursor(cursor)
                self.verticalScrollBar().setValue(
                    round(self.document().documentLayout().blockBoundingRect(block).top()) - MARGIN // 2
                )
                return True
        return False

    def mark(self, words: str) -> int:
        """Marks every place where the words stand; returns how many there are."""
        found: list[QTextEdit.ExtraSelection] = []
        cursor = QTextCursor(self.document())
        look = QTextCharFormat()
        look.setBackground(QColor(self._theme.tokens.warn_soft))
        look.setForeground(QColor(self._theme.tokens.text))
        while words and not (cursor := self.document().find(words, cursor)).isNull():
            each = QTextEdit.ExtraSelection()
            each.cursor, each.format = cursor, look
            found.append(each)
        self.setExtraSelections(found)
        return len(found)

    def find_on(self, words: str, *, back: bool = False) -> bool:
        """Selects the next place, round at the ends."""
        flags = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if self.find(words, flags):
            return True
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start)
        self.setTextCursor(cursor)
        return self.find(words, flags)

    def _draw(self) -> None:
        at = self.verticalScrollBar().value()
        document = self.document()
        document.setDocumentMargin(MARGIN)
        document.setMarkdown(self._text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        self.setTextCursor(QTextCursor(document))
        self._space()
        self._dress_tables()
        self._fit_pictures()
        self.verticalScrollBar().setValue(at)

    def _space(self) -> None:
        for block in _blocks(self.document()):
            look = QTextBlockFormat()
            look.setNonBreakableLines(False)  # of commands: the page would scroll sideways
            level = block.blockFormat().headingLevel()
            if _PICTURE not in block.text():  # whose line is as high as it is
                look.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if QTextCursor(block).currentTable() is None:
                look.setBottomMargin(_BELOW)
            if level:
                look.setTopMargin(_ABOVE.get(level, 12.0))
                look.setBottomMargin(8.0)
            QTextCursor(block).mergeBlockFormat(look)

    def _fit_pictures(self) -> None:
        """No wider than the page, never larger than they are."""
        room = self.viewport().width() - 2 * MARGIN
        for block in _blocks(self.document()):
            if _PICTURE not in block.text():
                continue
            for at, character in enumerate(block.text()):
                cursor = QTextCursor(block)
                cursor.setPosition(block.position() + at)
                cursor.setPosition(block.position() + at + 1, QTextCursor.MoveMode.KeepAnchor)
                look = cursor.charFormat()
                if character != _PICTURE or not look.isImageFormat():
                    continue
                shown = look.toImageFormat()
                size = QImageReader(str(self.folder / shown.name())).size()
                if size.isValid():
                    width = min(room, size.width())
                    shown.setWidth(width)
                    shown.setHeight(width * size.height() / size.width())
                    cursor.setCharFormat(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit_pictures()

    def _dress_tables(self) -> None:
        tokens = self._theme.tokens
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                look = QTextTableFormat(frame.format())
                look.setBorderCollapse(True)
                look.setBorder(1)
                look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                look.setBorderBrush(QBrush(QColor(tokens.line)))
                look.setCellPadding(RADIUS)
                look.setCellSpacing(0)
                look.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                frame.setFormat(look)


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()
