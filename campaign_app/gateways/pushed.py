"""What a sender pushed, read from what was kept of it: pages of reports and replies, and what became of the parts.

A page may name something beyond its cursor: its ids never change, so that it is stored once however often it is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome, Page, SubmitOutcome
from campaign_app.gateways.numbers import is_nobodys, phone_of
from campaign_app.jobs.pushed import Handed, KeptReceipt, KeptReply, PushedReceipt, PushStore

PAGE: Final = 1_000
# a receipt may come before the answer that names its message, and one part of a reply before another
BEHIND: Final = timedelta(seconds=60)
# in place of the id that a refused part does not have
_REFUSED: Final = "refused:"
T = TypeVar("T")


def reports(store: PushStore, account_id: int, cursor: str, now: datetime) -> Page[DeliveryReport]:
    """A message of several parts is delivered when all of them are, and failed as soon as one is."""
    after = int(cursor or 0)
    rows = store.receipts(account_id, after, PAGE)
    several = {row.handed.message_id for row in rows if row.handed is not None and row.handed.total > 1}
    outcomes = store.outcomes(account_id, several) if several else {}
    items = {report.report_id: report for row in rows if (report := _report(row, outcomes)) is not None}
    waiting = [row.id for row in rows if row.handed is None and now - row.kept_at < BEHIND]
    return _page(after, [row.id for row in rows], waiting, tuple(items.values()))


def _report(row: KeptReceipt, outcomes: Mapping[str, Mapping[int, PushedReceipt]]) -> DeliveryReport | None:
    told, handed = row.receipt, row.handed
    if handed is None:
        name = f"{told.provider_id}:{told.outcome.value}"
        return DeliveryReport(name, told.provider_id, told.outcome, told.code, row.kept_at)
    if handed.total > 1:
        whole = _whole(handed, outcomes[handed.message_id])
        if whole is None:
            return None
        told = whole
    name = f"{handed.message_id}:{told.outcome.value}"
    # found by our own id: a centre may use its ids anew
    return DeliveryReport(name, "", told.outcome, told.code, row.kept_at, handed.message_id)


def _whole(handed: Handed, parts: Mapping[int, PushedReceipt]) -> PushedReceipt | None:
    failed = next((part for part in parts.values() if part.outcome is Outcome.FAILED), None)
    if failed is not None:
        return failed
    return next(iter(parts.values())) if len(parts) == handed.total else None


def replies(store: PushStore, account_id: int, cursor: str, now: datetime) -> Page[InboundMessage]:
    """Parts of one reply are joined; those that stay alone are taken for what they are, so that nothing is lost.

    So is the first of a full page at once: whoever is behind that page may have refused.
    """
    after = int(cursor or 0)
    rows = store.replies(account_id, after, PAGE)
    found, alone = _joined(rows)
    first = rows[0].id if len(rows) == PAGE else None
    waiting = [row.id for row in alone if now - row.kept_at < BEHIND and row.id != first]
    found += [(row, row.reply.text) for row in alone if row.id not in waiting]
    items = tuple(item for kept, text in found if (item := _inbound(kept, text)) is not None)
    broken = sum(_is_broken(kept.reply.source) for kept, _ in found)
    return _page(after, [row.id for row in rows], waiting, items, broken)


def _joined(rows: Sequence[KeptReply]) -> tuple[list[tuple[KeptReply, str]], list[KeptReply]]:
    """Whole replies with the row that ends each, and parts without the others.

    A part with another text in the place of one is of another reply: phones may number them alike.
    """
    groups: dict[tuple[str, int, int], dict[int, KeptReply]] = {}
    whole: list[tuple[KeptReply, str]] = []
    for row in rows:
        reply = row.reply
        if reply.total == 1:
            whole.append((row, reply.text))
            continue
        key = reply.source, reply.reference, reply.total
        group = groups.setdefault(key, {})
        former = group.setdefault(reply.number, row)
        if former.reply.text != reply.text:
            whole.append((former, former.reply.text))
            group[reply.number] = row
        if len(group) == reply.total:
            whole.append((row, "".join(group[number].reply.text for number in sorted(group))))
            del groups[key]
    return whole, [row for group in groups.values() for row in group.values()]


def _inbound(kept: KeptReply, text: str) -> InboundMessage | None:
    """None if nobody can be told by the number: then there is nobody to suppress."""
    phone = phone_of(kept.reply.source)
    return None if phone is None else InboundMessage(f"pushed-{kept.id}", "", phone, text, kept.kept_at)


def _is_broken(source: str) -> bool:
    """The row itself is kept as it came."""
    return phone_of(source) is None and not is_nobodys(source)


def _page(after: int, ids: Sequence[int], waiting: Iterable[int], items: tuple[T, ...], broken: int = 0) -> Page[T]:
    """The cursor stays before the first that waits; what comes behind it is named again then."""
    end = min(waiting, default=(ids[-1] if ids else after) + 1) - 1
    return Page(items, str(max(end, after)), len(ids) == PAGE and end > after, broken)


def refused_part(message_id: str, number: int, total: int, code: str) -> tuple[Handed, PushedReceipt]:
    """A part that was not taken after others were, and its failed receipt, so that the message ends as failed."""
    part = Handed(f"{_REFUSED}{message_id}:{number}", message_id, number, total)
    return part, PushedReceipt(part.provider_id, Outcome.FAILED, code)


def is_whole(parts: Sequence[Handed]) -> bool:
    """Whether it is known of every part what the centre said; one that it refused ends the message."""
    return len(parts) == parts[0].total or any(_was_refused(part) for part in parts)


def accepted(parts: Sequence[Handed]) -> SubmitOutcome:
    """Only a message that was taken whole has an id of the centre: those of its parts, none of which names it alone."""
    message_id = parts[0].message_id
    if any(_was_refused(part) for part in parts):
        return SubmitOutcome(message_id, Outcome.ACCEPTED, code="parts_refused")
    ordered = sorted(parts, key=lambda part: part.number)
    return SubmitOutcome(message_id, Outcome.ACCEPTED, "+".join(part.provider_id for part in ordered))


def _was_refused(part: Handed) -> bool:
    return part.provider_id.startswith(_REFUSED)
