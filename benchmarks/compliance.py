"""The compliance engine: live latency, bulk throughput with every rule on, load time, memory; one JSON line per figure.

The floor in the same run is the term automaton alone over the same texts, already rendered and folded. Rates and loads
are by the processor's time, which other work on the machine does not stretch; latencies are by the clock.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ahocorasick_rs import AhoCorasick, Implementation

from campaign_app import assets
from campaign_app.compliance import CheckRequest, Engine, Rule, RuleSet, Sender, Template, load_all
from campaign_app.compliance.engine import fold_table
from campaign_app.domain.signature import Signature

USCC = "91330100MA0000001X"
REQUEST = CheckRequest(
    body="",
    signature=Signature("安宁百货", USCC, "company", "approved", carrier_filed=True, scopes=("retail",)),
    sender=Sender("安宁百货有限公司", USCC),
    provider="aliyun",
    allowed_domains=("anning.example",),
    send_at=datetime(2026, 12, 1, 2, tzinfo=UTC),
)
# as merchants write them: short and long, with and without links, prices and dates
TEMPLATES = (
    "{name}您好，您的{points}积分可兑换家纺礼券，到店出示会员码即可使用，12月9日前有效。拒收请回复R",
    "尊敬的{name}，冬季床品焕新，羽绒被满500减100，您还有{points}元会员金可抵用，12月8日前到店有效。拒收请回复R",
    "{name}，您浏览的毛毯到货啦，门店现货两件8折，会员码{code}，周末延时到22点，欢迎选购。拒收请回复R",
    "年终返场，半裙全场5折起，{name}的券{code}已到账，进店 https://anning.example/n 选购，12月18日止。拒收请回复R",
    "{name}您好，本周六会员日，厨具、床品满200减40，生日当月再享95折，您的积分{points}，电话400-000-0101。拒收请回复R",
)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
SENTENCES = (
    "一楼美妆护肤满300减40，二楼女装两件8折，三楼男装满600减100，四楼童装玩具三件75折，五楼家纺床品满399减80。",
    "各楼层优惠可与会员积分同时使用，积分每100分抵1元，单笔抵扣不超过实付金额的10%，特价商品除外。",
    "停车权益：单笔消费满100元停2小时，满300元停4小时，请在离场前到服务台登记车牌。",
    "最好吃的汤圆到店，国家级品质，加微信领券，原价268元现198元，今晚截止。",
    "服务台可借用雨伞、婴儿车、充电宝，五楼设有哺乳室与休息区，宠物请寄放在西门。",
    "活动时间：12月5日至12月13日，参与门店：城西店、城东店、河坊店，详情请到收银台咨询。",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    options = parser.parse_args()
    rules = load_all(assets.path("rules"))
    cold_start()
    live(Engine(rules))
    base = bulk("bulk", Engine(rules), options.messages, options.rounds)
    for size in (10_000, 100_000):
        engine = Engine(with_terms(rules, size))
        found = bulk(f"bulk_{size}_terms", engine, options.messages, options.rounds)
        say(f"cost_of_{size}_terms", round(base / found, 2), "times")
    say("peak_memory_of_this_process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")


def cold_start() -> None:
    """In a process of its own: nothing of it is compiled or cached yet."""
    code = (
        "import time, resource\n"
        "from campaign_app import assets\n"
        "from campaign_app.compliance import Engine, load_all\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "started = time.process_time()\n"
        "Engine(load_all(assets.path('rules')))\n"
        "print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True) for _ in range(5)]
    figures = [tuple(map(float, run.stdout.split())) for run in runs]
    say("pack_load_cold", round(min(seconds for seconds, _ in figures) * 1000), "ms")
    say("engine_memory", round(max(kilobytes for _, kilobytes in figures) / 1024, 1), "MB")


def live(engine: Engine) -> None:
    """A text of 500 characters, typed to its end: every keystroke is a new text."""
    text = "".join(SENTENCES[number % len(SENTENCES)] for number in range(9))[:486] + "拒收请回复R"
    times: list[float] = []
    for number in range(600):
        body = f"{text[:200]}{number}{text[200 + len(str(number)) :]}"
        started = time.perf_counter()
        engine.check(replace(REQUEST, body=body))
        times.append((time.perf_counter() - started) * 1000)
    times = sorted(times[50:])
    say("live_500_characters_p50", round(statistics.median(times), 3), "ms")
    say("live_500_characters_p99", round(times[int(len(times) * 0.99)], 3), "ms")


def bulk(name: str, engine: Engine, messages: int, rounds: int) -> float:
    """Messages a second over all templates, the best round; the floor is the automaton alone."""
    people = list(rows(messages // len(TEMPLATES)))
    best = max(rate(lambda: run_engine(engine, people), messages) for _ in range(rounds))
    say(name, round(best), "messages/s")
    if name == "bulk":
        table, words = fold_table(assets.path("tables", "fold.json")), terms(10_000)
        texts = [Template.parse(t).render(row).text for t in TEMPLATES for row in people]
        folded = [table.text(text).squeezed for text in texts]
        automaton = AhoCorasick(words, implementation=Implementation.ContiguousNFA)
        floor = rate(lambda: [automaton.find_matches_as_indexes(text) for text in folded], len(folded))
        say("floor_automaton_of_10000_terms_alone", round(floor), "messages/s")
    return best


def run_engine(engine: Engine, people: Sequence[Mapping[str, str]]) -> None:
    for body in TEMPLATES:
        for result in engine.check_rendered(replace(REQUEST, body=body), people):
            assert result.verdict != "block", result


def rate(work: Callable[[], object], amount: int) -> float:
    started = time.process_time()
    work()
    return amount / (time.process_time() - started)


def rows(count: int) -> Iterator[Mapping[str, str]]:
    chance = random.Random(7)
    for number in range(count):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.randint(1, 2)))
        yield {
            "name": name + chance.choice(("女士", "先生")),
            "points": str(number * 7 % 9_000),
            "code": f"H{number:05d}",
        }


def terms(count: int) -> list[str]:
    """Words of two to four rare characters: what a long list of banned words adds is the looking, not the finding."""
    chance = random.Random(11)
    return list(
        {"".join(chr(chance.randint(0x6000, 0x8FFF)) for _ in range(chance.randint(3, 4))) for _ in range(count)}
    )


def with_terms(rules: RuleSet, count: int) -> RuleSet:
    model = next(rule for rule in rules.rules if rule.kind == "phrases")
    own: Rule = replace(model, id="OWN-001", options={"phrases": terms(count)})
    return RuleSet((*rules.rules, own), rules.providers, f"{rules.version}+{count}")


def say(figure: str, value: float, unit: str) -> None:
    print(json.dumps({"benchmark": "compliance", "figure": figure, "value": value, "unit": unit}, ensure_ascii=False))


if __name__ == "__main__":
    main()
