"""The sender of Tencent Cloud SMS against the simulator: who is reached, with which text, and what is said of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from campaign_app.consent import Outgoing
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome
from campaign_app.gateways.tencent.gateway import TencentGateway
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import PLAIN, People, drained, order, sent_of, shown, tencent

_keys = count(1)
POINTS = "【安宁百货】尊敬的{name}，您的{points}积分本月底到期，进店可抵现金，拒收请回复R"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=3_000, calm=True) as running:
        yield running


@pytest.fixture(scope="module")
def people(sandbox: SandboxProcess) -> People:
    return People.of(sandbox)


@pytest.fixture
def gateway(sandbox: SandboxProcess) -> Iterator[TencentGateway]:
    sandbox.faults("none", clear=True)
    with tencent(sandbox) as made:
        yield made
    sandbox.faults("none", clear=True)


@pytest.fixture
def key() -> str:
    return f"w-1-{next(_keys)}"


@pytest.fixture(autouse=True)
def _nobody_twice_and_nobody_unconfirmed(sandbox: SandboxProcess) -> Iterator[None]:
    yield
    ledger = sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)


def codes(outcomes: object) -> Counter[str]:
    return Counter(each.code for each in outcomes)


def test_two_hundred_people_with_one_text_are_one_request(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    gateway.submit(f"{key}-first", people.messages(1))  # signatures and templates are read once
    before = shown(sandbox)
    batch = people.messages(200)
    outcomes = gateway.submit(key, batch)
    after = shown(sandbox)
    assert after["requests"] - before["requests"] == 1
    assert [o.message_id for o in outcomes] == [m.message_id for m in batch]
    taken = [o for o in outcomes if o.outcome is Outcome.ACCEPTED]
    assert len(taken) == len(after["sent"]) - len(before["sent"]) > 190
    assert {sent["text"] for sent in after["sent"][len(before["sent"]) :]} == {PLAIN}
    assert len({o.provider_id for o in taken}) == len(taken)


def test_everybody_reads_the_very_text_that_was_checked(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    batch = people.messages(12, lambda n: POINTS.format(name=f"王{'，' * (n % 3)}芳{n // 2}", points=n))
    outcomes = gateway.submit(key, batch)
    texts = {sent["serial"]: sent["text"] for sent in shown(sandbox)["sent"]}
    taken = {o.message_id: o.provider_id for o in outcomes if o.outcome is Outcome.ACCEPTED}
    assert len(taken) >= 10
    assert all(texts[taken[m.message_id]] == m.text for m in batch if m.message_id in taken)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("【安宁百货】上新，退订回TD", "no_template"),
        ("【安宁百货】周年庆全场8折，拒收请回复R", "no_template"),  # passed, not yet in force
        ("【安宁百货】全网最低价，拒收请回复R", "no_template"),
        ("【安宁到家】上新，退订回T", "no_signature"),  # passed, not yet in force
        ("【安宁折扣】上新，退订回T", "no_signature"),
        ("上新，退订回T", "no_signature"),
    ],
)
def test_what_tencent_does_not_let_be_used_is_not_sent(
    text: str, code: str, sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    before = len(shown(sandbox)["sent"])
    found = gateway.submit(key, [*people.messages(1), *people.messages(1, text)])
    assert [(each.outcome, each.code) for each in found] == [(Outcome.ACCEPTED, ""), (Outcome.REJECTED, code)]
    assert len(shown(sandbox)["sent"]) == before + 1


def test_a_template_that_was_approved_since_is_found(sandbox: SandboxProcess, people: People, key: str) -> None:
    now = [clock()]
    with tencent(sandbox, now=lambda: now[0]) as gateway:
        text = f"【安宁百货】开学季第{key}场，拒收请回复R"
        assert codes(gateway.submit(key, people.messages(1, text, now=now[0]))) == {"no_template": 1}
        order(sandbox, template=text.removeprefix("【安宁百货】"))
        now[0] += timedelta(seconds=61)
        assert codes(gateway.submit(f"{key}b", people.messages(3, text, now=now[0])))[""] > 0


@pytest.mark.parametrize("code", ["duplicate_phone", "no_phone", "duplicate_message"])
def test_a_batch_that_cannot_leave_is_refused_before_anything_does(
    code: str, sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    (message,) = people.messages(1)
    before = shown(sandbox)["requests"]
    other = {
        "duplicate_phone": Outgoing(message.recipient, "another", PLAIN),
        "no_phone": Outgoing(people.numberless(), "another", PLAIN),
        "duplicate_message": message,
    }[code]
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, [message, other])
    assert (refused.value.code, shown(sandbox)["requests"]) == (code, before)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("FailedOperation.PhoneNumberInBlacklist", Outcome.REJECTED),
        ("LimitExceeded.PhoneNumberDailyLimit", Outcome.WITHHELD),
        ("LimitExceeded.DeliveryFrequencyLimit", Outcome.WITHHELD),
        ("FailedOperation.NeverHeardOf", Outcome.REJECTED),
        ("InternalError.Timeout", Outcome.UNKNOWN),
        ("SomethingNew.Entirely", Outcome.UNKNOWN),
    ],
)
def test_a_number_that_is_refused_costs_the_others_nothing(
    code: str, outcome: Outcome, sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    gateway.submit(f"{key}-first", people.messages(1))
    order(sandbox, number_error=code)
    first, *others = gateway.submit(key, people.messages(30))
    assert (first.outcome, first.code) == (outcome, "provider_cap" if outcome is Outcome.WITHHELD else code)
    assert first.opted_out is (code == "FailedOperation.PhoneNumberInBlacklist")
    assert sum(each.outcome is Outcome.ACCEPTED for each in others) >= 25


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("FailedOperation.MarketingSendTimeConstraint", "marketing_hours"),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "balance"),
        ("UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny", "enterprise_only"),
    ],
)
def test_what_concerns_the_account_stops_before_anybody_is_settled(
    code: str, ours: str, sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    order(sandbox, number_error=code, times=20)
    with pytest.raises(RemoteRefused) as stopped:
        gateway.submit(key, people.messages(20))
    assert (stopped.value.code, stopped.value.account_wide) == (ours, True)


def test_who_was_not_taken_when_the_money_ran_out_is_left_out(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    gateway.submit(f"{key}-first", people.messages(1))
    batch = people.messages(3, lambda n: POINTS.format(name="甲", points=n))
    assert len(gateway.submit(key, batch[:1])) == 1
    order(sandbox, number_error="InternalError.Timeout")
    order(sandbox, number_error="FailedOperation.InsufficientBalanceInSmsPackage")
    (unknown,) = gateway.submit(f"{key}-b", batch[1:])
    assert (unknown.message_id, unknown.outcome) == (batch[1].message_id, Outcome.UNKNOWN)


def test_a_request_that_is_turned_away_may_come_again(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    batch = people.messages(10)
    order(sandbox, error="RequestLimitExceeded", action="SendSms")
    with pytest.raises(RemoteUnavailable) as trouble:
        gateway.submit(key, batch)
    assert trouble.value.code == "throttled"
    assert len(gateway.submit(key, batch)) == 10


def test_a_batch_that_was_begun_names_only_whom_it_reached(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    gateway.submit(f"{key}-first", people.messages(1))
    batch = people.messages(6, lambda n: POINTS.format(name="乙", points=n))
    sandbox.faults(fault="throttle", path="/", after=3, times=10, seconds=0)
    outcomes = gateway.submit(key, batch)
    sandbox.faults("none", clear=True)
    named = {o.message_id for o in outcomes}
    assert Outcome.ACCEPTED in {o.outcome for o in outcomes} <= {Outcome.ACCEPTED, Outcome.REJECTED}, "one in many is"
    assert len(named) == 3
    later = gateway.submit(key, [m for m in batch if m.message_id not in named])
    assert len(later) == 3


def test_nothing_leaves_on_a_word_of_the_gate_that_is_old(sandbox: SandboxProcess, people: People, key: str) -> None:
    before = len(shown(sandbox)["sent"])
    batch = people.messages(5)
    late_by = timedelta(seconds=61)
    with tencent(sandbox, now=lambda: clock() + late_by) as gateway, pytest.raises(RemoteUnavailable) as late:
        gateway.submit(key, batch)
    assert late.value.code == "batch_late"
    assert len(shown(sandbox)["sent"]) == before


@pytest.mark.parametrize("fault", ["timeout_after", "error500_after", "cut_body", "truncated_json", "error500"])
def test_what_may_have_been_taken_is_unknown_and_found_by_its_session(
    fault: str, sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    gateway.submit(f"{key}-first", people.messages(1))
    batch = people.messages(25)
    before = shown(sandbox)["sent"]
    sandbox.faults(fault=fault, path="/", seconds=0.1)
    outcomes = gateway.submit(key, batch)
    assert {o.outcome for o in outcomes} == {Outcome.UNKNOWN}
    reached = {sent["phone"]: sent["serial"] for sent in shown(sandbox)["sent"][len(before) :]}
    assert bool(reached) is (fault != "error500")
    found = {o.message_id: o for o in gateway.lookup(key, sent_of(batch))}
    by_phone = {m.recipient.phone.e164: m.message_id for m in batch if m.recipient.phone}
    assert {by_phone[phone]: serial for phone, serial in reached.items()} == {
        message_id: o.provider_id for message_id, o in found.items()
    }
    assert {o.outcome for o in found.values()} <= {Outcome.DELIVERED, Outcome.FAILED}


def test_one_persons_own_text_is_found_by_the_message(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    gateway.submit(f"{key}-first", people.messages(1))
    batch = people.messages(4, lambda n: POINTS.format(name="丙", points=n))
    sandbox.faults(fault="cut_body", path="/", after=1)
    outcomes = gateway.submit(key, batch)
    # all but the first leave at once, so that any of them may be the second
    (unknown,) = (one for one, said in zip(batch, outcomes, strict=True) if said.outcome is Outcome.UNKNOWN)
    (found,) = gateway.lookup(key, sent_of([unknown]))
    assert found.message_id == unknown.message_id
    reports, _ = drained(gateway.reports)
    assert {r.message_id for r in reports} >= {unknown.message_id}


@pytest.mark.parametrize("how", ["no session", "another key", "long ago", "no number"])
def test_what_cannot_be_said_is_not_said(
    how: str, sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    order(sandbox, sessions=how != "no session")
    try:
        batch = people.messages(10)
        gateway.submit(key, batch)
        drained(gateway.reports)
        sent = sent_of(batch, clock() - timedelta(days=8)) if how == "long ago" else sent_of(batch)
        sent = [type(one)(one.message_id, None, one.claimed_at) for one in sent] if how == "no number" else sent
        assert gateway.lookup(f"{key}x" if how == "another key" else key, sent) == ()
    finally:
        order(sandbox, sessions=True)


def test_a_lookup_says_what_it_found_before_tencent_stopped_answering(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    batch = people.messages(6)
    taken = [o.message_id for o in gateway.submit(key, batch) if o.outcome is Outcome.ACCEPTED]
    sandbox.faults(fault="error503", path="/", after=2, times=3, seconds=0)
    found = gateway.lookup(key, sent_of([m for m in batch if m.message_id in taken]))
    assert [o.message_id for o in found] == taken[:2]
    sandbox.faults(fault="error503", path="/", times=3, seconds=0)
    with pytest.raises(RemoteUnavailable):
        gateway.lookup(key, sent_of(batch))


def test_a_number_that_tencent_refuses_holds_up_nobody_else(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    batch = people.messages(6)
    taken = [o.message_id for o in gateway.submit(key, batch) if o.outcome is Outcome.ACCEPTED]
    sent = sent_of([m for m in batch if m.message_id in taken])
    order(sandbox, error="InvalidParameterValue.IncorrectPhoneNumber", action="PullSmsSendStatusByPhoneNumber")
    assert [o.message_id for o in gateway.lookup(key, sent)] == taken[1:]
    phone = sent[0].phone
    assert phone is not None
    order(sandbox, error="InvalidParameterValue.IncorrectPhoneNumber", action="PullSmsReplyStatusByPhoneNumber")
    assert gateway.look_back("inbound", phone, clock() - timedelta(days=1)) == ()
    # any other refusal says nothing of replies: there may be some
    for code in ("InvalidParameterValue.BeginTimeVerifyFail", "AuthFailure.SignatureFailure"):
        order(sandbox, error=code, action="PullSmsReplyStatusByPhoneNumber")
        with pytest.raises(RemoteRefused):
            gateway.look_back("inbound", phone, clock() - timedelta(days=1))
    order(sandbox, error="AuthFailure.SignatureFailure", action="PullSmsSendStatusByPhoneNumber")
    with pytest.raises(RemoteRefused):
        gateway.lookup(key, sent)


def test_a_lookup_takes_nothing_from_the_queue(people: People, gateway: TencentGateway, key: str) -> None:
    drained(gateway.reports)
    batch = people.messages(10)
    taken = {o.provider_id for o in gateway.submit(key, batch) if o.outcome is Outcome.ACCEPTED}
    gateway.lookup(key, sent_of(batch))
    reports, _ = drained(gateway.reports, "7")
    assert {r.provider_id for r in reports} == taken


def test_the_answer_says_how_many_parts_are_billed(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, key: str
) -> None:
    order(sandbox, number_error="FailedOperation.ContainSensitiveWord")
    first, *others = gateway.submit(key, people.messages(3))
    assert (first.outcome, first.billed) == (Outcome.REJECTED, None)
    assert {each.billed for each in others if each.outcome is Outcome.ACCEPTED} == {1}
