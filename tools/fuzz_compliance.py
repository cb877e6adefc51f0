"""Throws generated texts at the compliance engine: `python tools/fuzz_compliance.py -max_total_time=600`.

Needs atheris, which is no dependency of the program. Stops at the first text that raises, takes more than a second, or
has a span outside of itself.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["campaign_app.compliance"]):
    from campaign_app import assets
    from campaign_app.compliance import CheckRequest, Engine, Sender, load_all
    from campaign_app.domain.signature import Signature

RULES = load_all(assets.path("rules"))
ENGINE = Engine(RULES)
USCC = "91330100MA0000001X"
PROVIDERS = ("generic", "aliyun", "tencent", "huawei", "ucloud")
INDUSTRIES = ("general", "food", "medical", "finance", "real_estate", "education")
ODD = "【】{}#%&$\u200b★❤\ud800"
PIECES = sorted({*ODD, *(piece for rule in RULES.rules for case in rule.cases for piece in case.text.split("，"))})
SLOWEST = 1.0


def one(data: bytes) -> None:
    source = atheris.FuzzedDataProvider(data)
    body = ""
    while source.remaining_bytes() and len(body) < 4_000:
        body += source.PickValueInList(PIECES) if source.ConsumeBool() else source.ConsumeUnicode(12)
    request = CheckRequest(
        body=body,
        signature=Signature(source.ConsumeUnicode(8), USCC, "company", "approved", carrier_filed=True),
        sender=Sender("安宁百货有限公司", USCC),
        provider=source.PickValueInList(list(PROVIDERS)),
        industry=source.PickValueInList(list(INDUSTRIES)),
        variables={"name": source.ConsumeUnicode(12)},
        send_at=datetime(2026, 12, 1, 2, tzinfo=UTC),
    )
    began = time.process_time()
    result = ENGINE.check(request)
    assert time.process_time() - began < SLOWEST, "slow"
    for finding in result.findings:
        start, end = finding.span.start, finding.span.end
        assert 0 <= start <= end <= len(result.final_text), finding
        assert finding.text == result.final_text[start:end], finding
    assert list(ENGINE.check_rendered(request, [request.variables])) == [result], "bulk differs"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
