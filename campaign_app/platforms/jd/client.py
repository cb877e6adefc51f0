"""Client of JD: members come in, people who are no members (any more) are vetoed, nobody is ever confirmed.

`jingdong.pop.crm.checkCustomerInBrand` is left out: nothing that was found says what it answers.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from threading import Event

from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport, ConsentAnswers
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.jd import ADAPTER
from campaign_app.platforms.jd.gateway import ANSWER, VERSION, JdGateway, renewing, signature, timestamp
from campaign_app.platforms.jd.members import IN_VENDER, SCAN, Place, note_of, page_of
from campaign_app.platforms.local import on_this_machine, require_one_side
from campaign_app.platforms.native import NativeNote, Said
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.forms import FormSigner, Unsigned, skew
from campaign_app.transport.session import SignedSession
from campaign_app.transport.throttle import Throttle
from campaign_app.transport.tokens import Tokens
from campaign_app.transport.typed import calls_per_second, typed


def platform_of(parts: Parts) -> JdPlatform:
    """Raises SettingsError for what cannot be right; asks nothing yet."""
    base_url, oauth_url = parts.account.base_url, typed(parts, "oauth_url")
    app_key, secret, _ = (typed(parts, name) for name in ("app_key", "app_secret", "access_token"))
    require_one_side(base_url, oauth_url)
    oauth = SignedSession(oauth_url, Unsigned(), parts.clock, wait=parts.wait)
    tokens = Tokens(parts, renewing(oauth, app_key, secret))

    def public(now: datetime) -> dict[str, str]:
        token = tokens.access
        return {"app_key": app_key, "v": VERSION, "access_token": token, "timestamp": timestamp(now)}

    signer = FormSigner(public, lambda params: signature(secret, params))
    http = SignedSession(base_url, signer, parts.clock, throttle=_pace(parts, app_key), wait=parts.wait)
    return JdPlatform(parts.account, JdGateway(http, oauth, tokens), parts.clock)


def _pace(parts: Parts, app_key: str) -> Throttle:
    """The app's, whoever of its clients asks: JD's quotas are the app's, and a quota that is used up lasts an hour."""
    rate = calls_per_second(parts)
    made = Throttle(rate, monotonic=time.monotonic, wait=parts.wait or Event().wait)
    found: Throttle = parts.shared.paces.setdefault(("jd", parts.account.base_url, app_key, rate), made)
    return found


class JdPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, gateway: JdGateway, clock: Clock) -> None:
        super().__init__(account, clock)
        self._gateway = gateway

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Asks for one member: key, secret, token and the permission for members have to be right."""
        local = on_this_machine(self._account.base_url)
        behind, problem = 0.0, ""
        try:
            before = self._clock()
            said = self._gateway.ask(SCAN, {"page_size": "1"})
            page_of(said.found, Place(), before)
            behind = skew(said.date, before)
        except RemoteRefused as refused:
            if refused.code != "clock_skew":
                raise
            problem = refused.code
        return ConnectionReport(
            ok=not problem, issuer_uscc=ADAPTER.issuer, issuer_name=ADAPTER.issuer_name, api_version=VERSION,
            simulated=local, clock_skew_seconds=behind, pinned_keys="", problem=problem,
        )  # fmt: skip

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:  # noqa: ARG002
        """All members, whatever `updated_since`: JD cannot be asked for those that changed."""
        now = self._clock()
        place = Place.of(cursor, now)
        return page_of(self._gateway.ask(SCAN, place.params()).found, place, now)

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total, and UNKNOWN for all: each is looked up by itself, and the note says what speaks against them."""
        askable, facts = self._sorted(refs)
        return ConsentAnswers({**facts, **{ref: self._judged(ref) for ref in askable}}, ())

    def _judged(self, ref: CustomerRef) -> ConsentFact:
        """Raises RemoteError where the whole account is refused or JD may answer later."""
        try:
            said = self._gateway.ask(IN_VENDER, {"customerPin": ref.ref})
        except RemoteRefused as refused:
            if refused.account_wide or refused.code != "platform_refused":
                raise
            now, answer = self._clock(), str(refused.facts.get(ANSWER, ""))
            page = Said(self._account, VERSION, "", answer, now, IN_VENDER)
            evidence = page.evidence({"customerPin": ref.ref, "code": refused.facts.get("number", "")})
            return ConsentFact(ref, ConsentStatus.UNKNOWN, now, evidence=evidence, note=NativeNote.REFUSED)
        note, raw = note_of(said.found)
        now = self._clock()
        page = Said.of(self._account, VERSION, said.request_id, said.page, now, api_method=IN_VENDER)
        evidence = page.evidence({"customerPin": ref.ref, **raw})
        # what says nothing plainly was not checked: it is asked again, and kept all the same
        checked_at = None if note == NativeNote.NO_CONSENT_API else now
        return ConsentFact(ref, ConsentStatus.UNKNOWN, now, checked_at=checked_at, evidence=evidence, note=note)

    def close(self) -> None:
        self._gateway.close()
