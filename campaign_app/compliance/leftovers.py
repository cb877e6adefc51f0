"""What a deletion leaves of a sentence: an attribute goes with its 的, and no clause may be left torn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BORDER: Final = re.compile("[，。；！？、：,;!?:\n【】（）()“”]")
_WORD: Final = re.compile(r"[^\W_]")
# of words that begin so the sound ones are left out: 的士, 地址, 得到, 了解, 着装
_NO_BEGINNING: Final = re.compile(
    "的(?![士确])|地(?![址铁区点方图板毯暖推下面道域理带段产标球瓜表])|得(?![到奖知力主物体])|了(?![解不])|着(?![装色急手陆])|[们吗呢]"
)
_NO_END: Final = re.compile("[到向给在加把被对从与和或及将让是由比的]$")
_ATTRIBUTE: Final = re.compile("的(?![士确])|地(?=[^址铁区点方图板毯暖推下面道域理带段产标球瓜表])")
_OWNERS: Final = ("你", "您", "我", "他", "她", "们", "TA", "ta")
_GREETINGS: Final = frozenset(("您好", "你好"))
_FEWEST: Final = 3


def attribute(text: str, start: int, end: int) -> tuple[int, int]:
    """The same words with the 的 that ties them to the next one; of several before one 的, with the 、 before them."""
    if start == end or text[start:end].endswith(_OWNERS) or not _ATTRIBUTE.match(text, end):
        return start, end
    return (start - 1, end) if text[start - 1 : start] == "、" else (start, end + 1)


def is_torn(before: str, after: str, *, deleted: bool) -> bool:
    """Whether more clauses than before begin or end as none does, or, of a deletion, are too short to say anything."""
    known, left = list(_clauses(before)), list(_clauses(after))
    if sum(map(_loose_ends, left)) > sum(map(_loose_ends, known)):
        return True
    return deleted and sum(map(_is_stub, left)) > sum(map(_is_stub, known))


def _clauses(text: str) -> Iterator[str]:
    return map(str.strip, _BORDER.split(text))


def _loose_ends(clause: str) -> int:
    return (_NO_BEGINNING.match(clause) is not None) + (_NO_END.search(clause) is not None)


def _is_stub(clause: str) -> bool:
    return clause not in _GREETINGS and 0 < len(_WORD.findall(clause)) < _FEWEST
