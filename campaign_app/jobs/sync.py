"""Customers and signatures of one account come in, page by page; a page and its cursor are one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaign_app.jobs.stores import Context
from campaign_app.services.accounts import synced_name

# a listing that keeps handing out new cursors without end must not run for ever
MAX_PAGES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class SyncStep:
    """`new` rows were unknown before, `broken` ones were left out by the client."""

    rows: int
    new: int
    broken: int
    more: bool


def hands_out_customers(context: Context, account_id: int) -> bool:
    """Whether the account's platform lists its customers; asks nothing of it."""
    return context.remotes.platform(account_id).capabilities().customers


def sync_signatures(context: Context, account_id: int) -> int:
    """Replaces what is known of the account's signatures; returns how many it has."""
    client = context.remotes.platform(account_id)
    signatures = client.signatures() if client.capabilities().signatures else ()
    context.stores.accounts.put_signatures(account_id, signatures, context.clock())
    return len(signatures)


def sync_page(context: Context, account_id: int) -> SyncStep:
    """One page of customers from where the last one ended. Running it twice stores nothing twice."""
    cursor = context.stores.accounts.cursor(account_id, "customers")
    page = context.remotes.platform(account_id).customers(cursor, None)
    new = context.stores.customers.upsert_page(account_id, page.items, page.next_cursor, context.clock())
    if not page.more:
        context.stores.accounts.set_setting(synced_name(account_id), context.clock().isoformat())
    return SyncStep(len(page.items), new, page.broken, page.more)
