"""A document as a PDF: A4, fonts embedded, page numbers, contents. What holds the same comes out as the same bytes.

It needs no display. Where there is a `QGuiApplication`, as beside a window, it may run on any thread: Qt's text layout
and painting onto a PDF are reentrant, and nothing here outlives the call or is shared. Where there is none it makes
one for as long as it takes, and has to be called on the main thread, as in a command.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final

from campaign_app.printing.body import body_boxes
from campaign_app.printing.boxes import Placed, pages
from campaign_app.printing.fonts import document_families, drawing
from campaign_app.printing.front import contents_boxes, draw_cover, draw_running
from campaign_app.printing.mending import mended
from campaign_app.printing.page import DOTS, Sheet
from campaign_app.reports.document import Document

if TYPE_CHECKING:
    from PySide6.QtCore import QBuffer
    from PySide6.QtGui import QPainter, QPdfWriter

Progress = Callable[[int, int], object]  # pages drawn, of how many
_ALONE: Final = Lock()


class Cancelled(Exception):
    """Whoever asked for the document does not want it any more; nothing was written."""


@dataclass(frozen=True, slots=True)
class Printed:
    data: bytes
    pages: int  # of the text, which are those with numbers


def render(document: Document, progress: Progress | None = None, wanted: Callable[[], bool] = lambda: True) -> Printed:
    """Raises SettingsError("no_chinese_font"), and Cancelled once `wanted` says no; it is asked at every page."""
    with drawing(), _same_order():
        return _Printing(document, progress or (lambda _done, _all: None), wanted).run()


@contextmanager
def _same_order() -> Iterator[None]:
    """Qt writes fonts in the order of a hash table, which else is another one in every process."""
    from PySide6.QtCore import QHashSeed

    with _ALONE:
        QHashSeed.setDeterministicGlobalSeed()
        try:
            yield
        finally:
            QHashSeed.resetRandomGlobalSeed()


class _Printing:
    def __init__(self, document: Document, progress: Progress, wanted: Callable[[], bool]) -> None:
        self._document, self._progress, self._wanted = document, progress, wanted
        self._families = document_families()
        self._begun = False

    def run(self) -> Printed:
        from PySide6.QtCore import QBuffer, QIODevice
        from PySide6.QtGui import QPainter

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = self._writer(buffer)
        sheet = Sheet(self._families, writer, self._document.wording.none)
        found, count = self._places(sheet)
        painter = QPainter(writer)
        try:
            self._draw(painter, writer, sheet, found, count)
        finally:
            painter.end()
            buffer.close()
        return Printed(mended(bytes(buffer.data().data()), self._document.made_at), count)

    def _writer(self, buffer: QBuffer) -> QPdfWriter:
        from PySide6.QtCore import QMarginsF, QUuid
        from PySide6.QtGui import QPageSize, QPdfWriter

        document = self._document
        writer = QPdfWriter(buffer)
        writer.setResolution(DOTS)
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        writer.setTitle(document.title)
        writer.setAuthor(document.author)
        writer.setCreator("campaign-app")
        named = sha256(f"{document.title}\n{document.made_at.isoformat()}".encode()).digest()
        writer.setDocumentId(QUuid(str(uuid.UUID(bytes=named[:16], version=5))))
        return writer

    def _places(self, sheet: Sheet) -> tuple[dict[int, int], int]:
        """The page of every heading, and how many pages there are: laid out once without being drawn."""
        found: dict[int, int] = {}
        count = 0
        for page in pages(body_boxes(sheet, self._document)):
            self._ask()
            count = page.number
            found.update((box.key, page.number) for box, _at in page.boxes if box.key)
        return found, count

    def _draw(self, painter: QPainter, writer: QPdfWriter, sheet: Sheet, found: dict[int, int], count: int) -> None:
        document = self._document
        if document.cover is not None:
            self._turn(writer)
            draw_cover(painter, sheet, document.cover)
        if document.contents and found:
            for page in pages(contents_boxes(sheet, document, found)):
                self._turn(writer)
                draw_running(painter, sheet, document, roman(page.number))
                _fill(painter, page)
        for page in pages(body_boxes(sheet, document)):
            self._ask()
            self._turn(writer)
            draw_running(painter, sheet, document, document.wording.page.format(page=page.number, pages=count))
            _fill(painter, page)
            self._progress(page.number, count)

    def _turn(self, writer: QPdfWriter) -> None:
        if self._begun:
            writer.newPage()
        self._begun = True

    def _ask(self) -> None:
        if not self._wanted():
            raise Cancelled


def _fill(painter: QPainter, page: Placed) -> None:
    for box, top in page.boxes:
        box.draw(painter, top)


def roman(number: int) -> str:
    """The numbers of contents: i, ii, iii."""
    text = ""
    for value, sign in ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += sign * (number // value)
        number %= value
    return text
