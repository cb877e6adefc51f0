"""A queue that hands every row out once: what is lost between it and the store is asked for by number."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome, Page
from campaign_app.domain.phone import Phone
from campaign_app.gateways.pulling import Pulled, PullQueue
from campaign_app.jobs import dispatch, looking_back
from campaign_app.jobs.poll import poll_inbound, poll_reports
from tests.fakes.remotes import FakeGateway
from tests.helpers.shop import NOW, Shop, person


@dataclass
class Provider:
    """What a provider keeps: a queue of each stream, and every row for a week."""

    queues: dict[str, deque[Any]] = field(default_factory=lambda: {"reports": deque(), "inbound": deque()})
    kept: dict[str, list[tuple[Phone, Any]]] = field(default_factory=lambda: {"reports": [], "inbound": []})
    cut: bool = False  # the answer of the next pull does not arrive
    asked: list[Phone] = field(default_factory=list)
    silent_after: int | None = None

    def add(self, stream: str, phone: Phone, row: Any) -> None:
        self.queues[stream].append(row)
        self.kept[stream].append((phone, row))

    def pull(self, stream: str) -> Pulled[Any]:
        waiting = self.queues[stream]
        rows = [waiting.popleft() for _ in range(min(2, len(waiting)))]
        if self.cut:
            self.cut = False
            raise OutcomeUnknown("connection_cut", "gone")
        return Pulled(rows, len(rows) == 2)


class PullingGateway(FakeGateway):
    """As it is in one process: another one has new queues on the same provider."""

    def __init__(self, account_id: int, provider: Provider) -> None:
        super().__init__(account_id)
        self.provider = provider
        self.queues = {name: PullQueue(lambda name=name: provider.pull(name)) for name in provider.queues}

    def _page(self, name: str, cursor: str) -> Page[Any]:
        return self.queues[name].page(cursor) if name in self.queues else Page((), cursor, more=False)

    def look_back(self, stream: str, phone: Phone, since: datetime) -> tuple[Any, ...]:
        if self.provider.silent_after == len(self.provider.asked):
            raise RemoteUnavailable("unavailable", "later")
        assert since == NOW - timedelta(days=7)
        self.provider.asked.append(phone)
        return tuple(row for whose, row in self.provider.kept[stream] if whose == phone)


@dataclass
class Sent:
    shop: Shop
    account: int
    campaign: int
    provider: Provider

    def start_again(self) -> None:
        """Another process of the worker."""
        self.shop.gateways[self.account] = PullingGateway(self.account, self.provider)

    def reply(self, number: int, text: str = "好的") -> None:
        phone = phone_of(number)
        self.provider.add("inbound", phone, InboundMessage(f"i{number}{text}", "", phone, text, NOW))

    def report(self, number: int) -> None:
        found = DeliveryReport(
            f"r{number}", f"s-{self.shop.message_id(self.campaign, number)}", Outcome.DELIVERED, "", NOW
        )
        self.provider.add("reports", phone_of(number), found)

    def counts(self) -> tuple[int, int, int]:
        found = self.shop.workspace.inbox.counts(self.campaign)
        return found["delivered"], found["replies"], found["opt_outs"]


def phone_of(number: int) -> Phone:
    phone = person("c", number).phone
    assert phone is not None
    return phone


@pytest.fixture
def sent(shop: Shop) -> Sent:
    """Six people, in batches of two."""
    account = shop.add_account(6)
    provider = Provider()
    shop.gateways[account] = PullingGateway(account, provider)
    shop.context = replace(shop.context, batch=2)
    campaign = shop.campaign()
    shop.run(campaign.id)
    shop.clock.now = NOW
    return Sent(shop, account, campaign.id, provider)


def test_rows_come_in_once_and_nobody_is_asked_about(sent: Sent) -> None:
    for number in range(5):
        sent.reply(number, "TD" if number == 3 else "好的")
        sent.report(number)
    assert (poll_inbound(sent.shop.context, sent.account), poll_reports(sent.shop.context, sent.account)) == (5, 5)
    assert (poll_inbound(sent.shop.context, sent.account), poll_reports(sent.shop.context, sent.account)) == (0, 0)
    assert sent.counts() == (5, 5, 1)
    assert sent.provider.asked == []


def lose(sent: Sent, stream: str = "inbound") -> None:
    """The next answer of the queue does not arrive."""
    sent.provider.cut = True
    with pytest.raises(OutcomeUnknown):
        (poll_inbound if stream == "inbound" else poll_reports)(sent.shop.context, sent.account)


@pytest.mark.parametrize("how", ["killed after the pull", "answer cut off"])
def test_an_opt_out_that_was_lost_on_its_way_is_found(how: str, sent: Sent) -> None:
    for number in range(3):
        sent.reply(number, "退订" if number == 1 else "好的")
    if how == "answer cut off":
        lose(sent)
    else:
        gateway, store = sent.shop.gateways[sent.account], sent.shop.workspace
        opened = gateway.inbound(store.accounts.cursor(sent.account, "inbound"))
        store.inbox.store_inbound(sent.account, opened, (), NOW)
        assert len(gateway.inbound(opened.next_cursor).items) == 2
        sent.start_again()
    assert sent.counts() == (0, 0, 0)
    assert poll_inbound(sent.shop.context, sent.account) == 3
    assert sent.counts() == (0, 3, 1)
    assert set(sent.provider.asked) == {phone_of(number) for number in range(6)}
    sent.provider.asked.clear()
    assert poll_inbound(sent.shop.context, sent.account) == 0
    assert sent.provider.asked == []


def test_a_report_that_was_lost_is_found_and_counts_once(sent: Sent) -> None:
    for number in range(6):
        sent.report(number)
    lose(sent, "reports")
    assert poll_reports(sent.shop.context, sent.account) == 6
    assert sent.counts() == (6, 0, 0)


def test_a_look_back_that_is_broken_off_goes_on_where_it_was(sent: Sent) -> None:
    sent.reply(5, "T")
    lose(sent)
    sent.provider.silent_after = 3
    with pytest.raises(RemoteUnavailable):
        poll_inbound(sent.shop.context, sent.account)
    sent.provider.silent_after = None
    sent.start_again()
    assert poll_inbound(sent.shop.context, sent.account) == 1
    assert sent.counts() == (0, 1, 1)
    asked = [sent.provider.asked.count(phone_of(number)) for number in range(6)]
    assert asked == [1, 1, 2, 1, 1, 1], "the batch that was broken off begins anew, the ones before it do not"


@pytest.mark.parametrize("asked", [1, 3, 6])
def test_what_is_lost_amid_a_look_back_is_asked_for_as_well(
    asked: int, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = sent.shop.gateways[sent.account]
    assert isinstance(gateway, PullingGateway)
    look_back = gateway.look_back

    def cut(stream: str, phone: Phone, since: datetime) -> tuple[Any, ...]:
        found = look_back(stream, phone, since)
        if len(sent.provider.asked) == asked:  # a batch that leaves reads the same queue
            sent.reply(0, "TD")
            sent.provider.pull("inbound")
            looking_back.begin(sent.shop.context, sent.account, "inbound")
        return found

    lose(sent)
    monkeypatch.setattr(gateway, "look_back", cut)
    for _ in range(3):
        poll_inbound(sent.shop.context, sent.account)
    assert sent.counts() == (0, 1, 1)


def test_a_long_look_back_takes_several_polls(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_back, "BATCHES_A_STEP", 2)
    sent.reply(5, "T")
    lose(sent)
    assert poll_inbound(sent.shop.context, sent.account) == 0
    assert len(sent.provider.asked) == 4
    assert poll_inbound(sent.shop.context, sent.account) == 1
    assert len(sent.provider.asked) == 6


def test_nobody_gets_another_message_before_their_lost_reply_was_asked_for(sent: Sent) -> None:
    sent.reply(5, "T")
    lose(sent)
    second = sent.shop.campaign(name="第二场")
    assert sent.shop.run(second.id).step is dispatch.Step.END
    assert sent.counts() == (0, 1, 1)
    assert Counter(sent.shop.reached()) == {f"c{number:05d}": 2 for number in range(5)} | {"c00005": 1}
