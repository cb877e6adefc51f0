"""A test message on its way: counted before it leaves, handed over once, and in nothing of the campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import (
    NotAllowed,
    OutcomeUnknown,
    RemoteRefused,
    RemoteUnavailable,
    WorkspaceError,
)
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.staff import Trial, TrialState, Wish
from campaign_app.jobs.asking import CLOCK_STEP
from campaign_app.jobs.ports import Rate
from campaign_app.jobs.trying import FRESH, send_trial
from campaign_app.jobs.turns import LONGEST_TURN
from tests.fakes.remotes import ENTITY, IDEMPOTENT, FakeGateway
from tests.helpers.connect_again import connect_again
from tests.helpers.shop import Shop
from tests.helpers.staged import FILED

PHONE = Phone("19900000001")
TEXT = "【安宁百货】上新，拒收请回复R"
TESTS = replace(IDEMPOTENT, test_messages=True)


class Bench:
    """A shop with a campaign, a registered number and a sender that takes test messages."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.store = shop, shop.workspace.staff
        self.account = shop.add_account(3)
        shop.workspace.accounts.put_signatures(self.account, [FILED], shop.clock())
        self.gateway.capabilities = TESTS
        self.campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
        self.staff = self.store.register(ENTITY, "店长", PHONE, actor="王", at=shop.clock()).id
        self.presses = 0

    @property
    def gateway(self) -> FakeGateway:
        return self.shop.gateways[self.account]

    def wished(self, customer_id: int | None = None) -> Wish:
        self.presses += 1
        return Wish(f"p{self.presses}", self.campaign.id, customer_id, self.staff, TEXT, "王")

    def wish(self, customer_id: int | None = None) -> Trial:
        return self.store.wish(self.wished(customer_id), ENTITY, self.shop.clock())

    def send(self, trial: Trial | None = None) -> tuple[TrialState, str]:
        made = trial or self.wish()
        state = send_trial(self.shop.context, made.id)
        ended = self.store.trial(made.id)
        assert ended.state is state
        return state, ended.code


@pytest.fixture
def bench(shop: Shop) -> Bench:
    return Bench(shop)


def test_it_reaches_the_number_once_with_the_very_text(bench: Bench) -> None:
    trial = bench.wish()
    assert bench.send(trial) == (TrialState.ACCEPTED, "")
    assert bench.send(trial) == (TrialState.ACCEPTED, "")
    (message,) = bench.gateway.tests
    assert (message.recipient.phone, message.text) == (PHONE, TEXT)
    assert message.message_id == f"ws1-test-{trial.id}"
    assert bench.shop.reached() == []


def test_a_port_that_carries_another_signature_carries_no_test(bench: Bench) -> None:
    """Whichever sender it leaves by: its text was checked for the shop of whoever would read it."""
    accounts = bench.shop.workspace.accounts
    connect_again(accounts, replace(accounts.account(bench.account), options={"source": "1069000"}))
    assert bench.send() == (TrialState.ACCEPTED, "")
    accounts.put_signatures(bench.account, [FILED, replace(FILED, text="安宁会员")], bench.shop.clock())
    other = replace(bench.wished(), text="【安宁会员】上新，拒收请回复R")
    assert bench.send(bench.store.wish(other, ENTITY, bench.shop.clock())) == (TrialState.REFUSED, "port_taken")
    assert bench.send() == (TrialState.ACCEPTED, "")
    assert [message.text for message in bench.gateway.tests] == [TEXT, TEXT]
    assert bench.store.sent_today(ENTITY, bench.shop.clock()) == 2


def test_without_a_reader_it_leaves_by_a_sender_that_may_sign_so_and_by_no_other(bench: Bench) -> None:
    accounts, now = bench.shop.workspace.accounts, bench.shop.clock()
    other = bench.shop.add_account(1, prefix="d")
    bench.shop.gateways[other].capabilities = TESTS
    accounts.put_signatures(other, [FILED], now)
    accounts.put_signatures(bench.account, [replace(FILED, carrier_filed=False)], now)
    assert bench.send() == (TrialState.ACCEPTED, "")
    assert (len(bench.gateway.tests), len(bench.shop.gateways[other].tests)) == (0, 1)
    accounts.put_signatures(other, [], now)
    assert bench.send() == (TrialState.REFUSED, "test_unsigned")


