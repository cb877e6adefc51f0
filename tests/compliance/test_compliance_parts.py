"""The parts of the engine by themselves: folding, gaps, patterns, numbers, days, links."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app import assets
from campaign_app.compliance.cover import Cover
from campaign_app.compliance.dates import days_in, last_day
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.gaps import is_one_word, is_spread_out
from campaign_app.compliance.lazy import lazy
from campaign_app.compliance.links import find_links
from campaign_app.compliance.matcher import Literal, Matcher
from campaign_app.compliance.message import BadRequest, request_from_json
from campaign_app.compliance.numbers import find_numbers, is_card_number, is_identity_number
from campaign_app.compliance.patterns import Pattern, analyse, shipped, used
from campaign_app.compliance.refused import BadPattern
from campaign_app.compliance.subject import Found, Hit, merged
from campaign_app.domain.finding import Severity
from tests.helpers.versions import TABLE_OF_PATTERNS

TABLE = fold_table(assets.path("tables", "fold.json"))
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("typed", "plain", "squeezed"),
    [
        ("ＶＸ：１２３", "vx:123", "vx:123"),
        ("國家級 禮", "国家级 礼", "国家级礼"),
        ("加❤️微 信", "加❤微 信", "加微信"),
        ("①⑨〇零壹贰", "190012", "190012"),
        ("Ⓥ🅧𝐕𝕏🆅", "vxvxv", "vxvxv"),
        ("vір АPP Ρ", "vip app p", "vipappp"),
        ("保\u200b\u202e\ufe0f\u0301本", "保本", "保本"),
        ("café", "cafe", "cafe"),
        ("免-费.贷·款_中|奖/赌*博、啊", "免-费.贷·款_中|奖/赌*博、啊", "免费贷款中奖赌博啊"),
        ("環保，本店", "环保,本店", "环保,本店"),
        ("\ud800x\udfff", "x", "x"),
        ("", "", ""),
    ],
)
def test_folding(typed: str, plain: str, squeezed: str) -> None:
    folded = TABLE.text(typed)
    assert (folded.plain, folded.squeezed) == (plain, squeezed)


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_many_are_folded_as_one_is_and_every_place_leads_back(texts: list[str]) -> None:
    for text, folded in zip(texts, TABLE.texts(texts), strict=True):
        alone = TABLE.text(text)
        assert (folded.plain, folded.squeezed, folded.flagged) == (alone.plain, alone.squeezed, alone.flagged)
        assert list(folded.squeezed_at) == list(alone.squeezed_at)
        for at, place in enumerate(folded.plain_at):
            assert TABLE.text(text[place]).plain == folded.plain[at]
        for at in range(len(folded.squeezed)):
            start, end = folded.squeezed_span(at, at + 1)
            assert TABLE.text(text[start:end]).squeezed == folded.squeezed[at]
            assert folded.plain[folded.plain_at_squeezed(at)] == folded.squeezed[at]


def test_a_pattern_keeps_its_own_marks_when_it_is_folded() -> None:
    assert TABLE.pattern("（最后[一二]天？！") == r"\(最后[12]天\?!"
    assert TABLE.phrase("國 家-級") == "国家级"


@pytest.mark.parametrize(
    ("typed", "word", "one", "spread"),
    [
        ("保本", "保本", True, False),
        ("保-本", "保本", True, True),
        ("，保 本 ，", "保本", True, True),
        ("更环保 本店", "保本", False, True),
        ("免 费领", "免费", True, True),
        ("保       本", "保本", False, True),
        ("六、合、彩", "六合彩", True, True),
        ("买、彩票", "买彩票", False, True),
        ("加 VX", "加vx", True, False),
        ("加 V X", "加vx", True, True),
        ("国❤家级", "国家级", True, True),
    ],
)
def test_what_stands_apart_may_be_one_word(typed: str, word: str, *, one: bool, spread: bool) -> None:
    body = TABLE.text(typed)
    start = body.squeezed.index(TABLE.phrase(word))
    end = start + len(word)
    assert body.whole(start, end) is (typed == word)
    assert is_spread_out(body, start, end) is spread
    if typed != word:
        assert is_one_word(body, start, end) is one


@pytest.mark.parametrize(
    "source",
    [
        "a+",
        "a*",
        "(?:ab?){0,30}{0,30}",
        "(?<=a|bc)d",
        "(",
        "(?:a|a){0,40}b",
        "a{99999999999999999999}",
        "(" * 5_000,
        "薇.{0,39}好.{0,39}好.{0,39}好.{0,3}号",
        "(?:薇|好){0,40}[薇好]{0,40}[薇好]{1,40}号",
    ],
)
def test_a_pattern_that_could_be_slow_is_refused(source: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(source)


@pytest.mark.parametrize("source", ["薇.{0,39}好.{0,39}号", "(?:再?来?一?杯?酒?){1,2}吧", "微{3}信.{0,40}[好薇]{1,20}"])
def test_a_few_gaps_are_no_harm(source: str) -> None:
    assert Pattern(source).anchors().words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("全国(?:销量)?第一", {"全国第一", "全国销量第一"}),
        ("(?:包|保)过", {"包过", "保过"}),
        ("\\d{1,3}分钟(?:到|直达)", {"分钟到", "分钟直达"}),
        ("[您你]的血糖", {"您的血糖", "你的血糖"}),
        ("q[0-9]\\d", {f"q{n}" for n in range(10)}),
        ("(?:\\d月|周)底", {"底"}),
        ("(?:贷款\\w|放款\\d)", {"贷款", "放款"}),
        ("(?:借款){2}\\d", {"借款"}),
        ("(?=x)(?:您|好)购房\\w?落户", {"您购房", "好购房"}),
        ("(\\w(?:投注|下注)\\d)", {"投注", "下注"}),
    ],
)
def test_the_words_of_a_pattern(source: str, words: set[str]) -> None:
    assert Pattern(source).anchors().words == words


@pytest.mark.parametrize("source", [".{0,3}", "\\d(?:a|)", "[a-z]{1,3}", "(?:免费|\\w)", "[\\u4e00-\\u9fff]{2}"])
def test_a_pattern_without_words_is_refused(source: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(source).anchors()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("139-0000-0000", ["139-0000-0000"]),
        ("+86 13900000000", ["13900000000"]),
        ("0086-139 0000 0000", ["139 0000 0000"]),
        ("张三13900000000", ["13900000000"]),
        ("一三九〇〇〇〇〇〇〇〇", ["一三九〇〇〇〇〇〇〇〇"]),
        ("1.3.9.0.0.0.0.0.0.0.0", ["1.3.9.0.0.0.0.0.0.0.0"]),
        ("513900000000", []),
        ("3.13900000000", []),
        ("139000000001", []),
        ("13-15 16-18 19-21 2", []),
        ("券码：13900000000", []),
        ("号码13900000000", ["13900000000"]),
        ("12900000000", []),
        ("身份证号110101190001019991", ["110101190001019991"]),
        ("110101190002309991", []),
        ("110101190001019992", []),
        ("订单号6222000000000000129", []),
        ("银行卡号6222000000000000129", ["6222000000000000129"]),
        ("6222 0000 0000 0000 129", ["6222 0000 0000 0000 129"]),
        ("6222000000000000128", []),
    ],
)
def test_numbers_of_persons(typed: str, found: list[str]) -> None:
    plain = TABLE.text(typed).plain
    assert [typed[number.start : number.end] for number in find_numbers(plain, typed)] == found


def test_check_digits() -> None:
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("11010519491331002x")
    assert not is_identity_number("1101051949123100")
    assert not is_card_number("12")


@pytest.mark.parametrize(
    ("clause", "last"),
    [
        ("12月9日止", date(2026, 12, 9)),
        ("2027年1月5日24点结束", date(2027, 1, 5)),
        ("1月5日前有效", date(2027, 1, 5)),
        ("11月20日截止", date(2026, 11, 20)),
        ("12.20止", date(2026, 12, 20)),
        ("本月18日", date(2026, 12, 18)),
        ("12月5日至12月8日", date(2026, 12, 8)),
        ("12月5日10点开始", None),
        ("2月30日", None),
        ("2027年2月29日", None),
        ("13月40日", None),
        ("3日内食用", None),
        ("满3.5折", None),
    ],
)
def test_the_last_day_that_a_text_names(clause: str, last: date | None) -> None:
    assert last_day(days_in(clause), date(2026, 12, 1)) == last


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("点https://a.example/x?y=1，领", ["https://a.example/x?y=1"]),
        ("点 a.example。b.cn/x!", ["a.example", "b.cn/x"]),
        ("ＷＷＷ．ａ．ｃｎ／ｂ", ["ＷＷＷ．ａ．ｃｎ／ｂ"]),
        ("http://安宁.example/a 领 http://[::1]/a", ["http://安宁.example/a", "http://[::1]/a"]),
        ("10.0.0.8/x 和 10.0.0.8:80 和 1.2.3.4", ["10.0.0.8/x", "10.0.0.8:80"]),
        ("hi@a.com 3.5 No.1 iphone.x v2.0", []),
        ("点http://1.2.3.4，12月领", ["http://1.2.3.4"]),
        ("a.cn/x，b.cn/y，满减", ["a.cn/x", "b.cn/y"]),
        ("http://安宁.example/a，b.cn/y领", ["http://安宁.example/a", "b.cn/y"]),
        ("http://，x", []),
        ("http://。和b.cn/x", ["b.cn/x"]),
        ("https://a\u200b.example/b", ["https://a\u200b.example/b"]),
    ],
)
def test_links_are_found_however_they_are_written(typed: str, links: list[str]) -> None:
    assert [typed[link.start : link.end] for link in find_links(TABLE.text(typed))] == links


@pytest.mark.parametrize(
    ("typed", "unsafe"),
    [
        ("https://a.example/b", False),
        ("http://1.2.3.4/", True),
        ("http://0x7f000001/", True),
        ("http://2130706433/", True),
        ("http://[::1]/", True),
        ("http://a.example@b.example/", True),
        ("ftp://a.example/", True),
        ("http://xn--a.example/", True),
        ("http://安宁.example/", True),
        ("http://аnning.example/b", True),
        ("http://anning.example/б", False),
    ],
)
def test_unsafe_links(typed: str, *, unsafe: bool) -> None:
    (link,) = find_links(TABLE.text(typed))
    assert link.unsafe is unsafe


def test_hosts_belong_to_domains() -> None:
    (link,) = find_links(TABLE.text("https://M.Anning.example.:8443/a"))
    assert link.host == "m.anning.example"
    assert link.under(["ANNING.example"])
    assert not link.under(["", "ning.example", "m.anning.example.cn"])


def test_overlapping_hits_become_one() -> None:
    hits = [Hit(4, 6), Hit(0, 2), Hit(1, 5, Severity.BLOCK), Hit(8, 9, Severity.WARN), Hit(8, 9, Severity.INFO)]
    assert merged(hits) == [Hit(0, 6, Severity.BLOCK), Hit(8, 9, Severity.WARN)]
    assert merged([Hit(0, 2), Hit(1, 3, Severity.WARN)]) == [Hit(0, 3)]
    assert merged([Hit(), Hit()]) == [Hit()]


def test_windows_are_remembered_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def look(literal: int, window: str, start: int, end: int) -> list[Found]:
        looks.append(window)
        return [Found(start, end, literal)]

    matcher = Matcher([(7, [Literal("贷", 1, 1)], look)])
    assert matcher.find("好贷款好贷款") == {7: [Found(1, 2, 0), Found(4, 5, 0)]}
    assert looks == ["好贷款"]
    monkeypatch.setattr("campaign_app.compliance.matcher._MOST_WINDOWS", 1)
    matcher.find("大贷")
    matcher.find("好贷款")
    assert looks == ["好贷款", "大贷", "好贷款"]


def test_lazy_is_a_property_of_the_class() -> None:
    class Thing:
        @lazy
        def value(self) -> int:
            """Once."""
            return 5

    assert isinstance(Thing.value, lazy)
    assert Thing.value.__doc__ == "Once."
    assert Thing().value == 5


def test_a_text_that_holds_the_wall_is_folded_by_itself() -> None:
    texts = ["保\u200b本", "a\uffffb"]
    assert [one.plain for one in TABLE.texts(texts)] == ["保本", "a\uffffb"]


def test_a_line_without_text_cannot_be_checked() -> None:
    for line in ({}, {"body": None}, {"body": 5}):
        with pytest.raises(BadRequest):
            request_from_json(line)


@TABLE_OF_PATTERNS
def test_every_shipped_pattern_is_what_working_it_out_gives() -> None:
    assert {source: analyse(source) for source in shipped()} == shipped()
    Pattern("甲{1,2}乙")
    assert "甲{1,2}乙" in used()


SPANS = st.tuples(st.integers(0, 12), st.integers(0, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(SPANS, max_size=8), SPANS)
def test_a_cover_says_what_looking_at_every_span_says(spans: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    assert Cover(spans).holds(*asked) == any(a <= asked[0] and asked[1] <= b for a, b in spans)
