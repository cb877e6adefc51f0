"""A platform and a sender in memory, scripted to misbehave; they remember everything that was asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from campaign_app.consent import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Receipt,
)
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import (
    ComplaintClue,
    DeliveryReport,
    InboundMessage,
    Outcome,
    Page,
    SubmitOutcome,
)
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import ConnectionReport, ConsentAnswers
from campaign_app.domain.signature import Signature
from campaign_app.jobs.ports import GatewayCapabilities, Sent

IDEMPOTENT = GatewayCapabilities(simulated=True, needs_phone=False, batch_max=500, idempotent=True, lookup=True)
EVERYTHING = Capabilities(
    customers=True,
    phones=True,
    consent_lookup=True,
    consent_changes=True,
    opt_out_write=True,
    signatures=True,
    messages=True,
)
ENTITY, ISSUER = "91330100MA0000001X", "91110000MA0000009X"


@dataclass
class FakeClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FakePlatform:
    """`truth` holds what differs from confirmed, by ref; `trouble` is raised by the next calls, first in first out."""

    account_id: int
    clock: FakeClock
    people: list[PlatformCustomer] = field(default_factory=list)
    truth: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    unproven_once: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    page_size: int = 400
    own_signatures: tuple[Signature, ...] = ()
    opt_outs: list[str] = field(default_factory=list)
    report: ConnectionReport | None = None
    before_answer: Callable[[], None] | None = None
    before_page: Callable[[], None] | None = None
    changes_page: Callable[[str], Page[str]] | None = None
    pages: int = 0
    forgotten: set[str] = field(default_factory=set)
    offers: Capabilities = EVERYTHING
    redacted: tuple[str, ...] = ()
    unreachable: int = 0
    signs: bool = True
    since: list[datetime | None] = field(default_factory=list)

    def _maybe_fail(self) -> None:
        if self.trouble:
            raise self.trouble.pop(0)

    def capabilities(self) -> Capabilities:
        return self.offers

    def check_connection(self) -> ConnectionReport:
        self._maybe_fail()
        return self.report or ConnectionReport(
            ok=True, issuer_uscc=ISSUER, issuer_name="登记处", api_version="1.0", simulated=True, clock_skew_seconds=0,
            pinned_keys="{}", entity_uscc=ENTITY, entity_name="安宁百货有限公司", shop="安宁百货旗舰店",
        )  # fmt: skip

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        self._maybe_fail()
        if self.before_page:
            self.before_page()
        self.since.append(updated_since)
        if cursor in self.forgotten:
            raise RemoteRefused("bad_cursor", "A cursor that is not kept any more")
        people = [p for p in self.people if updated_since is None or p.updated_at >= updated_since]
        at = int(cursor or 0)
        items = tuple(people[at : at + self.page_size])
        redacted = () if cursor else self.redacted
        return Page(
            items, str(at + len(items)), at + len(items) < len(people), 0, redacted, unreachable=self.unreachable
        )

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        self._maybe_fail()
        if self.before_answer:
            self.before_answer()
        now = self.clock()
        self.asked += [ref.ref for ref in refs]
        self.pages += 1
        receipt_id = f"p{self.account_id}-{self.pages}"
        facts = {}
        for index, ref in enumerate(refs):
            if ref.ref in self.unproven_once:
                self.unproven_once.discard(ref.ref)
                facts[ref] = ConsentFact.unknown(ref, note="missing", observed_at=now)
                continue
            evidence = Evidence(
                ISSUER, "fake", "1.0", True, f"r{self.pages}", receipt_id, f'{{"ref":"{ref.ref}"}}', index
            )
            fact = ConsentFact(
                ref, ConsentStatus.CONFIRMED, now, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS, frozenset({"retail"}),
                ENTITY, now - timedelta(days=100), None, None, None, now, evidence,
            )  # fmt: skip
            facts[ref] = replace(fact, **self.truth.get(ref.ref, {}))
        receipt = Receipt(receipt_id, self.account_id, "jws", bytes(32 * len(refs)), now)
        return ConsentAnswers(facts, (receipt,) if self.signs else ())

    def consent_changes(self, cursor: str) -> Page[str]:
        self._maybe_fail()
        if self.changes_page:
            return self.changes_page(cursor)
        at = int(cursor or 0)
        if cursor in self.forgotten:
            raise RemoteRefused("bad_cursor", "A cursor that is not kept any more")
        items = tuple(self.changes[at : at + 2])
        return Page(items, str(at + len(items)), at + len(items) < len(self.changes))

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:
        self._maybe_fail()
        self.opt_outs.append(ref.ref)

    def signatures(self) -> tuple[Signature, ...]:
        self._maybe_fail()
        return self.own_signatures


@dataclass
class FakeGateway:
    """Keeps what it accepted by key. `plan` decides the next calls: an exception before or after acceptance."""

    account_id: int
    accepted: dict[str, list[Outgoing]] = field(default_factory=dict)
    submits: list[str] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    asked_for: list[tuple[Sent, ...]] = field(default_factory=list)
    fail_before: list[Exception] = field(default_factory=list)
    fail_after: list[Exception] = field(default_factory=list)
    fail_lookup: list[Exception] = field(default_factory=list)
    reject: set[str] = field(default_factory=set)
    unmentioned: set[str] = field(default_factory=set)
    never_mentioned: set[str] = field(default_factory=set)
    capabilities: GatewayCapabilities = IDEMPOTENT
    stream: dict[str, list[Any]] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    before_submit: Callable[[], None] | None = None
    tests: list[StaffMessage] = field(default_factory=list)
    test_answers: list[Exception | SubmitOutcome] = field(default_factory=list)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        """`test_answers` are those of the next calls, all of which take the message."""
        self.tests.append(message)
        if self.test_answers:
            answer = self.test_answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return SubmitOutcome(message.message_id, Outcome.ACCEPTED, provider_id=f"s-{key}")

    def _outcomes(self, key: str) -> tuple[SubmitOutcome, ...]:
        return tuple(
            SubmitOutcome(m.message_id, Outcome.REJECTED, code="blacklist")
            if m.recipient.ref.ref in self.reject
            else SubmitOutcome(m.message_id, Outcome.ACCEPTED, provider_id=f"s-{m.message_id}")
            for m in self.accepted[key]
            if m.recipient.ref.ref not in self.never_mentioned
        )

    def reach(self, key: str) -> None:
        """What comes before anything is taken."""
        if self.before_submit:
            self.before_submit()
        self.submits.append(key)
        if self.fail_before:
            raise self.fail_before.pop(0)

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        self.reach(key)
        if key not in self.accepted:
            self.accepted[key] = list(messages)
        if self.fail_after:
            raise self.fail_after.pop(0)
        hidden, self.unmentioned = self.unmentioned, set()
        refs = {m.message_id: m.recipient.ref.ref for m in messages}
        return tuple(
            SubmitOutcome(o.message_id, Outcome.UNKNOWN) if refs.get(o.message_id) in hidden else o
            for o in self._outcomes(key)
        )

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...] | None:
        self.lookups.append(key)
        self.asked_for.append(tuple(sent))
        if self.fail_lookup:
            raise self.fail_lookup.pop(0)
        return self._outcomes(key) if key in self.accepted else None

    def _page(self, name: str, cursor: str) -> Page[Any]:
        items = self.stream.get(name, [])
        at = int(cursor or 0)
        broken = self.unreadable.get(name, 0)
        return Page(tuple(items[at : at + 2]), str(min(at + 2, len(items))), at + 2 < len(items), broken)

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return self._page("reports", cursor)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return self._page("inbound", cursor)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        return self._page("complaints", cursor)

    def everybody(self) -> list[str]:
        """Refs of all accepted messages, with repeats."""
        return [
            m.recipient.ref.ref
            for batch in self.accepted.values()
            for m in batch
            if m.recipient.ref.ref not in self.reject
        ]
