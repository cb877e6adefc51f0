"""Every pattern of the rules over hostile texts of 10,000 and of 100,000 characters; one JSON line per figure.

Each text is made of the words that the pattern itself looks for, again and again, so that every place is a start worth
trying. A linear pattern costs as much a character in the long text as in the short one; one that is not shows in the
ratio. The engine as a whole is asked too, about texts full of what it compares with lists: names of the sender, links,
values, goods. By the processor's time, the best of three counts, of what takes longer than the clock is coarse.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from campaign_app import assets
from campaign_app.compliance import CheckRequest, Engine, Sender, load_all
from campaign_app.compliance.message import Good
from campaign_app.compliance.patterns import analysis_of, used
from campaign_app.domain.signature import Signature

SHORT, LONG = 10_000, 100_000
FILLERS = ("1", "的", "您", "12月9日", "，")
COARSE = 0.002
USCC = "91330100MA0000001X"
# pieces of texts full of hits, and what the hits are compared with
CROWDED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("own_names", "最佳", {"sender": Sender("最佳有限公司", USCC)}),
    ("links", "最佳a.cn ", {}),
    ("links_and_values", "a.cn?a={a} ", {"variables": {"a": "b"}}),
    ("values", "null您好{a}，", {"variables": {"a": "b"}}),
    ("goods", "羽绒被9", {"goods": (Good("羽绒被", 10_000),)}),
    ("goods_in_goods", "防晒面霜9", {"goods": (Good("面霜", 10_000), Good("防晒面霜", 10_000))}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=4, help="hostile texts a pattern")
    options = parser.parse_args()
    engine = Engine(load_all(assets.path("rules")))
    worst: list[tuple[float, float, str, str]] = []
    for source in used():
        regex = re.compile(source)
        for piece in list(hostile(source))[: options.texts]:
            short, long = (seconds(searched(regex, filled(piece, size))) for size in (SHORT, LONG))
            worst.append((long / LONG * 1e9, long / short if short > COARSE else 0.0, source[:60], piece[:20]))
    slowest = max(worst)
    steepest = max(worst, key=lambda one: one[1])
    say("patterns", len(used()), "")
    say("slowest_pattern_at_100000", round(slowest[0]), "ns a character", slowest[2], slowest[3])
    say("steepest_cost_of_10_times_the_length", round(steepest[1], 1), "times", steepest[2], steepest[3])
    for name, piece, changes in CROWDED:
        short, long = (seconds(checked(engine, filled(piece, size), changes)) for size in (SHORT, LONG))
        say(f"engine_{name}_at_100000", round(long, 2), "s", "", piece)
        say(f"engine_{name}_cost_of_10_times_the_length", round(long / short, 1), "times", "", piece)


def hostile(source: str) -> Iterator[str]:
    """Pieces of which a text holds a start of the pattern at every few places."""
    anchors = analysis_of(source).anchors
    words = sorted(anchors.words) if anchors else list(FILLERS)
    yield "".join(words[:20])
    for word, filler in zip(words, FILLERS, strict=False):
        yield word
        yield word + filler


def filled(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def searched(regex: re.Pattern[str], text: str) -> Callable[[], None]:
    def search() -> None:
        for _ in regex.finditer(text):
            pass

    return search


def checked(engine: Engine, body: str, changes: dict[str, Any]) -> Callable[[], object]:
    signature = Signature("安宁百货", USCC, "company", "approved", carrier_filed=True)
    send_at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    asked = CheckRequest(
        **{"body": body, "signature": signature, "sender": Sender("安宁", USCC), "send_at": send_at, **changes}
    )
    return lambda: engine.check(asked)


def seconds(work: Callable[[], object]) -> float:
    def once() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    return min(once(), once(), once())


def say(figure: str, value: float, unit: str, *where: str) -> None:
    line = {"benchmark": "linear", "figure": figure, "value": value, "unit": unit}
    print(json.dumps(line | ({"pattern": where[0], "text": where[1]} if where else {}), ensure_ascii=False))


if __name__ == "__main__":
    main()
