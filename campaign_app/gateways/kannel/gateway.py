"""The line of one Kannel account, and its gateway (`gateways.lines`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Event, Lock
from time import monotonic
from typing import Final

from campaign_app.domain.errors import NotAllowed, RemoteUnavailable
from campaign_app.domain.message import SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.backlog import QUIET, Backlog
from campaign_app.gateways.checks import Leaving
from campaign_app.gateways.kannel.keeping import Together
from campaign_app.gateways.kannel.listening import Listener
from campaign_app.gateways.kannel.pushes import Arrived, receipt_url
from campaign_app.gateways.kannel.sending import Batch, Route
from campaign_app.gateways.lines import LineGateway
from campaign_app.gateways.providers import SenderParts
from campaign_app.jobs.ports import Rate
from campaign_app.jobs.pushed import PushStore
from campaign_app.transport.kannel import Access, SendSms, access_of

# a crash leaves a batch, as far as it was not answered for, to its receipts and to a person
BATCH_MAX: Final = 200
# within which Kannel pushes again what nobody took: longer than its `http-queue-delay` (10 s)
BACKLOG_SECONDS: Final = 15.0


def gateway_of(parts: SenderParts) -> LineGateway:
    """Raises as `gateways.kannel.gateway_for` does."""
    connections = parts.connections
    if connections is None:
        raise NotAllowed("worker_only", "Only the worker takes what Kannel pushes")
    access, own = access_of(parts.account, parts.credentials), parts.sender_id
    line = connections.of(own, access, lambda: KannelLine(own, access, connections.store, parts.clock))
    return LineGateway(parts.account, line, parts.purpose)


class KannelLine:
    """What every gateway of one account shares: where it is pushed to, and the session that sends."""

    batch_max = BATCH_MAX
    # Kannel queues what it takes: the window is the only limit that is known here
    rate: Rate | None = None

    def __init__(
        self,
        account_id: int,
        access: Access,
        store: PushStore,
        clock: Clock,
        backlog: float = BACKLOG_SECONDS,
        quiet: float = QUIET,
    ) -> None:
        self.store = store
        self.account_id = account_id
        self.clock = clock
        self._access = access
        self._backlog = Backlog(backlog, monotonic, quiet=quiet)
        self._calls = SendSms(access, clock)
        self._kept = Together(self._keep).kept
        self._lock = Lock()
        self._listener: Listener | None = None
        self._closed = Event()

    def submit(self, messages: Sequence[Leaving], phones: Mapping[str, Phone]) -> tuple[SubmitOutcome, ...]:
        self._listening()
        access = self._access
        route = Route(access.prefix, lambda part: receipt_url(access.push_url, access.push_key, part), self.clock)
        return Batch(self._calls, route, self._kept, monotonic, self._closed.wait).run(messages, phones, access.window)

    def stay_open(self) -> None:
        """As `SenderLine`: refusals that Kannel could not push while nobody listened are in by then."""
        while (left := self._left()) > 0 and not self._closed.wait(left):
            pass

    def close(self) -> None:
        with self._lock:
            self._closed.set()
            listener, self._listener = self._listener, None
        self._calls.close()
        if listener is not None:
            listener.close()

    def _left(self) -> float:
        """Seconds until then. Whoever finds that the machine slept begins anew before anybody else asks."""
        self._listening()
        with self._lock:
            if self._backlog.away():
                self._backlog.begin()
            return self._backlog.left()

    def _listening(self) -> None:
        """Raises RemoteUnavailable where the port is another program's."""
        with self._lock:
            if self._closed.is_set():
                raise RemoteUnavailable("unreachable", "The line was closed")
            if self._listener is None:
                self._listener = Listener(self._access.push_port, self._access.push_key, self._pushed)
                self._backlog.begin()

    def _pushed(self, arrived: Arrived) -> None:
        self._backlog.heard()
        self._kept(arrived)

    def _keep(self, arrived: Arrived) -> None:
        self.store.keep(
            self.account_id, self.clock(), handed=arrived.handed, receipts=arrived.receipts, replies=arrived.replies
        )
