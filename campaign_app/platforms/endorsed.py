"""A shop whose platform has no consents to ask for: with the Platform Consent API that knows them, or without.

The endpoint alone can confirm, and it lists the customers of a platform that lists none; the platform can only take a
confirmation back (blacklist, left membership). Without an endpoint nobody can be confirmed, and the
platform is asked at most who left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.customer import PlatformCustomer, Told
from campaign_app.domain.errors import PlaceForgotten, RemoteError, RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.platform import Capabilities, is_carrier
from campaign_app.domain.ports import (
    Clock,
    ConnectionReport,
    ConsentAnswers,
    PlatformClient,
    TemplateList,
    TemplateLookup,
)
from campaign_app.domain.signature import FiledTemplate, Signature
from campaign_app.platforms.leaves import Note
from campaign_app.platforms.native import NativeNote, unknown

# a place in both lists of changes
_BOTH: Final = "both:"
# a place in the endpoint's list behind the end of the platform's own
_NUMBERS: Final = "numbers:"


@runtime_checkable
class Closing(Protocol):
    def close(self) -> None: ...


class UnendorsedPlatform:
    """Implements `domain.ports.PlatformClient`; nobody is confirmed, and the note says why.

    A platform that lists its changes is asked who left there: that is worth knowing for the entity's other shops. Of
    platforms that answer one by one only the sync brings their blacklist: a look-up each would confirm nobody.
    """

    def __init__(self, native: PlatformClient, clock: Clock) -> None:
        self._native = native
        self._clock = clock

    def capabilities(self) -> Capabilities:
        return self._native.capabilities()

    def check_connection(self) -> ConnectionReport:
        return self._native.check_connection()

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        return self._native.customers(cursor, updated_since)

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        facts = unknown(refs, NativeNote.NO_CONSENT_API.value, self._clock())
        offers = self._native.capabilities()
        if refs and offers.vetoes and offers.consent_changes:
            told = self._native.consents(refs).facts
            gone = {ref: fact for ref, fact in told.items() if fact.status is ConsentStatus.WITHDRAWN or fact.redacted}
            facts |= gone
        return ConsentAnswers(facts, ())

    def consent_changes(self, cursor: str) -> Page[str]:
        return self._native.consent_changes(cursor)

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:
        self._native.write_opt_out(ref, reason, occurred_at)

    def signatures(self) -> tuple[Signature, ...]:
        return self._native.signatures()

    def templates(self) -> tuple[FiledTemplate, ...]:
        if not isinstance(self._native, TemplateList):
            raise RemoteRefused("not_offered", "The platform does not offer this")
        return self._native.templates()

    def template(self, code: str) -> FiledTemplate:
        if not isinstance(self._native, TemplateLookup):
            raise RemoteRefused("not_offered", "The platform does not offer this")
        return self._native.template(code)

    def close(self) -> None:
        if isinstance(self._native, Closing):
            self._native.close()


class EndorsedPlatform(UnendorsedPlatform):
    """Implements `domain.ports.PlatformClient`; `endpoint` is made for the shop's own account id.

    `simulated` says it of the shop's account and of the endpoint's: simulated vetoes do not guard real consents.
    """

    def __init__(
        self, native: PlatformClient, endpoint: PlatformClient, clock: Clock, simulated: tuple[bool, bool]
    ) -> None:
        super().__init__(native, clock)
        self._endpoint = endpoint
        self._mixed = simulated[0] is not simulated[1]

    def capabilities(self) -> Capabilities:
        own, theirs = self._native.capabilities(), self._endpoint.capabilities()
        listed = self._lists(own, theirs)
        return replace(
            own,
            customers=own.customers or listed,
            phones=own.phones or (listed and theirs.phones) or self._numbers(own, theirs),
            consent_lookup=theirs.consent_lookup,
            consent_changes=theirs.consent_changes,
            purposes=theirs.purposes,
            opt_out_write=own.opt_out_write or theirs.opt_out_write,
        )

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        """The platform's own list, and the endpoint's of a shop whose platform has none.

        Of a platform that hands out no numbers the endpoint's follow, for those whom the platform listed.
        """
        own, theirs = self._native.capabilities(), self._endpoint.capabilities()
        if self._lists(own, theirs):
            return self._endpoint.customers(cursor, updated_since)
        if not self._numbers(own, theirs):
            return self._native.customers(cursor, updated_since)
        if cursor.startswith(_NUMBERS):
            return self._page_of_numbers(*_read_pair(cursor, _NUMBERS))
        page = self._native.customers(cursor, updated_since)
        page = replace(page, items=tuple(replace(each, told=Told.BUT_NUMBER) for each in page.items))
        return page if page.more else replace(page, next_cursor=_pair(_NUMBERS, page.next_cursor, ""), more=True)

    def _page_of_numbers(self, end: str, place: str) -> Page[PlatformCustomer]:
        """All of them every time: somebody whom the platform lists only now may have had theirs for long."""
        page = self._endpoint.customers(place, None)
        gone = (PlatformCustomer(ref, "", None, self._clock()) for ref in page.redacted)
        items = tuple(replace(each, told=Told.NUMBER) for each in (*page.items, *gone))
        return Page(items, _pair(_NUMBERS, end, page.next_cursor) if page.more else end, page.more, page.broken)

    def _lists(self, own: Capabilities, theirs: Capabilities) -> bool:
        """Whether the endpoint says who the shop's customers are; an SMS provider has none."""
        return theirs.customers and not own.customers and not is_carrier(own) and not self._mixed

    def _numbers(self, own: Capabilities, theirs: Capabilities) -> bool:
        """Whether the numbers of those whom the platform lists are the endpoint's."""
        return own.customers and not own.phones and theirs.customers and theirs.phones and not self._mixed

    def check_connection(self) -> ConnectionReport:
        """The platform's report; with what speaks against the endpoint where nothing speaks against the platform."""
        report = self._native.check_connection()
        if not report.ok:
            return report
        theirs = self._endpoint.check_connection()
        mixed = "" if theirs.simulated is report.simulated else Note.SIMULATION.value
        problem = theirs.problem or mixed
        return replace(report, ok=theirs.ok and not problem, problem=problem)

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total. Who is confirmed is asked for vetoes; if that fails it raises, and nobody is confirmed.

        A platform that lists its changes, and so answers for many at once, is asked about everybody: who left there
        has left, for the entity's other shops too, though the endpoint knows nothing of them.
        """
        if self._mixed:
            return ConsentAnswers(unknown(refs, Note.SIMULATION.value, self._clock()), ())
        said = self._endpoint.consents(refs)
        every = self._native.capabilities().consent_changes
        asked = [ref for ref, fact in said.facts.items() if every or fact.status is ConsentStatus.CONFIRMED]
        if not asked:
            return said
        vetoes = self._native.consents(asked).facts
        silent = unknown(asked, Note.MISSING.value, self._clock())
        judged = {ref: lowered(said.facts[ref], vetoes.get(ref, silent[ref])) for ref in asked}
        return ConsentAnswers({**said.facts, **judged}, said.receipts)

    def consent_changes(self, cursor: str) -> Page[str]:
        """The endpoint's list to its end, then the platform's where it has one: who left there is vetoed at once.

        Of a place that one of them does not know any more the other's is kept (`PlaceForgotten`): a beginning of the
        platform's own list may mean a few minutes ago.
        """
        if not self._native.capabilities().consent_changes:
            return self._endpoint.consent_changes(cursor)
        theirs, own = _read_places(cursor)
        with _begun_anew_at(_places("", own)):
            page = self._endpoint.consent_changes(theirs)
        if page.more:
            return replace(page, next_cursor=_places(page.next_cursor, own))
        with _begun_anew_at(_places(theirs, "")):
            more = self._native.consent_changes(own)
        items, broken = (*page.items, *more.items), page.broken + more.broken
        return Page(items, _places(page.next_cursor, more.next_cursor), more.more, broken)

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:
        """To both as far as they take it. One that fails does not keep the other from knowing; then all is repeated.

        What one of them says of the person is the outcome only where the other has nothing left to be told.
        """
        offered, failed = False, list[RemoteError]()
        for client in (self._endpoint, self._native):
            try:
                if client.capabilities().opt_out_write:
                    offered = True
                    client.write_opt_out(ref, reason, occurred_at)
            except RemoteError as error:
                failed.append(error)
        if failed:
            raise min(failed, key=_of_the_person)
        if not offered:
            raise RemoteRefused("not_offered", "Neither the platform nor the endpoint takes opt-outs")

    def opt_out_places(self) -> tuple[PlatformClient, ...]:
        return self._endpoint, self._native

    def close(self) -> None:
        super().close()
        if isinstance(self._endpoint, Closing):
            self._endpoint.close()


def _of_the_person(error: RemoteError) -> bool:
    return isinstance(error, RemoteRefused) and error.of_the_person


@contextmanager
def _begun_anew_at(cursor: str) -> Iterator[None]:
    try:
        yield
    except RemoteRefused as refusal:
        if refusal.code != "bad_cursor":
            raise
        raise PlaceForgotten(
            "bad_cursor", "One of the two lists does not know its place any more", begin=cursor
        ) from None


def _places(theirs: str, own: str) -> str:
    return _pair(_BOTH, theirs, own)


def _read_places(cursor: str) -> tuple[str, str]:
    """A bare cursor is from when the endpoint's list was the only one. Raises RemoteRefused("bad_cursor")."""
    if cursor and not cursor.startswith(_BOTH):
        raise PlaceForgotten(
            "bad_cursor", "There is no place in the platform's own list yet", begin=_places(cursor, "")
        )
    return _read_pair(cursor, _BOTH) if cursor else ("", "")


