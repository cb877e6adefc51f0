"""How current an account is in both ways that an opt-out goes, and who was erased of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low
from typing import Final

from campaign_app.domain.erasure import ErasureReceipt
from campaign_app.domain.ports import AccountStore, AuditLog
from campaign_app.domain.ports_people import OptOutStore

# of the last so many opt-outs that its platform took it is told how long they took
LOOKED_BACK: Final = 1_000
RECEIPTS: Final = 1_000


def changes_read_name(account_id: int) -> str:
    """The setting that says until when the platform's changes of consent were last read to their end."""
    return f"account.{account_id}.changes_read"


def changes_unseen_name(account_id: int) -> str:
    """The setting that says when the list of changes last had a row that nobody could read: somebody changed unseen."""
    return f"account.{account_id}.changes_unseen"


@dataclass(frozen=True, slots=True)
class Lag:
    """From what somebody said here to its platform's knowing it: of how many, half of them, the longest."""

    count: int
    half: timedelta
    longest: timedelta


class Following:
    def __init__(self, accounts: AccountStore, opt_outs: OptOutStore, audit: AuditLog) -> None:
        self._accounts = accounts
        self._opt_outs = opt_outs
        self._audit = audit

    def changes_read_at(self, account_id: int) -> datetime | None:
        """None, too, where somebody else says since then who agreed: of theirs nothing was read."""
        written = self._accounts.setting(changes_read_name(account_id), None)
        return (
            None
            if written is None or not self._accounts.cursor(account_id, "changes")
            else datetime.fromisoformat(written)
        )

    def lag(self, account_id: int) -> Lag | None:
        """None where its platform was told of nobody yet."""
        return _lag(self._opt_outs.took(account_id, LOOKED_BACK))

    def erasures(self, account_id: int) -> tuple[ErasureReceipt, ...]:
        """The newest first, no more than a table shows."""
        return self._audit.erasures(account_id, RECEIPTS)

    def every_erasure(self, account_id: int) -> Iterator[ErasureReceipt]:
        """The newest first, however many there are."""
        page = self._audit.erasures(account_id, RECEIPTS)
        while page:
            yield from page
            page = self._audit.erasures(account_id, RECEIPTS, before=page[-1].entry)


def _lag(took: Sequence[timedelta]) -> Lag | None:
    return Lag(len(took), median_low(took), max(took)) if took else None
