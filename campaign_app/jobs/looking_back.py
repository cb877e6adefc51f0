"""After rows may have been lost between a queue that hands each out once and the store: asks for them by number.

That is put down before the queue's cursor goes on. From then on every poll asks for a few more of the batches of the
week that providers keep, until all were; and nobody gets another message before their own number was asked for.
Rows that were stored before are known by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final, cast

from campaign_app.domain.customer import Customer
from campaign_app.domain.message import Page
from campaign_app.domain.phone import Phone
from campaign_app.jobs.ports import LooksBack
from campaign_app.jobs.stores import Context

WEEK: Final = timedelta(days=7)
# of one background poll; the next one goes on from there
BATCHES_A_STEP: Final = 4
Store = Callable[..., int]


def begin(context: Context, account_id: int, stream: str) -> None:
    """Everybody of the week is to be asked for, whatever was before.

    The place before the first batch is another each time: whoever is at it sees that it was begun anew.
    """
    context.stores.accounts.change_setting(_name(account_id, stream), lambda place: min(place or 0, 0) - 1)


def go_on(context: Context, account_id: int, stream: str, store: Store) -> int:
    """Asks for the next batches; returns how many rows came in that nobody had seen. Raises RemoteError."""
    accounts, name, new = context.stores.accounts, _name(account_id, stream), 0
    for _ in range(BATCHES_A_STEP):
        after = accounts.setting(name, None)
        if after is None:
            break
        found = context.stores.inbox.written_to(account_id, context.clock() - WEEK, after)
        onward, phones = found or (None, ())
        new += _ask(context, account_id, stream, store, phones)
        # what was lost while they were asked for began it anew
        accounts.change_setting(name, partial(_onward, after, onward))
    return new


def _onward(seen: int, onward: int | None, place: int | None) -> int | None:
    return onward if place == seen else place


def ask_about(context: Context, account_id: int, stream: str, store: Store, customers: Sequence[Customer]) -> None:
    """Asks for these people now, as long as not everybody was. Raises RemoteError."""
    if context.stores.accounts.setting(_name(account_id, stream), None) is None:
        return
    known = context.stores.customers.by_ids([customer.id for customer in customers]).values()
    _ask(context, account_id, stream, store, [one.phone for one in known if one.phone is not None])


def _ask(context: Context, account_id: int, stream: str, store: Store, phones: Iterable[Phone]) -> int:
    gateway = cast("LooksBack", context.remotes.gateway(account_id, ""))
    since = context.clock() - WEEK
    items = tuple(row for phone in dict.fromkeys(phones) for row in gateway.look_back(stream, phone, since))
    if not items:
        return 0
    cursor = context.stores.accounts.cursor(account_id, stream)
    return store(account_id, Page(items, cursor, more=True), context.clock(), stands=cursor)


def _name(account_id: int, stream: str) -> str:
    return f"look_back.{account_id}.{stream}"
