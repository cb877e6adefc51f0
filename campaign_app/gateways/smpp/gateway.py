"""The sender of one SMPP account: batches go out over its line, reports and replies come from what the line kept.

The centre knows no keys and tells no history. What it took is kept here as soon as it says so, and a look-up tells only
that: whatever was submitted without an answer stays unknown, until a receipt or a person decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, TypeVar

from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, RemoteError, RemoteRefused
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import check_batch, phones_of
from campaign_app.gateways.providers import SenderParts
from campaign_app.gateways.rates import batch_of, rate_of
from campaign_app.gateways.smpp import arrivals
from campaign_app.gateways.smpp.keeping import Item, Keeper
from campaign_app.gateways.smpp.line import TIMING, Binding, Line, Timing
from campaign_app.gateways.smpp.pace import Pace
from campaign_app.gateways.smpp.sending import BATCH_SECONDS, Batch, Route, accepted, is_whole
from campaign_app.jobs.ports import BATCH, GatewayCapabilities, Rate, Sent
from campaign_app.jobs.pushed import Handed, PushedReceipt, PushedReply, PushStore
from campaign_app.transport.smpp.access import Access, access_of
from campaign_app.transport.smpp.pdu import Command
from campaign_app.transport.smpp.session import Arrived, Session, bound

# one part of a message may be delivered days before another (validity of a centre: 72 h as a rule)
_REPORTS_KEPT: Final = timedelta(days=4)
_REPLIES_KEPT: Final = timedelta(hours=1)
_TIDY_EVERY: Final = timedelta(hours=1)
T = TypeVar("T")


def gateway_of(parts: SenderParts) -> SmppGateway:
    """Raises as `gateways.smpp.gateway_for` does."""
    connections = parts.connections
    if connections is None:
        raise NotAllowed("worker_only", "Only the worker holds the connection to an SMS centre")
    access, own = access_of(parts.account, parts.credentials), parts.sender_id
    line = connections.of(own, access, lambda: SmppLine(own, access, connections.store, parts.clock))
    return SmppGateway(parts.account, line, parts.purpose)


class SmppLine:
    """What every gateway of one account shares: its connection, its window and its rate."""

    def __init__(
        self,
        account_id: int,
        access: Access,
        store: PushStore,
        clock: Clock,
        timing: Timing = TIMING,
    ) -> None:
        self._access = access
        self.store = store
        self.account_id = account_id
        self.clock = clock
        self._route = Route(access.source, access.prefix)
        self._pace = Pace(access.rate, monotonic)
        self._window = asyncio.Semaphore(access.window)
        self._line = Line(self._bound, self._keep, timing)

    @property
    def batch_max(self) -> int:
        """A crash leaves a batch, as far as it was not answered for, to a person."""
        return batch_of(self.rate)

    @property
    def rate(self) -> Rate | None:
        return rate_of(self.account_id, self._access.rate)

    def submit(self, messages: Sequence[Outgoing], phones: Mapping[str, Phone]) -> tuple[SubmitOutcome, ...]:
        async def work(binding: Binding, keeper: Keeper) -> tuple[SubmitOutcome, ...]:
            batch = Batch(binding, keeper, self._route, self._pace, self._window, BATCH_SECONDS)
            return await batch.run(messages, phones)

        return self._line.call(work)

    def stay_bound(self) -> None:
        """What comes unasked needs a connection. Raises RemoteUnavailable, RemoteRefused."""
        self._line.call(lambda binding, _: binding.caught_up())

    def close(self) -> None:
        self._line.close()

    async def _bound(self, arrived: Arrived) -> Session:
        access = self._access
        return await bound(
            access.endpoint, access.login, Command.BIND_TRANSCEIVER, arrived, answer_within=access.answer_within
        )

    def _keep(self, items: Sequence[Item]) -> None:
        self.store.keep(
            self.account_id,
            self.clock(),
            handed=[item for item in items if isinstance(item, Handed)],
            receipts=[item for item in items if isinstance(item, PushedReceipt)],
            replies=[item for item in items if isinstance(item, PushedReply)],
        )


class SmppGateway:
    """Implements `jobs.ports.Gateway` for one account; threads may share it.

    `account` is that of the shop that it writes for; the line, and what came over it, is the sender account's own.
    """

    def __init__(self, account: Account, line: SmppLine, purpose: str) -> None:
        self._account = account
        self._line = line
        self._purpose = purpose
        self._tidied: dict[str, datetime] = {}

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self._account.simulated, needs_phone=True, batch_max=self._line.batch_max, idempotent=False,
            lookup=True, streams=frozenset({"reports", "inbound"}), rate=self._line.rate,
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """Whom it surely did not take, the outcomes leave out."""
        check_batch(self._account, self._purpose, key, messages, batch_max=BATCH)
        return self._line.submit(messages, phones_of(messages))

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:  # noqa: ARG002 - a centre knows none
        """What was kept of the centre's answers: only messages all of whose parts it answered for."""
        parts = dict[str, list[Handed]]()
        for part in self._line.store.handed(self._line.account_id, [each.message_id for each in sent]):
            parts.setdefault(part.message_id, []).append(part)
        return tuple(accepted(found) for found in parts.values() if is_whole(found))

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        self._tidy("reports", cursor, _REPORTS_KEPT)
        return self._page(arrivals.reports, cursor)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        self._tidy("inbound", cursor, _REPLIES_KEPT)
        return self._page(arrivals.replies, cursor)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:  # noqa: ARG002
        raise RemoteRefused("not_offered", "An SMS centre tells of no complaints")

    def close(self) -> None:
        """The line is closed by whoever made it: other purposes of the account use it too."""

    def _page(self, read: Callable[[PushStore, int, str, datetime], Page[T]], cursor: str) -> Page[T]:
        """Without a connection nobody knows what waits at the centre: then the list has no end, but what is here is."""
        trouble: RemoteError | None = None
        try:
            self._line.stay_bound()
        except RemoteError as error:
            trouble = error
        page = read(self._line.store, self._line.account_id, cursor, self._line.clock())
        if trouble is None:
            return page
        if page.next_cursor == (cursor or "0"):
            raise trouble
        return replace(page, more=True)

    def _tidy(self, stream: str, cursor: str, kept: timedelta) -> None:
        """What a cursor has passed is in the workspace's own tables."""
        now = self._line.clock()
        last = self._tidied.get(stream)
        if cursor and (last is None or abs(now - last) > _TIDY_EVERY):
            self._tidied[stream] = now
            self._line.store.forget(self._line.account_id, stream, to=int(cursor), before=now - kept)
