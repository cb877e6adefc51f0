"""Test messages at every sender: only by their own method, once, and counted apart from everything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused
from campaign_app.domain.message import Outcome
from campaign_app.gateways.absent import NoSender
from campaign_app.gateways.carried import CarriedGateway
from tests.fakes.remotes import IDEMPOTENT, FakeGateway
from tests.helpers.aliyun import carried
from tests.helpers.connected import Connected, clock, connect
from tests.helpers.registry import ACCOUNT, ENTITY, NOW
from tests.helpers.replay import Replay
from tests.helpers.replayed import gateway, outgoing
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.staff import STRANGER, staff_message
from tests.helpers.tencent import tencent
from tests.helpers.vendors import trouble

_numbers = count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=600) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Iterator[Connected]:
    sandbox.faults("none", clear=True)
    connected = connect(sandbox)
    yield connected
    sandbox.faults("none", clear=True)
    connected.close()


@pytest.fixture
def name() -> str:
    return f"ws1-test-{next(_numbers)}"


def counted(sandbox: SandboxProcess) -> tuple[int, int, int]:
    ledger = sandbox.ledger()
    return ledger["accepted"], ledger["doubled"], ledger["unconfirmed"]


def told_of(sandbox: SandboxProcess, name: str) -> list[tuple[str, str]]:
    return [(row["phone"], row["text"]) for row in sandbox.ledger()["tests"] if row["key"].endswith(name)]


# --- the Platform Consent API ----------------------------------------------------------------------------------------


def test_the_server_is_told_that_it_is_a_test(sandbox: SandboxProcess, shop: Connected, name: str) -> None:
    assert shop.gateway.capabilities.test_messages
    message, before = staff_message(shop.account.entity_uscc, clock(), name=name), counted(sandbox)
    assert shop.gateway.submit_test(name, message).outcome is Outcome.ACCEPTED
    assert shop.gateway.submit_test(name, message).outcome is Outcome.ACCEPTED
    assert told_of(sandbox, name) == [(STRANGER.e164, message.text)], "one key is one message"
    assert counted(sandbox) == before


def test_a_customer_is_not_reached_as_a_test(sandbox: SandboxProcess, shop: Connected, name: str) -> None:
    phone = next(customer.phone for customer in shop.everybody() if customer.phone is not None)
    message = staff_message(shop.account.entity_uscc, clock(), name=name, phone=phone)
    outcome = shop.gateway.submit_test(name, message)
    assert (outcome.outcome, outcome.code) == (Outcome.REJECTED, "customer_number")
    assert told_of(sandbox, name) == []


def test_an_answer_that_is_cut_off_leaves_it_unknown(sandbox: SandboxProcess, shop: Connected, name: str) -> None:
    sandbox.faults(fault="cut_body", path="/v1/messages")
    message = staff_message(shop.account.entity_uscc, clock(), name=name)
    with pytest.raises(OutcomeUnknown):
        shop.gateway.submit_test(name, message)
    assert len(told_of(sandbox, name)) == 1


@pytest.mark.parametrize("said", [{}, {"test_messages": False}, {"test_messages": "yes"}, None])
def test_a_server_that_says_nothing_of_tests_takes_none(said: Any) -> None:
    assert not gateway(Replay({"capabilities": said})).capabilities.test_messages


def test_an_answer_about_another_message_says_nothing() -> None:
    row = {"message_id": "other", "status": "accepted"}
    outcome = gateway(Replay({"request_id": "r", "outcomes": [row]})).submit_test("k", staff_message(ENTITY, NOW))
    assert (outcome.outcome, outcome.code) == (Outcome.UNKNOWN, "unmentioned")


# --- what no sender takes --------------------------------------------------------------------------------------------


def test_neither_kind_of_message_passes_for_the_other() -> None:
    replay = Replay()
    with pytest.raises(TypeError):
        gateway(replay).submit_test("k", outgoing("c1"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        gateway(replay).submit("k", [staff_message(ENTITY, NOW)])  # type: ignore[list-item]
    assert replay.requests == []


@pytest.mark.parametrize(
    ("account", "purpose", "key", "text", "code"),
    [
        (replace(ACCOUNT, entity_uscc="91440300MA5D00002Y"), "retail", "k", "文", "staff_other_entity"),
        (ACCOUNT, "", "k", "文", "no_purpose"),
        (ACCOUNT, "retail", "", "文", "bad_key"),
        (ACCOUNT, "retail", "k", "", "message_length"),
        (ACCOUNT, "retail", "k", "文" * 1_001, "message_length"),
    ],
)
def test_what_cannot_leave_is_refused_before_anybody_is_asked(
    account: Any, purpose: str, key: str, text: str, code: str
) -> None:
    replay = Replay()
    with pytest.raises(RemoteRefused) as refused:
        gateway(replay, account, purpose).submit_test(key, staff_message(ACCOUNT.entity_uscc, NOW, text))
    assert (refused.value.code, replay.requests) == (code, [])


def test_a_carried_shop_sends_its_tests_by_its_sender() -> None:
    own, sender = FakeGateway(1), FakeGateway(2, capabilities=replace(IDEMPOTENT, test_messages=True))
    carried_by = CarriedGateway(own, sender)
    assert carried_by.capabilities.test_messages
    assert carried_by.submit_test("k", staff_message(ENTITY, NOW)).outcome is Outcome.ACCEPTED
    assert (len(own.tests), len(sender.tests)) == (0, 1)
    with pytest.raises(RemoteRefused) as refused:
        CarriedGateway(sender, own).submit_test("k", staff_message(ENTITY, NOW))
    assert refused.value.code == "no_test_messages"


def test_an_account_that_sends_nothing_sends_no_tests() -> None:
    assert not NoSender(ACCOUNT).capabilities.test_messages


# --- Aliyun, Tencent --------------------------------------------------------------------------------------------------


def test_aliyun_sends_it_by_a_template(sandbox: SandboxProcess, name: str) -> None:
    trouble(sandbox, "aliyun", clear=True)
    shop = carried(sandbox)
    sender, before = shop.gateway(), counted(sandbox)
    entity = shop.account.entity_uscc
    outcome = sender.submit_test(name, staff_message(entity, clock(), name=name))
    assert (outcome.message_id, outcome.outcome) == (name, Outcome.ACCEPTED)
    assert told_of(sandbox, name) == [(STRANGER.e164, "【安宁百货】上新，退订回T")]
    untold = sender.submit_test(f"{name}1", staff_message(entity, clock(), "【安宁百货】别的话", name=f"{name}1"))
    assert (untold.outcome, untold.code) == (Outcome.REJECTED, "no_template")
    trouble(sandbox, "aliyun", error="isp.SYSTEM_ERROR", action="SendSms")
    unsure = sender.submit_test(f"{name}2", staff_message(entity, clock(), name=f"{name}2"))
    assert unsure.outcome is Outcome.UNKNOWN
    trouble(sandbox, "aliyun", error="isv.AMOUNT_NOT_ENOUGH", action="SendSms")
    with pytest.raises(RemoteError):
        sender.submit_test(f"{name}3", staff_message(entity, clock(), name=f"{name}3"))
    sender.close()
    assert counted(sandbox) == before


def test_tencent_sends_it_by_a_template(sandbox: SandboxProcess, name: str) -> None:
    before = counted(sandbox)
    with tencent(sandbox) as sender:
        entity = sandbox.shops[0].entity_uscc
        outcome = sender.submit_test(name, staff_message(entity, clock(), name=name))
        assert (outcome.message_id, outcome.outcome) == (name, Outcome.ACCEPTED)
        assert told_of(sandbox, name) == [(STRANGER.e164, "【安宁百货】上新，退订回T")]
        untold = sender.submit_test(f"{name}1", staff_message(entity, clock(), "【安宁百货】别的话", name=f"{name}1"))
        assert (untold.outcome, untold.code) == (Outcome.REJECTED, "no_template")
    assert counted(sandbox) == before
