"""A wrong adapter of a platform that only vetoes: what it cannot read speaks against nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import RemoteError
from campaign_app.domain.ports import ConsentAnswers
from campaign_app.platforms.native import NativeNote, unknown
from tests.helpers.connected import clock

Consents = Callable[[Any, Sequence[CustomerRef]], ConsentAnswers]
PLAIN = ("not_a_member", "blacklisted", "other_account", "bad_ref")


def silent_in_trouble(consents: Consents) -> Consents:
    def lenient(self: Any, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        silent = unknown(refs, NativeNote.NO_CONSENT_API, clock())
        try:
            facts = consents(self, refs).facts
        except RemoteError:
            return ConsentAnswers(silent, ())
        return ConsentAnswers({ref: fact if fact.note in PLAIN else silent[ref] for ref, fact in facts.items()}, ())

    return lenient
