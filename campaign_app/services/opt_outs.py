"""Opt-outs that a person records, and what the platforms have yet to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.consent import Backlog
from campaign_app.domain.ports import AccountStore, Clock, JobStore
from campaign_app.domain.ports_people import OptOutStore
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

BY_HAND = "by_hand"
TELL: Final = "tell"
_LOOKED_BACK: Final = 200  # jobs


@dataclass(frozen=True, slots=True)
class Untold:
    """What one account's platform does not know. `why`: the code of what keeps it from being told, "" for nothing."""

    backlog: Backlog
    why: str = ""


class OptOuts(Permitted):
    """Whoever says no by telephone or at the till is in force at once, here and by and by at every shop's platform."""

    def __init__(self, store: OptOutStore, clock: Clock, accounts: AccountStore, jobs: JobStore) -> None:
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._jobs = jobs

    @needs(Permission.SUPPRESS)
    def add(self, customer_id: int, *, note: str, actor: str) -> None:
        """Suppresses a customer by reference and number. Raises NotFound."""
        self._store.add(customer_id, self._clock(), BY_HAND, note, actor)

    def untold(self) -> Mapping[int, Untold]:
        """By account: what its platform does not know yet, since when, what it will not take, and why it waits."""
        backlogs = self._store.backlog()
        if not backlogs:
            return {}
        reasons = self._reasons()
        return {
            account_id: Untold(backlog, reasons.get(account_id, "") if backlog.waiting else "")
            for account_id, backlog in backlogs.items()
        }

    def _reasons(self) -> dict[int, str]:
        """How each account's last attempt ended; one that was disconnected is not tried at all."""
        last: dict[int, str] = {}
        for job in self._jobs.ended_jobs(_LOOKED_BACK, kind=TELL):
            last.setdefault(job.args["account_id"], job.error)
        gone = (account.id for account in self._accounts.accounts() if account.state != "connected")
        return last | dict.fromkeys(gone, "account_disconnected")
