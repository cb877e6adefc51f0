"""Throws generated texts at the compliance engine: `python tools/fuzz_compliance.py -max_total_time=600`.

Needs atheris, which is no dependency of the program. Stops at the first text that raises, takes more than a second, or
has a span outside of itself.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import atheris

with atheris.instrument_imports(include=["campaign_app.compliance"]):
    from campaign_app import assets
    from campaign_app.compliance import CheckRequest, Engine, Sender, load_all
    from campaign_app.compliance.message import PURPOSES, Good
    from campaign_app.domain.signature import Signature

RULES = load_all(assets.path("rules"))
ENGINE = Engine(RULES)
USCC = "91330100MA0000001X"
PROVIDERS = ("generic", "aliyun", "tencent", "huawei", "ucloud")
INDUSTRIES = ("general", "food", "medical", "finance", "real_estate", "education")
ODD = "【】{}#%&$\u200b★❤\ud800"
PIECES = sorted(
    {
        *ODD,
        "{name}",
        "1月5日前有效，今晚截止",
        *(piece for rule in RULES.rules for case in rule.cases for piece in case.text.split("，")),
    }
)
SLOWEST = 1.0
SECONDS_OF_ALL_YEARS = int((datetime.max - datetime.min).total_seconds())  # noqa: DTZ901 - of no zone
MINUTES_OF_A_DAY = 24 * 60


def one(data: bytes) -> None:
    """The text comes last: it takes all the bytes that the fields have left."""
    source = atheris.FuzzedDataProvider(data)
    goods = range(source.ConsumeIntInRange(0, 3))
    request = CheckRequest(
        body="",
        signature=Signature(source.ConsumeUnicode(8), USCC, "company", "approved", carrier_filed=True),
        sender=Sender(source.PickValueInList(["安宁百货有限公司", "最佳有限公司", ""]), USCC),
        provider=source.PickValueInList(list(PROVIDERS)),
        industry=source.PickValueInList(list(INDUSTRIES)),
        variables={"name": source.ConsumeUnicode(12)},
        purpose=source.PickValueInList(sorted(PURPOSES)),
        send_at=moment(source),
        goods=tuple(Good(source.ConsumeUnicode(6), source.ConsumeIntInRange(1, 10**8)) for _ in goods),
    )
    body = ""
    while source.remaining_bytes() and len(body) < 4_000:
        body += source.PickValueInList(PIECES) if source.ConsumeBool() else source.ConsumeUnicode(12)
    request = replace(request, body=body)
    began = time.process_time()
    result = ENGINE.check(request)
    assert time.process_time() - began < SLOWEST, "slow"
    for finding in result.findings:
        start, end = finding.span.start, finding.span.end
        assert 0 <= start <= end <= len(result.final_text), finding
        assert finding.text == result.final_text[start:end], finding
    assert list(ENGINE.check_rendered(request, [request.variables])) == [result], "bulk differs"


def moment(source: atheris.FuzzedDataProvider) -> datetime | None:
    """Any time of any year in any zone, seldom none at all."""
    if not source.ConsumeIntInRange(0, 7):
        return None
    minutes = source.ConsumeIntInRange(1 - MINUTES_OF_A_DAY, MINUTES_OF_A_DAY - 1)
    naive = datetime.min + timedelta(seconds=source.ConsumeIntInRange(0, SECONDS_OF_ALL_YEARS))  # noqa: DTZ901
    return naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
