"""Every pattern of the rules over hostile texts of 10,000 and of 100,000 characters; one JSON line per figure.

Each text is made of the words that the pattern itself looks for, again and again, so that every place is a start worth
trying. A linear pattern costs as much a character in the long text as in the short one; one that is not shows in the
ratio. By the processor's time, the best of three counts, of what takes longer than the clock is coarse.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator

from campaign_app import assets
from campaign_app.compliance import Engine, load_all
from campaign_app.compliance.patterns import analysis_of, used

SHORT, LONG = 10_000, 100_000
FILLERS = ("1", "的", "您", "12月9日", "，")
COARSE = 0.002


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=4, help="hostile texts a pattern")
    options = parser.parse_args()
    Engine(load_all(assets.path("rules")))
    worst: list[tuple[float, float, str, str]] = []
    for source in used():
        regex = re.compile(source)
        for piece in list(hostile(source))[: options.texts]:
            short, long = (seconds(regex, (piece * (size // len(piece) + 1))[:size]) for size in (SHORT, LONG))
            worst.append((long / LONG * 1e9, long / short if short > COARSE else 0.0, source[:60], piece[:20]))
    slowest = max(worst)
    steepest = max(worst, key=lambda one: one[1])
    say("patterns", len(used()), "")
    say("slowest_pattern_at_100000", round(slowest[0]), "ns a character", slowest[2], slowest[3])
    say("steepest_cost_of_10_times_the_length", round(steepest[1], 1), "times", steepest[2], steepest[3])


def hostile(source: str) -> Iterator[str]:
    """Pieces of which a text holds a start of the pattern at every few places."""
    anchors = analysis_of(source).anchors
    words = sorted(anchors.words) if anchors else list(FILLERS)
    yield "".join(words[:20])
    for word, filler in zip(words, FILLERS, strict=False):
        yield word
        yield word + filler


def seconds(regex: re.Pattern[str], text: str) -> float:
    def once() -> float:
        started = time.process_time()
        for _ in regex.finditer(text):
            pass
        return time.process_time() - started

    return min(once(), once(), once())


def say(figure: str, value: float, unit: str, *where: str) -> None:
    line = {"benchmark": "linear", "figure": figure, "value": value, "unit": unit}
    print(json.dumps(line | ({"pattern": where[0], "text": where[1]} if where else {}), ensure_ascii=False))


if __name__ == "__main__":
    main()
