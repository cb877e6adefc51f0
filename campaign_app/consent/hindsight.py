"""Today's word on a consent that a message once rested on, and whether it was so already when the message left.

What a platform says now cannot undo that it confirmed the consent then: only a date of its own, before the message
left, does. A default consent is none whenever it was given (消费者权益保护法实施条例 23).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from campaign_app.consent.gate import Ask, Person, judge
from campaign_app.domain.consent import ConsentFact, Reason, Suppression, SuppressionKind
from campaign_app.domain.lookback import Era, Ground, Mark

_KINDS: Final = {
    Reason.SUPPRESSED_COMPLAINT: SuppressionKind.COMPLAINT,
    Reason.SUPPRESSED_OPT_OUT: SuppressionKind.OPT_OUT,
    Reason.WITHDRAWN: SuppressionKind.WITHDRAWN,
}


def look_again(fact: ConsentFact | None, marks: Collection[Suppression], ask: Ask, sent_at: datetime) -> Mark | None:
    """None where the consent would do today as well. Caps are not asked: they were about that very day."""
    kinds = frozenset(mark.kind for mark in marks)
    if fact is None and not kinds - {SuppressionKind.WITHDRAWN}:
        return Mark(Ground.FACT_MISSING, Era.UNDATED)
    reason = judge(Person(0, 0, fact, kinds), ask)
    if reason is Reason.OK or reason is Reason.FREQUENCY_CAP:
        return None
    if reason is Reason.STALE:
        return Mark(Ground.CONSENT_UNREAD, Era.UNDATED)
    moment = _moment(reason, fact, marks)
    return Mark(reason, _era(reason, moment, sent_at), moment=moment)


def _moment(reason: Reason, fact: ConsentFact | None, marks: Collection[Suppression]) -> datetime | None:
    """The earliest that is known of it."""
    told = [mark.since for mark in marks if mark.kind is _KINDS.get(reason)]
    if fact is not None:
        own = {
            Reason.WITHDRAWN: fact.withdrawn_at,
            Reason.EXPIRED: fact.expires_at,
            Reason.DEFAULT_CONSENT: fact.obtained_at,
        }.get(reason)
        told += [] if own is None else [own]
    return min(told, default=None)


def _era(reason: Reason, moment: datetime | None, sent_at: datetime) -> Era:
    if reason is Reason.MINOR:
        return Era.THEN  # nobody grows younger
    if reason in (*_KINDS, Reason.EXPIRED, Reason.DEFAULT_CONSENT):
        if moment is None:
            return Era.UNDATED
        return Era.THEN if moment <= sent_at else Era.SINCE
    return Era.SINCE  # then the platform had confirmed it, and says no date
