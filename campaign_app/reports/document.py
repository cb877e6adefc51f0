"""A document as data: cover, contents, numbered sections, tables, charts, appendices; nothing of how it is drawn.

A renderer goes through `parts(document)`, which numbers sections, tables and charts: all forms of a document agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Final, Literal, assert_never

Row = Sequence[str]


class Style(StrEnum):
    BODY = "body"
    NOTE = "note"  # small print, below what it explains
    WARNING = "warning"  # set apart: what a reader must not miss


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    style: Style = Style.BODY


@dataclass(frozen=True, slots=True)
class Items:
    """A list, one line of thought each."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`weight` is the share of the table's width; numbers stand at the `end`."""

    title: str
    weight: float = 1.0
    align: Literal["start", "end", "center"] = "start"


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are read more than once; without any it says `empty`. `total` is set apart as the last row."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    caption: str = ""  # without one it has no number either
    total: Row | None = None
    empty: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are, one below the other."""

    pairs: tuple[tuple[str, str], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A few large numbers, side by side; four in a row."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """`None` is a value that is not known: nothing is drawn for it."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Values from 0 upwards, one of each series for every category."""

    kind: Literal["bar", "column", "line"]  # bar: lying, for long names
    caption: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.series or any(len(one.values) != len(self.categories) for one in self.series):
            raise ValueError("A chart needs a value of every series for every category")
        if any(value is not None and value < 0 for one in self.series for value in one.values):
            raise ValueError("A chart begins at 0")


Block = Paragraph | Items | Table | Facts | Figures | Chart


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    issuer: str = ""  # who hands it over; with the date at the foot
    date: str = ""
    mark: str = ""  # at the head: a number, a level of secrecy


@dataclass(frozen=True, slots=True)
class Wording:
    """What a renderer says by itself; `{…}` are filled."""

    contents: str
    page: str
    table: str
    chart: str
    appendix: str
    none: str


CHINESE: Final = Wording("目　录", "第 {page} 页 共 {pages} 页", "表 {n}", "图 {n}", "附录 {letter}", "无")
ENGLISH: Final = Wording("Contents", "Page {page} of {pages}", "Table {n}", "Figure {n}", "Appendix {letter}", "None")


@dataclass(frozen=True, slots=True)
class Document:
    """`made_at` is the date that a file of it carries: what holds the same is the same file."""

    title: str
    made_at: datetime
    sections: tuple[Section, ...]
    cover: Cover | None = None
    appendices: tuple[Section, ...] = ()
    header: str = ""  # beside the title at the head of every page
    footer: str = ""
    author: str = ""
    contents: bool = True
    language: Literal["zh_CN", "en"] = "zh_CN"

    @property
    def wording(self) -> Wording:
        return ENGLISH if self.language == "en" else CHINESE


@dataclass(frozen=True, slots=True)
class Heading:
    """`key` is one of its kind in a document: contents point to it."""

    key: int
    number: str
    title: str
    level: int  # from 1
    new_page: bool

    @property
    def text(self) -> str:
        return f"{self.number}{self.title}" if self.number.endswith(("、", "）")) else f"{self.number}　{self.title}"


@dataclass(frozen=True, slots=True)
class Captioned:
    """A block with its number, such as 表 3; empty where it has no caption."""

    block: Block
    number: str = ""


Part = Heading | Captioned


def parts(document: Document) -> Iterator[Part]:
    """Headings and blocks in reading order, numbered."""
    numbering = _Numbering(document)
    for place, section in enumerate(document.sections, 1):
        yield from numbering.walk(section, (place,), appendix=False)
    for place, section in enumerate(document.appendices, 1):
        yield from numbering.walk(section, (place,), appendix=True)


def headings(document: Document) -> tuple[Heading, ...]:
    """What the contents list."""
    return tuple(part for part in parts(document) if isinstance(part, Heading) and part.level <= 2)


class _Numbering:
    def __init__(self, document: Document) -> None:
        self._english = document.language == "en"
        self._wording = document.wording
        self._keys, self._tables, self._charts = count(1), count(1), count(1)

    def walk(self, section: Section, place: tuple[int, ...], *, appendix: bool) -> Iterator[Part]:
        level = len(place)
        new_page = section.new_page or (appendix and level == 1)
        yield Heading(next(self._keys), self._number(place, appendix=appendix), section.title, level, new_page)
        for block in section.blocks:
            yield Captioned(block, self._caption(block))
        for below, child in enumerate(section.sections, 1):
            yield from self.walk(child, (*place, below), appendix=appendix)

    def _number(self, place: tuple[int, ...], *, appendix: bool) -> str:
        first, *rest = place
        if appendix:
            letter = chr(ord("A") + first - 1)
            return ".".join((letter, *map(str, rest))) if rest else self._wording.appendix.format(letter=letter)
        if self._english:
            return ".".join(map(str, place))
        forms = (f"{chinese_number(place[-1])}、", f"（{chinese_number(place[-1])}）", f"{place[-1]}.")
        return forms[min(len(place), 3) - 1]

    def _caption(self, block: Block) -> str:
        match block:
            case Table(caption=caption) | Facts(caption=caption):
                return self._wording.table.format(n=next(self._tables)) if caption else ""
            case Chart():
                return self._wording.chart.format(n=next(self._charts))
            case Paragraph() | Items() | Figures():
                return ""
            case _:
                assert_never(block)


def chinese_number(number: int) -> str:
    """1 to 99 as documents count their sections: 一, 十, 十一, 二十三."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{digits[tens]}十")
    return head + (digits[ones] if ones or not tens else "")
