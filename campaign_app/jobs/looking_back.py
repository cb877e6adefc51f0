"""After rows may have been lost between a queue that hands each out once and the store: asks for them by number.

Everybody who was written to within the week that providers keep is asked about, batch by batch. How far that went is
kept, so that a process that ends on the way goes on where it was. Rows that were stored before are known by their ids.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, cast

from campaign_app.domain.message import Page
from campaign_app.jobs.ports import LooksBack
from campaign_app.jobs.stores import Context

WEEK: Final = timedelta(days=7)


def look_back(context: Context, account_id: int, stream: str, store: Callable[..., int]) -> int:
    """How many rows came in that nobody had seen. Raises RemoteError; the next call goes on from there."""
    accounts, name = context.stores.accounts, f"look_back.{account_id}.{stream}"
    gateway = cast("LooksBack", context.remotes.gateway(account_id, ""))
    since, cursor, new = context.clock() - WEEK, accounts.cursor(account_id, stream), 0
    after = accounts.setting(name, None) or 0
    while found := context.stores.inbox.written_to(account_id, since, after):
        after, phones = found
        items = tuple(row for phone in dict.fromkeys(phones) for row in gateway.look_back(stream, phone, since))
        if items:
            new += store(account_id, Page(items, cursor, more=True), context.clock())
        accounts.set_setting(name, after)
    accounts.set_setting(name, None)
    return new