def test_it_counts_in_nothing_of_the_campaign(bench: Bench) -> None:
    campaign = bench.shop.campaign()
    before = bench.shop.workspace.inbox.counts(campaign.id), bench.shop.workspace.campaigns.funnel(campaign.id)
    bench.campaign = campaign
    assert bench.send()[0] is TrialState.ACCEPTED
    after = bench.shop.workspace.inbox.counts(campaign.id), bench.shop.workspace.campaigns.funnel(campaign.id)
    assert after == before
    assert bench.shop.workspace.ledger.unsettled(campaign.id) == ()


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        (OutcomeUnknown("cut", "The connection was cut"), TrialState.UNKNOWN, "cut"),
        (RemoteUnavailable("busy", "Later"), TrialState.REJECTED, "busy"),
        (RemoteRefused("bad_credentials", "No", account_wide=True), TrialState.REJECTED, "bad_credentials"),
        (SubmitOutcome("m", Outcome.REJECTED, code="daily_limit"), TrialState.REJECTED, "daily_limit"),
        (SubmitOutcome("m", Outcome.WITHHELD, code="provider_cap"), TrialState.REJECTED, "provider_cap"),
        (SubmitOutcome("m", Outcome.UNKNOWN, code="unmentioned"), TrialState.UNKNOWN, "unmentioned"),
    ],
)
def test_what_the_sender_says_is_what_became_of_it(
    bench: Bench, answer: Exception | SubmitOutcome, state: TrialState, code: str
) -> None:
    bench.gateway.test_answers = [answer]
    trial = bench.wish()
    assert bench.send(trial) == (state, code)
    assert bench.send(trial) == (state, code), "it is not sent again"
    assert len(bench.gateway.tests) == 1


def test_one_that_was_interrupted_between_count_and_outcome_is_never_sent_again(bench: Bench) -> None:
    trial = bench.wish()
    assert bench.store.claim(trial.id, bench.account, cap=20, at=bench.shop.clock()) is not None
    assert bench.send(trial) == (TrialState.UNKNOWN, "interrupted")
    bench.gateway.test_answers = [KeyError("a bug after the message was taken")]
    other = bench.wish()
    with pytest.raises(KeyError):
        bench.send(other)
    assert bench.send(other) == (TrialState.UNKNOWN, "interrupted")
    assert len(bench.gateway.tests) == 1
    assert bench.store.sent_today(ENTITY, bench.shop.clock()) == 2, "what may have left is counted"


def test_a_full_disk_leaves_it_as_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise WorkspaceError("disk_full", "No room")

    trial = bench.wish()
    monkeypatch.setattr(type(bench.store), "claim", full)
    with pytest.raises(WorkspaceError):
        bench.send(trial)
    assert bench.store.trial(trial.id).state is TrialState.QUEUED
    assert bench.gateway.tests == []


def test_no_more_leave_than_a_day_allows(bench: Bench) -> None:
    bench.shop.context = replace(bench.shop.context, tests_per_day=2)
    ended = [bench.send() for _ in range(4)]
    assert ended == [(TrialState.ACCEPTED, "")] * 2 + [(TrialState.REFUSED, "test_cap")] * 2
    bench.shop.clock.advance(86_400)
    assert bench.send() == (TrialState.ACCEPTED, "")


@pytest.mark.parametrize("seconds", [12 * 3_600 + 1, -3 * 3_600])
def test_quiet_hours_are_quiet_for_tests_as_well(bench: Bench, seconds: float) -> None:
    bench.shop.clock.advance(seconds)
    assert bench.send() == (TrialState.REFUSED, "quiet_hours")
    assert bench.gateway.tests == []


def test_the_merchants_own_hours_hold(bench: Bench) -> None:
    bench.shop.context = replace(bench.shop.context, hours=(time(11), time(20)))
    assert bench.send() == (TrialState.REFUSED, "quiet_hours")


def test_nor_does_any_leave_while_a_host_has_still_to_look_what_a_new_server_lacks(bench: Bench) -> None:
    bench.shop.context = replace(bench.shop.context, aside=lambda: True)
    assert (bench.send(), bench.gateway.tests) == ((TrialState.REFUSED, "stood_in"), [])


@pytest.mark.parametrize("seconds", [FRESH.total_seconds() + 1, -CLOCK_STEP.total_seconds() - 1])
def test_one_that_waited_for_long_does_not_leave(bench: Bench, seconds: float) -> None:
    trial = bench.wish()
    bench.shop.clock.advance(seconds)
    assert bench.send(trial) == (TrialState.REFUSED, "test_late")


def test_a_sender_without_test_messages_gets_none(bench: Bench) -> None:
    bench.gateway.capabilities = IDEMPOTENT
    assert bench.send() == (TrialState.REFUSED, "no_test_messages")
    assert bench.gateway.tests == []


def test_the_first_sender_that_takes_it_is_used(bench: Bench) -> None:
    bench.gateway.capabilities = IDEMPOTENT
    other = bench.shop.add_account(1, prefix="d")
    bench.shop.gateways[other].capabilities = TESTS
    bench.shop.workspace.accounts.put_signatures(other, [FILED], bench.shop.clock())
    assert bench.send() == (TrialState.ACCEPTED, "")
    assert (len(bench.gateway.tests), len(bench.shop.gateways[other].tests)) == (0, 1)


