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
        "unsubscribe",
        "cancel",
        "end",
        "退",
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
    *("退订", "退定", "推订", "退阅", "取消", "拒收", "拒绝", "不要再发", "不要发", "别再发", "别发"),
    *("不再接收", "勿扰", "勿发", "停止发送", "停发", "骚扰", "投诉", "举报", "不要再给", "不想收", "不接收"),
)
# a word of its own at the start: "TD谢谢", "r, 烦死了", "STOP please"; one letter needs a sign behind it (T恤多少钱)
_FIRST: Final = re.compile(r"[\W_]*(?:回复?)?([a-z]{2,}(?![a-z0-9])|[a-z](?!\w)|0{4,})")
_NOISE: Final = re.compile(r"[\W_]+")


def is_opt_out(reply: str) -> bool:
    """Whether a reply refuses further messages; e.g. ＴＤ, "r。", 回复TD, 请退订."""
    folded = _NOISE.sub("", unicodedata.normalize("NFKC", reply).casefold())
    word = folded.removeprefix("回复").removeprefix("回")
    first = _FIRST.match(unicodedata.normalize("NFKC", reply).casefold())
    leads = first is not None and first[1] in WORDS
    return leads or word in WORDS or any(phrase in folded for phrase in PHRASES)
