"""A plan for a peak of campaigns (大促预案): its days, who is on duty, what people answer for, what stopping took."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from campaign_app.domain.errors import SettingsError

LONGEST: Final = 200  # letters of what a person types
ON_DUTY: Final = 50  # people of a plan
# `Campaign.state_note` of what was paused with all others
PAUSED_ALL: Final = "paused_all"
# of a mobile, a fixed line with its area, or a hotline
_NUMBER: Final = re.compile(
    r"(?<!\d)(?:86[\s-]?)?(?:1[3-9](?:[\s-]?\d){9}|0\d{2,3}[\s-]?\d{7,8}|[48]00(?:[\s-]?\d){7})(?!\d)"
)


class PlanState(StrEnum):
    """draft → ready → over. Ready is a person's word; what is open is told all the same."""

    DRAFT = "draft"
    READY = "ready"
    OVER = "over"


class Result(StrEnum):
    """What pausing everything showed: `stopped` is proven, at most one batch of each campaign left after the command.

    `nothing`: nothing was being sent, so that nothing was measured. `watching`: a batch is not settled yet.
    `unfinished`: the campaigns went on before all of it was known.
    """

    STOPPED = "stopped"
    OVER = "over"
    NOTHING = "nothing"
    WATCHING = "watching"
    UNFINISHED = "unfinished"


def require_no_number(*words: str) -> None:
    """Raises SettingsError("peak_number") for a telephone number."""
    if any(_NUMBER.search(unicodedata.normalize("NFKC", word)) for word in words):
        raise SettingsError("peak_number", "Telephone numbers are not kept here")


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody on duty; `when` is their role and hours, in words. Never a telephone number."""

    name: str
    when: str = ""

    @classmethod
    def read(cls, line: str) -> Duty:
        """A name, and behind the first comma, colon or tab what they do when."""
        at = min((line.index(mark) for mark in "，,：:\t" if mark in line), default=len(line))
        return cls(line[:at].strip(), line[at + 1 :].strip())


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of a peak: from the first day to the last, both included, in Beijing.

    `entities` are USCCs, () for all.
    """

    name: str
    first: date
    last: date
    entities: tuple[str, ...] = ()
    duty: tuple[Duty, ...] = ()

    def require(self) -> None:
        """Raises SettingsError: `peak_name`, `peak_days`, `peak_duty`, `peak_number`."""
        if not 0 < len(self.name.strip()) <= LONGEST:
            raise SettingsError("peak_name", "A plan needs a name", most=LONGEST)
        if self.last < self.first:
            raise SettingsError("peak_days", "The last day is before the first")
        words = [word for each in self.duty for word in (each.name, each.when)]
        if len(self.duty) > ON_DUTY or any(len(word) > LONGEST for word in words):
            raise SettingsError("peak_duty", "Too many or too long words", most=ON_DUTY, letters=LONGEST)
        if any(not each.name.strip() for each in self.duty):
            raise SettingsError("peak_duty", "Somebody on duty has no name", most=ON_DUTY, letters=LONGEST)
        require_no_number(*words)


@dataclass(frozen=True, slots=True)
class Plan:
    """`open_items` are the keys of what was not in order when a person called it ready; over, where nobody had."""

    id: int
    wish: Wish
    state: PlanState
    open_items: tuple[str, ...]
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime

    def covers(self, entity_uscc: str) -> bool:
        return not self.wish.entities or entity_uscc in self.wish.entities


@dataclass(frozen=True, slots=True)
class Word:
    """What a person answers for, where the program cannot know: `code` is what it said of the item at that time.

    `name` is whose word it is, as they say it themselves; `said_by` is what the program knows of who wrote it down.
    """

    item: str
    code: str
    holds: bool
    name: str
    note: str
    said_by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Press:
    """What lay in the ledger as the command was given: the newest batch, and the open ones of each campaign."""

    newest: int
    open: dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Stop:
    """One campaign of those that were paused. `was`: its state before. `active`: a worker was sending it.

    `watched` are the batches that may have been under way: open at the command, or claimed before the pause held.
    `batches` of them left after it, or may have: `messages` were answered after it, of `left` there is no answer (they
    were not handed over, or the answer was lost, and the sender is asked when the campaign goes on). `last_at`: when
    the last answer came. `ended`: no batch is under way any more.
    """

    campaign_id: int
    was: str
    active: bool
    watched: tuple[int, ...] = ()
    ended: bool = False
    batches: int = 0
    messages: int = 0
    left: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PauseAll:
    """Everything of a plan's entities, paused by one command; `drill`: to see how long it takes.

    `asked_at` is the moment of the command, `in_force_at` when no batch could be claimed any more. `measured_at`: when
    all was known. `resumed` are the campaigns that went on.
    """

    id: int
    plan_id: int
    drill: bool
    asked_by: str
    asked_at: datetime
    in_force_at: datetime
    stops: tuple[Stop, ...]
    measured_at: datetime | None = None
    resumed_by: str = ""
    resumed_at: datetime | None = None
    resumed: tuple[int, ...] = ()

    @property
    def active(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self.stops if stop.active)

    @property
    def result(self) -> Result:
        if not self.active:
            return Result.NOTHING
        if not all(stop.ended for stop in self.active):
            return Result.WATCHING if self.resumed_at is None else Result.UNFINISHED
        return Result.OVER if any(stop.batches > 1 for stop in self.active) else Result.STOPPED

    @property
    def messages(self) -> int:
        """How many the senders took, or answered for, after the command."""
        return sum(stop.messages for stop in self.active)

    @property
    def left(self) -> int:
        return sum(stop.left for stop in self.active)

    @property
    def seconds(self) -> float | None:
        """From the command until the last batch was settled; None where that is not known, or nothing was sent."""
        if self.result not in (Result.STOPPED, Result.OVER):
            return None
        return max(self.seconds_of(stop) for stop in self.active)

    def seconds_of(self, stop: Stop) -> float:
        """Of one campaign; a worker's clock that is behind makes it no shorter than the pause took."""
        last = self.in_force_at if stop.last_at is None else max(stop.last_at, self.in_force_at)
        return round(max(0.0, (last - self.asked_at).total_seconds()), 3)
