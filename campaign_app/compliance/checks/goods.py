"""The kind `goods_price`: what a message asks for goods, against the price that their own page shows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from campaign_app.compliance.checks.base import Builder, simple
from campaign_app.compliance.cover import Cover
from campaign_app.compliance.subject import Hit, Subject, occurrences
from campaign_app.compliance.traits import GOODS

_PRICE: Final = re.compile(
    r"(?<![\d.])(\d{1,7})(?:\.(\d{1,2}))?(?:元|块)(?!券|红包|优惠|代金|抵|运费|邮费|补贴|起送|包邮)"
)
# amounts off, parts of a price, prices of others, of several pieces, and such as a condition makes
_ANOTHER: Final = re.compile(
    r"(?:[减省降满抵补贴送券返加充付]|红包|[定订]金|预付|首付|尾款|运费|邮费|差价|换购|(?:原|市场|专柜|吊牌|划线|会员|到手|券后|拼团|内购)价?"
    r"|会员|新[人客]|首单|以旧换新|[\d十两几](?:件|双|盒|瓶|条|包|袋|箱|斤|支|只|个|套|片|罐|份|张))[^,。;!?\d]{0,4}\Z"
)
_SENTENCE: Final = re.compile(r"[。!?;\n]")
_FAR: Final = 60
_BEFORE: Final = 8


def below_the_page(subject: Subject) -> Iterator[Hit]:
    """The first price behind the name of goods, in the same sentence and before other goods are named."""
    plain = subject.body.plain
    places = [(*_plain_span(subject, *span), cents) for span, cents in _named(subject)]
    starts = sorted(start for start, _, _ in places)
    for _, end, cents in places:
        border = _SENTENCE.search(plain, end, end + _FAR)
        following = bisect_left(starts, end)
        stop = min([border.start() if border else end + _FAR, *starts[following : following + 1]])
        price = _first_price(plain, end, stop)
        if price is not None and _cents(price) < cents:
            yield subject.body_hit(*subject.body.plain_span(*price.span()), page=_yuan(cents))


def _named(subject: Subject) -> Iterator[tuple[tuple[int, int], int]]:
    """Where a name stands that is no part of a longer one: 面霜 in 防晒面霜 is other goods, if they are registered."""
    text = subject.body.squeezed
    found = [(span, cents) for name, cents in subject.frame.goods for span in occurrences(text, name)]
    cover = Cover(span for span, _ in found)
    for (start, end), cents in found:
        if not cover.holds(start - 1, end) and not cover.holds(start, end + 1):
            yield (start, end), cents


def _first_price(plain: str, start: int, stop: int) -> re.Match[str] | None:
    for match in _PRICE.finditer(plain, start, stop):
        if not _ANOTHER.search(plain, max(start, match.start() - _BEFORE), match.start()):
            return match
    return None


def _plain_span(subject: Subject, start: int, end: int) -> tuple[int, int]:
    return subject.body.plain_at_squeezed(start), subject.body.plain_at_squeezed(end - 1) + 1


def _cents(price: re.Match[str]) -> int:
    return int(price[1]) * 100 + int((price[2] or "").ljust(2, "0"))


def _yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}" if cents % 100 else str(cents // 100)


KINDS: Final[dict[str, Builder]] = {"goods_price": simple(below_the_page, traits=GOODS)}
