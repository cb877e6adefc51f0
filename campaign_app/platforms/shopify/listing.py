"""A page of customers, and the cursors that this client hands out: each says which kind of walk it belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.platforms.leaves import Odd
from campaign_app.platforms.shopify.editions import Edition
from campaign_app.platforms.shopify.graph import Answered, Graph, drifted
from campaign_app.platforms.shopify.mapping import customer_of, is_redacted, moment, ref_of
from campaign_app.transport.forms import skew
from campaign_app.transport.listing import CursorGuard

PAGE: Final = 100  # of customers with all that is asked of them: more would cost more than one query may
CHANGES_PAGE: Final = 250
# a change shows in the list some time after it is dated
OVERLAP: Final = timedelta(minutes=10)
_PAGED: Final = "p:"
_POLLED: Final = re.compile(r"u:([0-9TZ:.+-]{20,40})\|([0-9TZ:.+-]{20,40})\|(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the `customers` connection."""

    nodes: Sequence[Any]
    end: str
    more: bool


def sheet_of(answered: Answered) -> Sheet:
    """Raises RemoteRefused("schema_drift") where the page is not what the version says: it has no end then."""
    connection = answered.data.get("customers")
    nodes = connection.get("nodes") if isinstance(connection, dict) else None
    info = connection.get("pageInfo") if isinstance(connection, dict) else None
    if not isinstance(nodes, list) or not isinstance(info, dict):
        raise drifted("customers")
    more, end = info.get("hasNextPage"), info.get("endCursor")
    if type(more) is not bool or not isinstance(end, str | None) or (more and not end):
        raise drifted("pageInfo")
    return Sheet(nodes, end or "", more)


def page_of(nodes: Sequence[Any], edition: Edition, following: str, *, more: bool) -> Page[PlatformCustomer]:
    """One row per customer, the newest; those whom the platform erased are named and are no rows."""
    found: dict[str, PlatformCustomer] = {}
    redacted: dict[str, None] = {}
    broken = 0
    for node in nodes:
        ref = ref_of(node, edition)
        if ref and is_redacted(node, edition):
            redacted[ref] = None
            continue
        customer = customer_of(node, edition)
        if customer is None:
            broken += 1
        elif ref not in found or found[ref].updated_at <= customer.updated_at:
            found[ref] = customer
    kept = tuple(customer for ref, customer in found.items() if ref not in redacted)
    return Page(kept, following, more, broken, tuple(redacted))


class Listing:
    """Customers by the platform's own cursor, oldest change first: whoever changes during the walk comes again."""

    def __init__(self, graph: Graph, edition: Edition) -> None:
        self._graph, self._edition = graph, edition
        self._guard = CursorGuard("customers")

    def page(self, cursor: str, since: datetime | None) -> Page[PlatformCustomer]:
        if cursor and not cursor.startswith(_PAGED):
            raise bad_cursor()
        after = cursor.removeprefix(_PAGED)
        variables = {"first": PAGE, "after": after or None, "query": None if since is None else since_filter(since)}
        sheet = sheet_of(self._graph.ask("customers", self._edition.customers, variables))
        following = self._guard.next(after, sheet.end, more=sheet.more)
        return page_of(sheet.nodes, self._edition, _PAGED + following if following else "", more=sheet.more)


class Changes:
    """Whose consent may have changed: the customers that were updated, polled with an overlap.

    A cursor holds from when on this walk looks, the newest change that it has seen, and the platform's own place in it.
    The first one looks back by the overlap only: who has no cursor has no facts yet that could have changed. A customer
    dated in the future is listed again and again and moves no place: everybody dated before them would be left out.
    """

    def __init__(self, graph: Graph, edition: Edition, clock: Callable[[], datetime]) -> None:
        self._graph, self._edition, self._clock = graph, edition, clock
        self._guard = CursorGuard("changes")

    def page(self, cursor: str) -> Page[str]:
        since, newest, after = self._read(cursor)
        variables: Mapping[str, Any] = {
            "first": CHANGES_PAGE, "after": after or None, "query": since_filter(since)
        }  # fmt: skip
        asked_at = self._clock()
        answered = self._graph.ask("changed", self._edition.changed, variables)
        sheet, now = sheet_of(answered), _earlier(asked_at, answered.date)
        if cursor and since > now:
            raise bad_cursor()
        refs, broken = [], 0
        for node in sheet.nodes:
            ref, at = ref_of(node, self._edition), _updated(node)
            if not ref or at is None:
                broken += 1
                continue
            refs.append(ref)
            newest = max(newest, at)
        newest = min(newest, now)
        if sheet.more:
            following = self._guard.next(f"{_text(since)}{after}", f"{_text(since)}{sheet.end}", more=True)
            written = f"u:{_text(since)}|{_text(newest)}|{following.removeprefix(_text(since))}"
        else:
            written = f"u:{_text(newest - OVERLAP)}|{_text(newest)}|"
        return Page(tuple(dict.fromkeys(refs)), written, sheet.more, broken)

    def _read(self, cursor: str) -> tuple[datetime, datetime, str]:
        if not cursor:
            now = self._clock()
            return now - OVERLAP, now - OVERLAP, ""
        found = _POLLED.fullmatch(cursor)
        try:
            since, newest = (moment(found[at]) if found else None for at in (1, 2))
        except Odd:
            since = newest = None
        if found is None or since is None or newest is None:
            raise bad_cursor()
        return since, newest, found[3]


def bad_cursor() -> RemoteRefused:
    return RemoteRefused("bad_cursor", "This cursor is none of this client's: start again without one")


def since_filter(since: datetime) -> str:
    return f"updated_at:>='{_text(since)}'"


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _earlier(ours: datetime, theirs: str) -> datetime:
    """Of both clocks: a place that is too early costs a few look-ups, one that is too late an opt-out."""
    return ours + timedelta(seconds=min(skew(theirs, ours), 0))


def _updated(node: Any) -> datetime | None:
    try:
        return moment(node.get("updatedAt")) if isinstance(node, dict) else None
    except Odd:
        return None
