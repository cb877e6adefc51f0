"""What became of messages at a sender that hands out no reports: some are looked up by number at every poll.

Nobody is asked for longer than a receipt may take. The walk goes round: its place is kept, so that every message has
its turn, however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

from campaign_app.domain.message import Outcome
from campaign_app.jobs.looking import sent_to
from campaign_app.jobs.ports import AwaitingRow, Gateway
from campaign_app.jobs.stores import Context

AT_ONCE: Final = 200
# Aliyun calls a message unknown when no receipt came within 72 hours; a day is margin
AWAITED: Final = timedelta(hours=96)


def follow_up(context: Context, account_id: int, gateway: Gateway, *, most: int = AT_ONCE) -> int:
    """Returns of how many messages the end was found. Raises RemoteError."""
    ledger, accounts = context.stores.ledger, context.stores.accounts
    place, since = f"followed.{account_id}", context.clock() - AWAITED
    rows = ledger.awaiting(account_id, accounts.setting(place, 0), since, most)
    found = sum(_look(context, gateway, list(some)) for _, some in groupby(rows, lambda row: row.submission_id))
    accounts.set_setting(place, rows[-1].id if len(rows) == most else 0)
    return found


def _look(context: Context, gateway: Gateway, rows: Sequence[AwaitingRow]) -> int:
    """Of one batch."""
    people = context.stores.customers.by_ids([row.customer_id for row in rows])
    sent = [sent_to(people.get(row.customer_id), row.message_id, row.claimed_at) for row in rows]
    outcomes = gateway.lookup(rows[0].key, sent) or ()
    context.stores.ledger.settle(rows[0].submission_id, outcomes, context.clock())
    return sum(outcome.outcome in (Outcome.DELIVERED, Outcome.FAILED) for outcome in outcomes)
