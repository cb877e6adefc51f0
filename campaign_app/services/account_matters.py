"""What of the accounts needs a person: opt-outs that a platform is not told of, authorisations that end, and accounts

through which another workspace sends as well.

`Matter.names` has the platform: shops of one merchant are often called the same on several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.services.expiry import Expiry
from campaign_app.services.matters import Level, Matter
from campaign_app.services.opt_outs import Untold

# the worker tries every half minute: after an hour it is more than a platform's short trouble
LATE: Final = timedelta(hours=1)
VERY_LATE: Final = timedelta(days=1)
# for so long behind the last report of another workspace's messages
SHARED: Final = timedelta(days=7)
WARN: Final[Level] = "warn"
BLOCK: Final[Level] = "block"


def lateness(untold: Untold, now: datetime) -> Level | None:
    """How long the oldest opt-out has waited for its platform; None for no longer than it may."""
    oldest = untold.backlog.oldest
    if oldest is None or now - oldest < LATE:
        return None
    return WARN if now - oldest < VERY_LATE else BLOCK


def of_opt_outs(accounts: Sequence[Account], untold: Mapping[int, Untold], now: datetime) -> Iterable[Matter]:
    """One for each account whose platform has not been told for too long."""
    for account in accounts:
        found = untold.get(account.id)
        level = None if found is None else lateness(found, now)
        if found is not None and level is not None:
            backlog = found.backlog
            way = "account" if account.state == "connected" else "renew"
            yield Matter(
                "untold", level, account.label, found.why, backlog.oldest, backlog.waiting, (account.platform,),
                page="settings", what=(way, account.id),
            )  # fmt: skip


def of_expiries(accounts: Sequence[Account], expiring: Iterable[Expiry], now: datetime) -> Iterable[Matter]:
    """One for each of `expiry.expiring`; `number` is how many whole days are left, or how many it is over."""
    known = {account.id: account for account in accounts}
    for each in expiring:
        account, over = known[each.account_id], each.at <= now
        days = abs(each.at - now).days
        code, level = ("expired", BLOCK) if over else ("expires", WARN)
        yield Matter(
            code, level, account.label, each.what, each.at, days, (account.platform,),
            page="settings", what=("renew", each.account_id),
        )  # fmt: skip


def of_shared(accounts: Sequence[Account], seen: Mapping[int, datetime], now: datetime) -> Iterable[Matter]:
    """`seen`: as `shared_accounts.last_seen`."""
    for account in accounts:
        at = seen.get(account.id)
        if at is not None and account.state == "connected" and now - at <= SHARED:
            yield Matter(
                "shared", WARN, account.label, at=at, names=(account.platform,),
                page="settings", what=("account", account.id),
            )  # fmt: skip
