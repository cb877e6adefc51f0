"""Client of the Platform Consent API (`resources/openapi/platform-consent-v1.yaml`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, Final

from campaign_app.domain.consent import ConsentFact, CustomerRef, Receipt
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport, ConsentAnswers
from campaign_app.domain.signature import Signature
from campaign_app.platforms.answers import Asked, LookupAnswers, unknown
from campaign_app.platforms.connection import META, Offers, check_connection, offered
from campaign_app.platforms.contract import CAPABILITIES
from campaign_app.platforms.leaves import Note
from campaign_app.platforms.rotation import Readers
from campaign_app.platforms.rows import (
    ChangeRows,
    CustomerRows,
    SignatureRows,
    changed_ref,
    customer_of,
    signature_of,
)
from campaign_app.transport.listing import CursorGuard, good_ref
from campaign_app.transport.receipts import utc_text
from campaign_app.transport.session import SignedSession
from campaign_app.transport.wire import LOOKUP_MAX, LookupRequest, OptOut, OptOutsAnswer, OptOutsRequest

CUSTOMERS: Final = "/v1/customers"
LOOKUP: Final = "/v1/consents/lookup"
CHANGES: Final = "/v1/consents/changes"
OPT_OUTS: Final = "/v1/opt-outs"
SIGNATURES: Final = "/v1/signatures"
_PAGE: Final = "1000"
_REASON_MAX: Final = 100
_ABSENT: Final = ("not_found", "not_offered", "method_not_allowed")


def _fresh_nonce() -> str:
    return token_urlsafe(24)


class ConsentApiPlatform:
    """Implements `domain.ports.PlatformClient` for one account; threads may share it."""

    def __init__(
        self,
        account: Account,
        http: SignedSession,
        clock: Clock,
        *,
        nonce: Callable[[], str] = _fresh_nonce,
        pin: Callable[[str, str], None] | None = None,
    ) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._nonce = nonce
        self._readers = Readers(account, self.check_connection, clock, pin)
        self._offers: Capabilities | None = None
        self._customers = CursorGuard(CUSTOMERS)
        self._changes = CursorGuard(CHANGES)

    def capabilities(self) -> Capabilities:
        """Asks the server once. Raises RemoteError where it does not answer."""
        if self._offers is None:
            self._offers = offered(self._http.get(META, {}, Offers).capabilities)
        return self._offers

    def check_connection(self) -> ConnectionReport:
        report = check_connection(self._readers.account, self._http, self._clock)
        if report.ok:
            off: dict[str, Any] = dict.fromkeys(report.missing, False)
            self._offers = replace(CAPABILITIES, **off)
        return report

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        params = {"cursor": cursor, "limit": _PAGE}
        if updated_since is not None:
            params["updated_since"] = utc_text(updated_since) or ""
        with self._offering("customers"):
            page = self._http.get(CUSTOMERS, params, CustomerRows)
        following = self._customers.next(cursor, page.next_cursor, more=page.has_more)
        good = [customer for row in page.customers if (customer := customer_of(row)) is not None]
        redacted = tuple(dict.fromkeys(ref for row in page.redacted if (ref := good_ref(row))))
        broken = len(page.customers) - len(good) + sum(not good_ref(row) for row in page.redacted)
        return Page(_newest(good), following, page.has_more, broken, redacted)

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total; asks in look-ups of at most LOOKUP_MAX and raises, with no fact at all, if one of them fails."""
        facts: dict[CustomerRef, ConsentFact] = {}
        receipts: list[Receipt] = []
        askable = []
        for ref in dict.fromkeys(refs):
            note = self._unaskable(ref)
            if note is None:
                askable.append(ref)
            else:
                facts.update(unknown([ref], note, self._clock()).facts)
        for first in range(0, len(askable), LOOKUP_MAX):
            answers = self._look_up(askable[first : first + LOOKUP_MAX])
            facts.update(answers.facts)
            receipts += answers.receipts
        return ConsentAnswers(facts, tuple(receipts))

    def _unaskable(self, ref: CustomerRef) -> Note | None:
        if ref.account_id != self._account.id:
            return Note.OTHER_ACCOUNT
        return None if good_ref(ref.ref) else Note.BAD_REF

    def _look_up(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        nonce = self._nonce()
        request = LookupRequest(refs=[ref.ref for ref in refs], nonce=nonce)
        page = self._http.post(LOOKUP, request, LookupAnswers, safe_to_repeat=True)
        asked, reader = Asked(refs, nonce, self._clock()), self._readers.current
        answers = reader.read(page, asked)
        if next(iter(answers.facts.values())).note == Note.UNPINNED_KEY:
            newer = self._readers.after(reader)
            return answers if newer is None else newer.read(page, asked)
        return answers

    def consent_changes(self, cursor: str) -> Page[str]:
        with self._offering("consent_changes"):
            page = self._http.get(CHANGES, {"cursor": cursor, "limit": _PAGE}, ChangeRows)
        following = self._changes.next(cursor, page.next_cursor, more=page.has_more)
        refs = [ref for row in page.changes if (ref := changed_ref(row))]
        return Page(tuple(dict.fromkeys(refs)), following, page.has_more, len(page.changes) - len(refs))

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:
        """Recorded twice it is still one opt-out, so it is repeated until the platform has it."""
        if self._unaskable(ref) is not None:
            raise RemoteRefused("bad_ref", "This customer is none of the account's")
        item = OptOut(ref=ref.ref, reason=reason[:_REASON_MAX], occurred_at=occurred_at.astimezone(UTC))
        with self._offering("opt_out_write"):
            answer = self._http.post(OPT_OUTS, OptOutsRequest(items=[item]), OptOutsAnswer, safe_to_repeat=True)
        said = [result.recorded for result in answer.results if result.ref == ref.ref]
        if not any(said):
            code = "opt_out_not_recorded" if said else "opt_out_delayed"
            raise RemoteRefused(code, "The platform did not record the opt-out")

    def signatures(self) -> tuple[Signature, ...]:
        with self._offering("signatures"):
            rows = self._http.get(SIGNATURES, {}, SignatureRows).signatures
        return tuple(signature for row in rows if (signature := signature_of(row)) is not None)

    @contextmanager
    def _offering(self, capability: str) -> Iterator[None]:
        """What the server said it does not offer is not asked of it; an endpoint that is not there is not offered."""
        refused = RemoteRefused("not_offered", "The platform does not offer this")
        if self._offers is not None and not getattr(self._offers, capability):
            raise refused
        try:
            yield
        except RemoteRefused as error:
            if error.code not in _ABSENT:
                raise
            raise refused from None

    def close(self) -> None:
        self._http.close()


def _newest(customers: Sequence[PlatformCustomer]) -> tuple[PlatformCustomer, ...]:
    """One row per ref: pages repeat themselves, and the newest row is right."""
    found: dict[str, PlatformCustomer] = {}
    for customer in customers:
        known = found.get(customer.ref)
        if known is None or known.updated_at <= customer.updated_at:
            found[customer.ref] = customer
    return tuple(found.values())
