"""Sender of the Platform Consent API: messages go out under idempotency keys, what comes back is paged by cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused
from campaign_app.domain.message import (
    ComplaintClue,
    DeliveryReport,
    InboundMessage,
    Outcome,
    Page,
    SubmitOutcome,
)
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import check_batch, check_test
from campaign_app.gateways.rows import (
    ComplaintRows,
    InboundRows,
    OutcomeRows,
    ReportRows,
    SaidOfItself,
    complaint_of,
    inbound_of,
    needs_phone,
    offers,
    outcomes_of,
    plainly_offers,
    report_of,
)
from campaign_app.jobs.ports import STREAMS, GatewayCapabilities, Sent
from campaign_app.transport.listing import CursorGuard
from campaign_app.transport.session import SignedSession
from campaign_app.transport.wire import MESSAGES_MAX

META: Final = "/v1/meta"
MESSAGES: Final = "/v1/messages"
REPORTS: Final = "/v1/messages/reports"
INBOUND: Final = "/v1/messages/inbound"
COMPLAINTS: Final = "/v1/complaints"
_PAGE: Final = "1000"
T = TypeVar("T")


class ConsentApiGateway:
    """Implements `jobs.ports.Gateway` for one account and one purpose; threads may share it."""

    def __init__(self, account: Account, http: SignedSession, purpose: str, clock: Clock) -> None:
        self._account = account
        self._http = http
        self._purpose = purpose
        self._clock = clock
        self._guards = {path: CursorGuard(path) for path in (REPORTS, INBOUND, COMPLAINTS)}
        self._said: SaidOfItself | None = None

    @property
    def capabilities(self) -> GatewayCapabilities:
        """Asks the server once. Raises RemoteError where it does not answer."""
        if self._said is None:
            self._said = self._http.get(META, {}, SaidOfItself)
        said = self._said.capabilities
        return GatewayCapabilities(
            simulated=self._account.simulated, needs_phone=needs_phone(said), batch_max=MESSAGES_MAX, idempotent=True,
            lookup=True, submits=offers(said, "messages"),
            streams=frozenset(stream for stream in STREAMS if offers(said, stream)),
            test_messages=plainly_offers(said, "test_messages"),
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """Hands the batch over once. Raises OutcomeUnknown where it might have been taken, RemoteRefused where not."""
        check_batch(self._account, self._purpose, key, messages, batch_max=MESSAGES_MAX)
        body = {
            "purpose": self._purpose,
            "messages": [{"message_id": m.message_id, "ref": m.recipient.ref.ref, "text": m.text} for m in messages],
        }
        answer = self._http.post(MESSAGES, body, OutcomeRows, {"Idempotency-Key": key}, safe_to_repeat=False)
        found = outcomes_of(answer.outcomes)
        return tuple(found.get(m.message_id) or _unmentioned(m.message_id) for m in messages)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        """The server is told that it is a test: it counts it apart, and takes a number for no other message."""
        check_test(self._account, self._purpose, key, message)
        row = {"message_id": message.message_id, "phone": message.recipient.phone.e164, "text": message.text}
        body = {"purpose": self._purpose, "test": True, "messages": [row]}
        answer = self._http.post(MESSAGES, body, OutcomeRows, {"Idempotency-Key": key}, safe_to_repeat=False)
        return outcomes_of(answer.outcomes).get(message.message_id) or _unmentioned(message.message_id)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...] | None:  # noqa: ARG002 - by key alone
        """A refusal to tell says nothing about the submission: its outcome stays unknown."""
        try:
            answer = self._http.get(f"{MESSAGES}/outcomes/{quote(key, safe='')}", {}, OutcomeRows)
        except RemoteRefused as refused:
            if refused.code == "unknown_key_outcome":
                return None
            if refused.account_wide:
                raise
            code = refused.code
        else:
            return tuple(outcomes_of(answer.outcomes).values())
        raise OutcomeUnknown(code, "GET /v1/messages: the server does not tell what became of the submission")

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        page = self._http.get(REPORTS, _params(cursor), ReportRows)
        return self._page(REPORTS, cursor, (page.reports, page.next_cursor, page.has_more), report_of)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        page = self._http.get(INBOUND, _params(cursor), InboundRows)
        return self._page(INBOUND, cursor, (page.messages, page.next_cursor, page.has_more), inbound_of)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        page = self._http.get(COMPLAINTS, _params(cursor), ComplaintRows)
        return self._page(COMPLAINTS, cursor, (page.complaints, page.next_cursor, page.has_more), complaint_of)

    def close(self) -> None:
        self._http.close()

    def _page(
        self, path: str, cursor: str, page: tuple[list[Any], str, bool], read: Callable[[object, datetime], T | None]
    ) -> Page[T]:
        rows, following, more = page
        now = self._clock()
        items = tuple(item for row in rows if (item := read(row, now)) is not None)
        return Page(items, self._guards[path].next(cursor, following, more=more), more, len(rows) - len(items))


def _params(cursor: str) -> dict[str, str]:
    return {"cursor": cursor, "limit": _PAGE}


def _unmentioned(message_id: str) -> SubmitOutcome:
    return SubmitOutcome(message_id, Outcome.UNKNOWN, code="unmentioned")
