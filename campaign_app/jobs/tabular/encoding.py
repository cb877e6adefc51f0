"""Which encoding a text file is in, and how sure that is."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.text import bom_length
from campaign_app.services.tables import Certainty

HEAD_BYTES: Final = 4 << 20
TAIL_BYTES: Final = 1 << 20

# gb18030 contains gbk and gb2312, so that one name stands for all three
_ALIASES: Final = {
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "ansi": "gb18030",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    "euc-jis-2004": "euc-jp",
    "ascii": "utf-8",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
}
_KNOWN: Final = frozenset(
    {"utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "big5", "big5hkscs", "cp950", "cp932"}
    | {"euc-jp", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1256", "koi8-r", "tis-620"}
)
_MARKED: Final = ("utf-32-le", "utf-32-be", "utf-8", "utf-16-le", "utf-16-be", "gb18030")  # utf-32 begins like utf-16
# one damaged character among so many good ones does not speak against an encoding
_GOOD_PER_BAD: Final = 20
_COMMON_LEAD: Final = (0xA1, 0xD7)  # first byte of GB 2312 signs and of its commoner half of characters
_COMMON_SHARE: Final = 0.6
_LOOK_BYTES: Final = 1 << 16


def known_encoding(name: str) -> str:
    """Our name of an encoding that a user asked for; raises SettingsError."""
    written = name.strip().lower().replace("_", "-")
    ours = _ALIASES.get(written, written)
    if ours not in _KNOWN:
        raise SettingsError("unknown_encoding", "This encoding is not known", encoding=name)
    return ours


def guess_encoding(path: Path) -> tuple[str, Certainty]:
    """From the mark at the start, else from what decodes, else from the look of it."""
    head, tail = _samples(path)
    for encoding in _MARKED:
        if bom_length(head, encoding):
            return encoding, Certainty.CERTAIN
    return _guess(head, tail)


def _guess(head: bytes, tail: bytes) -> tuple[str, Certainty]:
    wide = _without_mark_utf16(head)
    if wide:
        return wide, Certainty.LIKELY
    if _decodes(head, tail, "utf-8"):
        return "utf-8", Certainty.LIKELY
    statistics = _by_statistics(head)
    if _decodes(head, tail, "gb18030") and _looks_chinese(head):
        return "gb18030", Certainty.LIKELY if statistics == "gb18030" else Certainty.GUESS
    return statistics, Certainty.GUESS


def _samples(path: Path) -> tuple[bytes, bytes]:
    """The start of the file, and whole lines from its end where that is further on."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        size = stream.seek(0, 2)
        if size <= HEAD_BYTES:
            return head, b""
        stream.seek(max(HEAD_BYTES, size - TAIL_BYTES))
        return head, stream.read(TAIL_BYTES).partition(b"\n")[2]


def _without_mark_utf16(head: bytes) -> str:
    """Digits and separators have a zero byte in UTF-16, on one side only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 10 > len(head) and odd > 20 * even:
        return "utf-16-le"
    if even * 10 > len(head) and even > 20 * odd:
        return "utf-16-be"
    return ""


def _decodes(head: bytes, tail: bytes, encoding: str) -> bool:
    """True if all of it, or all but a few damaged places, is text in this encoding."""
    make = codecs.getincrementaldecoder(encoding)
    text = make("replace").decode(head) + make("replace").decode(tail)
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return bad == 0 or good > _GOOD_PER_BAD * bad


def _looks_chinese(head: bytes) -> bool:
    """Chinese is nearly all in the block of the common characters; what merely decodes as GB18030 is not."""
    text = head[:_LOOK_BYTES].decode("gb18030", "ignore")
    double = re.sub(r"[\x00-\x7f]+", "", text).encode("gb2312", "ignore")
    common = sum(_COMMON_LEAD[0] <= lead <= _COMMON_LEAD[1] for lead in double[::2])
    return common >= _COMMON_SHARE * len(re.sub(r"[\x00-\x7f]+", "", text))


def _by_statistics(head: bytes) -> str:
    from charset_normalizer import from_bytes

    whole = head[:_LOOK_BYTES].rpartition(b"\n")[0] or head[:_LOOK_BYTES]
    best = from_bytes(re.sub(rb"[0-9]+", b"", whole)).best()  # digits drown the letters
    try:
        return known_encoding(best.encoding) if best else "gb18030"
    except SettingsError:
        return "gb18030"
