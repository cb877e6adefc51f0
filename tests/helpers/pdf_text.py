"""What stands where in a PDF that Qt wrote. Text comes out in NFKC: Qt's own says ⾃ (U+2F83) for 自."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from unicodedata import normalize

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.S)
_STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.S)  # compressed data may end in \r itself
_SHOWN = re.compile(
    rb"/F(?P<font>\d+) (?P<size>[\d.]+) Tf|(?P<x>-?[\d.]+) (?P<y>-?[\d.]+) Td|<(?P<text>[0-9A-F]+)> Tj|(?P<end>ET)"
)


@dataclass(frozen=True)
class Run:
    """In dots from the upper left corner; `x` is where it begins."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True)
class Pdf:
    pages: tuple[tuple[Run, ...], ...]
    fonts: dict[str, bool]  # name → embedded

    @property
    def texts(self) -> list[str]:
        """Of each page, a line for every run; runs of one line of a table are lines of their own."""
        return ["\n".join(run.text for run in page) for page in self.pages]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def read_pdf(data: bytes) -> Pdf:
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(data)}
    fonts = {key: body for key, body in objects.items() if b"/Subtype /Type0" in body}
    signs = {key: _signs(_stream(objects[_reference(body, b"ToUnicode")])) for key, body in fonts.items()}
    pages = [body for body in objects.values() if b"/Type /Page\n" in body]
    embedded = {}
    for body in fonts.values():
        name = re.search(rb"/BaseFont /(\S+)", body)
        child = objects[_reference(body, rb"DescendantFonts \[", plain=True)]
        described = objects[_reference(child, b"FontDescriptor")]
        assert name is not None
        embedded[name[1].decode()] = b"/FontFile" in described
    return Pdf(tuple(tuple(_runs(_stream(objects[_reference(page, b"Contents")]), signs)) for page in pages), embedded)


def _reference(body: bytes, name: bytes, *, plain: bool = False) -> int:
    found = re.search(name + (rb"(\d+) 0 R" if plain else rb" (\d+) 0 R"), body)
    assert found is not None, body
    return int(found[1])


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]


def _signs(table: bytes) -> dict[int, str]:
    """Glyph → text, of a CMap: single ones and ranges."""
    known: dict[int, str] = {}
    for first, last, text in re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>", table):
        for place in range(int(first, 16), int(last, 16) + 1):
            known[place] = chr(int(text, 16) + place - int(first, 16)) if len(text) == 4 else _utf16(text)
    for first, last, texts in re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)> \[([^\]]*)\]", table):
        each = re.findall(rb"<([0-9A-F]+)>", texts)
        known |= dict(zip(range(int(first, 16), int(last, 16) + 1), map(_utf16, each), strict=False))
    return known


def _utf16(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be")


def _runs(content: bytes, signs: dict[int, dict[int, str]]) -> list[Run]:
    runs: list[Run] = []
    font, size, x, y, start, text = 0, 0.0, 0.0, 0.0, None, ""
    for found in _SHOWN.finditer(content):
        if found["font"]:
            font, size, x, y, start = int(found["font"]), float(found["size"]), 0.0, 0.0, None
        elif found["x"]:
            x, y = x + float(found["x"]), y + float(found["y"])
            start = start or (x, y)
        elif found["text"]:
            glyphs = found["text"]
            text += "".join(signs[font].get(int(glyphs[at : at + 4], 16), "\ufffd") for at in range(0, len(glyphs), 4))
        elif text and start is not None:
            runs.append(Run(start[0], -start[1], size, normalize("NFKC", text)))
            start, text = None, ""
    return runs
