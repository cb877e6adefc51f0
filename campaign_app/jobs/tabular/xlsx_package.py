"""The zip file around a workbook: nothing is unpacked before its declared sizes are believable."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from campaign_app.domain.errors import SettingsError

UNPACKED_MAX: Final = 4 << 30
PART_RATIO_MAX: Final = 300  # deflate reaches 1,032; tables stay below 100
_SMALL: Final = 16 << 20
BLOCK_BYTES: Final = 1 << 18
# expat keeps an unfinished tag whole
_TOKEN_MAX: Final = 4 << 20
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Handlers:
    """What an XML part is read with; names come without namespace prefix."""

    start: Callable[[str, dict[str, str]], None]
    end: Callable[[str], None]
    text: Callable[[str], None]


@contextmanager
def unreadable_as_broken() -> Iterator[None]:
    """Whatever a damaged zip or XML part raises becomes one clear error."""
    try:
        yield
    except _BROKEN as error:
        raise SettingsError("file_broken", "The workbook is damaged") from error


def open_package(path: Path) -> zipfile.ZipFile:
    """Raises SettingsError: file_broken, xlsx_encrypted, file_bomb, not_xlsx."""
    with unreadable_as_broken():
        package = zipfile.ZipFile(path)
    try:
        _check(package)
    except SettingsError:
        package.close()
        raise
    return package


def _check(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise SettingsError("xlsx_encrypted", "The workbook is protected by a password")
    if "[Content_Types].xml" not in package.NameToInfo:
        raise SettingsError("not_xlsx", "The file is no Excel workbook")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise SettingsError("file_broken", "The workbook is packed in an unusual way")
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > max(_SMALL, PART_RATIO_MAX * part.compress_size) for part in parts)
    if unpacked > UNPACKED_MAX or swollen:
        raise SettingsError("file_bomb", "The workbook unpacks to an absurd size", bytes=unpacked)


def parse_part(package: zipfile.ZipFile, name: str, handlers: Handlers) -> Iterator[None]:
    """Feeds one part to the handlers, block by block; yields after each so that the caller can take what is there."""
    parser = _parser(handlers)
    with package.open(name) as stream:
        fed = 0
        while data := stream.read(BLOCK_BYTES):
            parser.Parse(data)
            fed += len(data)
            if fed - max(parser.CurrentByteIndex, 0) > _TOKEN_MAX:
                raise SettingsError("file_broken", "The workbook holds an absurdly long tag")
            yield
        parser.Parse(b"", True)  # noqa: FBT003 - so it is called
        yield


def _parser(handlers: Handlers) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = _refuse_doctype

    def root(tag: str, attributes: dict[str, str]) -> None:
        # only some programs write a prefix: the others are spared a call for every tag
        prefix = len(tag) - len(tag.rpartition(":")[2])
        start, end = handlers.start, handlers.end
        parser.StartElementHandler = start if not prefix else lambda name, values: start(name[prefix:], values)
        parser.EndElementHandler = end if not prefix else lambda name: end(name[prefix:])
        start(tag[prefix:], attributes)

    parser.StartElementHandler = root
    return parser


def read_part(package: zipfile.ZipFile, name: str, handlers: Handlers) -> None:
    for _ in parse_part(package, name, handlers):
        pass


def _refuse_doctype(*_: object) -> None:
    # no office program writes one, and entities are how XML explodes
    raise SettingsError("file_broken", "The workbook holds a document type")
