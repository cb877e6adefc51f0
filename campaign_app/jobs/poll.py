"""Reports, replies and complaints of one account come in; a page is stored before the next is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page
from campaign_app.jobs import looking_back, unread
from campaign_app.jobs.following import follow_up
from campaign_app.jobs.gating import MAX_PAGES
from campaign_app.jobs.opt_out import depends, is_opt_out
from campaign_app.jobs.stores import Context
from campaign_app.services import shared_accounts

# of one background poll; the next one goes on from there
PAGES_A_STEP: Final = 20
# the lists in which somebody may say no
REFUSALS: Final = ("inbound", "complaints")
# the texts that a reply may answer
LATELY: Final = timedelta(days=30)


def poll_all(context: Context, account_id: int) -> dict[str, int]:
    """How much is new, by stream. Refusals first; trouble with one list keeps no other from being read.

    A copy that nobody has accepted reads none: a reply that a queue hands out once would never reach the workspace that
    goes on. Raises the first RemoteError when every list was tried.
    """
    if context.aside():
        return {}
    polls = {"inbound": poll_inbound, "complaints": poll_complaints, "reports": poll_reports}
    found: dict[str, int] = {}
    troubles: list[RemoteError] = []
    for stream, poll in polls.items():
        try:
            found[stream] = poll(context, account_id)
        except RemoteError as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]
    return found


def poll_reports(context: Context, account_id: int) -> int:
    """Returns how many new reports came in, or were found where the sender hands out none."""
    found = 0
    if context.remotes.sends(account_id):
        gateway = context.remotes.gateway(account_id, "")
        found = follow_up(context, account_id, gateway) if gateway.capabilities.follow else 0
    return found + _poll(context, account_id, "reports", _keep_reports(context))


def poll_inbound(context: Context, account_id: int) -> int:
    """Stores replies and suppresses everybody whose reply is a refusal; returns how many new ones came in."""
    return _poll(context, account_id, "inbound", _keep_replies(context))


def poll_complaints(context: Context, account_id: int) -> int:
    """Every complaint suppresses its person at once; returns how many new ones came in."""
    return _poll(context, account_id, "complaints", _keep_complaints(context))


def read_refusals(context: Context, account_id: int, stream: str, customers: Sequence[Customer] = ()) -> None:
    """Every row of one of `REFUSALS` that waits, to the end of the list; RemoteRefused for a list without one.

    Where replies may have been lost, those of `customers` are asked for.
    """
    store = _keep_replies(context) if stream == "inbound" else _keep_complaints(context)
    _, ended = _pages(context, account_id, stream, store, MAX_PAGES)
    if not ended:
        raise RemoteRefused("cursor_loop", f"The list of {stream} does not end")
    looking_back.ask_about(context, account_id, stream, store, customers)


def _poll(context: Context, account_id: int, stream: str, store: Callable[..., int]) -> int:
    new, _ = _pages(context, account_id, stream, store, PAGES_A_STEP)
    return new + looking_back.go_on(context, account_id, stream, store)


def _keep_reports(context: Context) -> Callable[..., int]:
    def store(account: int, page: Page[DeliveryReport], at: datetime, *, stands: str) -> int:
        shared_accounts.note(context.stores.accounts, account, page.items, context.workspace_id, at)
        return context.stores.inbox.store_reports(account, page, at, stands=stands)

    return store


def _keep_replies(context: Context) -> Callable[..., int]:
    inbox = context.stores.inbox

    def store(account: int, page: Page[InboundMessage], at: datetime, *, stands: str) -> int:
        unsure = [message for message in page.items if depends(message.text)]
        sent = inbox.texts_sent(account, unsure, at - LATELY) if unsure else {}
        refusals = [m.inbound_id for m in page.items if is_opt_out(m.text, sent.get(m.inbound_id, ()))]
        return _put_down(context, inbox.store_inbound(account, page, refusals, at, stands=stands))

    return store


def _keep_complaints(context: Context) -> Callable[..., int]:
    def store(account: int, page: Page[ComplaintClue], at: datetime, *, stands: str) -> int:
        return _put_down(context, context.stores.inbox.store_complaints(account, page, at, stands=stands))

    return store


def _put_down(context: Context, new: int) -> int:
    """A queue hands out a refusal once: where the workspace loses it, that has to be noticed."""
    if new:
        context.kept()
    return new


def _pages(context: Context, account_id: int, stream: str, store: Callable[..., int], most: int) -> tuple[int, bool]:
    """(how many new rows came in, whether the list is at its end); a list that nobody offers is."""
    if not context.remotes.sends(account_id):
        return 0, True
    gateway = context.remotes.gateway(account_id, "")
    if stream not in gateway.capabilities.streams:
        return 0, True
    pages = {"reports": gateway.reports, "inbound": gateway.inbound, "complaints": gateway.complaints}[stream]
    new = 0
    for _ in range(most):
        cursor = context.stores.accounts.cursor(account_id, stream)
        page = pages(cursor)
        if page.lost:
            looking_back.begin(context, account_id, stream)
        if page.broken and stream != "reports":
            unread.note(context, account_id, stream, page.broken)
        if page.items or page.next_cursor != cursor:
            new += store(account_id, page, context.clock(), stands=cursor)
        if not page.more:
            return new, True
    return new, False
