"""Reports, replies and complaints of one account come in; a page is stored before the next is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from campaign_app.domain.message import InboundMessage, Page
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.jobs.stores import Context

PAGES_A_STEP: Final = 20


def poll_reports(context: Context, account_id: int) -> int:
    """Returns how many new reports came in."""
    return _drain(context, account_id, "reports", context.stores.inbox.store_reports)


def poll_inbound(context: Context, account_id: int) -> int:
    """Stores replies and suppresses everybody whose reply is a refusal; returns how many new ones came in."""
    inbox = context.stores.inbox

    def store(account: int, page: Page[InboundMessage], at: datetime) -> int:
        refusals = [message.inbound_id for message in page.items if is_opt_out(message.text)]
        return inbox.store_inbound(account, page, refusals, at)

    return _drain(context, account_id, "inbound", store)


def poll_complaints(context: Context, account_id: int) -> int:
    """Every complaint suppresses its person at once; returns how many new ones came in."""
    return _drain(context, account_id, "complaints", context.stores.inbox.store_complaints)


def _drain(context: Context, account_id: int, stream: str, store: Callable[..., int]) -> int:
    gateway = context.remotes.gateway(account_id, "")
    pages = {"reports": gateway.reports, "inbound": gateway.inbound, "complaints": gateway.complaints}[stream]
    new = 0
    for _ in range(PAGES_A_STEP):
        cursor = context.stores.accounts.cursor(account_id, stream)
        page = pages(cursor)
        if page.items or page.next_cursor != cursor:
            new += store(account_id, page, context.clock())
        if not page.more:
            break
    return new
