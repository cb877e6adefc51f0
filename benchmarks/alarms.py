"""How often the rules speak on everyday Chinese, and how often it is taken for a refusal; one JSON line per figure.

    python benchmarks/alarms.py reviews.txt news.txt
    python benchmarks/alarms.py reviews.txt --show LED-001

Any plain text in UTF-8 will do, such as reviews of goods or a newspaper: hardly a sentence of it breaks a rule, so that
nearly whatever is said of it is a false alarm. Each sentence of 8 to 60 characters is checked as the body of a retail
message that lacks nothing else. `--show` prints the sentences of one rule and the words it marked: to be read, for a
sentence that names a loan or a cure is found rightly. `--show refusals` prints what was taken for a refusal.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from campaign_app import assets
from campaign_app.compliance import CheckRequest, Engine, Sender, load_all
from campaign_app.domain.signature import Signature
from campaign_app.jobs.opt_out import is_opt_out

USCC = "91330100MA0000001X"
REQUEST = CheckRequest(
    body="",
    signature=Signature("安宁百货", USCC, "company", "approved", carrier_filed=True, scopes=("retail",)),
    sender=Sender("安宁百货有限公司", USCC),
    send_at=datetime(2026, 12, 1, 2, tzinfo=UTC),
)
SHORTEST, LONGEST = 8, 60
REFUSALS = "refusals"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--show", default="", help=f"the sentences of this rule, or of {REFUSALS}")
    options = parser.parse_args()
    engine = Engine(load_all(assets.path("rules")))
    for file in options.files:
        measure(engine, file, options.show)


def measure(engine: Engine, file: Path, show: str) -> None:
    found = tuple(dict.fromkeys(sentences(file.read_text(encoding="utf-8", errors="ignore"))))
    verdicts, rules, stopping = Counter[str](), Counter[str](), Counter[str]()
    for sentence in found:
        result = engine.check(replace(REQUEST, body=f"{sentence}。拒收请回复R"))
        verdicts[result.verdict] += 1
        rules.update({finding.rule_id for finding in result.findings})
        stopping.update({finding.rule_id for finding in result.findings if finding.severity.word == "block"})
        shown(sentence, (finding.text for finding in result.findings if finding.rule_id == show))
    refusals = [sentence for sentence in found if is_opt_out(sentence)]
    if show == REFUSALS:
        print(*refusals, sep="\n")
    say("sentences", len(found), file)
    for verdict in ("block", "warn"):
        say(f"{verdict}_per_10000", per_10000(verdicts[verdict], found), file)
    say("refusals_per_10000", per_10000(len(refusals), found), file)
    for rule, count in rules.most_common():
        say(rule, per_10000(count, found), file, stops=stopping[rule])


def sentences(text: str) -> Iterator[str]:
    for piece in re.split(r"[。！!？?；;\n]", text):
        sentence = piece.strip(" \t\r，,").replace("{", "").replace("}", "")
        if SHORTEST <= len(sentence) <= LONGEST and re.search(r"[\u4e00-\u9fff]{4}", sentence):
            yield sentence


def shown(sentence: str, words: Iterable[str]) -> None:
    for word in words:
        print(f"{word}\t{sentence}")


def per_10000(count: int, of: Sequence[str]) -> float:
    return round(10_000 * count / max(len(of), 1), 1)


def say(figure: str, value: float, file: Path, **facts: int) -> None:
    print(json.dumps({"figure": figure, "value": value, "file": file.name, **facts}), flush=True)


if __name__ == "__main__":
    main()
