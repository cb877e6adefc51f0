"""The field that a message is written in: plain text, variables as chips, findings underlined where they stand.

All places are code points of the text. Marks follow the text that is typed until newer ones come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit, QTextEdit, QToolTip

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.chip_names import ChipNames
from campaign_app.ui.widgets.utf16 import Units, cleaned

LIMIT: Final = 2_000  # no message is that long: four times what any provider takes
LINES: Final = (5, 12)
_SHORT: Final = 3  # lines that a short page leaves at least
FONT: Final = 15
_AROUND: Final = 16  # the sheet's padding and edge
_CHIP: Final = re.compile(r"(?<![${])\{(\w{1,40})\}(?!\})")
_WAVE: Final = QTextCharFormat.UnderlineStyle.WaveUnderline


@dataclass(frozen=True, slots=True)
class Mark:
    """`level` is block, warn or info; the `current` one is framed as well."""

    start: int
    end: int
    level: str
    current: bool = False


class MessageEdit(QPlainTextEdit):
    """`typed` tells the text whenever the user changed it, `moved` where the caret is.

    `trimmed` tells of a paste or drop how many characters were left out and how many unseen ones were taken away;
    an `uncut` field takes all of it or nothing. `replaced` comes before a paste that leaves nothing of the former text.
    `explain` makes rich text of a mark, which stands beside it while the mouse rests on it.
    """

    typed = Signal(str)
    moved = Signal(int)
    trimmed = Signal(int, int)
    replaced = Signal()

    def __init__(self, theme: Theme, *, lines: tuple[int, int] = LINES, uncut: bool = False) -> None:
        super().__init__()
        self._theme, self._lines, self._uncut = theme, lines, uncut
        self._text, self._units = "", Units("")
        self._marks: tuple[Mark, ...] | None = ()
        # these move with what is typed
        self._marked: list[tuple[Mark, QTextCursor]] = []
        self._known = frozenset[str]()
        self._quiet = self._whole = False
        self.names = ChipNames(theme, self)
        self.explain: Callable[[Mark], str] = lambda _: ""
        self._revision = self.document().revision()
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setStyleSheet(f"QPlainTextEdit {{ font-size: {FONT}px; }}")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._changed)
        self.cursorPositionChanged.connect(self._moved)
        theme.changed.connect(self._draw)
        self._fit()

    @property
    def text(self) -> str:
        return self._text

    @property
    def caret(self) -> int:
        return self._units.point(self.textCursor().position())

    def show_text(self, text: str) -> None:
        """Another text altogether; says nothing, and there is no way back to the former one."""
        if text != self._text:
            self._quiet = True
            self.setPlainText(cleaned(text)[0])
            self._quiet = False

    def write_on(self, page: QTextDocument) -> None:
        """On one of `new_page`: what another field wrote on it before is there, and can be undone here."""
        self._page = page  # it lives as long as whoever shows it
        self._quiet = True
        page.setDefaultFont(self.font())
        self.setDocument(page)
        self._changed()
        self._quiet = False
        self.undoAvailable.emit(page.isUndoAvailable())
        self.redoAvailable.emit(page.isRedoAvailable())

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Of the text as it is now."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self._marked = [(mark, self._cursor(mark.start, mark.end)) for mark in marks]
            self._draw()

    def show_known(self, variables: Collection[str]) -> None:
        """The variables that there are; a chip of any other is marked as wrong."""
        names = frozenset(variables)
        if names != self._known:
            self._known = names
            self._draw()

    def go_to(self, start: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(self._units.of(start))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def insert(self, text: str) -> None:
        """At the caret, in place of what is selected."""
        self.textCursor().insertText(text)
        self.setFocus()

    def apply(self, edits: Sequence[tuple[int, int, str]]) -> None:
        """(start, end, replacement) in order of place, undone as one step; the caret goes behind the first."""
        places = [(self._units.of(start), self._units.of(end), words) for start, end, words in edits]
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for start, end, words in reversed(places):
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(words)
        cursor.endEditBlock()
        self.document().setModified(False)  # else Qt undoes what is typed right behind it in the same step
        self.setTextCursor(cursor)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        return source.hasText() and not any(url.isLocalFile() for url in source.urls())

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Whatever it was, it comes in as plain text, and no more of it than a message may have."""
        if self.canInsertFromMimeData(source):
            self._paste(source.text())

    def replace_all(self, text: str) -> None:
        """As if it were pasted over everything."""
        self.selectAll()
        self._paste(text)

    def _paste(self, brought: str) -> None:
        cursor = self.textCursor()
        former = len(self._text) - abs(
            self._units.point(cursor.selectionEnd()) - self._units.point(cursor.selectionStart())
        )
        room = max(0, LIMIT - former)
        # cleaning a megabyte is not worth it when all but a little of it stays away
        clean, unseen = cleaned(brought[: 2 * LIMIT])
        kept = clean[:room]
        left_out = len(clean) - len(kept) + max(0, len(brought) - 2 * LIMIT)
        if not (left_out and self._uncut):
            if not former:
                self.replaced.emit()
            cursor.insertText(kept)
            self.ensureCursorVisible()
        if left_out or unseen:
            self.trimmed.emit(left_out, unseen)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()
        else:
            self._scroll()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._paint_chips()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.names.takes(event):
            event.ignore()
            return
        super().keyPressEvent(event)
        if event.text() and not self.isReadOnly():
            self.names.follow()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        super().inputMethodEvent(event)
        if event.commitString():
            self.names.follow()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self._mark_at(QPointF(event.pos()))
            told, at = (self.explain(found[0]), found[1].toAlignedRect()) if found else ("", self.rect())
            # it goes as soon as the mouse leaves the words
            QToolTip.showText(event.globalPos(), told, self.viewport(), at)
            return True
        return super().viewportEvent(event)

    def _mark_at(self, place: QPointF) -> tuple[Mark, QRectF] | None:
        """The shortest that stands there, and the line of it."""
        found = [
            (mark, at)
            for mark, cursor in self._marked
            for at in self._boxes(cursor.selectionStart(), cursor.selectionEnd())
            if at.contains(place)
        ]
        return min(found, key=lambda each: each[0].end - each[0].start, default=None)

    def _moved(self) -> None:
        # typing moves the caret before it tells of the text, where no place is right any more
        if self.document().revision() == self._revision:
            self.moved.emit(self.caret)

    def _changed(self) -> None:
        self._revision = self.document().revision()
        text = self.toPlainText()
        if text == self._text:
            return
        self._text, self._units = text, Units(text)
        self._marks = None  # what is marked is of a former text
        if self._quiet:
            self._marked = []
        self._draw()
        self._fit()
        if not self._quiet:
            self.typed.emit(text)

    def _fit(self) -> None:
        """As tall as the text is, within limits."""
        line, block, lines = QFontMetricsF(self.font()).lineSpacing(), self.document().begin(), 0
        while block.isValid() and lines < self._lines[1]:
            self.blockBoundingRect(block)  # lays it out
            lines += block.layout().lineCount()
            block = block.next()
        shown = min(max(lines, self._lines[0]), self._lines[1])
        self._whole = lines <= shown and not block.isValid()
        around = 2 * self.document().documentMargin()
        few = min(_SHORT, self._lines[0])
        height, least = (int(count * line + around) + _AROUND for count in (shown, few))
        if (least, height) != (self.minimumHeight(), self.maximumHeight()):
            self.setMinimumHeight(least)  # where the page is short the text scrolls; it is never cut
            self.setMaximumHeight(height)
        self._scroll()

    def _scroll(self) -> None:
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        policy = off if self._whole and self.height() >= self.maximumHeight() else needed
        if policy is not self.verticalScrollBarPolicy():  # Qt lays out anew even where nothing changes
            self.setVerticalScrollBarPolicy(policy)

    # --- chips and marks ---------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        tokens, selections = self._theme.tokens, []
        for found in _CHIP.finditer(self._text):
            words = QTextCharFormat()
            words.setForeground(QColor(tokens.accent if found[1] in self._known else tokens.block))
            selections.append(_selection(self._cursor(*found.span()), words))
        for mark, cursor in self._marked:
            words = QTextCharFormat()
            words.setUnderlineStyle(_WAVE)
            words.setUnderlineColor(QColor(getattr(tokens, mark.level)))
            words.setBackground(QColor(getattr(tokens, f"{mark.level}_soft")))
            selections.append(_selection(cursor, words))
        self.setExtraSelections(selections)

    def _cursor(self, start: int, end: int) -> QTextCursor:
        made = QTextCursor(self.document())
        made.setPosition(self._units.of(start))
        made.setPosition(self._units.of(end), QTextCursor.MoveMode.KeepAnchor)
        return made

    def _paint_chips(self) -> None:
        tokens, units = self._theme.tokens, self._units
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for found in _CHIP.finditer(self._text):
            known = found[1] in self._known
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft if known else tokens.block_soft))
            for at in self._boxes(units.of(found.start()), units.of(found.end())):
                painter.drawRoundedRect(at.adjusted(-1, 1, 1, -1), 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for mark, cursor in self._marked:
            painter.setPen(QPen(QColor(getattr(tokens, mark.level)), 1.2))
            for at in self._boxes(cursor.selectionStart(), cursor.selectionEnd()) if mark.current else ():
                painter.drawRoundedRect(at.adjusted(-2, 0, 2, 1), 3, 3)
        painter.end()

    def _boxes(self, start: int, end: int) -> Iterator[QRectF]:
        """Where units start to end are on the screen, line by line."""
        block = self.document().findBlock(start)
        while block.isValid() and block.position() < end:
            if block.isVisible():
                yield from self._boxes_in(block, start - block.position(), end - block.position())
            block = block.next()

    def _boxes_in(self, block: QTextBlock, start: int, end: int) -> Iterator[QRectF]:
        origin = self.blockBoundingGeometry(block).translated(self.contentOffset()).topLeft()
        layout = block.layout()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            first, last = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
            if first < last:
                left, right = _x(line.cursorToX(first)), _x(line.cursorToX(last))
                yield QRectF(origin.x() + left, origin.y() + line.y(), right - left, line.height())


def new_page() -> QTextDocument:
    """Whoever keeps it keeps what can be undone; it belongs to nobody else."""
    made = QTextDocument()
    made.setDocumentLayout(QPlainTextDocumentLayout(made))
    return made


def _selection(cursor: QTextCursor, words: QTextCharFormat) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    made.cursor, made.format = cursor, words
    return made


def _x(found: object) -> float:
    """PySide answers with the position that it rounded to beside the place."""
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]
