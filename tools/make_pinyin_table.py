"""Writes resources/tables/pinyin.txt: how each character of everyday use is read, for finding things by typed pinyin.

Run it with pypinyin installed (a tool for developers only): `python tools/make_pinyin_table.py`. A line is a syllable
without its tone (ü as v) and the characters that are read so; a character with several readings is in several lines.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict  # type: ignore[import-not-found]

OUT = Path(__file__).parents[1] / "resources" / "tables" / "pinyin.txt"
READINGS = 3  # the first are the usual ones, what follows is of old books
SETS = ("gb2312", "big5")  # what is printed today, in both scripts


def plain(reading: str) -> str:
    """Without its tone: lǜ is lv."""
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(part for part in parts if part.isascii())


def everyday(char: str) -> bool:
    def known(name: str) -> bool:
        try:
            char.encode(name)
        except UnicodeEncodeError:
            return False
        return True

    return any(known(name) for name in SETS)


def main() -> int:
    table: defaultdict[str, list[str]] = defaultdict(list)
    for point in range(0x4E00, 0xA000):
        if point in pinyin_dict and everyday(chr(point)):
            readings = dict.fromkeys(plain(each) for each in pinyin_dict[point].split(",")[:READINGS])
            for reading in readings:
                if reading.isalpha():
                    table[reading].append(chr(point))
    OUT.write_text("".join(f"{sound} {''.join(table[sound])}\n" for sound in sorted(table)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