def test_a_customers_own_shop_sends_it_and_no_other(bench: Bench) -> None:
    (customer,) = bench.shop.workspace.customers.ids_of_numbers(
        bench.account, [bench.shop.workspace.phone_keys.of_phone(Phone("13800000000"))]
    )
    other = bench.shop.add_account(1, prefix="d", first_phone=50)
    bench.shop.gateways[other].capabilities = TESTS
    assert bench.send(bench.wish(customer)) == (TrialState.ACCEPTED, "")
    bench.gateway.capabilities = IDEMPOTENT
    assert bench.send(bench.wish(customer)) == (TrialState.REFUSED, "no_test_messages")
    assert bench.send(bench.wish(customer + 10_000)) == (TrialState.REFUSED, "no_test_messages")
    assert (len(bench.gateway.tests), len(bench.shop.gateways[other].tests)) == (1, 0)


def test_a_sender_that_cannot_be_asked_is_named_by_its_trouble(bench: Bench) -> None:
    def trouble(_: int, __: str) -> FakeGateway:
        raise NotAllowed("account_disconnected", "It has no secret any more")

    remotes = replace(bench.shop.context.remotes, gateway=trouble)
    bench.shop.context = replace(bench.shop.context, remotes=remotes)
    assert bench.send() == (TrialState.REFUSED, "account_disconnected")


def test_a_campaign_that_was_deleted_meanwhile_sends_none(bench: Bench) -> None:
    trial = bench.wish()
    bench.shop.workspace.campaigns.delete(bench.campaign.id, [CampaignState.DRAFT])
    assert bench.send(trial) == (TrialState.REFUSED, "campaign")


def test_an_account_that_is_mute_or_disconnected_is_passed_over(bench: Bench) -> None:
    bench.shop.mute.add(bench.account)
    assert bench.send() == (TrialState.REFUSED, "no_test_messages")


def test_a_removed_number_gets_nothing(bench: Bench) -> None:
    trial = bench.wish()
    bench.store.remove(bench.staff, actor="王", at=bench.shop.clock())
    assert bench.send(trial) == (TrialState.REFUSED, "not_registered")
    assert bench.gateway.tests == []


def test_it_is_fresh_for_five_minutes(bench: Bench) -> None:
    trial = bench.wish()
    bench.shop.clock.advance((FRESH - timedelta(seconds=1)).total_seconds())
    assert bench.send(trial) == (TrialState.ACCEPTED, "")


def test_a_host_whose_clock_is_a_little_behind_the_windows_sends_it(bench: Bench) -> None:
    trial = bench.wish()
    bench.shop.clock.advance(-2)
    assert bench.send(trial) == (TrialState.ACCEPTED, "")


def test_a_signature_that_went_while_it_waited_is_sent_by_no_shop(bench: Bench) -> None:
    (customer, *_) = bench.shop.workspace.customers.by_ids(range(1, 99), phones=False)
    trial = bench.wish(customer)
    bench.shop.workspace.accounts.put_signatures(bench.account, [], bench.shop.clock())
    assert (bench.send(trial), bench.gateway.tests) == ((TrialState.REFUSED, "test_unsigned"), [])


def test_it_takes_a_turn_of_the_accounts_rate_and_is_admitted_after_it(bench: Bench) -> None:
    bench.gateway.capabilities = replace(TESTS, rate=Rate(9, 0.5))
    asked_at = bench.shop.clock()
    assert [bench.send() for _ in range(2)] == [(TrialState.ACCEPTED, "")] * 2
    first, second = (message.recipient.decided_at for message in bench.gateway.tests)
    assert (first - asked_at).total_seconds() == 0
    assert second - first >= timedelta(seconds=2)


def test_one_whose_turn_is_too_far_away_is_refused_uncounted(bench: Bench) -> None:
    bench.gateway.capabilities = replace(TESTS, rate=Rate(9, 0.5))
    bench.shop.workspace.rates.reserve(9, LONGEST_TURN + 1, bench.shop.clock(), 1e6)
    assert bench.send() == (TrialState.REFUSED, "throttled")
    assert bench.gateway.tests == []
    assert bench.store.sent_today(ENTITY, bench.shop.clock()) == 0


def test_one_that_grew_late_while_it_waited_does_not_leave(bench: Bench) -> None:
    bench.gateway.capabilities = replace(TESTS, rate=Rate(9, 0.5))
    trial = bench.wish()
    bench.shop.clock.advance((FRESH - timedelta(seconds=1)).total_seconds())
    bench.shop.workspace.rates.reserve(9, 2, bench.shop.clock(), 1e6)
    assert bench.send(trial) == (TrialState.REFUSED, "test_late")
