"""Sender of Tencent Cloud SMS (2021-01-11): messages leave as approved templates, what comes back is pulled.

Both queues hand every row out once (`gateways.pulling`). `lookup` finds a submission by the SessionContext that went
with it; see `looking` for what that can and cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.numbers import is_nobodys
from campaign_app.gateways.pulling import Pulled, PullQueue
from campaign_app.gateways.rates import batch_of, request_of, spacing
from campaign_app.gateways.templated import WayOut
from campaign_app.gateways.tencent.looking import Finder
from campaign_app.gateways.tencent.planning import NUMBERS_MAX, alike, allowed
from campaign_app.gateways.tencent.returning import reply_of, report_of
from campaign_app.gateways.tencent.sending import Sender
from campaign_app.gateways.wordings import Wordings
from campaign_app.jobs.ports import GatewayCapabilities, Rate, Sent
from campaign_app.transport.listing import fields, plain_text
from campaign_app.transport.tencent import TencentCalls

STATUSES: Final = "PullSmsSendStatus"
REPLIES: Final = "PullSmsReplyStatus"
PAGE: Final = 100
T = TypeVar("T")


class TencentGateway:
    """Implements `jobs.ports.Gateway` for one account; threads may share it."""

    def __init__(
        self, account: Account, calls: TencentCalls, purpose: str, clock: Clock, rate: Rate | None = None
    ) -> None:
        self._account, self._calls, self._rate = account, calls, rate
        app_id = account.key_id
        wordings = Wordings(lambda: allowed(calls), clock)
        sender, most = Sender(calls, app_id, wordings, clock, spacing(rate)), request_of(rate, NUMBERS_MAX)
        self._out = WayOut(account, purpose, wordings.of, alike, sender.send, NUMBERS_MAX, most)
        self._finder = Finder(calls, app_id, clock)
        self._reports = PullQueue(lambda: self._pull(STATUSES, "PullSmsSendStatusSet", report_of))
        self._replies = PullQueue(
            lambda: self._pull(REPLIES, "PullSmsReplyStatusSet", lambda row: reply_of(row, clock()))
        )

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self._account.simulated, needs_phone=True, batch_max=batch_of(self._rate, NUMBERS_MAX),
            idempotent=False, lookup=True, streams=frozenset({"reports", "inbound"}), test_messages=True,
            rate=self._rate,
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """See `sending` for what is left out, and for what is raised."""
        return self._out.submit(key, messages)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        return self._out.submit_test(key, message)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        """Never None: that Tencent knows no status of a number does not say that nothing was sent to it."""
        return self._finder.outcomes(key, sent)

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return self._reports.page(cursor)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return self._replies.page(cursor)

    def look_back(self, stream: str, phone: Phone, since: datetime) -> tuple[DeliveryReport | InboundMessage, ...]:
        """What the queue of this stream held for one number since then, and has handed out or not."""
        if stream == "inbound":
            return self._finder.replies(phone, since)
        return self._finder.reports(phone, since)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        """Tencent hands out none."""
        return Page((), cursor, more=False)

    def close(self) -> None:
        self._calls.close()

    def _pull(self, action: str, name: str, read: Callable[[Any], T | None]) -> Pulled[T]:
        """`changes`: rows leave the queue with the answer, whether it arrives or not."""
        params: Mapping[str, Any] = {"Limit": PAGE, "SmsSdkAppId": self._account.key_id}
        rows = self._calls.ask(action, params, lambda said: said.rows(name), changes=True)
        found = [(row, read(row)) for row in rows]
        items = [item for _, item in found if item is not None]
        broken = sum(item is None and not is_nobodys(_number(row)) for row, item in found)
        return Pulled(items, len(rows) >= PAGE, broken)


def _number(row: Any) -> str:
    return plain_text(fields(row).get("PhoneNumber"), 40)
