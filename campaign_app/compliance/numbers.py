"""Finds the numbers that name a person: mobile, identity card and bank card numbers, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

_GAP: Final = r"[ \-·._*|/、()]"
_MOBILE: Final = re.compile(rf"(1(?:{_GAP}{{0,2}}\d){{10}})(?!{_GAP}?\d|\.\d)")
_COUNTRY: Final = re.compile(rf"(?:\+|00)?86{_GAP}{{0,2}}\Z")
_LONG: Final = re.compile(
    r"(?<![\d.])(\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,4}[\dx]?|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?)(?!\d)"
)
_NO_DIGIT: Final = re.compile(r"[^\dx]")
_LETTERED: Final = re.compile(
    r"(?:券|核销|兑换|验证|取件|提货|优惠|激活|串|条|取餐|校验|动态|识别|邀请|预约|凭证|抽奖|提取|(?<!号))码[为是:]?\s*\Z"
    r"|(?:单|编|流水|运单|卡|货|批|凭证|预约|序列|订单|物流|快递|型|期|执照|许可证?|备案|合同|发票|存单)号[为是:]?\s*\Z"
    r"|(?:订单|运单|单号|券号|编码|编号|no\.?|id)[为是:]?\s*\Z"
)
# what calls a number somebody's, in front of it and behind it
_SOMEBODYS: Final = re.compile(r"(?:身份证|银行|信用|借记|储蓄)[^,。]{0,4}\Z|(?<![员品值物礼次分通])卡号[为是:]?\s*\Z")
_TO_RING: Final = re.compile(
    r"[\"”]?\(?(?:请|可|或|随时|直接|即可|来电|的)?(?:联系|致电|拨打|来电|咨询|垂询|找|加我|微信|同号|短信联系|电话|手机|[\u4e00-\u9fff]{1,2}(?:手机|电话|经理|老师|店长|先生|女士))"
)
_TELEPHONE: Final = re.compile(rf"\d{_GAP}?\d{_GAP}?\d{_GAP}{{1,2}}\d{{4}}{_GAP}{{1,2}}\d{{4}}")
# letters, Cyrillic ones too, and an old word that are read as digits, in a run that is long enough
_SPOKEN: Final = re.compile(r"(?<![a-z0-9])[1li幺](?:[ -]?[\dlio幺зб]){10}(?![a-z0-9])")
_AS_DIGITS: Final = str.maketrans({"l": "1", "i": "1", "o": "0", "幺": "1", "з": "3", "б": "6"})
_CHINESE_DIGIT: Final = re.compile("[〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸]")
_GROUPED: Final = re.compile(r"\d+|[^\d]+")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10x98765432"


class Number(NamedTuple):
    """`kind` is mobile, identity or card; the place is that of the text it was found in."""

    kind: str
    start: int
    end: int


def find_numbers(plain: str, raw: str) -> list[Number]:
    """In a folded text and as it was typed. Numbers that a word in front calls a code or an order are none.

    张三13900000000 is a name and a number: Chinese digits are read last, where nothing else is.
    """
    plain = _SPOKEN.sub(lambda match: match[0].translate(_AS_DIGITS), plain)
    typed = plain
    if len(raw) == len(plain) and _CHINESE_DIGIT.search(raw):
        typed = "".join(
            "~" if _CHINESE_DIGIT.match(as_typed) else char for as_typed, char in zip(raw, plain, strict=True)
        )
    found = [*_mobiles(typed), *_long_ones(typed)]
    if typed != plain:
        rest = [*_mobiles(plain), *_long_ones(plain)]
        found += [one for one in rest if all(one.end <= other.start or other.end <= one.start for other in found)]
    return found


def may_be_spoken(plain: str) -> bool:
    """Whether letters stand for some digits of a number."""
    return _SPOKEN.search(plain) is not None


def is_identity_number(digits: str) -> bool:
    """18 characters with a possible date of birth and the right check digit."""
    if not re.fullmatch(r"[1-8]\d{16}[\dx]", digits):
        return False
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _CHECK_DIGITS[total % 11] == digits[17]


def is_card_number(digits: str) -> bool:
    """16 to 19 digits of a bank's range that pass Luhn's test."""
    if not re.fullmatch(r"[3-69]\d{15,18}", digits):
        return False
    doubled = (int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _mobiles(plain: str) -> Iterator[Number]:
    for match in _MOBILE.finditer(plain):
        digits = _NO_DIGIT.sub("", match[1])
        start = _beginning(plain, match.start())
        if digits[1] > "2" and start >= 0 and _evenly(match[1]) and not _called_a_code(plain, start, match.end(1)):
            yield Number("mobile", *match.span(1))


def _long_ones(plain: str) -> Iterator[Number]:
    for match in _LONG.finditer(plain):
        digits = _NO_DIGIT.sub("", match[1])
        kind = "identity" if is_identity_number(digits) else "card" if is_card_number(digits) else ""
        if kind and not _called_a_code(plain, *match.span(1), kind):
            yield Number(kind, *match.span(1))


def _beginning(text: str, at: int) -> int:
    """Where a number begins with its country code, -1 if it only goes on there."""
    code = _COUNTRY.search(text, max(0, at - 8), at)
    start = code.start() if code else at
    return -1 if start and (text[start - 1].isdigit() or text[start - 1] == ".") else start


def _evenly(written: str) -> bool:
    """In one piece, in few groups, or every digit apart, with the same separator; or grouped as telephones are."""
    pieces = _GROUPED.findall(written)
    groups, gaps = pieces[::2], pieces[1::2]
    if len(set(gaps)) < 2:
        return len(groups) <= 4 or all(len(group) == 1 for group in groups)
    return _TELEPHONE.fullmatch(written) is not None


def _called_a_code(text: str, start: int, end: int, kind: str = "mobile") -> bool:
    """Whether a word in front says so, and nothing says that it names somebody after all."""
    left = text[max(0, start - 10) : start]
    if kind == "mobile":
        return bool(_LETTERED.search(left)) and not _TO_RING.match(text, end)
    return bool(_LETTERED.search(left)) and not _SOMEBODYS.search(left)
