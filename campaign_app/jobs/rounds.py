"""What the worker does with every connected account by the clock: customers and changes of consents come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.ports import AccountStore
from campaign_app.services.accounts import synced_name


@dataclass(frozen=True, slots=True)
class Every:
    """How often; nothing for never. Before a batch leaves changes are read in any case."""

    sync: timedelta = timedelta(hours=1)
    changes: timedelta = timedelta(minutes=10)


NEVER: Final = timedelta(0)


class Rounds:
    """An account that is new to this process is first left to whoever connected it, who begins with a sync.

    One that was last synced long ago is synced at once: no worker may have run since.
    """

    def __init__(self, accounts: AccountStore) -> None:
        self._accounts = accounts
        self._seen: dict[int, datetime] = {}
        self._begun: dict[tuple[str, int], datetime] = {}

    def due(self, account_id: int, every: Every, now: datetime) -> dict[str, bool]:
        """By kind of job."""
        seen = self._seen[account_id] = min(self._seen.get(account_id, now), now)
        written = self._accounts.setting(synced_name(account_id), None)
        synced = seen if written is None else datetime.fromisoformat(written)
        return {
            "sync": _is_due([synced, self._begun.get(("sync", account_id))], now, every.sync),
            "changes": _is_due([seen, self._begun.get(("changes", account_id))], now, every.changes),
        }

    def begun(self, kind: str, account_id: int, now: datetime) -> None:
        """One that fails is not begun again before its time either."""
        self._begun[kind, account_id] = now


def _is_due(moments: list[datetime | None], now: datetime, every: timedelta) -> bool:
    """A clock that was set back must not make anybody wait for as long as that."""
    last = max((at for at in moments if at is not None and at <= now), default=None)
    return every > NEVER and (last is None or now - last >= every)
