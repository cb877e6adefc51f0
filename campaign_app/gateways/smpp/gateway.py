"""The line of one SMPP account, and its gateway (`gateways.lines`)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic

from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.message import SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import Leaving
from campaign_app.gateways.lines import LineGateway
from campaign_app.gateways.providers import SenderParts
from campaign_app.gateways.rates import batch_of, rate_of
from campaign_app.gateways.smpp.keeping import Item, Keeper
from campaign_app.gateways.smpp.line import TIMING, Binding, Line, Timing
from campaign_app.gateways.smpp.pace import Pace
from campaign_app.gateways.smpp.sending import BATCH_SECONDS, Batch, Route
from campaign_app.jobs.ports import Rate
from campaign_app.jobs.pushed import Handed, PushedReceipt, PushedReply, PushStore
from campaign_app.transport.smpp.access import Access, access_of
from campaign_app.transport.smpp.pdu import Command
from campaign_app.transport.smpp.session import Arrived, Session, bound


def gateway_of(parts: SenderParts) -> LineGateway:
    """Raises as `gateways.smpp.gateway_for` does."""
    connections = parts.connections
    if connections is None:
        raise NotAllowed("worker_only", "Only the worker holds the connection to an SMS centre")
    access, own = access_of(parts.account, parts.credentials), parts.sender_id
    line = connections.of(own, access, lambda: SmppLine(own, access, connections.store, parts.clock))
    return LineGateway(parts.account, line, parts.purpose)


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
        self._route = Route(access.source, access.prefix, clock)
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

    def submit(self, messages: Sequence[Leaving], phones: Mapping[str, Phone]) -> tuple[SubmitOutcome, ...]:
        async def work(binding: Binding, keeper: Keeper) -> tuple[SubmitOutcome, ...]:
            batch = Batch(binding, keeper, self._route, self._pace, self._window, BATCH_SECONDS)
            return await batch.run(messages, phones)

        return self._line.call(work)

    def stay_open(self) -> None:
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
