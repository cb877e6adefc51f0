"""The sender of one account over its line: batches go out over it, reports and replies come from what it kept.

The other side knows no keys and tells no history. What it took is kept here as soon as it says so, and a look-up tells
only that: whatever was submitted without an answer stays unknown, until a receipt or a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import Leaving, check_batch, check_test, phones_of
from campaign_app.gateways.pushed import accepted, is_whole
from campaign_app.gateways.pushed import replies as replies_of
from campaign_app.gateways.pushed import reports as reports_of
from campaign_app.jobs.ports import BATCH, GatewayCapabilities, Rate, Sent
from campaign_app.jobs.pushed import Handed, PushStore

# one part of a message may be delivered days before another (validity of a centre: 72 h as a rule)
_REPORTS_KEPT: Final = timedelta(days=4)
_REPLIES_KEPT: Final = timedelta(hours=1)
_TIDY_EVERY: Final = timedelta(hours=1)
T = TypeVar("T")


class SenderLine(Protocol):
    """What every gateway of one account shares; whatever comes over it is in `store` before it is acknowledged."""

    @property
    def store(self) -> PushStore: ...
    @property
    def account_id(self) -> int: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def batch_max(self) -> int: ...
    @property
    def rate(self) -> Rate | None: ...
    def submit(self, messages: Sequence[Leaving], phones: Mapping[str, Phone]) -> tuple[SubmitOutcome, ...]: ...
    def stay_open(self) -> None:
        """Returns when what waited at the other side had time to come in. Raises RemoteUnavailable, RemoteRefused."""
        ...


class LineGateway:
    """Implements `jobs.ports.Gateway` for one account; threads may share it.

    `account` is that of the shop that it writes for; the line, and what came over it, is the sender account's own.
    """

    def __init__(self, account: Account, line: SenderLine, purpose: str) -> None:
        self._account = account
        self._line = line
        self._purpose = purpose
        self._tidied: dict[str, datetime] = {}

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self._account.simulated, needs_phone=True, batch_max=self._line.batch_max, idempotent=False,
            lookup=True, streams=frozenset({"reports", "inbound"}), test_messages=True, rate=self._line.rate,
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """Whom it surely did not take, the outcomes leave out."""
        check_batch(self._account, self._purpose, key, messages, batch_max=BATCH)
        return self._line.submit(messages, phones_of(messages))

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        check_test(self._account, self._purpose, key, message)
        outcomes = self._line.submit([message], phones_of([message]))
        if not outcomes:
            raise RemoteUnavailable("not_sent", "The sender was not asked in time")
        return outcomes[0]

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:  # noqa: ARG002 - it knows none
        """What was kept of the sender's answers and receipts: only messages all of whose parts they name."""
        parts = dict[str, list[Handed]]()
        for part in self._line.store.handed(self._line.account_id, [each.message_id for each in sent]):
            parts.setdefault(part.message_id, []).append(part)
        return tuple(accepted(found) for found in parts.values() if is_whole(found))

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        self._tidy("reports", cursor, _REPORTS_KEPT)
        return self._page(reports_of, cursor)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        self._tidy("inbound", cursor, _REPLIES_KEPT)
        return self._page(replies_of, cursor)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:  # noqa: ARG002
        raise RemoteRefused("not_offered", "This sender tells of no complaints")

    def close(self) -> None:
        """The line is closed by whoever made it: other purposes of the account use it too."""

    def _page(self, read: Callable[[PushStore, int, str, datetime], Page[T]], cursor: str) -> Page[T]:
        """Without the line nobody knows what waits at the sender: then the list has no end, but what is here is."""
        trouble: RemoteError | None = None
        try:
            self._line.stay_open()
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
