"""The `variables_*` kinds: nothing is left unfilled, and nothing empty is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from campaign_app.compliance.checks.base import Builder, simple
from campaign_app.compliance.subject import Hit, Subject
from campaign_app.compliance.traits import ODD_VALUE, PLACEHOLDER

# ours without a value, and what other providers' systems fill: ${x} {{x}} {1} #x# %s &param1;
_LEFT_OVER: Final = re.compile(
    r"\$?[{｛]{1,3}[^{}｛｝\n]{0,40}[}｝]{1,3}|(?<![A-Za-z0-9])\$[a-z_][A-Za-z0-9_]{2,39}(?![A-Za-z0-9_])|#[A-Za-z][A-Za-z0-9_.]{0,39}#|%(?:\([A-Za-z_]\w{0,39}\))?[sd](?![A-Za-z0-9])|%\d\$[sd]"
    r"|@[A-Za-z_][A-Za-z0-9_]{0,39}@|%[A-Za-z_][A-Za-z0-9_]{1,39}%|(?:尊敬的|亲爱的)[Xx×]{2,6}|(?<![A-Za-z])[Xx×]{2,6}(?=先生|女士|您好|你好|客户|会员|元|折)"
    r"|#(?:(?:客户|会员|收件人)?(?:姓名|名字|昵称|称呼|名称)|金额|余额|积分|日期|时间|手机号?码?|电话|订单号|单号|券码|验证码|链接|网址|门店名?称?|商品名?称?)#"
    r"|[\[［<＜〈](?:客户|会员|收件人|用户|顾客)?(?:姓名|名字|昵称|称呼)[\]］>＞〉]"
    # such a word in brackets may be a button, 打开小程序-[积分]: it is a value where the words around it ask for one
    r"|(?:(?<=亲爱的)|(?<=尊敬的)|(?<=您的)|(?<=您有)|(?<=为)|(?<=[:：于满]))[\[［<＜〈](?:手机号码?|券码|订单号|金额|积分|余额|日期)[\]］>＞〉]"
    r"|[\[［<＜〈](?:手机号码?|券码|订单号|金额|积分|余额|日期)[\]］>＞〉](?=元|积?分(?!类|享|店)|到期|过期|前(?!往))"
    r"|&[A-Za-z][A-Za-z0-9_]{0,39};|\[\[[A-Za-z_]\w{0,39}\]\]|<%=?.{0,40}?%>"
)
# a program's word for nothing where somebody's name or an amount belongs
_NOTHING: Final = re.compile(
    r"(?<![A-Za-z./=])undefined(?![A-Za-z])|(?<=尊敬的|亲爱的)(?:null|NULL|Null|NaN|nan|None|NONE|none|nil|N/A)(?![A-Za-z])"
    r"|(?<![A-Za-z./=])(?:null|NULL|Null|NaN|None|NONE|nil|N/A)(?=先生|女士|您好|你好|客户|会员|元)"
)
_EMPTY: Final = frozenset(
    ("null", "undefined", "none", "nan", "nil", "n/a", "#n/a", "(null)", "<null>", "nat", "[object object]")
)
_LONGEST_EMPTY: Final = 40


def unfilled(subject: Subject) -> Iterator[Hit]:
    for match in _LEFT_OVER.finditer(subject.text):
        yield subject.body_hit(*match.span())
    for match in _NOTHING.finditer(subject.text):
        if subject.value_over(*match.span()) is None:
            yield subject.body_hit(*match.span())


def empty(subject: Subject) -> Iterator[Hit]:
    """Values that are a program's word for nothing."""
    text = subject.text
    for _, start, end in subject.value_spans:
        if end - start < _LONGEST_EMPTY and text[start:end].strip().lower() in _EMPTY:
            yield subject.body_hit(start, end)


def unwelcome(subject: Subject) -> Iterator[Hit]:
    """Variables side by side, a template of nothing else, or any at all where the provider takes none."""
    template = subject.template
    if template.names and (template.adjacent or not template.fixed.strip() or not subject.provider.variables_allowed):
        yield Hit()


KINDS: Final[dict[str, Builder]] = {
    "variables_unfilled": simple(unfilled, traits=PLACEHOLDER),
    "variables_empty": simple(empty, traits=ODD_VALUE),
    "variables_unwelcome": simple(unwelcome, fixed=True),
}