def _pair(name: str, first: str, second: str) -> str:
    return name + json.dumps([first, second], ensure_ascii=False, separators=(",", ":"))


def _read_pair(cursor: str, name: str) -> tuple[str, str]:
    """Raises RemoteRefused("bad_cursor")."""
    try:
        first, second = json.loads(cursor.removeprefix(name))
    except (ValueError, TypeError):
        first = second = None
    if isinstance(first, str) and isinstance(second, str):
        return first, second
    raise RemoteRefused("bad_cursor", "No cursor of this client")


def lowered(fact: ConsentFact, veto: ConsentFact) -> ConsentFact:
    """The endpoint's fact where the platform has nothing against it; of who is not confirmed, only that they left, or

    that it could not be read whether they did: as unknown they are asked about again. Whom the platform has erased is
    erased here, whatever the endpoint says.
    """
    if veto.redacted:
        return veto
    silent = veto.status is ConsentStatus.UNKNOWN and veto.note == NativeNote.NO_CONSENT_API
    if fact.status is not ConsentStatus.CONFIRMED:
        left = veto.status is ConsentStatus.WITHDRAWN or (veto.status is ConsentStatus.UNKNOWN and not silent)
        return veto if left and fact.status is not ConsentStatus.WITHDRAWN else fact
    return fact if silent or veto.status is ConsentStatus.CONFIRMED else veto
