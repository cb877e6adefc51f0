"""What Qt writes into a PDF beside what was asked of it, put right. Not a byte more or less: places in it count."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from unicodedata import normalize

_HEAD: Final = 8192  # bytes in which Qt writes its dates
_TABLE: Final = re.compile(rb"beginbfrange.*?endbfrange", re.S)  # glyph to text
_VALUE: Final = re.compile(rb"(?<=[\[ ]<)[0-9A-F]{4}(?=>)")
# radicals of simplified signs that Unicode gives no normal form; the signs look the same
_RADICALS: Final = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻪⻬⻮⻰⻳",
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄黾齐齿龙龟",
        strict=True,
    )
)


def mended(data: bytes, made_at: datetime) -> bytes:
    """The document's own date where Qt wrote the time of its making; text that can be searched and copied."""
    return _TABLE.sub(lambda table: _VALUE.sub(_sign, table[0]), _dated(data[:_HEAD], made_at) + data[_HEAD:])


def _sign(found: re.Match[bytes]) -> bytes:
    """Of all signs that one glyph draws Qt names the first: ⾃ (U+2F83) for 自, a tab for a space."""
    sign = chr(int(found[0], 16))
    if sign == "\t":
        text = " "
    elif "\u2e80" <= sign <= "\u2fdf":
        text = _RADICALS.get(sign) or normalize("NFKC", sign)
    else:
        return found[0]
    return f"{ord(text):04X}".encode()


def _dated(head: bytes, made_at: datetime) -> bytes:
    def info(found: re.Match[bytes]) -> bytes:
        return made_at.astimezone(_zone(found[2])).strftime("D:%Y%m%d%H%M%S").encode() + found[2]

    def metadata(found: re.Match[bytes]) -> bytes:
        return made_at.astimezone(_zone(found[2])).strftime("%Y-%m-%dT%H:%M:%S").encode() + found[2]

    head = re.sub(rb"(D:\d{14})(Z|[+-]\d\d'\d\d')", info, head)
    return re.sub(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)", metadata, head)


def _zone(offset: bytes) -> timezone:
    if offset == b"Z":
        return UTC
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return timezone(away if offset[:1] == b"+" else -away)
