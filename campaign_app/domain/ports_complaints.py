"""What the core asks of the store of complaint cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from campaign_app.domain.complaint import Case, CaseNote, CaseQuery, Found, NewCase, Unmatched


class ComplaintStore(Protocol):
    """Every change leaves its entry in the case's history and in the audit, within the same transaction."""

    def add(self, new: NewCase, *, actor: str, at: datetime) -> Case:
        """Keeps it, suppresses its person for the entity and puts down what the shops have yet to be told.

        Raises NotFound of an entity; NotAllowed `complaint_two_shops`, `complaint_shop`, and `complaint_known` of one
        that there is a case of; whom it names is suppressed all the same.
        """
        ...

    def duplicates(self, news: Sequence[NewCase]) -> frozenset[int]:
        """The places of those that there is a case of: by the complaint's own number, else by whom and when."""
        ...

    def case(self, case_id: int) -> Case:
        """Raises NotFound."""
        ...

    def found(self, case_id: int) -> Found:
        """The messages that it may be about."""
        ...

    def history(self, case_id: int) -> tuple[CaseNote, ...]:
        """The oldest first."""
        ...

    def match(self, case_id: int, ledger_id: int, *, actor: str, at: datetime) -> None:
        """Raises NotAllowed `complaint_match` for a message that is no candidate, `complaint_answered`."""
        ...

    def unmatch(self, case_id: int, why: Unmatched, *, note: str, actor: str, at: datetime) -> None: ...
    def own(self, case_id: int, owner: str, *, actor: str, at: datetime) -> None: ...
    def note(self, case_id: int, text: str, *, actor: str, at: datetime) -> None: ...
    def answer(self, case_id: int, text: str, *, actor: str, at: datetime) -> None:
        """Raises NotAllowed `complaint_unmatched_yet` of an open one."""
        ...

    def close(self, case_id: int, text: str, *, actor: str, at: datetime) -> None:
        """Raises NotAllowed `complaint_unanswered`."""
        ...

    def reopen(self, case_id: int, text: str, *, actor: str, at: datetime) -> None: ...
    def packed(self, case_id: int, sha256: str, *, actor: str, at: datetime) -> None: ...
    def count(self, query: CaseQuery) -> tuple[int, int]:
        """How many there are, and the id of the newest."""
        ...

    def page(self, query: CaseQuery, newest: int, first: int, limit: int) -> tuple[Case, ...]:
        """Of those up to the id `newest`, the newest first; of none but unanswered ones the longest received first."""
        ...

    def unanswered(self, before: datetime, limit: int) -> tuple[Case, ...]:
        """Whose clock runs, of those received before then; the longest received first."""
        ...
