"""Which replies mean "no more": the words people really type, after folding width, case and punctuation.

Words and their misspellings: the counts in `docs/facts.md` (rule OPT-008). Too many is right: a reply that only looks
like a refusal costs the merchant one recipient, a refusal that is overlooked costs a person's peace.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORDS: Final = frozenset(
    (
        "r",
        "rr",
        "t",
        "tt",
        "td",
        "tdd",
        "n",
        "no",
        "d",
        "q",
        "qx",
        "tui",
        "tuiding",
        "quxiao",
        "0000",
        "00000",
        "stop",
        "quit",
    )
)
PHRASES: Final = (
    "退订",
    "退定",
    "推订",
    "取消",
    "拒收",
    "拒绝接收",
    "不要再发",
    "别再发",
    "别发了",
    "不再接收",
    "勿扰",
    "停止发送",
)
_NOISE: Final = re.compile(r"[\W_]+")


def is_opt_out(reply: str) -> bool:
    """Whether a reply refuses further messages; e.g. ＴＤ, "r。", 回复TD, 请退订."""
    folded = _NOISE.sub("", unicodedata.normalize("NFKC", reply).casefold())
    word = folded.removeprefix("回复").removeprefix("回")
    return word in WORDS or any(phrase in folded for phrase in PHRASES)
