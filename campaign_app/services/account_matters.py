"""What of the accounts needs a person: opt-outs that a platform is not told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.services.matters import Level, Matter
from campaign_app.services.opt_outs import Untold

# the worker tries every half minute: after an hour it is more than a platform's short trouble
LATE: Final = timedelta(hours=1)
VERY_LATE: Final = timedelta(days=1)


def lateness(untold: Untold, now: datetime) -> Level | None:
    """How long the oldest opt-out has waited for its platform; None for no longer than it may."""
    oldest = untold.backlog.oldest
    if oldest is None or now - oldest < LATE:
        return None
    return "warn" if now - oldest < VERY_LATE else "block"


def of_opt_outs(accounts: Sequence[Account], untold: Mapping[int, Untold], now: datetime) -> Iterable[Matter]:
    """One for each account whose platform has not been told for too long."""
    for account in accounts:
        found = untold.get(account.id)
        level = None if found is None else lateness(found, now)
        if found is not None and level is not None:
            backlog = found.backlog
            way = "account" if account.state == "connected" else "renew"
            yield Matter(
                "untold", level, account.label, found.why, backlog.oldest, backlog.waiting,
                page="settings", what=(way, account.id),
            )  # fmt: skip
