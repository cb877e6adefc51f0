"""The `claim_*` kinds: promises whose truth or completeness shows only when several words are read together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.dates import PERIOD, last_day
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.patterns import compile_pattern
from campaign_app.compliance.subject import Hit, Subject, merged
from campaign_app.domain.finding import Severity

_URGENT: Final = re.compile(
    r"(?:最后|仅剩|只剩|还剩|剩余|倒计时|仅限|余)(?:最后)?(?P<days>\d{1,2})[天日](?!前|内)"
    r"|(?:最后|仅剩|只剩|还剩|倒计时)(?:最后)?(?P<hours>\d{1,3})(?:个)?小时"
    r"|(?P<today>(?:今[天日晚夜]|今[天日]?(?:晚|夜)?\d{1,2}点|当[天晚日])(?:就|即|将|是|为|\d{1,2}点|前|准时|最后){0,3}"
    r"(?:截止|结束|到期|收官|收尾|关闭|下架|恢复原价|涨价|失效|止|1天|机会|1次))"
    r"|(?P<last>最后(?:半|几)天|(?:仅限|只限|限)今[天日晚])"
    r"|(?P<tomorrow>明[天日早](?:就|即|将|\d{1,2}点|准时){0,2}(?:截止|结束|恢复原价|涨价|失效|下架|到期))"
)
_MONEY: Final = re.compile(r"(\d{1,9}(?:\.\d{1,2})?)\s*(万|w|千|k)?\s*(?:元|块|rmb|人民币|大奖|现金|奖金|巨奖)")
_NOT_A_PRIZE: Final = re.compile(r"(?:满|消费|充值|瓜分|总额|总价值?|累计|共|合计|购|买|单笔|存)[^,。;!]{0,6}\Z")
_PRIZE_LIMIT: Final = 50_000
_SO_MANY_FOR: Final = re.compile(r"买\d{1,2}\w{0,2}[送赠]\d")
_SENTENCE: Final = re.compile(r"[。!?;\n]")
_CLAUSE: Final = re.compile(r"[。!?;,\n]")


class Prize(Options):
    """`draws` are patterns of draw wording over the plain text."""

    draws: tuple[str, ...]


class Gift(Options):
    """`gifts` are patterns of gift wording, `vague` such of things that say nothing, `counted` of a number."""

    gifts: tuple[str, ...]
    not_gifts: tuple[str, ...]
    vague: str
    counted: str


def urgency(subject: Subject) -> Iterator[Hit]:
    """“Last day” of an offer that by its own words goes on: needs a day in the text, and the day of sending."""
    sent = subject.request.send_date
    if sent is None:
        return
    plain, end = subject.body.plain, None
    for match in _URGENT.finditer(plain):
        end = end or last_day(plain, sent)
        if end is not None and end - sent > _claimed(match):
            yield subject.body_hit(*subject.body.plain_span(*match.span()), ends_on=f"{end.month}月{end.day}日")


def _claimed(match: re.Match[str]) -> timedelta:
    """How far off the end may be for the words to be true, in days."""
    if match["days"]:
        return timedelta(days=int(match["days"]))
    if match["hours"]:
        return timedelta(days=-(-int(match["hours"]) // 24))
    return timedelta(days=1 if match["tomorrow"] else 5 if match["last"] and "今" not in match["last"] else 0)


def build_prize(options: Prize, table: FoldTable) -> Asked:
    draws = [compile_pattern(table.pattern(draw)) for draw in options.draws]

    def too_high(subject: Subject) -> Iterator[Hit]:
        plain = subject.body.plain
        for match in _MONEY.finditer(plain):
            low, high = _around(plain, match.start(), match.end(), _SENTENCE)
            draw = next((found for found in (d.search(plain, low, high) for d in draws) if found), None)
            if draw and _amount(match) > _PRIZE_LIMIT and not _NOT_A_PRIZE.search(plain[low : match.start()]):
                start, end = min(draw.start(), match.start()), max(draw.end(), match.end())
                yield subject.body_hit(*subject.body.plain_span(start, end), Severity.BLOCK)

    return Asked(too_high)


def _amount(match: re.Match[str]) -> float:
    return float(match[1]) * {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}.get(match[2] or "", 1)


def build_gift(options: Gift, table: FoldTable) -> Asked:
    gifts, others = _all(options.gifts, table), _all(options.not_gifts, table)
    vague, counted = (compile_pattern(table.pattern(p)) for p in (options.vague, options.counted))

    def incomplete(subject: Subject) -> list[Hit]:
        return merged(gifts_in(subject))

    def gifts_in(subject: Subject) -> Iterator[Hit]:
        plain = subject.body.plain
        other = [found.span() for pattern in others for found in pattern.finditer(plain)]
        for match in (found for pattern in gifts for found in pattern.finditer(plain)):
            if any(start < match.end() and match.end() <= end for start, end in other):
                continue
            _, high = _around(plain, match.start(), match.end(), _CLAUSE)
            what = vague.search(plain, match.start(), high)
            told = counted.search(plain, match.end(), high) or _SO_MANY_FOR.search(match[0])
            if what or not told or not PERIOD.search(plain):
                end = what.end() if what else match.end()
                yield subject.body_hit(*subject.body.plain_span(match.start(), end))

    return Asked(incomplete)


def _all(patterns: Sequence[str], table: FoldTable) -> list[re.Pattern[str]]:
    return [compile_pattern(table.pattern(pattern)) for pattern in patterns]


def _around(text: str, start: int, end: int, border: re.Pattern[str]) -> tuple[int, int]:
    """The sentence or clause around text[start:end], at most 80 characters to each side."""
    low = max(0, start - 80)
    left = max((match.end() for match in border.finditer(text, low, start)), default=low)
    right = border.search(text, end, end + 80)
    return left, right.start() if right else min(len(text), end + 80)


KINDS: Final[dict[str, Builder]] = {
    "claim_urgency": simple(urgency),
    "claim_prize": with_options(Prize, build_prize),
    "claim_gift": with_options(Gift, build_gift),
}
