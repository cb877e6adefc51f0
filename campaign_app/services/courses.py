"""The course of a campaign: what came when, why messages failed, and how earlier campaigns went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.course import CourseStore, Happened
from campaign_app.domain.message import Outcome
from campaign_app.domain.ports import AuditLog, Clock, InboxStore
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.services.sheet_files import Sheet, write_sheets
from campaign_app.services.window import BEIJING

MOST: Final = 40  # columns of a chart
EARLIER: Final = 5
LOOKED_AT: Final = 30  # campaigns before this one, at most
# minutes; from a day on a column begins at midnight in Beijing
WIDTHS: Final = (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 10_080)
LANDED: Final = (Outcome.DELIVERED.value, Outcome.FAILED.value, Outcome.REJECTED.value)
ANSWERED: Final = ("other_replies", "opt_outs", "complaints")
_LOST: Final = (Outcome.FAILED.value, Outcome.REJECTED.value, Outcome.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class Slot:
    """From `begins` (Beijing time) until the next one begins; `counts` by kind."""

    begins: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Span:
    """Slots of one width without gaps from the first event to the last; none where nothing happened."""

    kinds: tuple[str, ...]
    width: timedelta = timedelta(minutes=1)
    slots: tuple[Slot, ...] = ()

    def total(self, kind: str) -> int:
        return sum(slot.counts.get(kind, 0) for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Failure:
    """`outcome` is failed, rejected or unknown; `code` what the sender gave as its reason, "" for none."""

    outcome: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Course:
    landed: Span = Span(LANDED)
    answered: Span = Span(ANSWERED)
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """`counts` are the keys of `InboxStore.counts`."""

    campaign: Campaign
    counts: Mapping[str, int]


class Courses:
    """Counts only: nothing here names a person."""

    def __init__(
        self, course: CourseStore, campaigns: CampaignStore, inbox: InboxStore, audit: AuditLog, clock: Clock
    ) -> None:
        self._course, self._campaigns, self._inbox = course, campaigns, inbox
        self._audit, self._clock = audit, clock

    def of(self, campaign_id: int) -> Course:
        happened = _apart(self._course.course(campaign_id))
        lost = Counter[tuple[str, str]]()
        for each in happened:
            if each.kind in _LOST:
                lost[each.kind, each.code] += each.count
        failures = (Failure(outcome, code, count) for (outcome, code), count in lost.items())
        return Course(
            span_of(happened, LANDED),
            span_of(happened, ANSWERED),
            tuple(sorted(failures, key=lambda each: (-each.count, each.outcome, each.code))),
        )

    def earlier(self, campaign_id: int) -> tuple[Earlier, ...]:
        """The last campaigns of the same entity and purpose that were begun before this one, newest first."""
        this = self._campaigns.campaign(campaign_id)
        if this.send_at is None:
            return ()
        before = [
            each
            for each in self._campaigns.campaigns()
            if (each.entity_uscc, each.purpose) == (this.entity_uscc, this.purpose)
            and each.send_at is not None
            and (each.send_at, each.id) < (this.send_at, this.id)
        ]
        before.sort(key=lambda each: (each.send_at or datetime.min.replace(tzinfo=UTC), each.id), reverse=True)
        found: list[Earlier] = []
        for each in before[:LOOKED_AT]:
            counts = self._inbox.counts(each.id)
            if counts["submitted"]:
                found.append(Earlier(each, counts))
            if len(found) == EARLIER:
                break
        return tuple(found)

    def export(self, campaign_id: int, file: Path, sheets: Iterable[Sheet], *, actor: str) -> None:
        """A .csv or .xlsx file; raises AppError("file_unwritable"), and a file of that name stays as it was."""
        write_sheets(file, tuple(sheets))
        self.note_export(campaign_id, file, actor=actor)

    def note_export(self, campaign_id: int, file: Path, *, actor: str) -> None:
        kind = file.suffix.lstrip(".").lower()
        self._audit.record("results.exported", actor=actor, at=self._clock(), campaign=campaign_id, kind=kind)


def span_of(happened: Iterable[Happened], kinds: Collection[str]) -> Span:
    """In the finest width that needs no more than `MOST` columns; in weeks, however many they are, where none does."""
    ours = [each for each in happened if each.kind in kinds and each.count]
    if not ours:
        return Span(tuple(kinds))
    first, last = min(each.at for each in ours), max(each.at for each in ours)
    for minutes in WIDTHS:
        width = timedelta(minutes=minutes)
        begins = _begin(first, width)
        slots = (_begin(last, width) - begins) // width + 1
        if slots <= MOST:
            break
    counted: list[Counter[str]] = [Counter() for _ in range(slots)]
    for each in ours:
        counted[(_begin(each.at, width) - begins) // width][each.kind] += each.count
    return Span(tuple(kinds), width, tuple(Slot(begins + n * width, counts) for n, counts in enumerate(counted)))


def _begin(at: datetime, width: timedelta) -> datetime:
    local = at.astimezone(BEIJING)
    first = datetime(2024, 1, 1, tzinfo=BEIJING)  # a Monday
    return first + (local - first) // width * width


def _apart(happened: Iterable[Happened]) -> tuple[Happened, ...]:
    """Opt-outs are among the replies: here every answer is counted once."""
    replies, rest = Counter[datetime](), []
    for each in happened:
        if each.kind == "replies":
            replies[each.at] += each.count
        else:
            rest.append(each)
        if each.kind == "opt_outs":
            replies[each.at] -= each.count
    return (*rest, *(Happened(at, "other_replies", "", count) for at, count in replies.items()))
