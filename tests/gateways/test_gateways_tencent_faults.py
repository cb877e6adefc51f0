"""Hundreds of batches under faults of the connection, of requests and of numbers: what is said of each is true."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from campaign_app.consent import Outgoing
from campaign_app.domain.errors import RemoteError
from campaign_app.domain.message import Outcome
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import PLAIN, People, order, sent_of, shown, tencent

SEED, ROUNDS = 20_211_025, 240
FAULTS = ",".join(
    f"{name}=0.04"
    for name in (
        *("throttle", "error500", "error503", "timeout_before", "timeout_after", "error500_after", "cut_body"),
        "truncated_json",
    )
)
CODES = (
    *("InternalError.Timeout", "RequestLimitExceeded", "FailedOperation.InsufficientBalanceInSmsPackage"),
    *("FailedOperation.ContainSensitiveWord", "Brand.New", "AuthFailure.SignatureExpire"),
)
OWN = "【安宁百货】尊敬的{n}，您的{n}积分本月底到期，进店可抵现金，拒收请回复R"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=4_000) as running:
        yield running


def reached(sandbox: SandboxProcess) -> Counter[str]:
    return Counter(sent["phone"] for sent in shown(sandbox)["sent"])


def phone_of(message: Outgoing) -> str:
    assert message.recipient.phone is not None
    return message.recipient.phone.e164


def test_what_is_said_of_everybody_is_true(sandbox: SandboxProcess) -> None:
    chance, people = random.Random(SEED), People.of(sandbox)
    said: Counter[str] = Counter()
    unknown: list[tuple[str, Outgoing]] = []
    confirmed = iter(people.confirmed())
    with tencent(sandbox) as gateway:
        sandbox.faults(FAULTS)
        for number in range(ROUNDS):
            own = chance.random() < 0.4
            batch = [
                Outgoing(next(confirmed), f"f-{number}-{n}", OWN.format(n=n) if own else PLAIN)
                for n in range(chance.randint(1, 5))
            ]
            if chance.random() < 0.3:
                kind = "error" if chance.random() < 0.5 else "number_error"
                order(sandbox, **{kind: chance.choice(CODES), "times": 1})
            try:
                outcomes = {o.message_id: o.outcome for o in gateway.submit(f"f-{number}", batch)}
            except RemoteError:
                outcomes = {}  # nobody of this batch was taken
                said["raised"] += 1
            there = reached(sandbox)
            for message in batch:
                outcome, times = outcomes.get(message.message_id), there[phone_of(message)]
                said[str(outcome)] += 1
                assert times == 1 if outcome is Outcome.ACCEPTED else times <= (outcome is Outcome.UNKNOWN)
                unknown += [(f"f-{number}", message)] if outcome is Outcome.UNKNOWN else []
        sandbox.faults("none")
        there = reached(sandbox)
        for key, message in unknown:
            found = gateway.lookup(key, sent_of([message]))
            assert len(found) == there[phone_of(message)]
    assert min(said[word] for word in ("accepted", "rejected", "unknown", "None", "raised")) > 5, said
    assert sandbox.ledger()["doubled"] == 0
