"""Client of the Taobao Open Platform: who the members are, and what speaks against writing to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NoReturn

from campaign_app.domain.consent import Channel, ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport, ConsentAnswers
from campaign_app.domain.signature import FiledTemplate, Signature
from campaign_app.platforms.leaves import Note
from campaign_app.platforms.native import NativeNote, Said, unknown
from campaign_app.platforms.top import CAPABILITIES, rows
from campaign_app.platforms.top.paging import PAGE, Place
from campaign_app.transport.errors import ContractBroken, translated
from campaign_app.transport.listing import CursorGuard, good_ref
from campaign_app.transport.top import answers, filed
from campaign_app.transport.top.calls import ANSWER, Answered, TopCalls
from campaign_app.transport.typed import names_in

API_VERSION: Final = "2.0"
MEMBERS: Final = "taobao.crm.members.get.privy"
IDENTITY: Final = "taobao.crm.member.identity.get.privy"
# TOP refuses requests whose time is further off than this
SKEW_MAX: Final = 600.0
NOTHING_SAID: Final = (ConsentStatus.UNKNOWN, NativeNote.NO_CONSENT_API.value)
_LISTS: Final = ("basic_member", "crm_member")


@dataclass(frozen=True, slots=True)
class _Listed:
    rows: Sequence[Any]
    total: int


class TopPlatform:
    """Implements `domain.ports.PlatformClient` for one shop; threads may share it."""

    def __init__(self, account: Account, calls: TopCalls, clock: Clock, *, simulated: bool, pages: int) -> None:
        self._account = account
        self._calls = calls
        self._clock = clock
        self._simulated = simulated
        self._pages = pages
        self._cursors = CursorGuard("taobao.crm.members")

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def check_connection(self) -> ConnectionReport:
        """One member is asked for, by every interface that is used: each has a permission of its own."""
        before = self._clock()
        answered = self._calls.ask(MEMBERS, {"current_page": "1", "page_size": "1"})
        with translated(MEMBERS):
            listed = _listed(answered.fields)
        middle = before + (self._clock() - before) / 2
        skew = 0.0 if answered.server_time is None else (answered.server_time - middle).total_seconds()
        problem = "clock_skew" if abs(skew) > SKEW_MAX else self._missing(listed)
        return ConnectionReport(
            ok=not problem, issuer_uscc="", issuer_name="", api_version=API_VERSION, simulated=self._simulated,
            clock_skew_seconds=skew, pinned_keys="", problem=problem, shop=self._account.key_id,
        )  # fmt: skip

    def _missing(self, listed: _Listed) -> str:
        """Without the first nobody can be vetoed; the second is asked of an account that names signatures."""
        ouid = next((good_ref(row.get("ouid")) for row in listed.rows if isinstance(row, dict)), "")
        if ouid and _is_denied(lambda: self._calls.ask(IDENTITY, {"ouid": ouid})):
            return "missing_identity"
        named = names_in(self._account, "signatures")
        denied = bool(named) and _is_denied(lambda: filed.signature_status(self._calls, named[0]))
        return "missing_jst_sms" if denied else ""

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        """Everybody first, by as many calls as it takes to find a query that can be read to its end."""
        place = Place.at(cursor, updated_since, self._clock())
        listed = self._page(place)
        while (narrower := place.narrower(listed.total, self._pages)) is not None:
            place = narrower
            listed = self._page(place)
        now = self._clock()
        good = [c for row in listed.rows if (c := rows.customer_of(row, now)) is not None]
        following = place.following(listed.total, self._pages)
        onward = self._cursors.next(cursor, (following or place.over()).cursor, more=following is not None)
        once = {customer.ref: customer for customer in good}
        return Page(
            tuple(once.values()), onward, following is not None, len(listed.rows) - len(good),
            unreachable=place.unreachable(listed.total, self._pages),
        )  # fmt: skip

    def _page(self, place: Place) -> _Listed:
        answered = self._calls.ask(place.method, place.asked())
        with translated(place.method):
            listed = _listed(answered.fields)
        expected = min(PAGE, max(listed.total - (place.page - 1) * PAGE, 0))
        if len(listed.rows) < expected and place.narrower(listed.total, self._pages) is None:
            words = f"{place.method}: half a page"
            raise RemoteUnavailable("half_page", words, what=place.method)
        return listed

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total; nobody is confirmed. One look at the list of members for each, and one at the membership itself.

        What TOP says against somebody is kept word for word; of the others it says nothing (`no_consent_api`).
        """
        return ConsentAnswers({ref: self._fact(ref) for ref in dict.fromkeys(refs)}, ())

    def _fact(self, ref: CustomerRef) -> ConsentFact:
        if ref.account_id != self._account.id:
            return self._silent(ref, Note.OTHER_ACCOUNT)
        if not good_ref(ref.ref):
            return self._silent(ref, Note.BAD_REF)
        try:
            return self._looked_up(ref)
        except RemoteRefused as refused:
            if refused.account_wide or refused.code != "refused":
                raise
            said = {name: refused.facts.get(name, "") for name in ("vendor_code", "vendor_sub_code")}
            page, what = refused.facts.get(ANSWER, ""), refused.facts.get("what", "")
            source = Said(self._account, API_VERSION, "", str(page), self._clock(), str(what))
            return replace(self._silent(ref, NativeNote.REFUSED), evidence=source.evidence(said))

    def _looked_up(self, ref: CustomerRef) -> ConsentFact:
        asked = {"ouid": ref.ref, "current_page": "1", "page_size": "10"}
        answered = self._calls.ask(MEMBERS, asked)
        with translated(MEMBERS):
            raw, objection = _member(_listed(answered.fields), ref.ref)
        if objection is None:
            answered = self._calls.ask(IDENTITY, {"ouid": ref.ref})
            result = answered.fields.get("result")
            raw, objection = {"result": result}, rows.identity_objection(result)
        return self._judged(ref, objection or NOTHING_SAID, answered, raw)

    def _silent(self, ref: CustomerRef, note: str) -> ConsentFact:
        return unknown([ref], str(note), self._clock())[ref]

    def _judged(
        self, ref: CustomerRef, objection: tuple[ConsentStatus, str], answered: Answered, raw: Mapping[str, Any]
    ) -> ConsentFact:
        """What says nothing plainly was not checked: it is asked again, and kept all the same."""
        status, note = objection
        fact = self._silent(ref, note)
        said = Said.of(
            self._account, API_VERSION, answered.request_id, answered.body, fact.observed_at,
            api_method=answered.method,
        )  # fmt: skip
        fact = replace(fact, evidence=said.evidence(raw))
        if objection not in (rows.BLACKLISTED, rows.NOT_A_MEMBER):
            return fact
        return replace(
            fact, status=status, channel=Channel.ANY, entity_uscc=self._account.entity_uscc,
            checked_at=fact.observed_at,
        )  # fmt: skip

    def consent_changes(self, cursor: str) -> NoReturn:  # noqa: ARG002 - the port's signature
        raise RemoteRefused("not_offered", "TOP tells of no consents, so of no changes either")

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> NoReturn:  # noqa: ARG002
        raise RemoteRefused("not_offered", "TOP takes no opt-outs")

    def signatures(self) -> tuple[Signature, ...]:
        """Those that the account names. TOP says nothing of their filing or of what they may be used for."""
        return tuple(self._signature(name) for name in names_in(self._account, "signatures"))

    def _signature(self, name: str) -> Signature:
        try:
            status = filed.signature_status(self._calls, name)
        except RemoteRefused as refused:
            if refused.account_wide or refused.code != "refused":
                raise
            status = "unknown"
        return Signature(name[: filed.NAME_MAX], self._account.entity_uscc, source="unknown", status=status)

    def templates(self) -> tuple[FiledTemplate, ...]:
        """Implements `domain.ports.TemplateList`: those that the account names; of one that TOP refuses alone nothing

        is known, so that a name that was mistyped hides none of the others.
        """
        return tuple(self._named(code) for code in names_in(self._account, "templates"))

    def _named(self, code: str) -> FiledTemplate:
        try:
            return self.template(code)
        except RemoteRefused as refused:
            if refused.account_wide or refused.code != "refused":
                raise
        return FiledTemplate(code[: filed.NAME_MAX], "unknown", "unknown")

    def template(self, code: str) -> FiledTemplate:
        return filed.template(self._calls, code)

    def close(self) -> None:
        self._calls.close()


def _is_denied(ask: Callable[[], object]) -> bool:
    """Raises what else is refused to the whole account."""
    try:
        ask()
    except RemoteRefused as refused:
        if refused.account_wide and refused.code != "permission":
            raise
        return refused.code == "permission"
    return False


def _listed(found: Mapping[str, Any]) -> _Listed:
    """Raises ContractBroken where there is no total: a list without one does not say that it is at its end."""
    total = answers.whole(found.get("total_result"))
    if total is None or total < 0:
        raise ContractBroken
    members = found.get("members")
    name = next((n for n in _LISTS if isinstance(members, dict) and n in members), _LISTS[0])
    return _Listed(answers.rows_of(members, name), total)


def _member(listed: _Listed, ref: str) -> tuple[Mapping[str, Any], rows.Objection]:
    """The one row that is this person's. Nobody of that id at all is no member; another row, or two, say nothing."""
    found = [row for row in listed.rows if isinstance(row, dict) and row.get("ouid") == ref]
    if not listed.rows and listed.total == 0:
        return {}, rows.NOT_A_MEMBER
    if len(found) != 1 or len(listed.rows) != 1:
        return {}, rows.MISSING if not found else rows.BROKEN
    return found[0], rows.member_objection(found[0])
