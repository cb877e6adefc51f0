"""Writes resources/tables/fold.json: which character stands for which when words are looked for.

Run it with OpenCC installed (a tool for developers only): `python tools/make_fold_table.py`.
The hand lists hold what neither NFKC nor OpenCC knows.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

from opencc import OpenCC  # type: ignore[import-not-found]

Simplify = Callable[[str], str]
OUT = Path(__file__).parents[1] / "resources" / "tables" / "fold.json"
KEPT_CONTROLS = "\t\n\r"
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
CHINESE_DIGITS = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **dict(zip("貳參陸", "236", strict=True)),
}
# Cyrillic and Greek letters that look like Latin ones, each with its capital
LOOK_ALIKES = {
    "а": "a", "А": "a", "В": "b", "ь": "b", "с": "c", "С": "c", "ԁ": "d", "е": "e", "Е": "e", "ё": "e", "Ё": "e",
    "ɡ": "g", "һ": "h", "Н": "h", "і": "i", "І": "i", "ї": "i", "ј": "j", "Ј": "j", "к": "k", "К": "k", "ӏ": "l",
    "М": "m", "м": "m", "п": "n", "о": "o", "О": "o", "р": "p", "Р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "Ѕ": "s",
    "т": "t", "Т": "t", "υ": "u", "ѵ": "v", "ν": "v", "ԝ": "w", "х": "x", "Х": "x", "у": "y", "У": "y", "ү": "y",
    "Α": "a", "α": "a", "Β": "b", "Ε": "e", "ε": "e", "Ζ": "z", "Η": "h", "Ι": "i", "ι": "i", "Κ": "k", "κ": "k",
    "Μ": "m", "Ν": "n", "Ο": "o", "ο": "o", "Ρ": "p", "ρ": "p", "Τ": "t", "τ": "t", "Υ": "y", "Χ": "x", "χ": "x",
    "ω": "w", "ѡ": "w", "ɑ": "a", "ı": "i", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z", "ɴ": "n", "ʀ": "r", "ʏ": "y", "ɢ": "g",
    "ʙ": "b", "ʜ": "h", "ɪ": "i", "ʟ": "l", "ᴀ": "a", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m",
    "ᴏ": "o", "ᴘ": "p", "ᴛ": "t", "ᴜ": "u", "ꜱ": "s", "ꓦ": "v", "ꓫ": "x", "ꓪ": "w", "ꓳ": "o", "ⅴ": "v",
}  # fmt: skip
VARIANTS = dict(["妳你", "欵款", "伱你", "亾亡", "兲天", "冇没", "巳已", "徴征", "戸户", "囬回", "囘回", "覄复"])
# simplified radicals that NFKC leaves as they are
RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰",
        "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙",
        strict=True,
    )
)
from_japanese = OpenCC("jp2t").convert
DOTS = dict.fromkeys("·‧•・･∙⋅•᛫ㆍ⸱", "·")
DASHES = dict.fromkeys("‐‑‒–—―−﹣－ー─━⁃➖", "-")
QUOTES = {**dict.fromkeys("“”„‟″〝〞＂", '"'), **dict.fromkeys("‘’‚‛′｀´", "'")}
# 丨 is a character that no message writes but as a stroke between others
SLASHES = dict.fromkeys("⁄∕╱／｜│┃¦丨", "/")
TILDES = dict.fromkeys("～〜∼˜", "~")
MARKS = {**DOTS, **DASHES, **QUOTES, **SLASHES, **TILDES}
# units and marks that an ordinary message holds; every other symbol is decoration
PLAIN_SYMBOLS = set("°℃℉®©™№℡㎡㎥㎎㎏㎜㎝㎞㏄㏕㎖㎗㎘ℓ㏎㎾㎸㎿§")
MORE_SYMBOLS = "※•‣◦¥￥♥✓✔✗✘〓"
NOT_SYMBOLS = "々〆➕✚"
# enclosed like letters, and drawn as ornaments
STAMPS = "㊣"
# drawn, but read as the sign: ➕微信
DRAWN_SIGNS = dict.fromkeys("➕✚", "+")


def main() -> int:
    """Writes the table; says so on stdout."""
    simplify = OpenCC("t2s").convert
    kinds = ("width", "wide_digit", "case", "traditional", "lookalike", "digit", "mark")
    folds: dict[str, list[str]] = {kind: [] for kind in kinds}
    dropped: dict[str, list[int]] = {"invisible": [], "combining": []}
    symbols: list[int] = []
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        category = unicodedata.category(char)
        if category in ("Cs", "Co", "Cn"):
            continue
        if is_invisible(char, category):
            dropped["invisible"].append(code)
            continue
        if category in ("Mn", "Me"):
            dropped["combining"].append(code)
            continue
        if is_symbol(char, category):
            symbols.append(code)
        kind, to = fold(char, simplify)
        if to != char:
            folds[kind].append(char + to)
    table = {
        "unicode": unicodedata.unidata_version,
        "folds": {kind: ["".join(p[0] for p in pairs), "".join(p[1] for p in pairs)] for kind, pairs in folds.items()},
        "dropped": {kind: ranges(codes) for kind, codes in dropped.items()},
        "symbols": ranges(symbols),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print({kind: len(pairs) for kind, pairs in folds.items()}, {k: len(v) for k, v in dropped.items()}, len(symbols))
    return 0


def is_invisible(char: str, category: str) -> bool:
    code = ord(char)
    if char in KEPT_CONTROLS:
        return False
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F
    return category in ("Cf", "Cc") or selector or char in FILLERS


def is_symbol(char: str, category: str) -> bool:
    if char in PLAIN_SYMBOLS or char in NOT_SYMBOLS:
        return False
    if char in STAMPS:
        return True
    code = ord(char)
    if 0x2190 <= code <= 0x21FF or char in MORE_SYMBOLS or 0x1F000 <= code <= 0x1FAFF:
        return not is_enclosed_letter(code) and not is_ideograph(char)
    if category == "So" and is_ideograph(char):
        return False
    if category == "So":
        return not is_enclosed_letter(code) and not unicodedata.name(char).startswith(("CIRCLED IDEO", "PARENTHESIZED"))
    return category == "Sk" and code > 0x7F


def is_ideograph(char: str) -> bool:
    """Radicals, which a copied PDF holds for characters, and squared characters stand for what they show: ⼤, 🈚."""
    return char in RADICALS or unicodedata.name(letter(char)).startswith("CJK UNIFIED IDEOGRAPH")


def is_enclosed_letter(code: int) -> bool:
    """Styled letters and digits stand for letters, they are not decoration."""
    return (
        0x2460 <= code <= 0x24FF or 0x1F100 <= code <= 0x1F1FF or 0x3200 <= code <= 0x33FF or 0x2776 <= code <= 0x2793
    )


def fold(char: str, simplify: Simplify) -> tuple[str, str]:
    """The class of the fold and the one character that `char` stands for (itself if there is none)."""
    if char in STAMPS:
        return "width", char
    tables = (
        ("digit", CHINESE_DIGITS),
        ("lookalike", LOOK_ALIKES),
        ("mark", MARKS),
        ("width", DRAWN_SIGNS),
        ("width", RADICALS),
    )
    for kind, table in tables:
        if char in table:
            return kind, table[char]
    if char.isspace():
        return "mark", "\n" if char in "\n\r\x0b\x0c\u2028\u2029\x85" else " "
    plain = letter(char)
    to = simple(low(plain), simplify)
    if plain != char:
        kind = kind_of(char, low(plain))
    else:
        kind = "traditional" if low(char) == char and is_traditional(char) else "case"
    return kind, CHINESE_DIGITS.get(to, to)


def kind_of(char: str, lowered: str) -> str:
    """Full-width punctuation is how Chinese is typed, full-width digits nearly so; the rest is a disguise."""
    if not lowered.isalnum():
        return "mark"
    if "０" <= char <= "９":
        return "wide_digit"
    accented = unicodedata.normalize("NFKC", char) == unicodedata.normalize("NFC", char)
    return "case" if accented and unicodedata.category(char) not in ("So", "No") else "width"


def is_traditional(char: str) -> bool:
    """Characters of GB 2312 (著, 乾, 瞭, 藉 …) are at home in simplified text too, but for a few."""
    if char in "後於麽菸":
        return True
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def simple(char: str, simplify: Simplify) -> str:
    """Traditional, then Japanese forms, then variants that are only used to look different."""
    simplified = simplify(char)
    if simplified == char and is_traditional(char):
        simplified = simplify(from_japanese(VARIANTS.get(char, char)))
    return simplified if len(simplified) == 1 else char


def low(char: str) -> str:
    lowered = char.lower()
    return lowered if len(lowered) == 1 else char


def letter(char: str) -> str:
    """NFKC where it is one character, without the brackets, dots and accents around a letter or digit."""
    code = ord(char)
    if 0x2776 <= code <= 0x2793:  # dingbat digits, three rounds of 1 to 10
        digit = (code - 0x2776) % 10 + 1
        return str(digit) if digit < 10 else char
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # negative circled, negative squared, regional indicators
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if code in (0x24FF, 0x1F10B, 0x1F10C):
        return "0"
    if 0x24F5 <= code <= 0x24FD:
        return str(code - 0x24F4)
    text = unicodedata.normalize("NFKC", char)
    text = text.strip("().,〔〕") if len(text) > 1 else text
    if len(text) != 1:
        return char
    base = unicodedata.normalize("NFKD", text)[0]
    return base if base.isascii() and base.isalpha() else text


def ranges(codes: list[int]) -> list[list[int]]:
    """[[first, last], …] of ascending codes."""
    out: list[list[int]] = []
    for code in codes:
        if out and out[-1][1] == code - 1:
            out[-1][1] = code
        else:
            out.append([code, code])
    return out


if __name__ == "__main__":
    raise SystemExit(main())
