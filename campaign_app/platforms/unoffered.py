"""What a platform without consents answers: nothing is asked for what it does not offer, and nobody is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.ports import Clock, ConsentAnswers
from campaign_app.domain.signature import Signature
from campaign_app.platforms.leaves import Note
from campaign_app.platforms.native import NativeNote, unknown
from campaign_app.transport.listing import good_ref

_WORDS: Final = "The platform does not offer this"


class Unoffered:
    """The part of `domain.ports.PlatformClient` that such a platform does not have."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:  # noqa: ARG002
        raise RemoteRefused("not_offered", _WORDS)

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total, and never anything but UNKNOWN."""
        askable, facts = self._sorted(refs)
        return ConsentAnswers({**facts, **unknown(askable, NativeNote.NO_CONSENT_API, self._clock())}, ())

    def consent_changes(self, cursor: str) -> Page[str]:  # noqa: ARG002
        raise RemoteRefused("not_offered", _WORDS)

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:  # noqa: ARG002
        raise RemoteRefused("not_offered", _WORDS)

    def signatures(self) -> tuple[Signature, ...]:
        raise RemoteRefused("not_offered", _WORDS)

    def _sorted(self, refs: Sequence[CustomerRef]) -> tuple[list[CustomerRef], dict[CustomerRef, ConsentFact]]:
        """Those that can be asked about, once each, and the facts of the others."""
        askable: list[CustomerRef] = []
        facts: dict[CustomerRef, ConsentFact] = {}
        for ref in dict.fromkeys(refs):
            note = Note.OTHER_ACCOUNT if ref.account_id != self._account.id else Note.BAD_REF
            if note is Note.BAD_REF and good_ref(ref.ref):
                askable.append(ref)
            else:
                facts.update(unknown([ref], note, self._clock()))
        return askable, facts
