"""The shared strings of a workbook, held as one run of bytes: millions of them cost little more than their text."""

from __future__ import annotations

import re
import zipfile
from array import array
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.text import FIELD_MAX
from campaign_app.jobs.tabular.xlsx_package import Handlers, read_part

STRINGS_BYTES_MAX: Final = 512 << 20
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._text: list[str] = []
        self._size = 0
        self._inside = False
        self._phonetic = False

    @classmethod
    def of(cls, package: zipfile.ZipFile, part: str) -> SharedStrings:
        """Those of a workbook; none if it has no such part. Raises SettingsError `file_bomb`."""
        strings = cls()
        if part in package.NameToInfo:
            if package.NameToInfo[part].file_size > STRINGS_BYTES_MAX:
                raise SettingsError("file_bomb", "The workbook holds an absurd amount of text")
            read_part(package, part, Handlers(strings._start, strings._end, strings._data))
        return strings

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            raise KeyError(index)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8", "surrogatepass")

    def _start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "t":
            self._inside = not self._phonetic
        elif tag == "rPh":
            self._phonetic = True

    def _end(self, tag: str) -> None:
        if tag == "t":
            self._inside = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._bytes += unescape("".join(self._text)).encode("utf-8", "surrogatepass")
            self._ends.append(len(self._bytes))
            self._text.clear()
            self._size = 0

    def _data(self, text: str) -> None:
        if self._inside and self._size <= FIELD_MAX:  # one character more than a cell may have tells enough
            self._text.append(text)
            self._size += len(text)


def unescape(text: str) -> str:
    """Control characters are written _x000D_ in a workbook."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
