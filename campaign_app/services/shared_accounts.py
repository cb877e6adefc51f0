"""Another workspace that sends through the same account: a reply goes to whichever of the two asks first.

Nobody tells so but the reports: each names its message, or its batch, by the workspace that sent it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from campaign_app.domain.message import DeliveryReport
from campaign_app.domain.ports import AccountStore

# what a workspace's keys and message ids begin with, one that is a copy as well: `domain.copies.name_for`
_SENT_BY: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.[0-9a-f]+)?-\d+-\d")


def note(settings: AccountStore, account_id: int, reports: Iterable[DeliveryReport], mine: str, now: datetime) -> None:
    """When the newest of them was made that is of a message of another workspace: some are read a week later."""
    found = ((_SENT_BY.match(each.message_id or each.key), each.reported_at) for each in reports)
    moments = [at for sender, at in found if sender is not None and sender[1] != mine]
    if moments:
        newest = min(max(moments), now)
        known = last_seen(settings, [account_id]).get(account_id, newest)
        settings.set_setting(_name(account_id), max(known, newest).isoformat())


def last_seen(settings: AccountStore, account_ids: Sequence[int]) -> dict[int, datetime]:
    """By account, of when the newest such report is."""
    known = settings.settings([_name(each) for each in account_ids])
    return {each: datetime.fromisoformat(known[_name(each)]) for each in account_ids if _name(each) in known}


def _name(account_id: int) -> str:
    return f"account.{account_id}.shared"
