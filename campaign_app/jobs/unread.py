"""Replies and complaints that came in and that nobody could read: a refusal may be among them, so sending stops.

A row that a sender hands out only once is not seen again, so that it stops what leaves next, once: then a person knows.
One that stays with the sender comes again with every look at its list, and nothing leaves as long as it is there.
"""

from __future__ import annotations

import logging

from campaign_app.domain.errors import RemoteRefused
from campaign_app.jobs.stores import Context

_log = logging.getLogger(__name__)


def note(context: Context, account_id: int, stream: str, broken: int) -> None:
    """Before the cursor of the list goes on: whichever process sends next has to know."""
    _log.info("account %s: %d rows of %s could not be read", account_id, broken, stream)
    context.stores.accounts.set_setting(_name(account_id), 1)


def stop(context: Context, account_id: int) -> None:
    """Raises RemoteRefused once after a `note`."""
    if not context.stores.accounts.setting(_name(account_id), 0):
        return
    context.stores.accounts.set_setting(_name(account_id), 0)
    raise RemoteRefused("unread_refusals", "Replies or complaints could not be read")


def _name(account_id: int) -> str:
    return f"unread.{account_id}"
