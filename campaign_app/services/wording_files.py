"""The text of a file that holds an agreement: plain text in the encodings of Chinese computers, or a Word document.

Of a document only the paragraphs of its body are read, by a parser that knows no entities; nothing is unpacked before
its declared size is believable.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Final
from xml.parsers import expat

from campaign_app.compliance.wordings import LONGEST
from campaign_app.domain.errors import SettingsError

FILE_MAX: Final = 20 << 20
_BODY: Final = "word/document.xml"
_BODY_MAX: Final = 64 << 20
_BLOCK: Final = 1 << 16
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, RuntimeError)


def text_of(file: Path) -> str:
    """Raises SettingsError: no_file, wording_file (no text, no Word document, damaged), wording_long."""
    try:
        if file.stat().st_size > FILE_MAX:
            raise SettingsError("wording_long", "The file is too large", most=LONGEST)
        data = file.read_bytes()
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error
    if zipfile.is_zipfile(file):
        return fitting(_of_document(file))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return fitting(_decoded(data, ("utf-16",), file))
    return fitting(_decoded(data, _ENCODINGS, file))


def fitting(text: str) -> str:
    """Raises SettingsError for a text that is empty or longer than any agreement."""
    if not text.strip():
        raise SettingsError("wording_empty", "There is no text")
    if len(text) > LONGEST:
        raise SettingsError("wording_long", "The text is too long", most=LONGEST)
    return text


def _decoded(data: bytes, encodings: tuple[str, ...], file: Path) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n")
    raise SettingsError("wording_file", "The file is no text", file=file.name)


def _of_document(file: Path) -> str:
    try:
        with zipfile.ZipFile(file) as package:
            part = package.NameToInfo.get(_BODY)
            if part is None or part.flag_bits & 1:
                raise SettingsError("wording_file", "No Word document, or an encrypted one", file=file.name)
            if part.file_size > _BODY_MAX:
                raise SettingsError("wording_long", "The document is too large", most=LONGEST)
            body = _Body()
            with package.open(part) as stream:
                while block := stream.read(_BLOCK):
                    body.parser.Parse(block)
                    if body.size > LONGEST:
                        break
                else:
                    body.parser.Parse(b"", True)  # noqa: FBT003 as expat has it
            return body.text
    except _BROKEN as error:
        raise SettingsError("wording_file", "The document is damaged", file=file.name) from error


class _Body:
    """The runs of text of a document's paragraphs. `size` is what was read so far, in characters."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.size = 0
        self._inside = False
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces).strip("\n")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._inside = name == f"{_WORD} t"
        if name in (f"{_WORD} br", f"{_WORD} tab"):
            self._add("\n" if name.endswith(" br") else "\t")

    def _end(self, name: str) -> None:
        self._inside = False
        if name == f"{_WORD} p":
            self._add("\n")

    def _data(self, data: str) -> None:
        if self._inside:
            self._add(data)

    def _refuse(self, *_: object) -> None:
        raise expat.ExpatError("a document type")

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self.size += len(piece)
