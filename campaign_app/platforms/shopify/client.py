"""Client of Shopify's Admin GraphQL, and by the same questions of SHOPLINE's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport, ConsentAnswers
from campaign_app.domain.signature import Signature
from campaign_app.platforms.leaves import Note, Odd
from campaign_app.platforms.native import Said, unknown
from campaign_app.platforms.shopify.check import check_connection
from campaign_app.platforms.shopify.editions import Edition
from campaign_app.platforms.shopify.export import Export, Incomplete, Lines
from campaign_app.platforms.shopify.graph import Graph, drifted
from campaign_app.platforms.shopify.listing import Changes, Listing
from campaign_app.platforms.shopify.mapping import consent_of, fact_of, good_number, ref_of
from campaign_app.platforms.shopify.opt_outs import is_recorded, why_not
from campaign_app.transport.forms import skew
from campaign_app.transport.wire import CREATED_WINDOW_SECONDS

LOOKUP: Final = 200
METHOD: Final = "nodes"
_EXPORTED: Final = "b:"


class ShopifyPlatform:
    """Implements `domain.ports.PlatformClient` for one account. One thread walks the customers, any may ask."""

    def __init__(
        self,
        account: Account,
        graph: Graph,
        edition: Edition,
        clock: Clock,
        *,
        capabilities: Capabilities,
        lines: Lines,
    ) -> None:
        self._account, self._graph, self._edition, self._clock = account, graph, edition, clock
        self._capabilities = capabilities
        self._listing = Listing(graph, edition)
        self._changes = Changes(graph, edition, clock)
        self._export = Export(graph, edition, lines)

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def check_connection(self) -> ConnectionReport:
        return check_connection(self._account, self._graph, self._edition, self._clock)

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        """Everybody of a large shop by a bulk operation, and page by page where that comes to nothing."""
        try:
            if cursor.startswith(_EXPORTED):
                return self._export.page(cursor)
            if not cursor and updated_since is None and self._export.is_worth_it():
                return Page((), self._export.start(), more=True)
        except Incomplete:
            self._export.abandon()
            return self._listing.page("", updated_since)
        return self._listing.page(cursor, updated_since)

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total; raises, with no fact at all, if one of its look-ups fails."""
        facts: dict[CustomerRef, ConsentFact] = {}
        askable = []
        for ref in dict.fromkeys(refs):
            note = self._unaskable(ref)
            if note is None:
                askable.append(ref)
            else:
                facts.update(unknown([ref], note.value, self._clock()))
        for first in range(0, len(askable), LOOKUP):
            facts.update(self._look_up(askable[first : first + LOOKUP]))
        return ConsentAnswers(facts, ())

    def _unaskable(self, ref: CustomerRef) -> Note | None:
        if ref.account_id != self._account.id:
            return Note.OTHER_ACCOUNT
        return None if good_number(ref.ref) else Note.BAD_REF

    def _look_up(self, refs: Sequence[CustomerRef]) -> dict[CustomerRef, ConsentFact]:
        ids = [self._edition.gid + ref.ref for ref in refs]
        asked_at = self._clock()  # an answer that took long says nothing of now
        answered = self._graph.ask("consents", self._edition.consents, {"ids": ids})
        _require_time(answered.date, asked_at)
        nodes = answered.data.get("nodes")
        if not isinstance(nodes, list):
            raise drifted("nodes")
        version = self._edition.version
        said = Said.of(self._account, version, answered.request_id, answered.body, asked_at, api_method=METHOD)
        by_ref: dict[str, list[Mapping[str, Any]]] = {}
        for node in nodes:
            by_ref.setdefault(ref_of(node, self._edition), []).append(node)
        return {ref: self._fact(ref, by_ref.get(ref.ref, []), said) for ref in refs}

    def _fact(self, ref: CustomerRef, found: Sequence[Mapping[str, Any]], said: Said) -> ConsentFact:
        """The same answer twice is a repetition, two answers are none."""
        if not found or any(node != found[0] for node in found):
            note = Note.CONTRADICTORY if found else Note.MISSING
            return ConsentFact.unknown(ref, note=note.value, observed_at=said.observed_at)
        try:
            return fact_of(consent_of(found[0], self._edition), ref, said)
        except Odd as odd:
            return ConsentFact.unknown(ref, note=odd.note.value, observed_at=said.observed_at)

    def consent_changes(self, cursor: str) -> Page[str]:
        return self._changes.page(cursor)

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:  # noqa: ARG002 - the port's
        """Recorded twice it is still one opt-out. There is no way to write anything but UNSUBSCRIBED."""
        if self._unaskable(ref) is not None:
            raise RemoteRefused("bad_ref", "This customer is none of the account's")
        at = min(occurred_at, self._clock()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        consent = {"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": at}
        given = {"customerId": self._edition.gid + ref.ref, "smsMarketingConsent": consent}
        answered = self._graph.ask("opt_out", self._edition.opt_out, {"input": given})
        payload = answered.data.get("customerSmsMarketingConsentUpdate")
        if not is_recorded(payload, ref.ref, self._edition):
            raise why_not(payload, ref.ref, self._graph, self._edition)

    def signatures(self) -> tuple[Signature, ...]:
        raise RemoteRefused("not_offered", "The platform does not offer this")

    def close(self) -> None:
        self._graph.close()


def _require_time(theirs: str, ours: datetime) -> None:
    """No request is signed with a time that the platform would refuse, and our clock alone dates what it says."""
    behind = skew(theirs, ours)
    if abs(behind) > CREATED_WINDOW_SECONDS:
        words = "This computer's clock is too far from the platform's to date its answers"
        raise RemoteRefused("clock_skew", words, account_wide=True, skew_seconds=round(behind))
