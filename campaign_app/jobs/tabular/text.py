"""Bytes of a text file as blocks of whole lines, with a bound on what is held."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

READ_BYTES: Final = 1 << 18
LINE_MAX: Final = 1 << 18
FIELD_MAX: Final = 32_767

_BOMS: Final = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
    "gb18030": b"\x84\x31\x95\x33",
}


@dataclass(frozen=True, slots=True)
class TextBlock:
    r"""Whole lines joined by \n without the last one's end; or, with `too_long`, one line that was not kept.

    Bytes that the encoding does not know have become U+FFFD.
    """

    text: str
    too_long: bool = False
    read: int = 0


def bom_length(head: bytes, encoding: str) -> int:
    """How many bytes at the start are the mark of this encoding."""
    bom = _BOMS.get(encoding, b"")
    return len(bom) if bom and head.startswith(bom) else 0


def text_blocks(path: Path, encoding: str) -> Iterator[TextBlock]:
    r"""The file's lines, ends (\r\n, \r) made \n. A line above LINE_MAX characters is skipped, never held whole."""
    with path.open("rb") as stream:
        stream.seek(bom_length(stream.read(4), encoding))
        yield from _cut(stream, codecs.getincrementaldecoder(encoding)("replace"))


def _cut(stream: BinaryIO, plain: codecs.IncrementalDecoder) -> Iterator[TextBlock]:
    decoder = io.IncrementalNewlineDecoder(plain, translate=True)
    carry, skipping, final = "", False, False
    while not final:
        data = stream.read(READ_BYTES)
        final = not data
        text = decoder.decode(data, final)
        if skipping:
            _, end, text = text.partition("\n")
            skipping = not end
        text = carry + text
        lines, end, carry = text.rpartition("\n")
        if end:
            yield TextBlock(lines, read=stream.tell())
        if len(carry) > LINE_MAX:
            yield TextBlock("", too_long=True, read=stream.tell())
            carry, skipping = "", True
    if carry:
        yield TextBlock(carry, read=stream.tell())
