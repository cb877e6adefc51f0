"""The `claim_*` kinds: promises whose truth or completeness shows only when several words are read together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from campaign_app.compliance.checks.base import Builder, NoOptions, Options, with_options
from campaign_app.compliance.checks.scan import Scan, scan
from campaign_app.compliance.dates import PERIOD, in_english, last_day
from campaign_app.compliance.gaps import is_taken_apart
from campaign_app.compliance.matcher import Literal
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.patterns import Pattern
from campaign_app.compliance.subject import Found, Hit, Subject, merged
from campaign_app.compliance.traits import ANY
from campaign_app.domain.finding import Severity

# over the squeezed text, where digits are digits
_URGENT: Final = (
    r"(?:最后|仅剩|只剩|还剩|(?<![卡期员证权险])剩余|倒计时|仅限|最后仅剩)(?:最后)?(?:[\d十]{1,2}|几|半|两)[天日](?!前|内)",
    r"(?:最后|仅剩|只剩|还剩|倒计时)(?:最后)?(?:[\d十]{1,3}|两|几|半)个?小时",
    r"今[天日晚夜](?:\d{1,2}点|晚|夜|就|即|将|是|为|前|准时|最后){0,3}(?:截止|结束|到期|收官|收尾|关闭|下架|恢复原价|涨价|失效|止|1天|机会|1次)",
    r"今[天日晚夜](?:24|12|0)点(?:后|过后|整)?(?:就|将|即)?(?:永久)?(?:下架|恢复原?价|涨价|失效|作废)",
    r"当[天晚日](?:就|即|将|\d{1,2}点|前|准时){0,2}(?:截止|结束|失效)",
    r"(?:仅限|只限|限|仅剩|只剩|最后)今[天日晚]",
    r"今[天日晚夜]最后(?:清仓|抢购|疯抢|1波|1批|1轮|时刻|关头|冲刺|狂欢)",
    r"明[天日早](?:就|即|将|\d{1,2}点|准时){0,2}(?:截止|结束|恢复原价|涨价|失效|下架|到期)",
    r"明[天日早](?:起|就|即|将|必|再|要){0,2}涨(?:回|[\d十百千两]{1,4})",
)
_NUMBER: Final = re.compile(r"\d{0,2}十\d?|\d{1,3}")
# 8.8万元, 2十万元, 百万现金, 5万8千元: the digits are folded already
_MONEY: Final = re.compile(
    r"(\d{1,9}(?:\.\d{1,2})?|\d{0,2}[十百两])\s*(万|w|千|k)?(?:(\d)千)?\s*(?:元|块|rmb|人民币|大奖|现金|奖金|巨奖)"
)
_NOT_A_PRIZE: Final = re.compile(
    r"(?:满|消费|充值|瓜分|总额|奖金?池|总奖金|总价值?|累计|共|合计|单笔|存)[^,。;!抽]{0,6}\Z|(?:购物?|买)满?\Z"
)
_PRIZE_LIMIT: Final = 50_000
_SO_MANY_FOR: Final = re.compile(r"买\d{1,2}\w{0,2}[送赠]\d")
# 送湿巾，每单1包: the number may stand in a clause of its own
_TO_EACH: Final = re.compile(
    r",(?:每[人户单位桌]|人[均手])[^,。;!?\d]{0,4}\d{1,3}[个件份条只瓶袋盒支双套张台包杯枚块片罐箱本对副顶把]"
)
_ITS_DAY: Final = re.compile(r"[^,。;!?]{0,4}\d{1,2}月\d{1,2}")
_SENTENCE: Final = re.compile(r"[。!?;\n]")
# many more than are told; a hostile text could hold a hundred thousand
_MOST_READ: Final = 500
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


@dataclass(frozen=True, slots=True)
class Read:
    """A check that reads on where its scan found something."""

    scanned: Scan
    read: Callable[[Subject, Sequence[Found]], Iterable[Hit]]
    always: bool = False
    traits: int = ANY
    fixed: bool = False
    late: bool = False
    steady: bool = False

    @property
    def literals(self) -> Sequence[Literal]:
        return self.scanned.literals

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:
        return self.scanned.look(literal, window, start, end)

    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]:
        return merged(self.read(subject, found[:_MOST_READ]))


def build_urgency(options: Mapping[str, Any], table: FoldTable) -> Read:
    NoOptions.model_validate(options)
    return Read(scan(Pattern(table.pattern(source)) for source in _URGENT), urgent)


def urgent(subject: Subject, found: Sequence[Found]) -> Iterator[Hit]:
    """“Last day” of an offer that by its own words goes on: needs a day in the text, and the day of sending."""
    sent = subject.request.send_date
    end = last_day(subject.days, sent) if sent else None
    if sent is None or end is None:
        return
    text = subject.body.squeezed
    for start, stop, _ in found:
        # “最后一天12月20日” names the day
        if end - sent > _claimed(text[start:stop]) and not _ITS_DAY.match(text, stop):
            hit = subject.squeezed_hit(start, stop)
            yield Hit(
                hit.start, hit.end, facts=(("ends_on", f"{end.month}月{end.day}日"), ("ends_on_en", in_english(end)))
            )


def _claimed(words: str) -> timedelta:
    """How far off the end may be for the words to be true."""
    if "明" in words:
        return timedelta(days=1)
    if "今" in words or "当" in words:
        return timedelta(0)
    number = _NUMBER.search(words.replace("两", "2").replace("几", "5").replace("半", "1"))
    amount = _counted(number[0]) if number else 0
    return timedelta(days=-(-amount // 24) if "小时" in words else amount)


def _counted(written: str) -> int:
    """12, 十, 十2, 2十4: the digits are folded already."""
    tens, ten, ones = written.rpartition("十")
    return int(written) if not ten else int(tens or 1) * 10 + int(ones or 0)


def build_prize(options: Prize, table: FoldTable) -> Read:
    def too_high(subject: Subject, found: Sequence[Found]) -> Iterator[Hit]:
        plain = subject.body.plain
        draws = [_in_plain(subject, start, end) for start, end, _ in found]
        for match in _MONEY.finditer(plain):
            low, high = _around(plain, match.start(), match.end(), _SENTENCE)
            draw = next((span for span in draws if low <= span[0] and span[1] <= high), None)
            if draw and _amount(match) > _PRIZE_LIMIT and not _NOT_A_PRIZE.search(plain[low : match.start()]):
                start, end = min(draw[0], match.start()), max(draw[1], match.end())
                yield subject.body_hit(*subject.body.plain_span(start, end), Severity.BLOCK)

    return Read(scan(Pattern(table.pattern(draw)) for draw in options.draws), too_high)


def _amount(match: re.Match[str]) -> float:
    times = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}.get(match[2] or "", 1)
    return _written(match[1]) * times + int(match[3] or 0) * 1_000


def _written(number: str) -> float:
    if number.endswith("百"):
        return int(number[:-1] or 1) * 100
    if number[-1] in "十两":
        return _counted(number.replace("两", "2"))
    return float(number)


def build_gift(options: Gift, table: FoldTable) -> Read:
    vague, counted = (Pattern(table.pattern(p)) for p in (options.vague, options.counted))

    def incomplete(subject: Subject, found: Sequence[Found]) -> Iterator[Hit]:
        plain = subject.body.plain
        dated = bool(PERIOD.search(plain))
        for start, end, _ in found:
            first, last = _in_plain(subject, start, end)
            _, high = _around(plain, first, last, _CLAUSE)
            what = vague.regex.search(plain, first, high)
            told = (
                counted.regex.search(plain, last, high)
                or _SO_MANY_FOR.match(plain, first, high)
                or _TO_EACH.match(plain, high)
            )
            if what or not told or not dated:
                hit = subject.body_hit(*subject.body.plain_span(first, what.end() if what else last))
                apart = not subject.body.whole(start, end) and is_taken_apart(subject.body, start, end)
                yield hit._replace(spread=True) if apart else hit

    return Read(scan(_all(options.gifts, table), _all(options.not_gifts, table)), incomplete)


def _in_plain(subject: Subject, start: int, end: int) -> tuple[int, int]:
    """squeezed[start:end] as places of the plain body."""
    return subject.body.plain_at_squeezed(start), subject.body.plain_at_squeezed(end - 1) + 1


def _all(patterns: Sequence[str], table: FoldTable) -> list[Pattern]:
    return [Pattern(table.pattern(pattern)) for pattern in patterns]


def _around(text: str, start: int, end: int, border: re.Pattern[str]) -> tuple[int, int]:
    """The sentence or clause around text[start:end], at most 80 characters to each side."""
    low = max(0, start - 80)
    left = max((match.end() for match in border.finditer(text, low, start)), default=low)
    right = border.search(text, end, end + 80)
    return left, right.start() if right else min(len(text), end + 80)


KINDS: Final[dict[str, Builder]] = {
    "claim_urgency": build_urgency,
    "claim_prize": with_options(Prize, build_prize),
    "claim_gift": with_options(Gift, build_gift),
}
