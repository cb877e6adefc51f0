"""What is left of the parts that were bought at a provider, as it last said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaign_app.domain.ports import AccountStore


@dataclass(frozen=True, slots=True)
class Balance:
    parts: int
    at: datetime


def note_balance(settings: AccountStore, account_id: int, parts: int, at: datetime) -> None:
    settings.set_setting(_name(account_id), {"parts": parts, "at": at.isoformat()})


def balance_of(settings: AccountStore, account_id: int) -> Balance | None:
    """None where the provider never said."""
    known = settings.setting(_name(account_id), None)
    return None if known is None else Balance(int(known["parts"]), datetime.fromisoformat(known["at"]))


def _name(account_id: int) -> str:
    return f"account.{account_id}.parts_left"
