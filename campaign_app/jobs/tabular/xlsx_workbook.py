"""The parts of a workbook that say what its sheets mean: their names, the strings, the date formats."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.xlsx_package import Handlers, read_part
from campaign_app.jobs.tabular.xlsx_strings import SharedStrings
from campaign_app.jobs.tabular.xlsx_values import is_date_format

_WORKBOOK: Final = "/officeDocument"
_SHEET: Final = "/worksheet"
_STRINGS: Final = "/sharedStrings"
_STYLES: Final = "/styles"


@dataclass(slots=True)
class Workbook:
    """`sheets`: name → part, in the workbook's order; `hidden` are among them. `dates`: styles that show a date."""

    sheets: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    strings: SharedStrings = field(default_factory=SharedStrings)
    dates: frozenset[int] = frozenset()
    epoch_1904: bool = False


@dataclass(slots=True)
class _Relations:
    """Of one part: id → (type, part)."""

    base: str
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join(self.base, attributes.get("Target", "")))
            kind = attributes.get("Type", "")
            self.targets[attributes.get("Id", "")] = (kind[kind.rfind("/") :], target.lstrip("/"))

    def first(self, kind: str) -> str:
        return next((part for found, part in self.targets.values() if found == kind), "")


@dataclass(slots=True)
class _Styles:
    formats: dict[str, str] = field(default_factory=dict)
    dates: set[int] = field(default_factory=set)
    inside: bool = False
    seen: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            number = attributes.get("numFmtId", "0")
            if is_date_format(int(number), self.formats.get(number, "")):
                self.dates.add(self.seen)
            self.seen += 1

    def end(self, tag: str) -> None:
        self.inside = self.inside and tag != "cellXfs"


def _nothing(*_: object) -> None: ...


def read_workbook(package: zipfile.ZipFile) -> Workbook:
    """Raises SettingsError `not_xlsx` for a zip file that holds something else."""
    main = _relations(package, "_rels/.rels", "").first(_WORKBOOK)
    if main not in package.NameToInfo:
        raise SettingsError("not_xlsx", "The file is no Excel workbook")
    base, name = posixpath.split(main)
    relations = _relations(package, posixpath.join(base, "_rels", f"{name}.rels"), base)
    book = Workbook()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            kind, part = relations.targets.get(link, ("", ""))
            if kind == _SHEET and part in package.NameToInfo:
                name = attributes.get("name", "")
                book.sheets[name] = part
                if attributes.get("state", "visible") != "visible":
                    book.hidden.add(name)
        elif tag == "workbookPr":
            book.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")

    read_part(package, main, Handlers(start, _nothing, _nothing))
    if not book.sheets:
        raise SettingsError("not_xlsx", "The file is no Excel workbook with a sheet of cells")
    book.strings = SharedStrings.of(package, relations.first(_STRINGS))
    book.dates = _dates(package, relations.first(_STYLES))
    return book


def _relations(package: zipfile.ZipFile, part: str, base: str) -> _Relations:
    relations = _Relations(base)
    if part in package.NameToInfo:
        read_part(package, part, Handlers(relations.start, _nothing, _nothing))
    return relations


def _dates(package: zipfile.ZipFile, part: str) -> frozenset[int]:
    styles = _Styles()
    if part in package.NameToInfo:
        read_part(package, part, Handlers(styles.start, styles.end, _nothing))
    return frozenset(styles.dates)
