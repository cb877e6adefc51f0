"""Writes resources/tables/words.txt: common Chinese words and how often they are met, for `compliance.borders`.

Run it with jieba installed (MIT, a tool for developers only): `python tools/make_word_table.py`. Its dictionary counts
words in a large corpus; words of two to four characters that are met a hundred times are kept, and single characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jieba

OUT = Path(__file__).parents[1] / "resources" / "tables" / "words.txt"
LONGEST, SELDOM = 4, 100
# what shops sell and say, which the corpus knew little of
OWN = {"瑞士卷": 300, "户外": 3000, "现货": 1000, "外套": 1000, "款式": 1000}


def words() -> Iterator[tuple[str, int]]:
    for line in Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines():
        word, met = line.split()[:2]
        common = len(word) == 1 or (len(word) <= LONGEST and int(met) >= SELDOM)
        if common and word not in OWN and all("\u4e00" <= char <= "\u9fff" for char in word):
            yield word, max(1, int(met))
    yield from OWN.items()


if __name__ == "__main__":
    OUT.write_text("".join(f"{word} {met}\n" for word, met in sorted(words())), "utf-8")
