"""Customers and signatures of one account come in, page by page; a page and its place in the walk are one transaction.

The first walk is over everybody; later ones are over what changed since a while before the last one began. A walk that
was interrupted at whatever page is taken up there. Nothing in here says anything of a consent: facts are read when
somebody is screened, so no walk can raise one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.customer import PlatformCustomer, Told
from campaign_app.domain.erasure import Stored
from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.ports import PlatformClient, Prepaid, TemplateList
from campaign_app.domain.signature import Signature
from campaign_app.jobs.stores import Context
from campaign_app.services.accounts import synced_name
from campaign_app.services.balances import note_balance
from campaign_app.services.fitting import note_templates

_log = logging.getLogger(__name__)
STREAM: Final = "customers"
# characters; providers take a dozen or two
SIGNATURE_MAX: Final = 100
# a listing that keeps handing out new cursors without end must not run for ever
MAX_PAGES: Final = 1_000_000
# platforms list a change some time after they date it, by a clock of their own
OVERLAP: Final = timedelta(hours=1)
# begins of one walk whose cursor the platform forgot
RESTARTS: Final = 3
NOBODY: Final[Page[PlatformCustomer]] = Page((), "", more=False)


@dataclass(frozen=True, slots=True)
class SyncStep:
    """`new` rows were unknown before, `broken` ones were left out by the client, `erased` people were forgotten,

    `unreachable` is how many the platform does not hand out.
    """

    rows: int
    new: int
    broken: int
    more: bool
    erased: int = 0
    unreachable: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through the customers: everybody, or who changed `since`. It is kept as the stream's cursor."""

    begun: datetime
    since: datetime | None = None
    cursor: str = ""
    ended: bool = False
    restarts: int = 0

    def written(self) -> str:
        since = None if self.since is None else self.since.isoformat()
        fields = {"begun": self.begun.isoformat(), "since": since, "cursor": self.cursor}
        return json.dumps({**fields, "ended": self.ended, "restarts": self.restarts}, separators=(",", ":"))

    @classmethod
    def read(cls, written: str) -> Walk | None:
        """None where there was none yet; a bare cursor of an earlier version is none."""
        if not written.startswith("{"):
            return None
        fields = json.loads(written)
        since = fields["since"]
        return cls(
            begun=datetime.fromisoformat(fields["begun"]),
            since=None if since is None else datetime.fromisoformat(since),
            cursor=fields["cursor"],
            ended=fields["ended"],
            restarts=fields["restarts"],
        )


def hands_out_customers(context: Context, account_id: int) -> bool:
    """Whether the account's platform lists its customers; asks nothing of it."""
    return context.remotes.platform(account_id).capabilities().customers


def sync_signatures(context: Context, account_id: int) -> int:
    """Replaces what is known of the account's signatures; returns how many it has.

    What is left of the parts bought there and its templates are asked, too; a provider that does not answer that
    answered before.
    """
    client = context.remotes.platform(account_id)
    signatures = _usable(client.signatures()) if client.capabilities().signatures else None
    context.stores.accounts.put_signatures(account_id, signatures, context.clock())
    if not client.capabilities().customers:  # else the walk says when it ended
        context.stores.accounts.set_setting(synced_name(account_id), context.clock().isoformat())
    if isinstance(client, Prepaid):
        with suppress(RemoteError):
            left = client.parts_left()
            if left is not None:
                note_balance(context.stores.accounts, account_id, left, context.clock())
    if isinstance(client, TemplateList) and client.capabilities().templates:
        with suppress(RemoteError):
            note_templates(context.stores.accounts, account_id, client.templates(), context.clock())
    return len(signatures or ())


def _usable(told: Sequence[Signature]) -> tuple[Signature, ...]:
    """No sender has any so long, and no index of a server holds a text of some thousand bytes: nobody may use it."""
    kept = tuple(each for each in told if len(each.text) <= SIGNATURE_MAX)
    if len(kept) < len(told):
        _log.warning("%d signatures are longer than any may be, and were left out", len(told) - len(kept))
    return kept


def begin_walk(context: Context, account_id: int, *, full: bool) -> None:
    """Goes on with a walk that was interrupted, unless everybody is wanted and it was not over everybody.

    One that began in the future, by a clock that was wrong, does not say since when who changed was left out.
    """
    stands, last = _walk(context, account_id)
    if last is not None and not last.ended and (last.since is None or not full):
        return
    now = context.clock()
    since = None if full or last is None or last.begun > now else last.begun - OVERLAP
    _store(context, account_id, Walk(now, since), None if full else stands)


def sync_page(context: Context, account_id: int) -> SyncStep:
    """One page from where the walk stands. Running it twice stores nothing twice.

    Where another walk took its place meanwhile nothing is stored: the next page is of that one.
    """
    stands, walk = _walk(context, account_id)
    client = context.remotes.platform(account_id)
    if walk is None or walk.ended:
        return SyncStep(0, 0, 0, more=False)
    if not client.capabilities().customers:
        _store(context, account_id, replace(walk, ended=True), stands)
        return SyncStep(0, 0, 0, more=False)
    page = _page(client, walk)
    if page is None:
        _store(context, account_id, replace(walk, cursor="", restarts=walk.restarts + 1), stands)
        return SyncStep(0, 0, 0, more=True)
    page = _wanted(page, sealed=client.capabilities().sealed_numbers)
    after = replace(walk, cursor=page.next_cursor, ended=not page.more)
    stored = _store(context, account_id, after, stands, page)
    if stored is None:
        return SyncStep(0, 0, 0, more=True)
    if after.ended:
        context.stores.accounts.set_setting(synced_name(account_id), context.clock().isoformat())
    rows = sum(each.told is not Told.NUMBER for each in page.items)
    return SyncStep(rows, stored.new, page.broken, page.more, stored.erased, page.unreachable)


def _wanted(page: Page[PlatformCustomer], *, sealed: bool) -> Page[PlatformCustomer]:
    """Numbers that a platform sealed are kept only where it takes them: nobody else could use one."""
    if sealed or not any(each.platform_phone for each in page.items):
        return page
    return replace(page, items=tuple(replace(each, platform_phone=None) for each in page.items))


def _page(client: PlatformClient, walk: Walk) -> Page[PlatformCustomer] | None:
    """None where the platform does not keep the cursor any more: the walk begins anew, a few times."""
    try:
        return client.customers(walk.cursor, walk.since)
    except RemoteRefused as refusal:
        if refusal.code != "bad_cursor" or not walk.cursor or walk.restarts >= RESTARTS:
            raise
    return None


def _walk(context: Context, account_id: int) -> tuple[str, Walk | None]:
    """As it is stored, and read."""
    stands = context.stores.accounts.cursor(account_id, STREAM)
    return stands, Walk.read(stands)


def _store(
    context: Context, account_id: int, walk: Walk, stands: str | None, page: Page[PlatformCustomer] = NOBODY
) -> Stored | None:
    """What the page came to; None where the stored walk is not `stands` any more."""
    written, now = walk.written(), context.clock()
    return context.stores.customers.upsert_page(account_id, page.items, written, now, page.redacted, stands)
