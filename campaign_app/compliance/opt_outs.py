"""Finds the ways to refuse further messages by a reply, however they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from campaign_app.compliance.normalize import Folded

_VERB: Final = (
    r"(?:拒收|退订|取消订阅|取消接收|取消推送|不再接收|不想接收|不愿接收|停止接收|谢绝接收|拒绝接收|"
    r"不想收到|不再收到|取消短信|取消订购|屏蔽|谢绝)"
)
_STRONG: Final = r"(?:拒收|退订)"
_WHAT: Final = r"(?:本|此|该|以上|营销|推广|促销|广告|活动|商业|类|条){0,4}(?:短信息|短信|信息|消息|通知|推送)?"
_POLITE: Final = r"(?:请|可|敬请|直接|随时|均|以|您|免费|,|:){0,4}"
_REPLY: Final = r"(?:短信)?(?:回复|回覆|回|发送|发|复)(?:短信|字母|数字|关键字)?"
_QUOTE: Final = r"[\"'(\[「『<《]?"
_END_QUOTE: Final = r"[\"')\]」』>》]?"
_KEY: Final = rf"{_QUOTE}(?:[a-z]{{1,6}}(?![a-z])|\d{{1,5}}(?!\d)|退订|拒收|取消){_END_QUOTE}"
_SHORT_KEY: Final = rf"{_QUOTE}(?<![a-z])(?:td|t|n|r|d|qx)(?![a-z0-9]){_END_QUOTE}"
_FORMS: Final = re.compile(
    rf"{_VERB}{_WHAT}{_POLITE}{_REPLY}{_KEY}(?:(?:即可|可|就可以)?{_STRONG})?"
    rf"|{_REPLY}{_KEY}(?:即可|就可以|可以|可|以|便可|就能|能)?(?:免费)?{_VERB}{_WHAT}"
    rf"|{_SHORT_KEY}{_STRONG}{_WHAT}"
    rf"|{_STRONG}{_WHAT}:?{_SHORT_KEY}"
)
STANDARD: Final = "拒收请回复R"
_STANDARD_FORM: Final = STANDARD.lower()
# without one of these no form matches, so that most messages need no search
_OTHERS: Final = ("退订", "拒收", "取消", "接收", "收到", "屏蔽", "谢绝")
_MARKS: Final = str.maketrans("", "", "\"'()[]「」『』<>《》")
_ASCII_WORD: Final = re.compile(r"[a-z]+")


class OptOut(NamedTuple):
    """One way to refuse. `start` and `end` are those of the body as typed, `form` is its folded wording.

    `standard` is the form as it should look: no spaces, simplified, the keyword in capitals.
    """

    start: int
    end: int
    form: str
    standard: str


def find_opt_outs(body: Folded) -> Sequence[OptOut]:
    """In order of place. A refusal by telephone or link, an apology or a cancelled booking is none."""
    text = body.squeezed
    if body.raw.endswith(STANDARD):
        rest, end = text[: -len(STANDARD)], len(body.raw)
        for word in _OTHERS:
            if word in rest:
                break
        else:
            return (OptOut(end - len(STANDARD), end, _STANDARD_FORM, STANDARD),)
    return tuple(_opt_out(body, *match.span()) for match in _FORMS.finditer(text))


def folded_form(text: str) -> str:
    """A provider's form as `OptOut.form` has it."""
    return text.lower()


def _opt_out(body: Folded, start: int, end: int) -> OptOut:
    form = body.squeezed[start:end].translate(_MARKS).strip(",:").replace("回覆", "回复")
    first, last = body.squeezed_span(start, end)
    return OptOut(first, last, form, _ASCII_WORD.sub(lambda word: word[0].upper(), form))
