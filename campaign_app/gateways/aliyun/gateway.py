"""Sender of Aliyun SMS (dysmsapi 2017-05-25): messages leave as approved templates, their fate is looked up.

Aliyun hands out no list of reports or replies: it pushes them to a server with a public address, or into message queues
(`gateways.leasing`), where a person has turned those on and named them. Reports are looked up message by message all
the same (`jobs.following`): none is sure to come in a queue. Without a queue of replies nothing leaves until a person
has said where they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.aliyun.looking import Finder
from campaign_app.gateways.aliyun.planning import NUMBERS_MAX, alike, allowed
from campaign_app.gateways.aliyun.returning import (
    is_foreign_report,
    is_nobodys_reply,
    refusals_in,
    reply_of,
    report_of,
)
from campaign_app.gateways.aliyun.sending import Sender
from campaign_app.gateways.leasing import LeaseQueue, Received
from campaign_app.gateways.rates import batch_of, request_of, spacing
from campaign_app.gateways.templated import WayOut
from campaign_app.gateways.wordings import Wordings
from campaign_app.jobs.ports import BATCH, GatewayCapabilities, Rate, Sent
from campaign_app.transport.aliyun import AliyunCalls
from campaign_app.transport.aliyun_queues import MnsQueue

T = TypeVar("T")
NO_QUEUES: Mapping[str, MnsQueue] = {}


class AliyunGateway:
    """Implements `jobs.ports.Gateway` for one account and one purpose; threads may share it."""

    def __init__(
        self,
        account: Account,
        calls: AliyunCalls,
        purpose: str,
        clock: Clock,
        rate: Rate | None = None,
        queues: Mapping[str, MnsQueue] = NO_QUEUES,
        unread: Callable[[str, datetime], bool] | None = None,
    ) -> None:
        """`queues` by stream, those that the account names. `unread` says of a reply that nobody can read whether it

        is to go all the same.
        """
        self._account, self._calls, self._rate = account, calls, rate
        wordings = Wordings(lambda: allowed(calls), clock)
        sender, most = Sender(calls, wordings, clock, spacing(rate)), request_of(rate, NUMBERS_MAX)
        self._out = WayOut(account, purpose, wordings.of, alike, sender.send, BATCH, most)
        self._finder = Finder(calls, clock)
        self._queues = queues
        self._reports = _leases(queues.get("reports"), report_of, is_foreign_report, clock)
        self._replies = _leases(queues.get("inbound"), reply_of, is_nobodys_reply, clock, unread)

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self._account.simulated, needs_phone=True, batch_max=batch_of(self._rate, BATCH),
            idempotent=False, lookup=True, streams=frozenset(self._queues), hears="inbound" in self._queues,
            follow=True, test_messages=True, rate=self._rate,
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """See `sending` for what is left out, and for what is raised."""
        return self._out.submit(key, messages)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        return self._out.submit_test(key, message)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        """Never None: that Aliyun finds no message does not say that none was sent."""
        return self._finder.outcomes(key, sent)

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return Page((), cursor, more=False) if self._reports is None else self._reports.page(cursor)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return Page((), cursor, more=False) if self._replies is None else self._replies.page(cursor)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        return Page((), cursor, more=False)

    def close(self) -> None:
        self._calls.close()
        for queue in self._queues.values():
            queue.close()


def _leases(
    queue: MnsQueue | None,
    read: Callable[[Mapping[str, Any], datetime], T | None],
    is_others: Callable[[Mapping[str, Any]], bool],
    clock: Clock,
    unread: Callable[[str, datetime], bool] | None = None,
) -> LeaseQueue[T] | None:
    """What cannot be read stays in the queue, until a person has cleared it: then whoever can be told from it counts as

    having refused. What `is_others` is deleted unread, lest it pile up.
    """
    if queue is None:
        return None

    def receive() -> Received[T] | None:
        now, items, handles = clock(), list[T](), list[str]()
        leased = queue.receive(now)
        if leased is None:
            return None
        for each in leased:
            found = None if each.content is None else read(each.content, now)
            if found is not None:
                items.append(found)
            if found is not None or (each.content is not None and is_others(each.content)):
                handles.append(each.handle)
            elif unread is not None and unread(each.raw, now):
                items += cast("Sequence[T]", refusals_in(each.raw, now))
                handles.append(each.handle)
        return Received(items, handles, len(leased) - len(handles))

    return LeaseQueue(lambda: queue.ready(clock()), receive, lambda handles: queue.delete(handles, clock()), clock)
