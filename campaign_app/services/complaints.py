"""Complaint cases: whoever is told of one puts it down, a reviewer owns it, says which message it is about, answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.complaint import Case, CaseNote, CaseQuery, CaseState, Deadline, Found, NewCase, Unmatched
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.phone import parse_phone
from campaign_app.domain.ports import Clock, PhoneKeys
from campaign_app.domain.ports_complaints import ComplaintStore
from campaign_app.domain.team import Permission
from campaign_app.services.case_timers import CaseTimers, shipped
from campaign_app.services.permitted import Permitted, needs

NUMBER_MAX: Final = 100
PORT_MAX: Final = 30
NAME_MAX: Final = 60
REF_MAX: Final = 200
TEXT_MAX: Final = 5_000
_LIMITS: Final = {"number": NUMBER_MAX, "port": PORT_MAX, "signature": NAME_MAX, "ref": REF_MAX, "text": TEXT_MAX}
OVERDUE_LISTED: Final = 10_000


class Complaints(Permitted):
    def __init__(self, store: ComplaintStore, clock: Clock, phone_keys: PhoneKeys) -> None:
        self._store, self._clock, self._keys = store, clock, phone_keys

    @property
    def timers(self) -> CaseTimers:
        return shipped()

    @needs(Permission.SUPPRESS)
    def add(self, new: NewCase, *, actor: str) -> Case:
        """Its person is suppressed for the whole entity at once.

        Raises SettingsError `complaint_nobody`, `complaint_time`, `complaint_order`, `complaint_long`; NotAllowed
        `complaint_known`, `complaint_two_shops`, `complaint_shop`.
        """
        now = self._clock()
        return self._store.add(checked(new, now), actor=actor, at=now)

    def duplicates(self, news: tuple[NewCase, ...]) -> frozenset[int]:
        return self._store.duplicates(news)

    @needs(Permission.SUPPRESS)
    def note(self, case_id: int, text: str, *, actor: str) -> None:
        self._store.note(case_id, _said(text), actor=actor, at=self._clock())

    @needs(Permission.HANDLE)
    def own(self, case_id: int, owner: str, *, actor: str) -> None:
        """`owner`: the name of whoever answers for it from now on."""
        self._store.own(case_id, _said(owner, NAME_MAX), actor=actor, at=self._clock())

    @needs(Permission.HANDLE)
    def match(self, case_id: int, ledger_id: int, *, actor: str) -> None:
        """Raises NotAllowed `complaint_match` for a message that is no candidate, `complaint_answered`."""
        self._store.match(case_id, ledger_id, actor=actor, at=self._clock())

    @needs(Permission.HANDLE)
    def unmatch(self, case_id: int, *, note: str = "", actor: str) -> None:
        """None of the messages is the one; it may have been sent by somebody else."""
        self._store.unmatch(case_id, Unmatched.NOT_OURS, note=note.strip(), actor=actor, at=self._clock())

    @needs(Permission.HANDLE)
    def answer(self, case_id: int, text: str, *, actor: str) -> None:
        """`text`: what was answered, and to whom. Raises NotAllowed `complaint_unmatched_yet`."""
        self._store.answer(case_id, _said(text), actor=actor, at=self._clock())

    @needs(Permission.HANDLE)
    def close(self, case_id: int, text: str = "", *, actor: str) -> None:
        """Raises NotAllowed `complaint_unanswered`."""
        self._store.close(case_id, text.strip(), actor=actor, at=self._clock())

    @needs(Permission.HANDLE)
    def reopen(self, case_id: int, text: str, *, actor: str) -> None:
        self._store.reopen(case_id, _said(text), actor=actor, at=self._clock())

    def case(self, case_id: int) -> Case:
        return self._store.case(case_id)

    def found(self, case_id: int) -> Found:
        """The messages that it may be about, the newest first, or why there are none."""
        return self._store.found(case_id)

    def history(self, case_id: int) -> tuple[CaseNote, ...]:
        return self._store.history(case_id)

    def query(self, text: str = "", states: frozenset[CaseState] = frozenset()) -> CaseQuery:
        """What was typed: a whole number becomes its keyed hash at once, all else is a reference or some words."""
        phone = parse_phone(text.strip())
        key = None if phone is None else self._keys.of_phone(phone)
        return CaseQuery(states, key, "" if phone is not None else text.strip())

    def count(self, query: CaseQuery) -> tuple[int, int]:
        return self._store.count(query)

    def page(self, query: CaseQuery, newest: int, first: int, limit: int) -> tuple[Case, ...]:
        return self._store.page(query, newest, first, limit)

    def deadline(self, case: Case) -> Deadline | None:
        """The one that runs now; None for an answered case."""
        return self.timers.deadline(case, self._clock())

    def pressing(self) -> tuple[tuple[Case, Deadline], ...]:
        """Cases that are overdue or due today, what is due first at the head."""
        now = self._clock()
        # as many working days are at least as many days
        old = now - timedelta(days=min(timer.days for timer in self.timers.timers) - 1)
        due = ((case, self.timers.deadline(case, now)) for case in self._store.unanswered(old, OVERDUE_LISTED))
        found = [(case, deadline) for case, deadline in due if deadline is not None and deadline.left <= 0]
        return tuple(sorted(found, key=lambda each: (each[1].left, each[0].id)))


def checked(new: NewCase, now: datetime) -> NewCase:
    """As it is kept; raises SettingsError."""
    trimmed = replace(
        new, number=new.number.strip(), port=new.port.strip(), signature=new.signature.strip(), ref=new.ref.strip(),
        text=new.text.strip(),
    )  # fmt: skip
    for name, most in _LIMITS.items():
        if len(getattr(trimmed, name)) > most:
            raise SettingsError("complaint_long", "Too long a text", field=name, most=most)
    if trimmed.phone is None and not trimmed.ref:
        raise SettingsError("complaint_nobody", "A complaint names a number or a reference")
    if trimmed.made_at > now:
        raise SettingsError("complaint_time", "A complaint is not of the future")
    if not trimmed.made_at <= trimmed.received_at <= now:
        raise SettingsError("complaint_order", "It was received after it was made, and before now")
    return trimmed


def _said(text: str, most: int = TEXT_MAX) -> str:
    said = text.strip()
    if not said or len(said) > most:
        raise SettingsError("complaint_words", "Nothing, or too much, was said", most=most)
    return said
